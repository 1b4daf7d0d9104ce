"""The count shown to an applicant, day by day, in both languages."""

import datetime as dt

import polars as pl
import pytest
from support.drawn_clock import REFERENCE, judged, verdicts
from support.drawn_clock import day as on

from efficacy_analytics.clock.case_explanation import case_days, case_explained
from efficacy_analytics.clock.explain import due_explained, explanation_text
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError, CannotAnswerError

ZH = """\
受理 2025-01-20 周一　到期 2025-02-05 周三

日期                                计数  说明
2025-01-20 周一                     —     受理当日不计入，5个工作日自次日起算（民法典第二百零一条）
2025-01-21 周二                     1     工作日
2025-01-22 周三                     2     工作日；自次日起停止计时
2025-01-23 周四 至 2025-01-24 周五  —     停止计时，不计
2025-01-25 周六                     —     休息日，不计（行政许可法第八十二条）
2025-01-26 周日                     3     调休上班日（春节），按工作日计
2025-01-27 周一                     4     工作日
2025-01-28 周二 至 2025-02-04 周二  —     法定节假日（春节），不计（行政许可法第八十二条）
2025-02-05 周三                     5     工作日；到期日，当日结束前办结为按时（民法典第二百零三条）"""

EN = """\
Accepted 2025-01-20 Mon, due 2025-02-05 Wed

Date                              Count  Rule
2025-01-20 Mon                    —      day of acceptance, not counted: the limit of 5 working days runs from the next day [Civil Code art. 201]
2025-01-21 Tue                    1      working day
2025-01-22 Wed                    2      working day; the clock stops from the next day
2025-01-23 Thu to 2025-01-24 Fri  —      clock stopped, not counted
2025-01-25 Sat                    —      weekend, not counted [Administrative Licensing Law art. 82]
2025-01-26 Sun                    3      make-up workday (Spring Festival), counts as a working day
2025-01-27 Mon                    4      working day
2025-01-28 Tue to 2025-02-04 Tue  —      public holiday (Spring Festival), not counted [Administrative Licensing Law art. 82]
2025-02-05 Wed                    5      working day; due date, in time until the end of the day [Civil Code art. 203]"""  # noqa: E501


def shown(accepted: dt.date, limit: str, **given: object) -> pl.DataFrame:
    return due_explained(accepted, limit, reference=REFERENCE, **given)[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "text"), [("zh", ZH), ("en", EN)])
def test_a_stopped_limit_over_spring_festival_reads_day_by_day(language: str, text: str) -> None:
    days = shown(on("2025-01-20"), "5", stops=[(on("2025-01-22"), on("2025-01-24"))])
    assert explanation_text(days, language) == text  # type: ignore[arg-type]


def test_the_days_shown_are_all_days_from_acceptance_to_the_due_date() -> None:
    due, days = due_explained(on("2025-09-26"), "30", reference=REFERENCE)
    assert days["day"].to_list() == [on("2025-09-26") + dt.timedelta(days=place) for place in range(days.height)]
    assert days["day"][-1] == due
    assert days["is_due"].to_list() == [False] * (days.height - 1) + [True]
    assert days["is_counted"].sum() == days["running_number"][-1] == 30


def test_a_last_day_on_a_rest_day_is_carried_forward_and_the_text_says_so() -> None:
    days = shown(on("2025-01-02"), "30 calendar_days")
    assert days["running_number"].max() == 30 + 4  # the count of days goes on, the limit is used up
    tail = days.tail(4)
    assert tail["reason"].to_list() == ["rolling", "rolling", "rolling", "rolled"]
    assert not tail["is_counted"].any()
    assert "顺延" in tail["rule_zh"][-1]


def test_a_month_ends_on_the_same_day_or_on_the_last_of_the_month() -> None:
    assert "第二百零二条" in shown(on("2025-01-31"), "1 month")["rule_zh"][-1]


def test_on_the_spot_is_due_at_once() -> None:
    days = shown(on("2025-01-24"), "即办")
    assert days.height == 1
    assert "受理当日办结" in days["rule_zh"][0]


def test_a_limit_in_hours_shows_the_hours_of_each_day() -> None:
    days = shown(dt.datetime(2025, 1, 20, 10), "24 hours", stops=[(on("2025-01-20"), on("2025-01-21"))])  # type: ignore[arg-type]
    assert days["running_number"].to_list() == [0, 14, 14, 24]
    assert days["rule_en"][-1] == "10 hours counted on this day; due at 10:00"


