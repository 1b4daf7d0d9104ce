"""Figures of published bulletins, typed into the tables, give the changes that were published with them."""

from pathlib import Path

import polars as pl
import pytest
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.blocks import KeyFigures, Paragraph, Table, sentences
from efficacy_analytics.documents.briefing.sections.main_points import blocks
from efficacy_analytics.vocabulary import LANGUAGES, Language

# Accepted 3,198 and 3,069 the month before follow from the published changes (+75.42 %, +79.11 %).
PUBLISHED = {
    "Scotland, local planning decisions, second quarter of 2017/18 (gov.scot)": (
        (6849, 6967, 6684),
        "1.7% fewer than in the period before, 2.5% more than a year before",
    ),
    "Fangchenggang, approvals, March 2011 (monthly bulletin of the city)": (
        (5610, 3198, None),
        "75.4% more than in the period before",
    ),
}


@pytest.mark.parametrize("source", PUBLISHED)
def test_changes_are_those_that_were_published(tmp_path: Path, source: str) -> None:
    counts, words = PUBLISHED[source]
    periods = dict(zip(("this", "before", "year_before"), counts, strict=True))
    changes = invented_tables()["period_changes"].with_columns(
        pl.col("period").replace_strict(periods, return_dtype=pl.Int64).alias("case_count")
    )
    run = invented_run(tmp_path, invented_tables() | {"period_changes": changes.drop_nulls("case_count")})
    found = list(blocks(run, "en"))
    assert sentences(found)[0] == f"Cases received: {counts[0]:,}, {words}."
    table = next(block for block in found if isinstance(block, Table))
    assert table.rows[0][:3] == ["Cases", f"{counts[0]:,}", f"{counts[1]:,}"]
    assert document_of(run, language="en").content().full_title


# Lianyungang, calls and letters of September 2020 (12345 bulletin): 78,589 new and 4,629 carried over; 41,489 answered
# at once, 41,729 passed on; by channel, with the shares that were published.
CHANNELS = {
    "电话": (50154, "60.27"), "监督员": (26213, "31.5"), "微信": (3759, "4.52"), "省平台": (2116, "2.54"),
    "好差评": (402, "0.48"), "APP": (401, "0.48"), "门户": (104, "0.12"), "视频": (45, "0.05"), "邮件": (24, "0.03"),
}  # fmt: skip
RECEIVED, ANSWERED, PASSED_ON = 83218, 41489, 41729


def typed_in() -> dict[str, pl.DataFrame]:
    """The channels in the place of departments: received as cases, answered at once as completed, the rest as open."""
    tables = invented_tables()
    counts = pl.Series([count for count, _ in CHANNELS.values()])
    done = (counts * ANSWERED / RECEIVED).round().cast(pl.Int64).to_list()
    done[0] += ANSWERED - sum(done)
    found = {}
    for name in ("departments", "on_time"):
        rows = pl.concat([tables[name].head(1)] * len(CHANNELS))
        found[name] = rows.with_columns(
            department=pl.Series(list(CHANNELS)),
            case_count=counts,
            completed_count=pl.Series(done),
            open_count=counts - pl.Series(done),
        ).sample(fraction=1, shuffle=True, seed=3)
    summary = tables["log_summary"].with_columns(case_count=RECEIVED)
    return tables | found | {"log_summary": summary}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_published_month_typed_in_gives_a_page_that_adds_up_in_its_order(tmp_path: Path, language: Language) -> None:
    content = document_of(invented_run(tmp_path, typed_in()), language=language).content()
    pieces = {piece.name: piece.blocks for piece in content.pieces}
    figures = next(block for block in pieces["summary"] if isinstance(block, KeyFigures)).figures
    received, answered, passed_on = (int(value.replace(",", "")) for _, value in figures[:3])
    assert (received, answered, passed_on) == (RECEIVED, ANSWERED, PASSED_ON)
    assert received == answered + passed_on == 78589 + 4629
    (table,) = (block for block in pieces["departments"] if isinstance(block, Table))
    rows = [*table.rows, *table.left_out]
    assert [row[0] for row in rows] == list(CHANNELS)  # the published order, largest first
    assert [int(row[1].replace(",", "")) for row in rows] == [count for count, _ in CHANNELS.values()]
    assert sum(int(row[1].replace(",", "")) for row in rows) == received
    for count, share in CHANNELS.values():
        assert f"{100 * count / received:.2f}".rstrip("0") == share.rstrip("0")
    assert f"{float(CHANNELS['电话'][1]):.1f}%" in sentences(pieces["departments"])[0]


def test_a_log_that_tells_no_time_names_no_median(tmp_path: Path) -> None:
    """Isle of Man: of most decisions the day of decision alone is known, and half would have taken no time at all."""
    tables = invented_tables()
    none = {name: tables[name].with_columns(throughput_elapsed_seconds_median=pl.lit(0.0))
            for name in ("departments", "period_changes")}  # fmt: skip
    content = document_of(invented_run(tmp_path, tables | none), language="en").content()
    said = " ".join(one for piece in content.pieces if piece.name in ("main_points", "departments")
                    for one in sentences(piece.blocks))  # fmt: skip
    assert "<1 min" not in said
    assert "edian" not in said.replace("above the median", "")


def test_a_period_that_the_data_does_not_hold_whole_is_compared_with_none(tmp_path: Path) -> None:
    changes = invented_tables()["period_changes"]
    young = changes.with_columns(is_whole=pl.col("is_whole") & (pl.col("period") != "this"))
    run = invented_run(tmp_path, invented_tables() | {"period_changes": young})
    found = list(blocks(run, "en"))
    said = [block.text for block in found if isinstance(block, Paragraph)]
    assert sentences(found)[0] == "Cases received: 1,200."
    assert any("does not hold the whole of this period" in one for one in said)
    assert not any("period before" in one or "year before" in one for one in said)
