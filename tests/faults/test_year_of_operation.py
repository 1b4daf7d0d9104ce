"""A year of deliveries and misfortunes: every month ends with one valid document per language, and nothing is lost."""

import os
from pathlib import Path

import polars as pl
import pytest
from support import fault_lakes as lakes
from support.operated import Office
from support.receivers import mail_server
from support.simulated_year import Year, scratch_left, start_server

from efficacy_analytics.workflows.operation.catalogue import runs

KILL_COUNT = int(os.environ.get("EFFICACY_YEAR_KILLS", "100"))
MAIL = """
[tell]
timeout_seconds = 5

[tell.mail]
host = "localhost"
port = {port}
security = "none"
sender = "efficacy@localhost"
recipients = ["office@localhost"]
"""


def lived(folder: Path, monkeypatch: pytest.MonkeyPatch, *, seed: int, weeks: int, kill_count: int) -> Year:
    """A year that was lived through, its temporary files in a folder of their own."""
    start_server()
    (folder / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder / "scratch"))
    with mail_server("none", folder) as (box, port):
        office = Office(folder / "lake").set_up(MAIL.format(port=port))
        year = Year(office, seed, weeks, kill_count, box)
        year.live()
    return year


def check(year: Year, scratch: Path) -> None:
    """Every month has one valid document per language that says what is true, and the catalogue is without gaps."""
    documents = year.office.documents()
    valid = documents.filter(pl.col("validity") == "valid")
    assert valid.group_by("period", "language").len()["len"].to_list() == [1] * valid.height
    months = [month for month in year.months() if year.accepted(month)]
    assert sorted(set(valid["period"])) == months
    for period, file in valid.select("period", "file").iter_rows():
        assert (year.office.lake / file).read_text() == str(year.accepted(period)), period
    for of_one in documents.filter(pl.col("language") == "zh").partition_by("period"):
        assert of_one["revision"].unique().sort().to_list() == list(range(of_one["revision"].n_unique()))
    assert [one.number for one in runs(year.office.lake)] == list(range(1, len(runs(year.office.lake)) + 1))
    assert lakes.leftovers(year.office.lake) == []
    assert scratch_left(scratch) == []


def check_told(year: Year) -> None:
    """Each run that failed or was killed was told of, and none under two identities."""
    failed = [one for one in runs(year.office.lake) if one.state in ("failed", "killed") or one.refused]
    assert [one.number for one in failed if one.to_tell] == []
    told = year.told()
    assert len(told) >= year.failed_runs()
    assert told.total() - len(told) <= year.befell["killed"]  # twice only where the power went between mail and record
    assert len({one["Message-ID"] for one in year.box.messages}) <= len(runs(year.office.lake))


def test_weeks_of_deliveries_and_misfortunes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    year = lived(tmp_path, monkeypatch, seed=3, weeks=3, kill_count=1)
    check(year, tmp_path / "scratch")
    check_told(year)
    assert year.befell["killed"] >= 1


@pytest.mark.deep
def test_a_year_of_deliveries_and_misfortunes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    year = lived(tmp_path, monkeypatch, seed=2025, weeks=52, kill_count=KILL_COUNT)
    with capsys.disabled():
        states = pl.Series([one.state for one in runs(year.office.lake)]).value_counts().sort("count")
        print(f"\n{dict(sorted(year.befell.items()))}; runs: {dict(states.iter_rows())}", flush=True)
        print(f"told twice: {year.told().total() - len(year.told())}")
        print(f"valid {len(year.office.valid())}, all {year.office.documents().height}, mails {len(year.box.messages)}")
    check(year, tmp_path / "scratch")
    check_told(year)