def test_another_country_s_count_cites_no_chinese_law() -> None:
    text = explanation_text(shown(on("2024-12-24"), "3", calendar="NL"), "en")
    assert "Law" not in text
    assert "Code" not in text
    assert "public holiday (Christmas Day)" in text


def test_a_long_count_is_joined_into_runs() -> None:
    text = explanation_text(shown(on("2025-03-03"), "60 calendar_days"), "en")
    assert len(text.splitlines()) < 40
    assert "2025-03-04 Tue to 2025-03-07 Fri  1–4" in text


@pytest.mark.parametrize(
    ("limit", "unit", "told"),
    [
        ("5天", None, "cannot be read from '5天'"),
        ("five", None, "cannot be read"),
        ("5", "weeks", "'weeks' is no unit"),
        ("24", "hours", "needs the moment"),
        ("-1", None, "cannot be read"),
    ],
)
def test_a_limit_that_could_mean_two_things_is_refused(limit: str, unit: str | None, told: str) -> None:
    with pytest.raises(CallError, match=told) as raised:
        due_explained(on("2025-01-20"), limit, unit=unit, reference=REFERENCE)
    assert raised.value.exit_code == 2
    assert raised.value.hint


def test_a_stop_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(CallError, match="ends before it starts"):
        shown(on("2025-01-20"), "5", stops=[(on("2025-01-24"), on("2025-01-22"))])


# A case of a snapshot


@pytest.fixture
def snapshot() -> DuckdbEngine:
    """Three cases as a snapshot has them: reviewed by experts, judged by the export's own date, without a limit."""
    accepted = {"accepted_on": on("2025-03-03"), "completed_on": on("2025-03-14")}
    engine = judged(
        [
            accepted | {"promised_length": 5},
            accepted | {"due_on": on("2025-03-12")},
            accepted,
        ],
        stops=[
            {
                "case_key": 0,
                "kind": "expert_review",
                "stopped_from_on": on("2025-03-04"),
                "stopped_until_on": on("2025-03-06"),
            }
        ],
    )
    engine.connection.execute(
        "create table cases as select 'A-' || case_key as case_id, 'hall' as source, * from case_verdicts"
    )
    return engine


def test_a_case_is_explained_with_its_limit_its_stops_and_its_verdict(snapshot: DuckdbEngine) -> None:
    text = case_explained(snapshot, "A-0", "zh")
    assert "时限：5个工作日" in text
    assert "停止计时（专家评审），不计（行政许可法第四十五条）" in text
    assert "结论：逾期" in text
    assert "办结：2025-03-14" in text
    assert "clock stopped (expert review), not counted [Administrative Licensing Law art. 45]" in case_explained(
        snapshot, "A-0", "en"
    )


def test_the_explanation_of_a_case_arrives_at_its_due_date_and_count(snapshot: DuckdbEngine) -> None:
    days = case_days(snapshot, "A-0")
    row = verdicts(snapshot)[0]
    assert days.filter("is_due")["day"].to_list() == [row["due_on"]]
    assert days["day"][-1] == on("2025-03-14")
    assert days["running_number"][-1] == row["counted_days"] == 7
    assert days["reason"].to_list()[-2:] == ["beyond", "beyond"]


def test_a_due_date_given_by_the_export_is_shown_as_such(snapshot: DuckdbEngine) -> None:
    assert "到期日 2025-03-12 由业务系统给出" in case_explained(snapshot, "A-1", "zh")
    days = case_days(snapshot, "A-1")
    assert days.filter("is_due")["day"].to_list() == [on("2025-03-12")]
    assert set(days["reason"]) == {"start_stated", "workday", "weekend", "beyond"}


def test_a_case_without_a_limit_has_no_count_to_show(snapshot: DuckdbEngine) -> None:
    with pytest.raises(CannotAnswerError, match="has no limit"):
        case_explained(snapshot, "A-2", "zh")


def test_an_unknown_case_is_refused_without_repeating_its_number(snapshot: DuckdbEngine) -> None:
    with pytest.raises(CallError, match=r"^CallError: 0 cases"):
        case_explained(snapshot, "no such case", "zh")
