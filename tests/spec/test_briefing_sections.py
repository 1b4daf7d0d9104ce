"""What the sections say: computed sentences in both languages, names for codes, ten rows and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from support.invented_run import invented_run, invented_tables
from support.small_city import small_city

from efficacy_analytics.documents.blocks import Block, Chart, KeyFigures, Paragraph, Table, sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, LANGUAGES, Language, heading


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return invented_run(tmp_path_factory.mktemp("lake"))


def blocks_of(run: Run, name: str, language: Language = "zh") -> list[Block]:
    return list(SECTIONS[name].blocks(run, language))


def changed(folder: Path, **tables: pl.DataFrame) -> Run:
    return invented_run(folder, invented_tables() | tables)


def templates() -> Iterator[tuple[str, dict[str, str]]]:
    for section in SECTIONS.values():
        yield f"{section.name}.title", section.title
        for name, words in section.sentences.items():
            yield f"{section.name}.{name}", words


@pytest.mark.parametrize(("name", "words"), [pytest.param(*entry, id=entry[0]) for entry in templates()])
def test_both_languages_say_the_same_figures(name: str, words: dict[str, str]) -> None:
    assert set(words) == set(LANGUAGES)
    assert set(re.findall(r"{(\w+)}", words["zh"])) == set(re.findall(r"{(\w+)}", words["en"]))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_shows_tables_a_run_has(name: str) -> None:
    assert set(SECTIONS[name].tables) <= set(TABLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SECTIONS)
def test_no_heading_is_the_name_of_a_column(name: str, language: Language) -> None:
    tables = [block for block in blocks_of(small_city()[1], name, language) if isinstance(block, Table)]
    headings = [column.heading for table in tables for column in table.columns]
    assert [one for one in headings if re.fullmatch(r"[a-z]+(_[a-z]+)+", one)] == []


# Figures of the sentences: invented_run.py (counts and shares given there; 86 late of 1,104 judged is their sum).
SAID = {
    ("main_points", "zh"): [
        "本期收件 1,200 件，环比增长 20.0%，同比下降 4.0%。",
        "按时办结率 92.2%，环比提高 1.5 个百分点（未超出偶然），同比提高 4.7 个百分点（超出偶然）。",
        "全程时间（自首个环节至末个环节）中位数 6.5 天，环比缩短 12 小时（未超出偶然），同比缩短 2.8 天（超出偶然）。",
        "等待时间最多的是“现场踏勘”到“专家评审”，占全部的 48.2%。",
        "下一步：“现场踏勘 → 专家评审”（等待）超出最好四分之一部门中位用时的办件，共超出 2,192 件·天，"
        "为各处之最；这是可节省的上限。",
        "可立即压缩的时限有 11 项，见文末压缩项目表。",
    ],
    ("main_points", "en"): [
        "Cases received: 1,200, 20.0% more than in the period before, 4.0% fewer than a year before.",
        "On time: 92.2%, 1.5 points higher than in the period before (may be chance), "
        "4.7 points higher than a year before (more than chance).",
        "Median throughput time, from the first step to the last: 6.5 days, 12 h shorter than in the period before "
        "(may be chance), "
        "2.8 days shorter than a year before (more than chance).",
        "Most waiting time lies between “Visit the site” and “Expert review”: 48.2% of all.",
        "What to look at first: in “Visit the site → Expert review” (waiting) cases lie above the median of the best "
        "quarter of departments by 2,192 case-days together, more than anywhere else; no more than that can be saved "
        "there.",
        "Limits that can be shortened now: 11; see the compression table.",
    ],
    ("summary", "zh"): [
        "本期收件 1,200 件，其中办结 1,040 件、在办 160 件、撤回 7 件；共记录环节 6,233 次，涉及 9 种环节、8 个部门。",
        "应办结日已过的 1,104 件中，逾期 86 件，按时办结率为 92.6%。",
    ],
    ("summary", "en"): [
        "Cases received: 1,200, of which completed 1,040, open 160 and withdrawn 7. "
        "They left 6,233 events of 9 activities, in 8 departments.",
        "Cases whose due date has passed: 1,104; late: 86; on time: 92.6%.",
    ],
    ("honesty", "zh"): [
        "在比较各部门之前，先看数据是否可信。20 项检查中能够进行的有 17 项。"
        "1 个部门须就数据作出说明：自然资源和规划局；另外 7 个在查过的各项中未见异常。",
        "自然资源和规划局有 12 次停钟（60 次中的 20.0%）是事后录入的：晚于开始日 5 个工作日以上，或在时限已过之后。",
        "自然资源和规划局有 12 件办件（60 件中的 20.0%）只因可疑停钟才按时办结。",
        "剔除可疑停钟（12 次）后，自然资源和规划局的按时办结率由 90.5% 降为 86.0%。",
        "以下检查对所有部门都无法进行：事后补录、集中补录、先录后办（没有录入时间）。",
    ],
    ("departments", "zh"): [
        "办件量最大的是住房和城乡建设局，402 件，占全部的 33.5%；其全程时间中位数为 3 天。",
        "办结不少于 10 件的部门中，全程时间中位数最长的是农业农村局（10 天），最短的是住房和城乡建设局（3 天）；"
        "事项不同，不宜据此直接排名。",
    ],
    ("process_map", "zh"): [
        "先看图中①②③，环节间隔总时间（自然时间）最多的三处：①“现场踏勘”到“专家评审”占 48.2%（410 次，中位数 "
        "12.7 天，平均 17.8 天）；②“材料审核”到“现场踏勘”占 12.3%（640 次，中位数 2.1 天，平均 2.9 天）；"
        "③“专家评审”到“部门会签”占 11.0%（395 次，中位数 3 天，平均 4.2 天）。",
        "流程图画出全部 9 种环节，覆盖全部环节流转的 100%。",
    ],
    ("bottlenecks", "en"): [
        "The segment from “Visit the site” to “Expert review” holds most of the waiting time: 48.2% of it (95% "
        "interval 44.8–51.1%), over 409 cases, a median of 12.7 days each time.",
        "The first three segments together hold 71.5%.",
    ],
    ("on_time", "zh"): [
        "总体按时办结率为 92.6%；按 95% 区间判断，明显低于总体的部门只有住房和城乡建设局。",
        "计入的是截至统计日应办结日已过的 1,104 件，不论是否办结。另有 85 件尚未到期，不计。"
        "另有 4 件没有应办结日或无从判定，不计。",
        "按时办结的办件中，12 件靠延期才按时；不计延期，按时办结率为 91.1%。",
        "28 件扣除了行政许可法未列明的停止计时（如受理后的补正、中止）；不扣除这些天数，按时办结率为 91.5%。",
        "按法定时限，已到期 1,064 件，按时 99.2%。",
    ],
    ("limits", "zh"): [
        "在 14 个事项中，11 个的时限可直接压缩：按以往办件，有 95% 的把握使至少 95% 的办件按时办结。",
        "逐个事项判断，可压缩 11 个；要求全部事项同时成立，可压缩 11 个（见压缩项目表）。",
        "可压缩最多的是“第1类许可证核发”，由 15 个工作日减至 5 个工作日。",
        "另有 1 个须先改进流程，2 个因样本不足或未设时限不下结论。",
        "以往数据看不到时限改变后的行为：时限缩短，工作可能加快，也可能随时限填满；压缩后须继续监测。",
    ],
    ("plan", "zh"): [
        "在设有时限的 13 个事项中，11 个可立即压缩：有 95% 的把握，所有压缩后的时限同时成立，"
        "各有至少 95% 的办件按时办结。",
        "1 个须先改进流程，其中 1 个只需压减一处等待。",
        "1 个因样本不足不下结论。",
    ],
    ("plan", "en"): [
        "Of 13 items with a limit, 11 can be shortened now: with 95% confidence every one of the shorter limits, all "
        "at once, is kept by at least 95% of cases.",
        "1 needs a change first, 1 of them in a single wait.",
        "For 1 the data cannot say.",
    ],
}


@pytest.mark.parametrize(("name", "language"), SAID)
def test_a_section_says_its_findings_in_sentences(run: Run, name: str, language: Language) -> None:
    assert sentences(blocks_of(run, name, language)) == SAID[name, language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SECTIONS)
def test_no_code_is_printed_where_there_is_a_name(run: Run, name: str, language: Language) -> None:
    printed = [
        cell
        for block in blocks_of(run, name, language)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    ]
    assert not [cell for cell in printed if re.fullmatch(r"[DI]\d\d|visit|review|check|decide", cell)]


@pytest.mark.parametrize("name", ["limits", "plan"])
def test_an_item_that_departments_share_is_counted_as_one_of_each(tmp_path: Path, name: str) -> None:
    shared = {one: invented_tables()[one].with_columns(item=pl.lit("I01")) for one in ("limits", "limit_plan")}
    run = changed(tmp_path, **shared)
    assert "个部门事项（多个部门办理的同一事项，按部门各计一个）" in sentences(blocks_of(run, name))[0]
    assert " items of departments (one that several share" in sentences(blocks_of(run, name, "en"))[0]


def test_what_is_free_stands_apart_from_what_needs_a_change_at_a_step(run: Run) -> None:
    free, change = (block for block in blocks_of(run, "plan", "en") if isinstance(block, Table))
    assert free.rows[0] == [
        "Permit of class 1",
        "Housing and Construction",
        "20",
        "15 → 5 working days",
        "10 (66.7%)",
        "2 / 303",
    ]
    assert [row[-1] for row in change.rows] == ["Visit the site → Expert review: 3 d less"]


def test_where_nothing_can_be_shortened_the_items_that_lack_fewest_cases_are_named(tmp_path: Path) -> None:
    plan = invented_tables()["limit_plan"].filter(pl.col("kind") == "refused")
    blocks = blocks_of(changed(tmp_path, limit_plan=plan), "plan")
    (table,) = (block for block in blocks if isinstance(block, Table))
    assert sentences(blocks)[0].startswith("在设有时限的 1 个事项中，没有一个可立即压缩")
    assert table.rows[0][-1] == "31"


def test_of_no_limit_it_is_said_in_words_that_it_cannot_be_shortened(tmp_path: Path) -> None:
    """Before: “Of 299 items, 0 can have a shorter limit now … with one guarantee for all of them together, 0”."""
    limits = invented_tables()["limits"].with_columns(kind=pl.lit("refused"))
    for language, none, last in (
        ("en", "none can have a shorter limit now", "For "),
        ("zh", "没有一个的时限可直接压缩", ""),
    ):
        first, *others = sentences(blocks_of(changed(tmp_path / language, limits=limits), "limits", language))
        assert none in first
        assert not any("Judged singly" in said or "逐个事项判断" in said for said in others)
        assert any(said.startswith(last) and ("cannot say" in said or "不下结论" in said) for said in others)
        assert not any(re.search(r"(^|[^\d.,])0 (个|items|need|can)", said) for said in (first, *others))


def test_a_median_of_no_time_is_a_dash_among_departments_and_names_none_the_fastest(tmp_path: Path) -> None:
    """Where the data tells days alone, steps of one day lie no time apart: that is not “<1 min”."""
    departments = invented_tables()["departments"].with_columns(throughput_elapsed_seconds_median=pl.lit(0.0))
    blocks = blocks_of(changed(tmp_path, departments=departments), "departments", "en")
    (table,) = (block for block in blocks if isinstance(block, Table))
    place = [one.heading for one in table.columns].index("Median throughput time")
    assert {row[place] for row in table.rows} == {"–"}
    assert len(sentences(blocks)) == 1


@pytest.mark.parametrize(
    ("alike", "said"), [(2, "最短的是住房和城乡建设局、市场监督管理局（2 天）"), (5, "最短的是 5 个部门（2 天）")]
)
def test_departments_whose_medians_print_alike_are_named_together(alike: int, said: str, tmp_path: Path) -> None:
    """Of three departments that printed the same days, one was called the fastest."""
    days = [2 + place / 10_000 if place < alike else 9 for place in range(8)]
    departments = invented_tables()["departments"].with_columns(
        throughput_elapsed_seconds_median=pl.Series([day * 86_400.0 for day in days]),
        completed_count=pl.lit(50, pl.Int64),
    )
    run = changed(tmp_path, departments=departments)
    assert any(said in one for one in sentences(blocks_of(run, "departments")))


@pytest.mark.parametrize(("department_count", "said"), [(7, "部门太少"), (8, "记录都不足以在部门间比较")])
def test_where_no_check_compares_it_is_said_whether_departments_or_records_are_too_few(
    department_count: int, said: str, tmp_path: Path
) -> None:
    """The settings ask for eight departments; with as many, it is their rows that are too few."""
    tables = invented_tables()
    checks = tables["honesty_checks"].with_columns(verdict=pl.lit("not_compared"), points_lost=pl.lit(None, pl.Float64))
    run = changed(tmp_path, honesty=tables["honesty"].head(department_count), honesty_checks=checks)
    first, *others = sentences(blocks_of(run, "honesty"))
    assert said in first
    assert not any("组部门与检查" in one for one in others)  # of what is not compared at all no part is


def test_a_column_of_one_kind_of_time_alone_is_left_out(tmp_path: Path) -> None:
    """Of a log without starts all 4,000 rows said “Between completions”, and names had half a column."""
    parts = invented_tables()["contributions"].with_columns(kind=pl.lit("between_completions"))
    for tables, is_there in (({}, True), ({"contributions": parts}, False)):
        blocks = blocks_of(changed(tmp_path / str(is_there), **tables), "contributions", "en")
        table = next(block for block in blocks if isinstance(block, Table))
        assert ("Kind" in [one.heading for one in table.columns]) is is_there


def test_as_many_cases_as_before_are_told_as_the_same(tmp_path: Path) -> None:
    """Before: “Cases received: 33, no other than in the period before”."""
    periods = invented_tables()["period_changes"].with_columns(case_count=pl.lit(33, pl.Int64))
    run = changed(tmp_path, period_changes=periods)
    (said,) = (one for one in sentences(blocks_of(run, "main_points", "en")) if one.startswith("Cases received"))
    assert said == "Cases received: 33, the same as in the period before, the same as a year before."


def test_a_table_prints_ten_rows_and_counts_the_others(run: Run) -> None:
    table = next(block for block in blocks_of(run, "bottlenecks") if isinstance(block, Table))
    assert len(table.rows) == 10
    assert len(table.left_out) == 2  # twelve pairs are invented
    assert len(table.values) == 12


def test_figures_stand_at_the_right_and_words_at_the_left(run: Run) -> None:
    table = next(block for block in blocks_of(run, "on_time", "en") if isinstance(block, Table))
    assert [(column.heading, column.is_figure) for column in table.columns][::5] == [
        ("Department", False),
        ("On time", True),
    ]
    assert table.rows[0] == [
        "Housing and Construction",
        "390",
        "54",
        "12",
        "20",
        "86.1%",
        "82.7–89.5%",
        "below the overall share",
    ]


@pytest.mark.parametrize(
    ("overall", "said"),
    [
        (0.80, "没有部门明显低于总体"),
        (0.98, "有 2 个：住房和城乡建设局、自然资源和规划局。"),
        (0.999, "有 4 个"),
    ],
)
def test_departments_below_the_whole_are_named_by_their_interval(tmp_path: Path, overall: float, said: str) -> None:
    departments = invented_tables()["departments"].with_columns(overall_on_time_share=pl.lit(overall))
    assert said in sentences(blocks_of(changed(tmp_path, departments=departments), "on_time"))[0]


def test_without_limits_nothing_is_called_late(tmp_path: Path) -> None:
    tables = invented_tables()
    counts = ("judged_count", "late_count", "not_yet_due_count", "green_lane_count")
    nobody = {"on_time_share": pl.lit(None, pl.Float64), **dict.fromkeys(counts, pl.lit(0))}
    run = changed(
        tmp_path,
        on_time=tables["on_time"].with_columns(**nobody),
        departments=tables["departments"].with_columns(overall_on_time_share=pl.lit(None, pl.Float64)),
        limits=tables["limits"].head(0),
    )
    assert sentences(blocks_of(run, "summary"))[-1] == "所附数据未给出办理时限，本期不判定是否逾期。"
    figures = next(block for block in blocks_of(run, "summary") if isinstance(block, KeyFigures))
    assert figures.figures[-2:] == [("逾期（未记录时限）", "—"), ("按时办结率", "—")]
    assert sentences(blocks_of(run, "on_time")) == ["没有可判定是否逾期的办件。"]
    assert sentences(blocks_of(run, "limits", "en")) == ["The data has no limits of items."]


def test_where_no_case_has_come_due_nothing_is_called_late_either(tmp_path: Path) -> None:
    tables = invented_tables()
    young = {"on_time_share": pl.lit(None, pl.Float64), "judged_count": pl.lit(0), "late_count": pl.lit(0)}
    run = changed(
        tmp_path,
        on_time=tables["on_time"].with_columns(**young, not_yet_due_count=pl.lit(5)),
        departments=tables["departments"].with_columns(overall_on_time_share=pl.lit(None, pl.Float64)),
    )
    blocks = blocks_of(run, "summary", "en")
    assert sentences(blocks)[-1].startswith("No case with a time limit has come due")
    assert next(one for one in blocks if isinstance(one, KeyFigures)).figures[-2] == ("Late (nothing due)", "–")


def test_cases_whose_acceptance_was_refused_stand_beside_those_completed_and_open(tmp_path: Path) -> None:
    on_time = invented_tables()["on_time"].with_columns(not_accepted_count=pl.lit(3), withdrawn_count=pl.lit(0))
    run = changed(tmp_path, on_time=on_time)
    (zh, *_), (en, *_) = (sentences(blocks_of(run, "summary", language)) for language in LANGUAGES)
    assert "其中办结 1,040 件、在办 160 件、不予受理 24 件（不计时限）；" in zh
    assert "of which completed 1,040, open 160 and not accepted 24 (no time limit holds for them)." in en


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_department_that_is_not_stated_has_one_name_in_every_section(tmp_path: Path, language: Language) -> None:
    unnamed = {
        name: frame.with_columns(department=pl.when(pl.col("department") != "D01").then("department"))
        for name, frame in invented_tables().items()
        if name in ("on_time", "departments", "honesty", "honesty_checks", "open_stock", "warnings", "limits")
    }
    run = changed(tmp_path, **unnamed)
    sections = ("departments", "on_time", "honesty", "open_work", "limits")
    for name in sections:
        tables = [block for block in blocks_of(run, name, language) if isinstance(block, Table)]
        firsts = [
            [column.heading for column in table.columns].index(heading("department", language)) for table in tables
        ]
        cells = {row[at] for table, at in zip(tables, firsts, strict=True) for row in [*table.rows, *table.left_out]}
        assert DEPARTMENT_NOT_STATED[language] in cells, name
        assert not {cell for cell in cells if cell in ("–", "—", "")}, name


def test_a_column_of_limits_has_its_unit_in_the_heading_or_in_each_row(tmp_path: Path) -> None:
    undecided = invented_tables()["limits"].tail(2)
    calendar = pl.when(pl.col("reason") == "no_limit").then(pl.lit("calendar_days")).otherwise("limit_unit")
    for number, (limits, said) in enumerate(
        (
            (undecided, ("Limit (working days)", {"15"})),
            (undecided.with_columns(limit_unit=calendar), ("Limit", {"15 working days", "15 calendar days"})),
        )
    ):
        blocks = blocks_of(changed(tmp_path / str(number), limits=limits), "limits", "en")
        table = next(block for block in blocks if isinstance(block, Table))
        assert (table.columns[2].heading, {row[2] for row in table.rows}) == said


@pytest.mark.parametrize(
    ("count", "language", "said"),
    [
        (3, "zh", "3 件没有任何日期，不属于任何时期。"),
        (1, "en", "1 case without any day belongs to no period."),
        (None, "zh", "个别办件没有任何日期，不属于任何时期。"),
        (None, "en", "A few cases without any day belong to no period."),
    ],
)
def test_cases_of_no_period_are_told_beside_those_of_the_period(
    tmp_path: Path, count: int | None, language: Language, said: str
) -> None:
    summary = invented_tables()["log_summary"].with_columns(pl.lit(count, pl.Int64).alias("undated_case_count"))
    assert said in sentences(blocks_of(changed(tmp_path, log_summary=summary), "summary", language))


def test_where_the_guarantee_failed_on_the_past_the_briefing_says_so(tmp_path: Path) -> None:
    failed = pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("failed")).otherwise("backtest_verdict")
    run = changed(tmp_path, limits=invented_tables()["limits"].with_columns(failed.alias("backtest_verdict")))
    assert sentences(blocks_of(run, "limits", "en"))[4:] == [
        "When tried on the past, the rule failed for 2: fewer than 95% kept the limits it would have set. "
        "Find out why before shortening them.",
        "Past data cannot see behaviour under another limit: work may speed up, or fill the time it is given. "
        "Watch what happens after the change.",
    ]


def test_time_between_completions_is_never_called_waiting(tmp_path: Path) -> None:
    ranking = invented_tables()["bottlenecks"].with_columns(time_kind=pl.lit("between_completions"))
    blocks = blocks_of(changed(tmp_path, bottlenecks=ranking), "bottlenecks")
    chart = next(block for block in blocks if isinstance(block, Chart))
    texts = [block.text for block in blocks if isinstance(block, Paragraph)] + [
        block.caption for block in blocks if isinstance(block, Table)
    ]
    assert not [text for text in texts if "等待" in text]
    assert "不称为等待时间" in chart.note
    assert chart.chart.to_dict()["title"] == "时间集中在哪些环节之间"


def test_time_between_completions_is_marked_in_a_ranking_of_waiting(tmp_path: Path) -> None:
    ranking = invented_tables()["bottlenecks"].with_columns(
        time_kind=pl.when(pl.col("rank") == 2).then(pl.lit("between_completions")).otherwise("time_kind")
    )
    table = next(b for b in blocks_of(changed(tmp_path, bottlenecks=ranking), "bottlenecks") if isinstance(b, Table))
    assert [row[1] for row in table.rows][:2] == ["现场踏勘 → 专家评审", "材料审核 → 现场踏勘（未记开始时间）"]


def test_one_department_is_compared_with_no_other(tmp_path: Path) -> None:
    tables = invented_tables()
    run = changed(tmp_path, departments=tables["departments"].head(1), on_time=tables["on_time"].head(1))
    assert len(sentences(blocks_of(run, "departments"))) == 1


def test_a_run_without_names_shows_the_codes(tmp_path: Path) -> None:
    tables = {name: frame for name, frame in invented_tables().items() if not name.endswith("_names")}
    assert "visit” to “review" in sentences(blocks_of(invented_run(tmp_path, tables), "bottlenecks", "en"))[0]


def test_an_item_that_cannot_be_decided_is_shown_with_its_reason(tmp_path: Path) -> None:
    undecided = invented_tables()["limits"].tail(3)
    table = next(b for b in blocks_of(changed(tmp_path, limits=undecided), "limits") if isinstance(b, Table))
    assert [row[-3:] for row in table.rows] == [
        ["须先改进流程", "现有时限尚不能保证", "—"],
        ["暂不下结论", "办件不足", "31"],
        ["暂不下结论", "未设时限", "—"],
    ]


def test_an_item_refused_at_the_share_asked_for_is_told_with_the_one_that_holds(tmp_path: Path) -> None:
    asked = pl.col("reason") == "too_few_cases"
    undecided = invented_tables()["limits"].tail(3)
    offered = undecided.with_columns(
        lower_share=pl.when(asked).then(0.95),
        lower_share_days=pl.when(asked).then(9),
        limit_unit=pl.lit("working_days"),
    )
    blocks = blocks_of(changed(tmp_path, limits=offered), "limits")
    table = next(b for b in blocks if isinstance(b, Table))
    assert [row[-1] for row in table.rows] == ["95%：9 个工作日", "—", "—"]
    assert any("1 个可按较低比例压缩" in said and "95%" in said for said in sentences(blocks))


def test_of_cases_with_one_activity_nothing_is_said_to_be_waiting_or_service(tmp_path: Path) -> None:
    tables = invented_tables()
    summary = tables["log_summary"].with_columns(activity_count=pl.lit(1, pl.Int64))
    run = invented_run(tmp_path, tables | {"log_summary": summary})
    [said] = [block for block in blocks_of(run, "contributions", "en") if isinstance(block, Paragraph)]
    assert said.text.startswith("Cases have one activity only")
    assert not any("whole time" in one for one in sentences(blocks_of(run, "main_points", "en")))


@pytest.mark.parametrize("case_count", [9, 10])
def test_of_what_few_cases_have_nothing_is_said_to_help_most(tmp_path: Path, case_count: int) -> None:
    of_few = {
        name: invented_tables()[name].with_columns(case_count=pl.lit(case_count, pl.Int64))
        for name in ("bottlenecks", "contributions")
    }
    said = " ".join(sentences(blocks_of(changed(tmp_path, **of_few), "main_points", "en")))
    assert ("over 9 cases only, too few to say where to look first" in said) is (case_count < 10)
    assert ("What to look at first" in said) is (case_count >= 10)


def test_one_is_told_in_the_singular(tmp_path: Path) -> None:
    tables = invented_tables()
    summary = tables["log_summary"].with_columns(activity_count=pl.lit(1, pl.Int64), event_count=pl.lit(1, pl.Int64))
    waits = tables["bottlenecks"].with_columns(case_count=pl.lit(1, pl.Int64))
    run = changed(tmp_path, log_summary=summary, bottlenecks=waits)
    assert "They left 1 event of 1 activity, in " in sentences(blocks_of(run, "summary", "en"))[0]
    assert "over 1 case, a median" in sentences(blocks_of(run, "bottlenecks", "en"))[0]


def test_causes_whose_waiting_is_not_that_of_the_parts_say_why(tmp_path: Path) -> None:
    """Steps done side by side wait in the causes, and not among the parts: one sentence tells both figures."""
    parts = invented_tables()["contributions"]
    seconds = parts.filter(kind="waiting")["elapsed_seconds_total"].sum()
    causes = ("batching", "contention", "prioritisation", "unavailability", "extraneous", "clock_stop", "applicant")
    for factor, is_told in ((1.0, False), (1.04, False), (1.5, True)):
        segments = pl.DataFrame(
            {
                "activity": ["a"], "next_activity": ["b"], "transition_count": [9],
                "waiting_seconds": [seconds * factor],
                **{f"{cause}_seconds": [seconds * factor / 7] for cause in causes}, "estimated_start_count": [0],
                "share_of_total": [1.0],
            }
        )  # fmt: skip
        run = changed(tmp_path / str(factor), waiting_by_segment=segments)
        said = [block.text for block in blocks_of(run, "contributions", "en") if isinstance(block, Paragraph)]
        of_causes, of_parts = (f"{round(value / 86_400):,}" for value in (seconds * factor, seconds))
        told = [text for text in said if "case-days together; among the parts" in text]
        assert bool(told) is is_told
        if is_told:
            assert f"{of_causes} case-days" in told[0]
            assert f"waiting is {of_parts}:" in told[0]


def test_of_causes_that_are_withheld_no_bar_is_drawn(tmp_path: Path) -> None:
    """The public edition shows the waiting of a segment of few transitions, but not the causes of it."""
    causes = ("batching", "contention", "prioritisation", "unavailability", "extraneous", "clock_stop", "applicant")
    segments = pl.DataFrame(
        {
            "activity": ["a", "b"], "next_activity": ["b", "c"], "transition_count": [90, 5],
            "waiting_seconds": [700.0, 100.0], **{f"{cause}_seconds": [100.0, None] for cause in causes},
            "estimated_start_count": [0, 0], "share_of_total": [0.875, 0.125],
        }
    )  # fmt: skip
    charts = [block for block in blocks_of(changed(tmp_path, waiting_by_segment=segments), "contributions", "en")
              if isinstance(block, Chart)]  # fmt: skip
    drawn = charts[-1].chart.to_dict()
    assert {row["segment"] for rows in drawn["datasets"].values() for row in rows} == {"a → b"}


def test_a_median_that_is_withheld_is_left_out_of_the_sentence(tmp_path: Path) -> None:
    tables = invented_tables()
    untimed = tables["bottlenecks"].with_columns(waiting_elapsed_seconds_median=pl.lit(None, pl.Float64))
    pairs = tables["directly_follows"].with_columns(elapsed_seconds_median=pl.lit(None, pl.Float64))
    run = changed(tmp_path, bottlenecks=untimed, directly_follows=pairs)
    said = [
        sentences(blocks_of(run, name, language))[0]
        for name in ("bottlenecks", "process_map")
        for language in LANGUAGES
    ]
    assert not [one for one in said if "–" in one.replace("44.8–51.1", "") or "—" in one or "median" in one]
