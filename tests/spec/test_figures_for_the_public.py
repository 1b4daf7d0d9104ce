"""What is published tells nothing of a small group; single cases are refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import polars as pl
import pytest
from support.invented_page import page_of_the_small_city
from support.small_city import small_city

from efficacy_analytics.charts.style.numbers import duration
from efficacy_analytics.cli import app
from efficacy_analytics.documents.blocks import KeyFigures, sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.disclosure.public_findings import MAKERS, TOTALS, Asked, PublicFindings, public_table
from efficacy_analytics.findings.disclosure.rounding import OF_MEDIAN, coarse
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows import steps as pipeline

FEWEST = 5
BY_GROUP = ("on_time", "on_time_by_item", "on_time_by_month", "departments")
KINDS = ("activity_count", "made_count", "check_count", "item_count")


def public() -> PublicFindings:
    return PublicFindings(small_city()[1], FEWEST)


@pytest.mark.parametrize(
    "name", sorted(set(MAKERS) & set(TABLES) - {"stage_variants", "waiting_by_segment", "open_stock"})
)
def test_every_count_shown_is_a_multiple_of_the_least_number(name: str) -> None:
    shown = public().table(name)
    for column in (one for one in shown.columns if one.endswith("_count") and one not in KINDS):
        assert (shown[column].drop_nulls() % FEWEST).sum() == 0, column


@pytest.mark.parametrize("name", BY_GROUP)
def test_a_count_is_shown_within_one_step_of_what_it_is_but_for_a_few(name: str) -> None:
    found, shown = small_city()[1].table(name), public().table(name)
    both = shown.join(found, on=shown.columns[0], how="left", nulls_equal=True)
    moved = (both["case_count"] - both["case_count_right"]).abs().drop_nulls()
    assert (moved < FEWEST).mean() > 0.8
    assert moved.max() <= 3 * FEWEST


@pytest.mark.parametrize("name", BY_GROUP)
def test_a_share_is_made_of_the_counts_beside_it_and_only_of_enough(name: str) -> None:
    rows = public().table(name)
    told = rows.drop_nulls("on_time_share")
    assert told.height or name == "on_time_by_item"
    assert told.filter(pl.col("judged_count") < 10 * FEWEST).is_empty()
    assert (
        told.select((1 - pl.col("late_count") / pl.col("judged_count") - pl.col("on_time_share")).abs() < 1e-12)
        .to_series()
        .all()
    )
    assert told.select(pl.col("on_time_share").is_between("on_time_share_low", "on_time_share_high")).to_series().all()
    without = rows.filter(pl.col("on_time_share").is_null())
    assert without["late_count"].null_count() == without.height


def test_of_few_cases_that_were_due_no_share_and_no_late_cases_are_told_of_the_whole_either() -> None:
    small = PublicFindings(small_city()[1], 200)  # a share is told of ten times as many
    assert small.table("departments")["overall_on_time_share"].null_count() == small.table("departments").height
    totals = small.table("public_totals").filter(pl.col("column").is_in(["late_count", "judged_count"]))
    assert {column: value is None for column, value in totals.select("column", "value").rows()} == {
        "late_count": True,
        "judged_count": False,
    }
    summary = list(SECTIONS["summary"].blocks(small, "en"))
    (figures,) = (block.figures for block in summary if isinstance(block, KeyFigures))
    assert figures[-2:] == [("Late (few cases due)", "–"), ("On time", "–")]
    assert sentences(summary)[-1].endswith("; too few to tell how many of them were late.")
    assert sentences(SECTIONS["on_time"].blocks(small, "en")) == [
        "Too few cases were due for a share on time to be told."
    ]
    said = " ".join(sentences(SECTIONS["main_points"].blocks(small, "en")))
    assert not re.search(r"cases? \([\d.]+%\)", said)


def test_a_department_of_few_cases_shows_no_figure() -> None:
    class Drawn:
        manifest: ClassVar[dict[str, Any]] = {"snapshot": {"disclosure_key": "5a" * 32}, "tables": []}

        def table(self, asked: str) -> pl.DataFrame:
            rows = small_city()[1].table(asked)
            small = pl.when(pl.col("department") == "D01").then(4)
            return rows.with_columns(small.otherwise("case_count").alias("case_count")) if asked == "on_time" else rows

    row = PublicFindings(Drawn(), FEWEST).table("on_time").filter(pl.col("department") == "D01").row(0)
    assert set(row[1:]) == {None}


@pytest.mark.parametrize("fewest", [1, 2, 5])
def test_times_are_those_of_groups_that_completed_twice_the_least_number(fewest: int) -> None:
    class Drawn:
        manifest: ClassVar[dict[str, Any]] = {"snapshot": {"disclosure_key": "5a" * 32}, "tables": []}

        def table(self, asked: str) -> pl.DataFrame:
            rows = small_city()[1].table(asked)
            if asked != "departments":
                return rows
            few = pl.when(pl.col("department") < "D10").then(2).otherwise("completed_count")
            return rows.with_columns(completed_count=few.cast(pl.Int64))

    shown = PublicFindings(Drawn(), fewest).table("departments")
    told = shown["throughput_elapsed_seconds_median"].is_not_null()
    least = OF_MEDIAN * fewest if fewest > 1 else 0
    assert told.to_list() == (shown["completed_count"].fill_null(-1) >= least).to_list()
    assert told.any()
    assert told.all() == (fewest == 1)


def test_rare_paths_are_left_out_with_the_activities_that_stand_in_them_alone() -> None:
    found, shown = small_city()[1].table("directly_follows"), public().table("directly_follows")
    few = found.filter(pl.col("case_count") < FEWEST)
    assert few.height
    assert shown.join(few, on=["activity", "next_activity"], how="semi").is_empty()
    named = set(public().table("activity_names")["activity"])
    for name in ("directly_follows", "bottlenecks", "contributions"):
        assert set(public().table(name)["activity"]) <= named
    assert {one for path in public().table("variants")["activities"] for one in path} <= named


def test_an_item_of_few_cases_is_named_nowhere() -> None:
    run = small_city()[1]
    few = set(run.table("on_time_by_item").filter(pl.col("case_count") < FEWEST)["item"])
    used = set(run.table("limits").filter(pl.col("used_count") >= FEWEST)["item"])
    names = run.table("item_names").filter(pl.col("item").is_in(sorted(few - used)))
    assert names.height > 100
    page = page_of_the_small_city("zh", "public")
    for table in public().manifest["tables"]:
        rows = public().table(table)
        if "item" in rows.columns:
            assert not set(rows["item"]) & (few - used), table
    assert not [item for item in names["item"] if item in page]


def test_no_mean_beside_a_total_gives_the_count_away() -> None:
    for name, total, mean in (
        ("bottlenecks", "waiting_elapsed_seconds_total", "waiting_elapsed_seconds_mean"),
        ("contributions", "elapsed_seconds_total", "elapsed_seconds_mean"),
    ):
        shown = public().table(name)
        assert shown[total].is_not_null().any()
        assert shown[mean].is_null().all()


@pytest.mark.parametrize("name", ["bottlenecks", "contributions"])
def test_shares_of_the_whole_are_of_what_is_shown(name: str) -> None:
    assert public().table(name)["share_of_total"].sum() == pytest.approx(1)
    assert small_city()[1].table(name).height > public().table(name).height


def _other(name: str, rows: pl.DataFrame) -> Any:
    """The city's run with other rows in one table."""
    run = small_city()[1]
    return SimpleNamespace(manifest=run.manifest, table=lambda asked: rows if asked == name else run.table(asked))


