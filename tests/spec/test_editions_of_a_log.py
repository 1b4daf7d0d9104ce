"""The public edition is public in a notebook too: the same tables as the command line's, and no way round them."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.samples import sample
from support.small_city import small_city

import efficacy_analytics as ea
from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.disclosure.public_findings import is_public
from efficacy_analytics.system.tabulate import write_table

SHOWN = [name for name in TABLES if is_public(name)]


@pytest.fixture(scope="module")
def public() -> ea.Log:
    return ea.Lake(small_city()[0]).log(edition="public")


@pytest.mark.parametrize("name", sample(SHOWN, SHOWN[4::6]))
def test_a_public_table_of_a_notebook_is_that_of_the_command_line(public: ea.Log, tmp_path: Path, name: str) -> None:
    lake = str(small_city()[0])
    told = CliRunner().invoke(app, ["show", name, "--public", "--format", "csv", "--lake", lake])
    assert told.exit_code == 0, told.output
    write_table(public.table(name), "csv", tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines() == told.stdout.splitlines()


def test_the_public_share_on_time_withholds_what_the_internal_one_shows(public: ea.Log) -> None:
    internal = ea.Lake(small_city()[0]).log().on_time()
    assert internal["late_count"].null_count() == 0 < public.on_time()["late_count"].null_count()


@pytest.mark.parametrize("name", ["cases", "honesty_evidence", "handovers", "department_comparison"])
def test_a_table_that_is_not_public_is_refused(public: ea.Log, name: str) -> None:
    with pytest.raises(CannotAnswerError, match="public"):
        public.table(name)
    assert name not in public.manifest["tables"]


def test_no_way_leads_round_the_public_tables(public: ea.Log) -> None:
    for way in (
        lambda: public.engine,
        public.cases_behind,
        public.chart.process_map,
        lambda: public.chart.event_dots(),
        lambda: public.where(late=True),
        lambda: public.by("channel"),
        lambda: public.sql("select * from cases"),
        lambda: public.case("1"),
        lambda: public.compare(public),
    ):
        with pytest.raises(CannotAnswerError, match="public"):
            way()
    with pytest.raises(CallError, match="takes no by"):
        public.table("on_time", by="item")
