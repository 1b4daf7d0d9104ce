"""Names break where a reader would break them, and figures are written in the unit a reader would choose."""

import datetime as dt

import polars as pl
import pytest

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import named, names_in
from efficacy_analytics.charts.style.text_width import display_width, shortened, wrapped


def test_a_chinese_character_is_as_wide_as_two_latin_ones() -> None:
    assert display_width("审批") == display_width("abcd") == 4


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param("审批决定", ["审批决定"], id="a short name stays on one line"),
        pytest.param("建设工程消防设计审查", ["建设工程消防设计审", "查"], id="Chinese breaks between characters"),
        pytest.param("建设工程消防设计审，查", ["建设工程消防设计", "审，查"], id="a line never begins with a comma"),
        pytest.param(
            "Determine necessity of advice", ["Determine", "necessity of", "advice"], id="Latin breaks at spaces"
        ),
        pytest.param("01_HOOFD_030_2_EXTRA", ["01_HOOFD_030_2_", "EXTRA"], id="codes break after a stroke"),
    ],
)
def test_a_name_is_wrapped_in_its_own_script(name: str, lines: list[str]) -> None:
    assert wrapped(name, 18) == lines


def test_a_name_too_long_for_its_box_ends_in_an_ellipsis() -> None:
    lines = wrapped("把这个名称写得非常非常长以至于三行也放不下所以必须在末尾截断", 18)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(display_width(line) <= 18 for line in lines)


def test_a_shortened_name_keeps_its_length() -> None:
    assert shortened("住房和城乡建设局", 9) == "住房和城…"
    assert shortened("short", 9) == "short"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (None, "—", "–"),
        (0, "<1 分钟", "<1 min"),
        (59.9, "<1 分钟", "<1 min"),
        (60, "1 分钟", "1 min"),
        (5_399, "90 分钟", "90 min"),
        (5_400, "1.5 小时", "1.5 h"),
        (86_400, "24 小时", "24 h"),
        (172_800, "2 天", "2 days"),
        (1_097_280, "12.7 天", "12.7 days"),
        (103_680_000, "1,200 天", "1,200 days"),
    ],
)
def test_a_duration_is_told_in_the_unit_a_reader_would_choose(seconds: float | None, zh: str, en: str) -> None:
    assert figures.duration(seconds, "zh") == zh
    assert figures.duration(seconds, "en") == en


def test_open_time_is_never_told_in_days_for_an_office_day_has_no_fixed_length() -> None:
    assert figures.duration(172_800, "zh", "open") == "48 办公小时"


def test_shares_limits_and_dates_are_written_out() -> None:
    assert [figures.share(value, "zh") for value in (None, 0, 0.9456, 1)] == ["—", "0%", "94.6%", "100%"]
    assert figures.interval(0.8271, 1.0, "en") == "82.7–100%"
    assert figures.limit(20, "working_days", "zh") == "20 个工作日"
    assert figures.limit(1, "working_days", "en") == "1 working day"
    assert figures.limit(0, "on_the_spot", "zh") == "即办"
    assert figures.date(dt.date(2025, 9, 30), "zh") == "2025年9月30日"
    assert figures.date(dt.date(2025, 9, 30), "en") == "30 September 2025"
    assert figures.listed(["甲", "乙", "丙"], "zh") == "甲、乙、丙"
    assert figures.listed(["A"], "en") == "A"


def test_a_name_of_two_activities_is_followed_by_the_code() -> None:
    table = pl.DataFrame(
        {
            "activity": ["a1", "a2", "b", "c"],
            "name_zh": ["变更", "变更", None, None],
            "name_en": [None, None, "Review", None],
        }
    )
    assert names_in(table, "activity", "zh").rows() == [
        ("a1", "变更 (a1)"), ("a2", "变更 (a2)"), ("b", "Review"), ("c", "c"),
    ]  # fmt: skip


def test_codes_without_a_name_stay() -> None:
    table = pl.DataFrame({"activity": ["a", "z", None]})
    names = pl.DataFrame({"activity": ["a"], "name": ["受理"]})
    assert named(table, "activity", names)["activity"].to_list() == ["受理", "z", None]