@pytest.mark.parametrize("name", ["bottlenecks", "contributions"])
def test_an_interval_of_the_share_of_all_stands_beside_no_share_of_what_is_shown(name: str) -> None:
    found, shown = small_city()[1].table(name), public().table(name)
    assert shown["share_low"].is_not_null().any()  # nearly nothing is withheld: the two shares are the same
    whole = "waiting_elapsed_seconds_total" if name == "bottlenecks" else "elapsed_seconds_total"
    few = pl.col("case_count") == found.sort("case_count")["case_count"][0]
    much = pl.when(few).then(pl.col(whole).sum() / 10).otherwise(whole).alias(whole)
    withheld = PublicFindings(_other(name, found.with_columns(much)), FEWEST).table(name)
    assert withheld.select(pl.all_horizontal(pl.col("share_low", "share_high").is_null().all())).item()
    assert withheld["share_of_total"].sum() == pytest.approx(1)


def test_a_public_briefing_says_of_what_its_shares_are() -> None:
    said = {edition: page_of_the_small_city("en", edition) for edition in ("internal", "public")}
    for words in ("In the public edition shares are of what is shown", "of that of the segments shown to the public"):
        assert (words in said["public"], words in said["internal"]) == (True, False), words


def test_times_are_told_to_two_digits_and_no_finer_than_minutes() -> None:
    for name in ("activities", "directly_follows", "bottlenecks", "departments"):
        shown = public().table(name)
        for column in (one for one in shown.columns if "_seconds" in one):
            for seconds in shown[column].drop_nulls():
                assert seconds % 60 == 0 if seconds < 6000 else _has_two_digits(seconds, column), (name, column)


