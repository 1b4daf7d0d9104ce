"""The common path, who overtakes whom and what moves in batches, on drawn logs."""

import pytest
from support.drawn import drawn_log

from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.time.density import event_density
from efficacy_analytics.mining.time.spectrum import common_path, performance_spectrum, queue_discipline
from efficacy_analytics.mining.time.step_waits import waiting_by_month

PATHS = """
    case | activity | started             | completed
    A    | apply    | 2024-03-25 09:00:00 | 2024-03-25 09:10:00
    A    | review   | 2024-03-27 09:05:00 | 2024-03-27 12:00:00
    A    | decide   | 2024-03-28 09:00:00 | 2024-03-28 10:00:00
    B    | apply    | 2024-03-25 10:00:00 | 2024-03-25 10:10:00
    B    | review   | 2024-03-26 09:00:00 | 2024-03-26 12:00:00
    B    | apply    | 2024-03-26 13:00:00 | 2024-03-26 13:10:00
    C    | apply    | 2024-03-28 10:00:00 | 2024-03-28 10:10:00
    C    | review   | 2024-03-29 09:00:00 | 2024-03-29 10:00:00
    C    | decide   | 2024-03-29 11:00:00 | 2024-03-29 11:30:00
"""


def test_the_common_path_goes_on_to_the_most_frequent_next_step_and_never_back() -> None:
    assert common_path(drawn_log(PATHS)) == [("apply", "review"), ("review", "decide")]


def test_the_common_path_ends_where_more_cases_end_than_go_on() -> None:
    stopped = PATHS.replace("decide  ", "review  ")  # two of three cases end with a review, one goes back
    assert common_path(drawn_log(stopped)) == [("apply", "review")]


def test_who_comes_later_and_leaves_sooner_is_out_of_turn() -> None:
    (row,) = queue_discipline(drawn_log(PATHS), segments=[("apply", "review")]).iter_rows(named=True)
    # A and B wait together, and B, who came later, is reviewed first; C waits alone.
    assert (row["pair_count"], row["crossing_count"]) == (1, 1)
    assert (row["fifo_violation_share"], row["crossing_share"]) == (1.0, pytest.approx(1 / 3))


def test_a_passage_ends_where_the_next_step_starts_not_where_it_is_completed() -> None:
    rows = performance_spectrum(drawn_log(PATHS), segments=[("apply", "review")]).rows(named=True)
    assert max(row["until_at"] for row in rows).isoformat() < "2024-03-29T01:00"  # nine in Shanghai, rounded down


def test_a_wait_of_a_year_is_read_with_its_fraction_of_a_second() -> None:
    log = drawn_log(
        """
        case | activity | completed
        A    | apply    | 2024-03-25 09:00:00.266
        A    | decide   | 2025-03-25 09:00:00.500
        """
    )
    (row,) = performance_spectrum(log, segments=[("apply", "decide")], bins=1_000_000).iter_rows(named=True)
    assert (row["until_at"] - row["from_at"]).days == 365


def test_stretches_grow_until_the_picture_can_be_drawn() -> None:
    log = drawn_log(PATHS)
    assert performance_spectrum(log).height == 5
    few = performance_spectrum(log, most_rows=4)
    assert few.height <= 4
    assert few["transition_count"].sum() == 5


def test_nobody_passes_a_segment_that_is_not_there() -> None:
    (row,) = queue_discipline(drawn_log(PATHS), segments=[("decide", "apply")]).iter_rows(named=True)
    assert (row["transition_count"], row["fifo_violation_share"], row["batch_share"]) == (0, None, None)
    assert performance_spectrum(drawn_log(PATHS), segments=[("decide", "apply")]).is_empty()


@pytest.mark.parametrize(("together", "share"), [(4, 0.0), (5, 1.0)])
def test_five_in_a_minute_are_a_batch_four_are_not(together: int, share: float) -> None:
    lines = ["case | activity | completed"]
    for case in range(together):
        lines.append(f"{case} | apply | 2024-03-25 09:0{case}:00")
        lines.append(f"{case} | sign | 2024-03-26 16:30:0{case}")
    (row,) = queue_discipline(drawn_log("\n".join(lines)), segments=[("apply", "sign")]).iter_rows(named=True)
    assert row["batch_share"] == share


def test_where_all_ends_lie_on_full_hours_nobody_can_tell_a_batch() -> None:
    lines = ["case | activity | completed"]
    for case in range(6):
        lines += [f"{case} | apply | 2024-03-25 09:00:00", f"{case} | sign | 2024-03-26 00:00:00"]
    (row,) = queue_discipline(drawn_log("\n".join(lines)), segments=[("apply", "sign")]).iter_rows(named=True)
    assert row["batch_share"] is None


def test_what_cannot_be_is_refused() -> None:
    log = drawn_log(PATHS)
    with pytest.raises(CallError, match="0 bins"):
        performance_spectrum(log, bins=0)
    with pytest.raises(CallError, match="'moon'"):
        event_density(log, against="moon")  # type: ignore[arg-type]
    with pytest.raises(CallError, match="'desk'"):
        event_density(log, by="desk")  # type: ignore[arg-type]
    with pytest.raises(CallError, match="clock 'counted'"):
        waiting_by_month(log, clock="counted")  # type: ignore[arg-type]
