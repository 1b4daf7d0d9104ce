"""Studies of published figures: what is declared, and when a figure of ours is the one that was printed."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

import efficacy_analytics as ea
from efficacy_analytics.charts.style.specification import specification
from efficacy_analytics.charts.time_bands import time_bands
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.studies.declared_study import (
    STUDIES,
    StudyFile,
    declared_study,
    read_study,
    study_names,
)
from efficacy_analytics.workflows.studies.printed import compared
from efficacy_analytics.workflows.studies.study import Study

STUDIES_TOLD = CHECKOUT / "docs" / "studies.md"
HAN = re.compile("[一-鿿]")
FIGURE = """
[title]
zh = "题"
en = "Title"
[note]
zh = "注"
en = "Note"
[get]
zh = "取"
en = "Fetch the file."
[sources.paper]
text = "Somebody, A paper, 2020"
address = "https://example.org"
[lakes.one]
layout = "receipt"
deliveries = [{ files = ["not_there.xes"] }]
[logs.one]
lake = "one"
zh = "一"
en = "one"
[[figures]]
zh = "办件"
en = "Cases"
unit = "cases"
source = "paper"
sql = "select count(*) from cases"
[figures.published]
one = "3"
"""


@pytest.mark.parametrize(
    ("published", "ours", "difference", "is_equal"),
    [
        pytest.param("1199", 1199, "0", True, id="a count is itself"),
        pytest.param("1199", 1200, "+1", False, id="and no other count"),
        pytest.param("43.55", 43.5504587, "0", True, id="ours rounds to what was printed"),
        pytest.param("43.55", 43.5551, "+0.01", False, id="ours rounds to the next"),
        pytest.param("5408", 5408.3, "0", True, id="a mean that was printed whole"),
        pytest.param("0.50", 0.4951, "0", True, id="a nought at the end is a digit"),
        pytest.param("0.50", 0.4949, "-0.01", False, id="so that less is not equal"),
        pytest.param("5408", 5408.7, "+0.70", False, id="what was printed whole differs by a part"),
        pytest.param("5408", 5410.0, "+2", False, id="or by a whole number"),
        pytest.param("43.5", 43.72, "+0.2", False, id="by as many digits as were printed"),
        pytest.param("0.3", 0.35000000000000003, "0", True, id="behind twelve digits is arithmetic"),
        pytest.param("2018-08-17", dt.date(2018, 8, 17), "0", True, id="a day"),
        pytest.param("2018-08-17", dt.date(2018, 8, 20), "+3", False, id="another day"),
        pytest.param("0.00", -0.0004, "0", True, id="less than nothing that rounds to nothing"),
    ],
)
def test_a_figure_is_equal_where_it_rounds_to_the_printed_one(
    published: str, ours: float | dt.date, difference: str, is_equal: bool
) -> None:
    beside = compared(published, ours)
    assert (beside.difference, beside.is_equal) == (difference, is_equal)


@pytest.mark.parametrize(
    ("published", "ours", "printed", "difference"),
    [
        pytest.param("43.55", 43.555, "43.55", "0", id="half a unit more rounds either way"),
        pytest.param("0.00", -0.0004, "0.00", "0", id="equal to nothing"),
        pytest.param("0.1", -0.004, "0.0", "-0.1", id="nothing has no sign"),
        pytest.param("11", 11.0, "11", "0", id="a whole number of a mean"),
    ],
)
def test_what_is_equal_is_printed_alike_and_nothing_has_no_sign(
    published: str, ours: float, printed: str, difference: str
) -> None:
    beside = compared(published, ours)
    assert (beside.ours, beside.difference) == (printed, difference)


@pytest.mark.parametrize("published", ["some", "nan", "1,199"])
def test_what_is_no_figure_is_refused(published: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        compared(published, 1)


@pytest.mark.parametrize("name", study_names())
def test_a_study_is_told_in_both_languages_and_names_its_sources(name: str) -> None:
    study = declared_study(name)
    spoken = [study.title, study.note, study.get, *study.figures, *study.charts.values()]
    assert all(not HAN.search(one.en) and HAN.search(one.zh) for one in spoken)
    assert {figure.source for figure in study.figures} == set(study.sources)
    assert all(
        source.address.startswith(("http", "anchors/")) and re.search(r"\d{4}|GEDI|PGTNet", source.text)
        for source in study.sources.values()
    )


def test_the_figures_that_are_told_are_those_that_are_declared() -> None:
    declared = sum(len(figure.published) for name in study_names() for figure in declared_study(name).figures)
    ((all_of_them, equal),) = re.findall(
        r"^\| all \| (\d+) \| (\d+) \|$", STUDIES_TOLD.read_text("utf-8"), re.MULTILINE
    )
    assert declared == int(all_of_them) >= 40
    assert int(equal) >= 35
    for readme, words in (("README.md", "{} figures, {} of them equal"), ("README.zh.md", "{} 个数字，{} 个一致")):
        assert words.format(all_of_them, equal) in (CHECKOUT / readme).read_text("utf-8")


def test_a_study_without_its_data_says_where_to_get_them(tmp_path: Path) -> None:
    study = ea.study("receipt_phase", data=tmp_path, language="en")
    assert "4TU.ResearchData" in study._repr_markdown_()
    with pytest.raises(CannotAnswerError, match=r"receipt\.xes\.gz") as fault:
        study.figures()
    assert "4TU.ResearchData" in fault.value.hint


def test_a_name_of_no_study_log_or_chart_is_told() -> None:
    with pytest.raises(CallError, match="no study 'fines'"):
        ea.study("fines")
    study = ea.study("us_deadlines")
    with pytest.raises(CallError, match="no log 'year_2018'"):
        study.log("year_2018")
    with pytest.raises(CallError, match="no chart 'bostn'"):
        study.chart("bostn")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param('source = "paper"', 'source = "page"', "source 'page'", id="a source that is not declared"),
        pytest.param('one = "3"', 'two = "3"', "two", id="a log that is not declared"),
        pytest.param('unit = "cases"', 'unit = "files"', "unit 'files'", id="a unit nobody knows"),
        pytest.param('sql = "select count(*) from cases"', "", "one way", id="a figure that nothing computes"),
        pytest.param('unit = "cases"', 'unit = "cases"\nworking_days = "US"', "one way", id="computed in two ways"),
        pytest.param('unit = "cases"', 'unit = "cases"\nlog = "two"', "two", id="of a log that is not declared"),
        pytest.param(
            'one = "3"',
            'one = "3"\n[figures.reason.two]\nzh = "因"\nen = "Why"',
            "reason for",
            id="a reason for nothing",
        ),
        pytest.param('en = "Cases"', 'en = "Cases"\ncolour = "red"', "colour", id="a key nobody knows"),
        pytest.param("[title]", "[title", "cannot be read", id="no TOML"),
        pytest.param('lake = "one"', 'lake = "two"', "lake 'two'", id="a lake that is not declared"),
        pytest.param('one = "3"', 'one = "1,199"', "'1,199',.* write 1199", id="a number with marks of thousands"),
        pytest.param('one = "3"', 'one = "85 %"', "'85 %'", id="a number with its unit"),
        pytest.param('one = "3"', 'one = "2024-03-04"', "'2024-03-04'", id="a day for a number"),
        pytest.param('unit = "cases"', 'unit = "day"', "'3',.* day", id="a number for a day"),
        pytest.param(
            'sql = "select count(*) from cases"',
            'due = { limit = "5", calendar = "US" }',
            "'one' .* day",
            id="a due date from no day",
        ),
        pytest.param(
            'sql = "select count(*) from cases"', 'working_days = "US"', "'one' .* span", id="working days of no span"
        ),
    ],
)
def test_a_slip_in_a_study_is_told(tmp_path: Path, before: str, after: str, told: str) -> None:
    file = tmp_path / "slip.toml"
    file.write_text(FIGURE)
    assert read_study(file).figures[0].published == {"one": "3"}
    file.write_text(FIGURE.replace(before, after))
    with pytest.raises(CallError, match=told):
        read_study(file)


DRAWN = """
[title]
zh = "题"
en = "Title"
[note]
zh = "注"
en = "Note"
[get]
zh = "取"
en = "Get"
[sources.paper]
text = "Somebody, A paper, 2020"
address = "https://example.org"
[lakes.drawn]
layout_text = '''
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "weekdays"
[event]
case_id = "case"
activity = "activity"
completed_at = "completed"
'''
rows = '''
case,activity,completed
x,a,2024-03-04T09:00:00
x,b,2024-03-04T12:00:00
y,a,2024-03-05T09:00:00
y,b,2024-03-05T12:00:00
z,a,2024-03-06T09:00:00
'''
[logs.all]
lake = "drawn"
zh = "全部"
en = "all of it"
[logs.two]
lake = "drawn"
where = "case_id <> 'z'"
zh = "两件"
en = "two cases"
"""
"""Three cases with five steps, of which two with four make a log of their own."""


def drawn_study(tmp_path: Path, *figures: str) -> Study:
    lines = [f'[[figures]]\nzh = "数"\nen = "F"\nsource = "paper"\n{figure}\n' for figure in figures]
    (tmp_path / "drawn.toml").write_text("\n".join([DRAWN, *lines]))
    return Study("drawn", read_study(tmp_path / "drawn.toml"), tmp_path, "en")


def test_figures_of_logs_tables_days_and_spans_stand_beside_the_published_ones(tmp_path: Path) -> None:
    every, own = ('{ zh = "因", en = "every" }', '{ zh = "因", en = "own" }')
    by_activity = 'table = "activities", column = "event_count", key = ["activity"]'
    study = drawn_study(
        tmp_path,
        f'unit = "cases"\nsql = "select count(*) from cases"\npublished = {{ all = "3" }}\nreason.every = {every}',
        'unit = "events"\nsql = "select count(*) from event_log"\npublished = { all = "5", two = "9" }'
        f"\nreason.two = {own}\nreason.every = {every}",
        'unit = "events"\nlog = "two"\nsql = "select count(*) from event_log where cast(activity as varchar) = $key"'
        f'\npublished = {{ a = "3", b = "2" }}\nplace = "Table 1"\nreason.every = {every}',
        f'unit = "share"\nlog = "all"\ncolumn = {{ {by_activity}, divided_by = 4 }}\npublished = {{ a = "0.75" }}',
        'unit = "kinds"\nlog = "two"\nsql = "select length($key)"\npublished = { all = "3", two = "3" }',
        'unit = "events"\ncolumn = { table = "activities", column = "event_count" }\npublished = { two = "4" }',
        'unit = "kinds"\nsql = "select true"\npublished = { two = "1" }',
        'unit = "day"\ndue = { limit = "5 working_days", calendar = "weekdays" }'
        '\npublished = { 2024-03-04 = "2024-03-11" }',
        'unit = "weeks"\ndue = { limit = "15 working_days", calendar = "weekdays", gives = "weeks" }'
        '\npublished = { 2024-03-04 = "3" }',
        'unit = "days"\nworking_days = "weekdays"\npublished = '
        '{ "2024-03-04/2024-03-08" = "5", "2024-03-09/2024-03-11" = "1", "2024-03-08/2024-03-10" = "1" }',
    )
    shown = ("figure", "published", "ours", "difference", "why", "published_in")
    assert study.figures().frame.select(shown).rows() == [
        ("F", "3", "3", "0", "", "Somebody"),
        ("F: all of it", "5", "5", "0", "", "Somebody"),
        ("F: two cases", "9", "4", "-5", "own", "Somebody"),
        ("F: a", "3", "2", "-1", "every", "Somebody (Table 1)"),
        ("F: b", "2", "2", "0", "", "Somebody (Table 1)"),
        ("F: a", "0.75", "0.75", "0", "", "Somebody"),
        ("F: all", "3", "3", "0", "", "Somebody"),
        ("F: two", "3", "3", "0", "", "Somebody"),
        ("F", "4", "4", "0", "", "Somebody"),
        ("F", "1", "1", "0", "", "Somebody"),
        ("F: 2024-03-04", "2024-03-11", "2024-03-11", "0", "", "Somebody"),
        ("F: 2024-03-04", "3", "3", "0", "", "Somebody"),
        ("F: 2024-03-04/2024-03-08", "5", "5", "0", "", "Somebody"),
        ("F: 2024-03-09/2024-03-11", "1", "1", "0", "", "Somebody"),
        ("F: 2024-03-08/2024-03-10", "1", "1", "0", "", "Somebody"),
    ]
    assert study.figures(log="two")["figure"].to_list() == [
        "F: two cases",
        "F: a",
        "F: b",
        "F: all",
        "F: two",
        "F",
        "F",
    ]


def test_a_band_is_drawn_for_each_group_in_the_order_of_the_rows_with_its_limit() -> None:
    days = {
        f"days_{name}": [float(place), place + 1.0] for place, name in enumerate(("p10", "p25", "median", "p75", "p90"))
    }
    bands = pl.DataFrame({"name": ["second", "first"], "case_count": [3, 4], **days})
    for language, line in (("zh", "56 天"), ("en", "56 days")):
        drawn = specification(time_bands(bands, language, title="T", limit_days=56))
        rows = [row for data in drawn["datasets"].values() for row in data]
        assert [row["name"] for row in rows if "name" in row] == ["second", "first"]
        assert [row["told"] for row in rows if "told" in row] == [line]


def test_groups_whose_names_begin_alike_have_a_band_each_and_their_whole_name_when_pointed_at() -> None:
    names = [f"Permit of a building in the inner city, class {number}" for number in "AB"]
    marks = {f"days_{name}": [1.0, 2.0, 3.0] for name in ("p10", "p25", "median", "p75", "p90")}
    bands = pl.DataFrame({"name": [*names, None], "case_count": [3, 4, 5], **marks})
    drawn = specification(time_bands(bands, "en", title="T"))
    labels = {row["label"] for data in drawn["datasets"].values() for row in data}
    assert len(labels) == 3
    for layer in drawn["layer"]:
        assert layer["encoding"]["y"]["field"] == "label"
        assert layer["encoding"]["tooltip"][0]["field"] == "name"


def test_studies_lie_beside_the_notebooks() -> None:
    assert STUDIES.is_dir()
    assert study_names() == sorted(study_names())


ROWS = """
[lakes.one]
layout_text = '''
format = "csv"
time_zone = "UTC"
calendar = "weekdays"
[event]
case_id = "case"
activity = "step"
completed_at = "done"
'''
rows = '''
case,step,done
A,check,2024-03-04
B,check,2024-03-05
'''
"""


@pytest.fixture(scope="module")
def drawn() -> Study:
    """A study of a drawn lake, whose log is made once."""
    return study_with('sql = "select count(*) from cases"')


def study_with(way: str, unit: str = "cases", published: str = 'one = "3"') -> Study:
    text = FIGURE.replace('[lakes.one]\nlayout = "receipt"\ndeliveries = [{ files = ["not_there.xes"] }]\n', ROWS)
    text = text.replace('sql = "select count(*) from cases"', way).replace('"cases"\nsource', f'"{unit}"\nsource')
    declared = StudyFile.model_validate(tomllib.loads(text.replace('one = "3"', published)))
    return Study("drawn", declared, Path(), "en")


WRONG = [
    pytest.param("select null", "no value", id="null"),
    pytest.param("select 1 where false", "0 rows", id="no row"),
    pytest.param("select unnest([1, 2])", "2 rows", id="two rows"),
    pytest.param("select 1, 2", "2 columns", id="two columns"),
    pytest.param("select '1,199'", "a text", id="a text"),
    pytest.param("select date '2024-03-04'", "a day", id="a day for a number"),
    pytest.param("select 'nan'::double", "no number", id="not a number"),
]


@pytest.mark.parametrize(("sql", "said"), WRONG)
def test_a_query_that_gives_no_figure_says_which_figure_of_which_log_and_what_it_gives(
    drawn: Study, sql: str, said: str
) -> None:
    study = study_with(f'sql = "{sql}"')
    study._logs["one"] = drawn.log("one")
    with pytest.raises(CannotAnswerError, match=rf"^CannotAnswerError: figure 'Cases' of 'one' .*{said}"):
        study.figures()


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ('{ table = "bottlenecks", column = "waiting_hours" }', "no column 'waiting_hours'"),
        ('{ table = "activities", column = "activity" }', "a text"),
        ('{ table = "activities", column = "event_count", key = ["activity"] }', "0 rows"),
        ('{ table = "activities", column = "event_count", key = ["stap"] }', "no column 'stap'"),
    ],
)
def test_a_column_of_a_table_that_is_no_figure_is_told_and_never_none(drawn: Study, column: str, said: str) -> None:
    keyed = '"other" = "3"' if "key" in column else 'one = "3"'
    study = study_with(f'column = {column}\nlog = "one"', published=keyed)
    study._logs["one"] = drawn.log("one")
    with pytest.raises((CannotAnswerError, CallError), match=said):
        study.figures()


def test_a_day_is_a_figure_of_the_unit_day_and_a_number_is_none(drawn: Study) -> None:
    for sql, difference in (
        ("select date '2024-03-06'", "+2"),
        ("select max(completed_at)::date - 1 from event_log", "0"),
    ):
        study = study_with(f'sql = "{sql}"', "day", 'one = "2024-03-04"')
        study._logs["one"] = drawn.log("one")
        assert study.figures().frame["difference"].to_list() == [difference]
    study = study_with('sql = "select 3"', "day", 'one = "2024-03-04"')
    study._logs["one"] = drawn.log("one")
    with pytest.raises(CannotAnswerError, match="a number for a day"):
        study.figures()
