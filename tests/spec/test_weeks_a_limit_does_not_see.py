"""An export of closed cases alone says nothing of its last weeks; that is told beside every limit, and counted."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.invented_run import invented_run, invented_tables
from support.simulated_exports import LAST, export, limits_by_command
from support.simulated_items import KINDS

from efficacy_analytics.documents.blocks import Paragraph, Table
from efficacy_analytics.documents.briefing.sections import limits as limits_section
from efficacy_analytics.documents.briefing.sections import plan as plan_section
from efficacy_analytics.documents.pages.certificate import certificate_blocks
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.limits.plan import limit_plan
from efficacy_analytics.vocabulary import LANGUAGES, Language

Lake = tuple[Path, pl.DataFrame]
TOLD: dict[Language, str] = {"zh": "快照日之前最近", "en": "A change in them cannot be seen"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """An item whose open cases were not exported, and its limits."""
    folder = tmp_path_factory.mktemp("closed") / "export"
    export(folder, np.random.default_rng(4), KINDS["steady"], 400, 1, shape="closed")
    return folder, limits_by_command(folder, share=0.95)


def sentences(blocks: list[object]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_the_weeks_and_the_cases_left_out_are_counted_beside_the_limit(closed: Lake) -> None:
    folder, found = closed
    row = found.row(0, named=True)
    accepted = pl.read_csv(folder / "events.csv").filter(pl.col("step") == "decision")["accepted"].str.head(10)
    later = accepted.str.to_date() > row["used_last_on"]
    assert row["left_out_count"] == later.sum() > 0
    assert row["unseen_weeks"] == (LAST - row["used_last_on"]) // dt.timedelta(weeks=1) >= 2


def test_a_whole_export_leaves_nothing_out(tmp_path: Path) -> None:
    export(tmp_path / "export", np.random.default_rng(4), KINDS["steady"], 400, 1)
    row = limits_by_command(tmp_path / "export", share=0.95).row(0, named=True)
    assert (row["unseen_weeks"], row["left_out_count"]) == (0, 0)


def test_the_certificate_and_the_plan_say_how_many_weeks_they_do_not_know(closed: Lake) -> None:
    folder, found = closed
    with open_log(folder / "lake", Cohort()) as log:
        told = {language: sentences(list(certificate_blocks(log, language))) for language in LANGUAGES}
        plan = limit_plan(log)
    for language, text in told.items():
        line = next(one for one in text.splitlines() if TOLD[language] in one)
        assert str(found["unseen_weeks"].item()) in line
        assert str(found["left_out_count"].item()) in line
    unseen = ("unseen_weeks", "left_out_count")
    assert plan.select(unseen).rows() == found.select(unseen).rows()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", [limits_section, plan_section])
@pytest.mark.parametrize(("weeks", "left_out"), [(13, 0), (1, 7), (1, 0)])
def test_the_briefing_says_of_how_many_items_the_last_weeks_are_not_known(
    section: object, language: Language, weeks: int, left_out: int, tmp_path: Path
) -> None:
    name = "limits" if section is limits_section else "limit_plan"
    tables = invented_tables()
    told = (tables[name]["kind"] == "free") & (
        pl.arange(0, tables[name].height, eager=True) == _first_free(tables[name])
    )
    tables[name] = tables[name].with_columns(
        unseen_weeks=pl.when(told).then(weeks).otherwise(0), left_out_count=pl.when(told).then(left_out).otherwise(0)
    )
    blocks = list(section.SECTION.blocks(invented_run(tmp_path / "lake", tables), language))
    headings = [one.heading for block in blocks if isinstance(block, Table) for one in block.columns]
    notes = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any(
        one in note for note in notes for one in ("因数据看来不含在办件", "because the data seems to lack open ones")
    ) == (left_out > 0)
    assert (TOLD[language] in sentences(blocks)) == (weeks > 1 or left_out > 0)
    assert any(one in ("未及最近周数", "Last weeks not in this") for one in headings) == (weeks > 1 or left_out > 0)


def _first_free(table: pl.DataFrame) -> int:
    return int((table["kind"] == "free").arg_max() or 0)