def _has_two_digits(seconds: float, column: str) -> bool:
    """Whether the days, or below two of them the hours, of a time have two digits."""
    length = seconds / (86_400 if seconds >= 172_800 and "open_seconds" not in column else 3_600)
    return abs(float(f"{length:.1e}") - length) < 1e-9


@pytest.mark.parametrize(
    ("column", "seconds", "told"),
    [
        ("throughput_elapsed_seconds_median", 1_800_000, "21 days"),  # 20.8 days; two digits of the seconds alone
        ("throughput_elapsed_seconds_median", 180_000, "2.1 days"),
        ("throughput_elapsed_seconds_median", 100_000, "28 h"),
        ("waiting_open_seconds_median", 1_800_000, "500 office h"),
    ],
)
def test_a_time_has_two_digits_in_the_unit_in_which_it_is_told(column: str, seconds: float, told: str) -> None:
    shown = pl.DataFrame({column: [seconds]}).select(coarse(column)).item()
    assert duration(shown, "en", "open" if "_open_" in column else "elapsed") == told


def test_medians_and_ninth_deciles_have_enough_cases_on_either_side() -> None:
    shown = public().table("directly_follows")
    assert shown.filter(pl.col("case_count") < 2 * FEWEST)["elapsed_seconds_median"].is_null().all()
    assert shown.filter(pl.col("case_count") < 10 * FEWEST)["elapsed_seconds_p90"].is_null().all()
    assert shown["elapsed_seconds_p90"].is_not_null().any()


def test_the_largest_wait_of_a_department_is_told_only_if_it_is_that_of_enough_cases() -> None:
    first = small_city()[1].table("bottlenecks_by_department").filter(pl.col("rank") == 1)
    few = set(first.filter(pl.col("case_count") < FEWEST)["department"])
    shown = public().table("departments")
    assert few
    assert set(shown.filter(pl.col("bottleneck_activity").is_null())["department"]) >= few


@pytest.fixture(scope="module")
def log() -> Iterator[DuckdbEngine]:
    with open_log(small_city()[0]) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(set(TABLES) - set(MAKERS)))
def test_every_other_table_is_refused(log: DuckdbEngine, name: str) -> None:
    with pytest.raises(CannotAnswerError, match="is not for the public") as fault:
        public_table(log, name, fewest=FEWEST)
    assert fault.value.exit_code == 4


def test_tables_with_case_numbers_or_officers_are_among_the_refused() -> None:
    for name in public().manifest["tables"]:
        assert not {"case_id", "case_key", "resource", "source"} & set(public().table(name).columns), name
    assert not {"cases", "single_points", "rule_violations", "conformance_cases", "waiting_causes"} & set(MAKERS)


def test_a_cohort_of_few_cases_is_refused() -> None:
    lake = small_city()[0]
    with open_log(lake) as log:
        number = log.connection.sql("select min(case_key) from cases").fetchall()[0][0]
    with open_log(lake, Cohort(where=f"case_key < {number + 4}")) as log, pytest.raises(CannotAnswerError) as fault:
        public_table(log, "on_time", fewest=FEWEST)
    assert "fewer than 5 cases" in fault.value.problem


def test_of_few_judged_cases_neither_the_late_ones_nor_a_share_are_told_of_all_together_either() -> None:
    with open_log(small_city()[0]) as log:
        keys = log.sql("select case_key from cases where is_judged order by case_key limit 36").to_series()
    with open_log(small_city()[0], Cohort(where=f"case_key in ({', '.join(map(str, keys))})")) as log:
        found = PublicFindings(Asked(log, {}), FEWEST)
        overall = found.table("departments")["overall_on_time_share"]
        totals = dict(found.table(TOTALS).filter(table="on_time").select("column", "value").rows())
    assert 2 * FEWEST < totals["judged_count"] < 10 * FEWEST
    assert [totals[name] for name in ("late_count", "withdrawn_late_count", "by_extension_count")] == [None] * 3
    assert overall.null_count() == overall.len() > 0


