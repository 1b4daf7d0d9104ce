"""The chance that an open case breaks its limit: known on the day, better than the plain rules or not told."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.intake import ingest
from support.samples import seeds
from support.simulated_fates import FIRST, simulated_rows
from support.small_city import small_city

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.board import open_cases
from efficacy_analytics.findings.supervision.chances.chances import breach_chances, ranked
from efficacy_analytics.findings.supervision.chances.choice import choose_method
from efficacy_analytics.findings.supervision.chances.evaluation import evaluated
from efficacy_analytics.findings.supervision.chances.methods import METHODS, fit_remaining, fit_share
from efficacy_analytics.findings.supervision.chances.remaining_time import median_error, remaining_time_error
from efficacy_analytics.findings.supervision.chances.rows import as_known, day_rows, lay_out_cases

END = FIRST + dt.timedelta(520)
CUT = FIRST + dt.timedelta(350)
DAY = dt.date(2024, 10, 30)
DAYS = [DAY, dt.date(2024, 6, 12), dt.date(2024, 12, 18)]


@pytest.fixture(scope="module")
def telling() -> pl.DataFrame:
    """Rows in which the load of the holder decides how long a case takes."""
    return simulated_rows(1500, seed=1, signal=0.6)


def scores(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    table = evaluated(rows, END, cut_share=0.7, capacity=2)
    return {row["method"].split(":")[0]: row for row in table.to_dicts()} | {"name": {"is": table["method"][-1]}}


@pytest.fixture(scope="module")
def of_telling(telling: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """The scores of every method on the telling rows."""
    return scores(telling)


def test_a_model_that_sees_more_than_the_plain_rules_is_chosen_and_keeps_its_word_afterwards(
    of_telling: dict[str, dict[str, Any]],
) -> None:
    found = of_telling
    assert found["name"]["is"] == "chosen: logistic"
    assert found["chosen"]["auc"] > 0.05 + max(found["share"]["auc"], found["remaining"]["auc"])
    assert found["chosen"]["brier"] < min(found["share"]["brier"], found["remaining"]["brier"])
    assert found["chosen"]["calibration_error"] < 0.08
    assert found["chosen"]["precision_at_k"] > found["share"]["precision_at_k"]
    assert found["chosen"]["days_ahead_median"] >= 2


@pytest.mark.parametrize("seed", seeds(1, of=2))
def test_outcomes_dealt_out_at_random_give_no_skill_and_no_model(telling: pl.DataFrame, seed: int) -> None:
    fates = telling.group_by("case_key").agg(pl.col("is_late").first()).sort("case_key")
    dealt = fates.with_columns(pl.col("is_late").shuffle(seed=seed))
    rows = telling.drop("is_late").join(dealt, on="case_key", maintain_order="left")
    found = scores(rows)
    assert found["name"]["is"] != "chosen: logistic"
    assert abs(found["logistic"]["auc"] - 0.5) < 0.1


def test_what_is_recorded_after_the_day_changes_no_chance(telling: pl.DataFrame) -> None:
    now = telling.filter(pl.col("day") == CUT)
    later = pl.col("known_on") > CUT
    other = telling.with_columns(
        is_late=pl.when(later).then(~pl.col("is_late")).otherwise("is_late"),
        counted_in_all=pl.when(pl.col("ended_on") > CUT).then(999.0).otherwise("counted_in_all"),
        holder_load=pl.when(pl.col("day") > CUT).then(777.0).otherwise("holder_load"),
    )
    chosen, same = choose_method(telling, CUT), choose_method(other, CUT)
    assert same.name == chosen.name
    assert np.array_equal(same.chance(now), chosen.chance(now))


def test_a_fate_told_too_early_would_be_seen(telling: pl.DataFrame, of_telling: dict[str, dict[str, Any]]) -> None:
    leaking = telling.with_columns(holder_load=pl.col("counted_in_all"))
    assert scores(leaking)["logistic"]["auc"] > 0.95 > 0.05 + of_telling["logistic"]["auc"]


def test_open_cases_are_censored_and_not_left_out(telling: pl.DataFrame) -> None:
    # Left out, the long ones among them would be missing, and the chances too small.
    known = as_known(telling, FIRST + dt.timedelta(60))
    truth = telling.filter(pl.col("day") <= FIRST + dt.timedelta(60))["is_late"].mean()
    whole = float(fit_remaining(known).chance(known).mean())
    ended = known.filter(pl.col("has_ended"))
    partial = float(fit_remaining(ended).chance(known).mean())
    assert abs(whole - truth) < abs(partial - truth)  # type: ignore[operator]
    assert partial < whole


def test_too_few_late_cases_are_no_ground_for_chances(telling: pl.DataFrame) -> None:
    with pytest.raises(TooFewCasesError, match="too few to tell chances from"):
        choose_method(telling, FIRST + dt.timedelta(30))
    assert ranked(telling.filter(pl.col("day") == FIRST + dt.timedelta(9)), None)["chance"].drop_nulls().is_empty()
    kept = telling.filter(~pl.col("is_late"))
    with pytest.raises(TooFewCasesError, match="0 are late"):
        choose_method(kept, CUT)


def test_every_method_gives_chances_between_none_and_certain(telling: pl.DataFrame) -> None:
    known = as_known(telling, CUT)
    rows = telling.filter(pl.col("day") > CUT)
    for fit in METHODS.values():
        chance = fit(known).chance(rows)
        assert chance.min() >= 0
        assert chance.max() <= 1


@pytest.fixture
def log() -> Session:
    return open_log(small_city()[0], Cohort())


def rows_of(log: Session, day: dt.date, as_on: dt.date, *, until: dt.date | None = None) -> pl.DataFrame:
    with log.scope():
        lay_out_cases(log, as_on)
        return day_rows(log, day, until or day)


def board_of(log: Session, day: dt.date) -> pl.DataFrame:
    """The open cases of a day whose promise is in days, late ones too."""
    board = open_cases(log, as_on=day).filter(pl.col("due_on").is_not_null(), pl.col("limit_unit") != "hours")
    green = log.sql("select case_key from cases where is_green_lane or list_contains(clock_flags, 'green_lane')")
    return board.filter(
        (pl.col("counted_days") + pl.col("remaining_days")) > 0, ~pl.col("case_key").is_in(green["case_key"].implode())
    ).sort("accepted_on", "case_key")


@pytest.mark.parametrize("day", DAYS)
def test_the_rows_of_a_day_are_the_board_of_that_day(log: Session, day: dt.date) -> None:
    whole = board_of(log, day)
    board = whole.filter(~pl.col("is_late")).sort("case_key")
    rows = rows_of(log, day, day).sort("case_key")
    assert rows["case_key"].to_list() == board["case_key"].to_list()
    assert rows.height > 3
    for ours, theirs in (("counted_days", "counted_days"), ("stage", "stage"), ("step_count", "step_count")):
        assert rows[ours].to_list() == board[theirs].to_list()
    assert rows["is_stopped"].to_list() == board["is_stopped"].to_list()
    for row in rows.to_dicts():
        beside = whole.filter(pl.col("department") == row["department"])
        ahead = beside.filter(pl.col("stage").fill_null("") == row["stage"])["case_key"].to_list()
        own = beside.filter(pl.col("holder").fill_null("") == row["holder"])
        assert (row["holder_load"], row["department_load"]) == (own.height, beside.height)
        assert row["queue_ahead"] == ahead.index(row["case_key"])


def test_a_row_reads_the_same_in_every_cohort_that_holds_its_case(log: Session) -> None:
    last = log.run("snapshot_facts")["as_on"].item()
    rows = rows_of(log, DAY - dt.timedelta(60), last, until=DAY)
    shared = rows.filter(pl.col("department_load") > pl.len().over("day", "department", "item"))
    item = shared["item"].sort()[0]
    assert rows["item"].n_unique() > 1
    with open_log(small_city()[0], Cohort(item=item)) as own:
        assert rows_of(own, DAY - dt.timedelta(60), last, until=DAY).equals(rows.filter(pl.col("item") == item))


def test_a_stop_counts_as_standing_from_the_day_it_was_recorded(log: Session) -> None:
    running = rows_of(log, DAY, DAY).filter(~pl.col("is_stopped"))
    stops = log.sql("from clock_stops")
    case = running.row(0, named=True)
    more = stops.head(1).with_columns(
        case_key=pl.lit(case["case_key"], stops["case_key"].dtype), kind=pl.lit("hearing"), effect=pl.lit("stops"),
        stopped_from_on=pl.lit(DAY), stopped_until_on=pl.lit(None, pl.Date), ends_before_start=pl.lit(value=False),
    )  # fmt: skip
    for recorded_on, is_known in ((DAY, True), (DAY + dt.timedelta(1), False), (None, True)):
        told = more.with_columns(recorded_on=pl.lit(recorded_on, pl.Date)).select(stops.columns)
        log.put_temporary("clock_stops", pl.concat([stops, told]))
        row = rows_of(log, DAY, DAY).filter(pl.col("case_key") == case["case_key"])
        assert row["is_stopped"].to_list() == [is_known]


def test_a_day_of_the_past_reads_the_same_whatever_came_after(log: Session) -> None:
    known_then = rows_of(log, DAY, DAY).drop("known_on", "is_late", "ended_on", "counted_in_all", "due_on")
    known_now = rows_of(log, DAY, log.run("snapshot_facts")["as_on"].item())
    assert known_now.select(known_then.columns).equals(known_then)


def test_an_extension_counts_from_the_day_it_begins(log: Session) -> None:
    given = log.sql(
        "select stops.case_key, stops.stopped_from_on, stops.extension_days, cases.accepted_on, cases.limit_days "
        "from clock_stops as stops inner join cases using (case_key) where stops.effect = 'extends' "
        "and cases.accepted_on < stops.stopped_from_on and stops.extension_days > 0 "
        "and cases.completed_on > stops.stopped_from_on and not coalesce(cases.is_green_lane, false) "
        "qualify count(*) over (partition by stops.case_key) = 1 order by stops.case_key"
    )
    last = log.run("snapshot_facts")["as_on"].item()
    assert given.height
    for row in given.head(3).to_dicts():
        begun = row["stopped_from_on"]
        allowed = [
            rows_of(log, day, last).filter(pl.col("case_key") == row["case_key"])["allowed_days"].to_list()
            for day in (begun - dt.timedelta(1), begun)
        ]
        assert allowed == [[row["limit_days"]], [row["limit_days"] + row["extension_days"]]]


def test_late_shares_of_an_item_are_those_known_by_then(log: Session) -> None:
    rows = rows_of(log, DAY, DAY)
    cases = log.sql(
        "select item, department, completed_on, due_on, is_late from cases where due_on is not null and "
        "not is_withdrawn and not coalesce(is_green_lane, false) and limit_unit not in ('hours', 'on_the_spot') "
        f"and not list_contains(clock_flags, 'green_lane') and accepted_on <= date '{DAY}' "
        "and counted_days + remaining_days > 0 and completed_on >= accepted_on"
    ).to_dicts()
    known = [row for row in cases if row["completed_on"] <= DAY]
    for row in rows.to_dicts():
        alike = [one for one in known if one["item"] == row["item"]]
        assert row["item_late_count"] == sum(bool(one["is_late"]) for one in alike)
        assert row["item_known_count"] >= len(alike)  # those overdue and open are known to be late too


def test_the_list_of_chances_is_ordered_and_its_sums_are_its_own(log: Session) -> None:
    table = breach_chances(log)
    assert table.height
    assert table["chance"].null_count() == 0
    assert table["attention_rank"].to_list() == list(range(1, table.height + 1))
    assert table["chance"].to_list() == sorted(table["chance"], reverse=True)
    assert np.allclose(table["expected_breach_count"], table["chance"].cum_sum())


def test_the_median_of_what_remained_is_read_off_the_past_alone() -> None:
    day = 86_400_000_000
    past = [(key, number, (key * 10 + at) * day) for key in range(4) for number, at in enumerate((0, 1, 5), start=1)]
    last = [(9, number, (900 + at) * day) for number, at in enumerate((0, 2, 3, 10), start=1)]
    events = pl.DataFrame([*past, *last], schema=["case_key", "event_number", "at"], orient="row")
    # After two steps 4 days remained in the past, and 8 and 7 do now; the third step was the last one then.
    assert median_error(events, last_share=0.2).row(0) == (1, 2, 7.5, 3.5)


@pytest.mark.parametrize(
    ("name", "layout", "expected"),
    [
        ("receipt/receipt.xes.gz", "receipt", 1.542),
        pytest.param("bpic15/BPIC15_1.xes.gz", "bpic15", 22.808, marks=pytest.mark.deep),
        pytest.param("bpic15/BPIC15_2.xes.gz", "bpic15", 45.054, marks=pytest.mark.deep),
        pytest.param("bpic15/BPIC15_3.xes.gz", "bpic15", 14.689, marks=pytest.mark.deep),
    ],
)
def test_the_plainest_rule_has_the_published_error_on_public_logs(
    open_data: Path, tmp_path: Path, name: str, layout: str, expected: float
) -> None:
    ingest(tmp_path, [open_data / name], layout, constants={"department": "M"} if layout == "bpic15" else {})
    publish(tmp_path)
    with open_log(tmp_path, Cohort()) as log:
        assert remaining_time_error(log)["absolute_error_days_mean"][0] == pytest.approx(expected, rel=0.01)


def test_the_share_of_the_limit_used_is_read_to_the_hundredth() -> None:
    # Of 501 and 504 days of a thousand one case broke its limit and one kept it: both are half of the limit used.
    rows = pl.DataFrame(
        {
            "counted_days": [501.0, 504.0, 506.0, 514.0], "allowed_days": [1000.0] * 4, "is_known": [True] * 4,
            "is_late": [True, False, True, True], "days_until_known": [1.0] * 4, "days_until_cut": [9.0] * 4,
        }
    )  # fmt: skip
    fitted = fit_share(rows)
    assert fitted.used.tolist() == [0.5, 0.51]
    assert fitted.late_share.tolist() == [0.5, 1.0]
