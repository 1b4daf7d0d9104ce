"""Where the time goes: what a segment is, what its share is a share of, and what is called waiting."""

import pytest
from support.drawn_cases import drawn_log

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks

# Waits, read off: A apply→review 4 h, review→decide 18 h; B apply→review 7 h; C review→decide 1 h.
LOG = """
    case | activity | department | started          | completed
    A    | apply    | window     | 2024-03-25T09:00 | 2024-03-25T10:00
    A    | review   | housing    | 2024-03-25T14:00 | 2024-03-25T15:00
    A    | decide   | housing    | 2024-03-26T09:00 | 2024-03-26T09:30
    B    | apply    | window     | 2024-03-25T09:00 | 2024-03-25T10:00
    B    | review   | housing    | 2024-03-25T17:00 | 2024-03-25T18:00
    C    | review   | water      | 2024-03-25T09:00 | 2024-03-25T10:00
    C    | decide   |            | 2024-03-25T11:00 | 2024-03-25T12:00
"""
CASES = """
    case | department
    A    | window
    B    | housing
    C    | water
"""


def found(events: str = LOG, cases: str = "", **options: object) -> list[dict[str, object]]:
    return bottlenecks(drawn_log(cases, events), **options).rows(named=True)  # type: ignore[arg-type]


def test_a_segment_is_a_step_and_the_one_it_waited_for():
    assert [(row["rank"], row["activity"], row["next_activity"]) for row in found()] == [
        (1, "review", "decide"),
        (2, "apply", "review"),
    ]


def test_a_share_is_of_all_waiting_in_the_cohort():
    longest, other = found()
    assert longest["waiting_elapsed_seconds_total"] == 19 * 3600
    assert longest["share_of_total"] == pytest.approx(19 / 30)
    assert other["share_of_total"] == pytest.approx(11 / 30)


def test_frequency_counts_once():
    longest, _ = found()
    assert (longest["case_count"], longest["transition_count"]) == (2, 2)
    assert longest["waiting_elapsed_seconds_mean"] == 9.5 * 3600
    assert longest["waiting_elapsed_seconds_median"] == 9.5 * 3600
    assert longest["waiting_elapsed_seconds_p90"] == pytest.approx((1 + 0.9 * 17) * 3600)  # linear between 1 h and 18 h


def test_a_wait_begins_when_the_last_of_the_earlier_steps_is_completed():
    (row,) = found(
        """
        case | activity | started          | completed
        A    | survey   | 2024-03-25T09:00 | 2024-03-25T17:00
        A    | hearing  | 2024-03-25T10:00 | 2024-03-25T11:00
        A    | decide   | 2024-03-25T18:00 | 2024-03-25T19:00
        """
    )[:1]
    assert (row["activity"], row["next_activity"]) == ("hearing", "decide")
    assert row["waiting_elapsed_seconds_total"] == 3600


def test_without_recorded_starts_nothing_is_called_waiting():
    rows = found(
        """
        case | activity | started          | completed
        A    | apply    |                  | 2024-03-25T10:00
        A    | review   |                  | 2024-03-25T15:00
        B    | apply    |                  | 2024-03-25T10:00
        B    | review   | 2024-03-25T12:00 | 2024-03-25T13:00
        """
    )
    assert [(row["time_kind"], row["waiting_elapsed_seconds_total"]) for row in rows] == [
        ("between_completions", 5 * 3600),
        ("waiting", 2 * 3600),
    ]


def test_in_a_department_shares_are_of_its_own_waiting():
    rows = found(cases=CASES, by_department=True)
    assert [(row["department"], row["rank"], row["activity"], row["share_of_total"]) for row in rows] == [
        ("housing", 1, "review", pytest.approx(18 / 29)),
        ("housing", 2, "apply", pytest.approx(11 / 29)),
        ("water", 1, "review", 1.0),  # the step waited for names no department: that of the case
    ]


def test_the_open_clock_has_columns_of_its_own():
    (longest, _) = found(clock="open")
    assert longest["waiting_open_seconds_total"] == 19 * 1200  # a third of it is drawn as open
    assert "waiting_elapsed_seconds_total" not in longest


def test_equal_shares_stand_in_the_order_of_their_names():
    rows = found(
        """
        case | activity | started          | completed
        A    | b        | 2024-03-25T09:00 | 2024-03-25T10:00
        A    | c        | 2024-03-25T11:00 | 2024-03-25T12:00
        A    | a        | 2024-03-25T13:00 | 2024-03-25T14:00
        A    | b        | 2024-03-25T15:00 | 2024-03-25T16:00
        """
    )
    assert [(row["activity"], row["next_activity"]) for row in rows] == [("a", "b"), ("b", "c"), ("c", "a")]


def test_a_cohort_without_any_wait_has_segments_without_shares():
    (row,) = found(
        """
        case | activity | started          | completed
        A    | apply    | 2024-03-25T09:00 | 2024-03-25T10:00
        A    | review   | 2024-03-25T10:00 | 2024-03-25T11:00
        B    | apply    | 2024-03-25T09:00 | 2024-03-25T10:00
        """
    )
    assert row["transition_count"] == 1
    assert [row[name] for name in ("share_of_total", "share_low", "share_high")] == [None] * 3


def test_cases_of_a_single_step_give_no_segment():
    assert found("case | activity | completed\nA | apply | 2024-03-25T10:00") == []


def test_one_case_has_a_share_but_no_interval():
    (row,) = found(
        """
        case | activity | started          | completed
        A    | apply    | 2024-03-25T09:00 | 2024-03-25T10:00
        A    | review   | 2024-03-25T11:00 | 2024-03-25T12:00
        """
    )
    assert (row["share_of_total"], row["share_low"], row["share_high"]) == (1.0, None, None)


def test_the_same_question_gives_the_same_answer():
    hours = [(9 + case % 3, 13 + case % 4) for case in range(12)]
    events = "case | activity | started | completed\n" + "\n".join(
        f"{case} | {activity} | 2024-03-25T{start:02}:00 | 2024-03-25T{start:02}:30"
        for case, (second, third) in enumerate(hours)
        for activity, start in (("apply", 8), ("review", second), ("decide", third))
    )
    assert found(events, replicates=50) == found(events, replicates=50)
    assert found(events, replicates=50, seed=1) != found(events, replicates=50, seed=2)


def test_an_unknown_clock_is_a_wrong_call():
    with pytest.raises(CallError, match="no clock 'wall'"):
        found(clock="wall")