def test_a_public_briefing_can_be_verified_and_one_that_shows_more_is_found_out(tmp_path: Path) -> None:
    lake = small_city()[0]
    pages = {edition: page_of_the_small_city("en", edition) for edition in ("public", "internal")}
    assert "Public edition: every count is a multiple of 5" in pages["public"]
    assert "Public edition" not in pages["internal"]
    (tmp_path / "page.html").write_text(pages["public"], encoding="utf-8")
    verify(tmp_path / "page.html", lake)
    claimed = pages["internal"].replace('"edition":"internal"', '"edition":"public"')
    (tmp_path / "page.html").write_text(claimed, encoding="utf-8")
    with pytest.raises(CheckFailedError):
        verify(tmp_path / "page.html", lake)


def test_the_two_editions_are_two_files(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(pipeline, "find", lambda *_, **__: small_city()[1])
    monkeypatch.setattr(pipeline, "brief", lambda *_, name, **__: made.append(name) or [])
    for edition in ("internal", "public"):
        pipeline.brief_period(small_city()[0], {}, period="2025", languages=["en"], edition=edition)
    assert made == ["briefing-2025", "briefing-2025-public"]


def test_the_command_line_shows_and_refuses_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    lake = ["--lake", str(small_city()[0]), "--quiet"]
    app(["show", "on_time", "--by", "month", "--public", "--format", "csv", *lake], standalone_mode=False)
    assert capsys.readouterr().out == public().table("on_time_by_month").write_csv()
    with pytest.raises(CannotAnswerError):
        app(["show", "cases", "--public", *lake], standalone_mode=False)
    with pytest.raises(CallError, match="takes no --clock"):
        app(["show", "bottlenecks", "--clock", "open", "--public", *lake], standalone_mode=False)


@pytest.mark.parametrize("name", ["activity_names", "activity_stages"])
def test_the_name_of_a_rare_activity_is_in_no_table_of_names(name: str) -> None:
    class Drawn:
        manifest: ClassVar[dict[str, Any]] = {
            "tables": ["log_summary", "activities", name],
            "snapshot": {"disclosure_key": "5a" * 32},
        }

        def table(self, asked: str) -> pl.DataFrame:
            activities = pl.DataFrame(
                {
                    "activity": ["review", "Mr Li's hearing"],
                    "case_count": [40, 2],
                    "event_count": [40, 2],
                    "recorded_start_share": [1.0, 0.5],
                }
            )
            return pl.DataFrame({"case_count": [40]}) if asked == "log_summary" else activities

    assert PublicFindings(Drawn(), FEWEST).table(name)["activity"].to_list() == ["review"]


def test_an_activity_of_few_cases_is_in_no_table_sentence_or_chart_of_a_page() -> None:
    names = small_city()[1].table("activity_names")
    rare = names.filter(~pl.col("activity").is_in(public().table("activity_names")["activity"].implode()))
    assert rare.height
    for language in ("zh", "en"):
        page = page_of_the_small_city(language, "public")
        for row in rare.iter_rows(named=True):
            assert row[f"name_{language}"] not in page
            assert f'"{row["activity"]}"' not in page


@pytest.mark.parametrize("most_nodes", [40, 6])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_kinds_of_steps_that_a_public_map_counts_are_said_to_be_those_shown(
    language: Language, most_nodes: int
) -> None:
    """A bulletin once said that its cases have 311 kinds of steps, and beside its map that they have 207."""
    words = {"zh": "公开所列", "en": "shown to the public"}[language]
    for findings, is_public in ((public(), True), (small_city()[1], False)):
        settings = {**findings.manifest["settings"], "map": {"most_nodes": most_nodes}}
        asked = SimpleNamespace(manifest={**findings.manifest, "settings": settings}, table=findings.table)
        said = sentences(SECTIONS["process_map"].blocks(asked, language))[-1]
        assert str(findings.table("activities").height) in said
        assert (words in said) is is_public
