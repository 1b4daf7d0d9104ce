"""`import efficacy_analytics as ea`: what is public, and that it does what its examples say."""

import doctest
import inspect
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from support.invented_page import executed_here
from support.samples import sample
from support.small_city import small_city

import efficacy_analytics as ea
from efficacy_analytics.cli.app import app
from efficacy_analytics.documents.briefing import kernel
from efficacy_analytics.documents.pages.catalogue import picture
from efficacy_analytics.findings.catalogue import tables
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.exploring.picking import choice_of
from efficacy_analytics.workflows.log import Case, Comparison
from efficacy_analytics.workflows.steps import draw

PUBLIC = {"Cohort", "Document", "Lake", "Log", "Run", "due", "errors", "settings", "study"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> ea.Lake:
    """The small city's lake, a copy of its own: some examples change it."""
    return ea.Lake(shutil.copytree(small_city()[0], tmp_path_factory.mktemp("door") / "lake"))


@pytest.fixture(scope="module")
def page(lake: ea.Lake) -> Path:
    """A document of the lake that is soon verified."""
    file = lake.directory / "pictures" / "months.html"
    return draw(lake.directory, picture("months"), file, language="en", cohort=ea.Cohort())


def test_nothing_else_is_public() -> None:
    """A new public name is a promise: it is written here, in the docs, and with an example."""
    assert set(dir(ea)) == set(ea.__all__) == PUBLIC
    with pytest.raises(AttributeError, match="public are"):
        _ = ea.Engine


def test_the_import_takes_less_than_a_third_of_a_second_and_loads_no_engine() -> None:
    code = "import sys, efficacy_analytics as ea; print(dir(ea), {'duckdb', 'polars', 'altair'} & set(sys.modules))"
    began = time.perf_counter()
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == f"{sorted(PUBLIC)} set()\n"
    assert time.perf_counter() - began < 3  # 0.07 s on a quiet machine; the bound is that of a very busy one


def examples() -> list[doctest.DocTest]:
    """The examples of every public name, and of every public method of it."""
    found = doctest.DocTestFinder(recurse=True)
    objects = [ea, *(getattr(ea, name) for name in sorted(PUBLIC - {"errors", "settings", "Run", "Cohort"}))]
    tests = [
        test
        for one in objects
        for test in found.find(
            one, getattr(one, "__name__", "ea"), module=None if isinstance(one, ModuleType) else False
        )
        if test.examples
    ]
    return list({test.name: test for test in tests}.values())


MADE_ELSEWHERE = ("Lake.brief", "Log.report")
"""Examples that start a kernel for what other tests of this file ask for too."""
EXAMPLES = [
    pytest.param(test, id=test.name, marks=[pytest.mark.deep] if test.name in MADE_ELSEWHERE else [])
    for test in examples()
]


@pytest.mark.parametrize("test", EXAMPLES)
def test_an_example_in_a_docstring_runs_as_written(
    test: doctest.DocTest, lake: ea.Lake, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if test.name not in MADE_ELSEWHERE:  # of a run they read the table of what was on time
        monkeypatch.setattr(tables, "RUN_TABLES", {"on_time": tables.RUN_TABLES["on_time"]})
    log = lake.log(department="D02")
    test.globs = {"ea": ea, "lake": lake, "log": log, "page": page, "exports": small_city()[0] / "city"}
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert outcome.failed == 0


def test_the_lines_of_the_readme_run(lake: ea.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    scope: dict[str, Any] = {}
    monkeypatch.chdir(tmp_path)
    exec(lines.replace('"data_lake"', repr(str(lake.directory))), scope)
    assert scope["late"].sql("select bool_and(is_late and channel = 'window') from cases").item()
    assert {"limits.xlsx", "waits.svg"} <= {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize(
    "page", [page for page in sorted(CHECKOUT.glob("docs/**/*.md")) if "```python" in page.read_text(encoding="utf-8")],
    ids=lambda page: page.stem,
)  # fmt: skip
def test_the_lines_of_python_in_a_document_run(
    page: Path, lake: ea.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data_lake").symlink_to(lake.directory.resolve())
    monkeypatch.chdir(tmp_path)
    for lines in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        exec(lines.replace("20_000", "200"), {})  # a smaller city


def test_six_lines_lead_from_an_empty_notebook_to_the_cases_behind_the_largest_wait(lake: ea.Lake) -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)\n\n(?=late)", text, re.DOTALL)
    code = [line for line in lines.splitlines() if line]
    assert len(code) == 6
    scope: dict[str, Any] = {}
    exec(lines.replace('"data_lake"', repr(str(lake.directory))), scope)
    one, other = scope["log"].bottlenecks().select("activity", "next_activity").row(0)
    longest = (
        "select c.case_id, date_diff('second', f.enabled_at, f.started_at) as seconds "
        "from event_log e, event_log f, cases c "
        "where e.case_key = f.case_key and f.event_number = e.event_number + 1 and c.case_key = e.case_key "
        "and e.activity = $one and f.activity = $other order by seconds desc, c.case_key limit 1"
    )
    found = scope["log"].sql(longest, one=one, other=other).row(0)
    assert scope["behind"].select("case_id", "waiting_elapsed_seconds").row(0) == found


def test_every_public_method_has_an_example() -> None:
    shown = {test.name for test in examples()}
    lacking = [
        f"{kind.__name__}.{name}"
        for kind in (ea.Lake, ea.Log, ea.Document)
        for name, member in vars(kind).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
        if f"{kind.__name__}.{name}" not in shown and name not in {"close", "engine", "manifest", "is_public"}
    ]
    assert lacking == []


@pytest.mark.parametrize(
    "name", sample(["on_time", "bottlenecks", "limits", "log_summary"], ["on_time", "bottlenecks"])
)
def test_a_table_of_a_log_is_that_of_the_command_line(lake: ea.Lake, name: str, tmp_path: Path) -> None:
    file = tmp_path / "shown.parquet"
    arguments = ["show", name, "--lake", str(lake.directory), "--department", "D02", "--format", "parquet"]
    assert CliRunner().invoke(app, [*arguments, "--output", str(file)]).exit_code == 0
    assert pl.read_parquet(file).equals(getattr(lake.log(department="D02"), name)())


def test_tables_complete_by_tab_and_a_slip_is_answered_with_the_nearest(lake: ea.Lake) -> None:
    log = lake.log()
    assert set(TABLES) <= set(dir(log))
    assert "share" in repr(log.limits)
    assert "guarantee" in (log.limits.__doc__ or "").lower()
    with pytest.raises(AttributeError, match="bottlenecks"):
        _ = log.botlenecks
    with pytest.raises(AttributeError, match="cause_bars"):
        _ = log.chart.cause_bar
    with pytest.raises(ea.errors.CallError, match="no option 'shares'"):
        log.limits(shares=0.9)


@pytest.mark.parametrize(
    ("chosen", "condition"),
    [
        ({"channel": "window"}, "channel = 'window'"),
        ({"late": True}, "is_late and is_judged"),
        ({"late": False, "item": "D02001"}, "not is_late and is_judged and item = 'D02001'"),
        ({"accepted": "2025-01"}, "accepted_on between date '2025-01-01' and date '2025-01-31'"),
        ({"department": ["D01", "D02"]}, "department in ('D01', 'D02')"),
        ({"limit_days": 20, "limit_unit": "working_days"}, "limit_days = 20 and limit_unit = 'working_days'"),
        ({"completed_on": None}, "completed_on is null"),
        ({"having": "hearing"}, "case_key in (select case_key from event_log where activity = 'hearing')"),
        (
            {"starting": ["application"], "ending": ["delivery", "withdrawal"]},
            "case_key in (select case_key from event_log group by 1 "
            "having arg_min(activity, event_number) = 'application' "
            "and arg_max(activity, event_number) in ('delivery', 'withdrawal'))",
        ),
        (
            {"passing": (["review", "legal_check"], "decision")},
            "case_key in (select e.case_key from event_log e join event_log f on e.case_key = f.case_key "
            "and f.event_number = e.event_number + 1 where e.activity in ('review', 'legal_check') "
            "and f.activity = 'decision')",
        ),
        (
            {"passing": ("acceptance", "assignment")},
            "case_key in (select e.case_key from event_log e join event_log f on e.case_key = f.case_key "
            "and f.event_number = e.event_number + 1 where e.activity = 'acceptance' and f.activity = 'assignment')",
        ),
    ],
)
def test_a_narrower_log_has_just_the_cases_of_a_plain_reading(
    lake: ea.Lake, chosen: dict[str, Any], condition: str
) -> None:
    log = lake.log()
    narrow = log.where(**chosen)
    expected = log.sql(f"select case_id from cases where {condition} order by case_id")
    assert narrow.sql("select case_id from cases order by case_id").equals(expected)
    assert 0 < expected.height < log.sql("select count(*) from cases").item()


def test_a_variant_chooses_the_cases_that_took_just_these_steps(lake: ea.Lake) -> None:
    log = lake.log()
    for row in log.variants().head(3).iter_rows(named=True):
        assert log.where(variant=row["activities"]).log_summary()["case_count"].item() == row["case_count"]
        assert log.where(variant=row["variant_key"]).log_summary()["case_count"].item() == row["case_count"]


def test_narrowing_twice_is_narrowing_by_both(lake: ea.Lake) -> None:
    twice = lake.log("2025", department="D02").where(late=True).where("channel = 'window' or channel = 'pc'")
    assert twice.sql("select bool_and(is_late and department = 'D02' and year(accepted_on) = 2025) from cases").item()
    with pytest.raises(ea.errors.EmptyCohortError):
        lake.log(department="D02").where(department="D01")


@pytest.mark.parametrize("value", ["O'Hara", 'a"b', "x' or true --", "中文"])
def test_a_value_is_data_and_never_sql(lake: ea.Lake, value: str) -> None:
    with pytest.raises(ea.errors.EmptyCohortError):
        lake.log().where(channel=value)


def test_own_sql_sees_the_cases_of_the_log_alone(lake: ea.Lake) -> None:
    log = lake.log(department="D02")
    assert log.sql("select distinct department from cases")["department"].to_list() == ["D02"]
    steps = log.sql("select count(*) as n from event_log").item()
    assert steps == log.log_summary()["event_count"].item() < lake.log().log_summary()["event_count"].item()
    assert log.sql("with late as (from cases where is_late) select count(*) from late").item() > 0


@pytest.mark.parametrize(
    "text",
    ["drop view cohort_cases", "select 1; select 2", "select nothing from cases", "from read_csv('/etc/passwd')"],
)
def test_own_sql_only_reads_and_is_told_what_is_wrong(lake: ea.Lake, text: str) -> None:
    with pytest.raises(ea.errors.CallError):
        lake.log().sql(text)


def test_one_case_shows_its_steps_and_its_count(lake: ea.Lake) -> None:
    log = lake.log(department="D02", language="en")
    case_id = log.sql("select case_id from cases where is_late order by case_id").row(0)[0]
    one = log.case(case_id)
    assert isinstance(one, Case)
    assert one.steps.height == log.sql("select event_count from cases where case_id = $id", id=case_id).item()
    assert "Verdict: late" in repr(one)
    with pytest.raises(ea.errors.CallError):
        log.case("no such case")


def test_a_comparison_is_of_the_two_logs(lake: ea.Lake) -> None:
    log = lake.log(department="D02")
    compared = log.compare(log.where(late=True), names=("all", "late"))
    assert isinstance(compared, Comparison)
    assert compared.table().height > 0
    assert "all" in repr(compared)


@pytest.mark.parametrize(
    "name", ["process_map", "bottleneck_bars", "on_time_intervals", "variant_strips", "limit_dumbbells", "month_heat"]
)
def test_a_chart_by_name_is_drawn(lake: ea.Lake, name: str) -> None:
    chart = getattr(lake.log(language="en").chart, name)()
    assert chart._repr_html_()
    if name != "process_map":
        assert chart.chart.to_dict(validate=True)["$schema"]  # what is drawn unchecked is of the schema


def test_a_narrower_log_stays_on_its_snapshot_when_another_is_published(lake: ea.Lake) -> None:
    before = lake.log()
    lake.publish(as_on=ea.due("2025-06-30", 3).due_on)
    assert lake.log().snapshot != before.snapshot
    assert before.where(late=True).snapshot == before.snapshot


def test_a_lake_can_be_open_under_two_names_at_once(lake: ea.Lake, tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(lake.directory.resolve())
    held = lake.log()
    assert ea.Lake(tmp_path / "other").log().log_summary().frame.equals(held.log_summary().frame)


def test_a_log_held_open_answers_after_its_snapshot_was_pruned(lake: ea.Lake) -> None:
    """An afternoon's work goes on while others publish: the file is gone, what was opened of it is not."""
    held = lake.log(department="D02")
    late = held.sql("select count(*) as n from cases where is_late and is_judged").item()
    (lake.directory / "published" / f"{held.snapshot}.duckdb").rename(lake.directory / "gone.duckdb")
    try:
        narrow = held.where(late=True)
        assert narrow.log_summary()["case_count"].item() == late
        assert narrow.where(channel="window").compare(held).table().height > 0
        assert held.on_time(by="item").height > 0
        with pytest.raises(ea.errors.CallError, match="no snapshot"):
            lake.log(snapshot=held.snapshot)
    finally:
        (lake.directory / "gone.duckdb").rename(lake.directory / "published" / f"{held.snapshot}.duckdb")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda log: log.limits(share="0.95"), "a number, not '0.95'"),
        (lambda log: log.limits(share=95), "between 0 and 1"),
        (lambda log: log.waiting_by_month(clock="counted"), "not 'counted'"),
        (lambda log: log.waiting_effects(hours="guessed"), "not 'guessed'"),
        (lambda log: log.bottlenecks(replicates=2.5), "a whole number"),
        (lambda log: log.cases_behind(most=-1), "from 1 on"),
        (lambda log: log.cases_behind(most=True), "a whole number, not True"),
        (lambda log: log.where(passing=("a",)), "two activities"),
        (lambda log: log.where(passing="review"), "two activities"),
        (lambda log: log.where(passing=("review", "decisoin")), "Did you mean decision"),
        (lambda log: log.where(having="reviw"), "Did you mean review"),
        (lambda log: log.where(having=3), "codes of activities"),
        (lambda log: log.where(having=[]), "names no activity"),
        (lambda log: log.where(variant="review"), "codes of activities"),
        (lambda log: log.where(late="yes"), "True or False"),
        (lambda log: log.where(5), "a condition is a text"),
        (lambda log: log.where(accepted="soon"), "not a period"),
        (lambda log: log.where(channel=object()), "cannot be chosen"),
        (lambda log: log.by(3), "a column has a name"),
        (lambda log: log.by("colour"), "no column 'colour'"),
        (lambda log: log.compare(3), "another log"),
        (lambda log: log.sql(5), "a query is a text"),
        (lambda log: log.case(5), "number that is a text"),
        (lambda log: log.case("no such case"), "0 cases"),
        (lambda log: log.answer("weather"), "no answer 'weather'"),
        (lambda log: log.indicator("a b", "count(*)"), "cannot be the name"),
        (lambda log: log.indicator("a", "count(*)", by="colour"), "no level 'colour'"),
        (lambda log: log.indicator("a", "count(*), 1"), "one aggregate"),
        (lambda log: log.indicator("a", "nothing"), "nothing"),
        (lambda log: log.chart.process_map().selected, "nothing is selected"),
        (lambda log: log.chart.process_map().select("reviw"), "Did you mean review"),
        (lambda log: log.chart.bottleneck_bars().save("x.pdf"), "no picture"),
    ],
)
def test_what_is_of_another_kind_is_answered_in_one_sentence(lake: ea.Lake, wrong: Any, said: str) -> None:
    with pytest.raises(ea.errors.CallError, match=re.escape(said)) as fault:
        wrong(lake.log())
    assert "\n" not in fault.value.problem


def test_a_closed_log_says_that_it_is_closed(lake: ea.Lake) -> None:
    log = lake.log()
    narrow = log.where(late=True)
    log.close()
    log.close()
    for asked in (log.bottlenecks, log.chart.process_map, lambda: log.where(late=True), lambda: repr(log)):
        with pytest.raises(ea.errors.CallError, match="this log is closed"):
            asked()
    assert narrow.on_time().height > 0


def test_what_is_chosen_on_the_map_is_what_the_query_gives(lake: ea.Lake) -> None:
    log = lake.log(language="en")
    process = log.chart.process_map()
    lines = [line for line in process.book.views[0].pictures["en"].datasets["lines"] if line["activity"]]
    cases = "select case_id from cases order by case_id"
    for line in lines[:4]:
        one, other = line["activity"], line["next_activity"]
        if other is None:
            continue
        assert process.select(one, other).sql(cases).equals(log.where(passing=(one, other)).sql(cases))
        assert f"{process.selected.log_summary()['case_count'].item():,}" == line["case_count"]
    assert process.select("hearing").sql(cases).equals(log.where(having="hearing").sql(cases))


def test_one_case_tells_who_held_it_and_when_the_clock_stood_still(lake: ea.Lake) -> None:
    log = lake.log(language="en")
    case_id = log.sql("select min(case_id) from cases where is_late and stopped_days > 0").item()
    case = log.case(case_id)
    lengths = "sum(waiting_elapsed_seconds) as waited, sum(service_elapsed_seconds) as served"
    whole = log.sql(
        f"select {lengths} from event_log e join cases c using (case_key) where c.case_id = $id", id=case_id
    )
    assert case.held.select(pl.col("waiting_elapsed_seconds", "service_elapsed_seconds").sum()).row(0) == whole.row(0)
    assert case.held["event_count"].sum() == case.steps.height
    assert (case.stops["effect"] == "stops").any()
    assert case.days.filter("is_due")["day"].len() == 1
    page = case._repr_html_()
    assert page.count('class="ea-table"') == 4
    assert 'class="chart"' in page


def test_the_public_edition_shows_no_case_no_map_and_no_answer_beyond_what_is_published(lake: ea.Lake) -> None:
    log = lake.log(edition="public")
    for asked in (
        lambda: log.case("2024-D01-000001"), lambda: log.chart.process_map(), lambda: log.cases_behind(),
        lambda: log.where(late=True), lambda: log.answer("bottlenecks"), lambda: log.indicator("a_count", "count(*)"),
    ):  # fmt: skip
        with pytest.raises(ea.errors.CannotAnswerError):
            asked()
    assert "log.case" not in log._repr_html_()
    assert "<table" in log.on_time()._repr_html_()


def test_a_picture_is_saved_in_the_typeface_of_the_house(lake: ea.Lake, tmp_path: Path) -> None:
    log = lake.log(language="zh")
    bars = log.chart.bottleneck_bars().save(tmp_path / "b.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'font-family="(\w{8})', bars)) == {"Efficacy"}  # the letters that are drawn
    assert log.chart.process_map().save(tmp_path / "m.svg").read_text(encoding="utf-8").count("<path") > 20
    assert log.chart.on_time_intervals().save(tmp_path / "o.png").read_bytes()[:4] == b"\x89PNG"


def test_an_indicator_of_ones_own_is_an_aggregate_at_a_level(lake: ea.Lake) -> None:
    log = lake.log()
    own = log.indicator("late_share", "avg(cast(is_late as integer)) filter (where is_judged)", by="month")
    plain = log.on_time_by_month().select("month", late_share=1 - pl.col("on_time_share"))
    both = own.frame.join(plain.frame, on="month", suffix="_plain").drop_nulls()
    assert both.height > 3
    assert (both["late_share"] - both["late_share_plain"]).abs().max() < 1e-12


def test_what_is_shown_says_what_it_is(lake: ea.Lake) -> None:
    log = lake.log("2025H1", department="D02")
    assert "department D02" in repr(log)
    assert "bottlenecks" in log._repr_html_()
    assert str(lake.directory) in repr(lake)
    assert "deliveries" in lake._repr_html_()
    assert repr(ea.due("2025-01-20", 5)) == "due on 2025-01-26"  # 2025-01-26 is a working day made up for


def test_a_chart_of_nothing_says_so_in_words(lake: ea.Lake) -> None:
    log = lake.log(language="en").where("is_judged = false")
    assert "nothing to draw" in log.chart.on_time_intervals()._repr_html_()
    assert "nothing to draw" not in log.chart.bottleneck_bars()._repr_html_()


def test_a_column_of_very_many_values_is_not_opened_value_by_value(lake: ea.Lake) -> None:
    with pytest.raises(ea.errors.CallError, match=r"'case_id' has \d,?\d+ values") as fault:
        lake.log().by("case_id")
    assert "group by all" in fault.value.hint


@pytest.mark.parametrize(
    ("language", "words"),
    [pytest.param("zh", "专题分析", marks=pytest.mark.deep), ("en", "Analysis of one question")],
)
def test_a_report_on_one_question_takes_no_number_of_the_periodic_issues(
    lake: ea.Lake, language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "executed", executed_here)
    (page,) = lake.log("2025Q1", department="D02").report(languages=[language])
    text = page.path.read_text(encoding="utf-8")
    assert words in text
    assert "no. 1" not in text[: text.index("</header>")]


def test_what_is_clicked_on_a_chart_is_the_cases_behind_it(lake: ea.Lake) -> None:
    log = lake.log(language="en")
    row = log.readable("bottlenecks").row(0, named=True)
    codes = log.bottlenecks().select("activity", "next_activity").row(0)
    month, step = log.readable("waiting_by_month").select("month", "step").row(0)
    clicked: list[dict[str, Any]] = [
        {"segment": f"{row['activity']} → {row['next_activity']}"},
        {"department": dict(log.names("department").rows())["D02"]},
        {"name": "Application", "rank": 1},
    ]
    chosen = [choice_of(datum, log) for datum in clicked]
    assert chosen[0] == {"passing": codes}
    assert log.where(**chosen[1]).cohort.department == "D02"
    assert log.where(**chosen[2]).log_summary()["case_count"].item() == log.variants()["case_count"][0]
    assert choice_of({"month": month, "step": step}, log)["accepted"] == month
    assert choice_of({"expected": 1.0, "kind": "95% limits"}, log) == {}
    with pytest.raises(ea.errors.CallError, match="nothing is selected"):
        _ = log.chart.bottleneck_bars().selected
