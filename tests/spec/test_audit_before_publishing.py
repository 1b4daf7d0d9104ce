"""A snapshot that loses cases or jumps beyond its history is built, but readers keep the last good one."""

import shutil
from pathlib import Path

import pytest
from support.operated import Office, efficacy
from support.small_city import small_city

from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.event_log.snapshots import current_snapshot, snapshots
from efficacy_analytics.workflows.operation.audit import audited_figures, objections
from efficacy_analytics.workflows.operation.catalogue import RunRecord, runs
from efficacy_analytics.workflows.operation.schedule_file import Audit

JANUARY = {"A": ["2025-01-06", "2025-01-07", "2025-01-09"], "B": ["2025-01-20", "2025-01-21"]}


def figures(
    case_count: int = 1_000, on_time: float = 0.9, honesty: float | None = 95.0, ended: int = 800, unbalanced: int = 0
) -> dict[str, float | int | None]:
    return {
        "case_count": case_count, "event_count": 5_000, "judged_count": 900, "on_time_share": on_time,
        "honesty_score": honesty, "ended_count": ended, "unbalanced_count": unbalanced,
    }  # fmt: skip


def said(new: dict[str, float | int | None], *earlier: dict[str, float | int | None]) -> list[str]:
    """What speaks against new figures after the usual ones, with an earlier history."""
    records = [
        RunRecord(number, "nightly", "", "day", None, "", "", state="done", content_sha256=str(number), figures=one)
        for number, one in enumerate([*earlier, figures()], start=1)
    ]
    return list(objections(figures(), new, records, Audit()))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (figures(), []),
        (figures(case_count=1_500, on_time=0.81, honesty=86.0), []),
        (figures(case_count=990), []),
        (figures(case_count=989), ["11 of 1,000 cases are gone"]),
        (figures(on_time=0.79), ["the share on time moved by -11.0 points, 10.0 are usual"]),
        (figures(on_time=1.0), []),
        (figures(honesty=84.0), ["the honesty of the records fell by 11.0 points, 10.0 are usual"]),
        (figures(honesty=None), []),
        (figures(ended=792), []),
        (figures(ended=791), ["9 of 800 cases that had ended are open again or gone"]),
        (
            figures(unbalanced=2),
            ["the stock is out of balance by 2 cases: arrivals less departures, and open ones"],
        ),
    ],
)
def test_what_speaks_against_a_snapshot_is_said(new: dict[str, float | int | None], expected: list[str]) -> None:
    assert said(new) == expected


def test_cases_may_open_again_where_no_end_was_recorded_before() -> None:
    """Of a log without ends every case ends with its last step; the first export with ends opens most again."""
    without = figures(ended=1_000)
    assert list(objections(without, figures(ended=300), [], Audit())) == []
    assert list(objections(figures(ended=999), figures(ended=300), [], Audit())) != []


def test_what_history_has_seen_is_usual() -> None:
    assert said(figures(on_time=0.74)) != []
    assert said(figures(on_time=0.74), figures(on_time=0.84)) == []  # it moved by 6 points before: 18 are usual


def test_chance_moves_a_share_of_few_cases() -> None:
    few, fewer_on_time = figures() | {"judged_count": 40}, figures(on_time=0.7)
    assert list(objections(few, fewer_on_time, [], Audit())) == []  # three standard errors of 40 cases: 24 points
    assert list(objections(few | {"judged_count": 29}, figures(on_time=0.0), [], Audit())) == []
    assert list(objections(figures(), fewer_on_time, [], Audit())) != []


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "lake").set_up()


def test_a_snapshot_that_loses_cases_stands_but_is_not_current_until_somebody_says_so(office: Office) -> None:
    both = office.deliver("2025-02-05", JANUARY)
    office.run("nightly", "2025-02-05")
    good = current_snapshot(office.lake).name
    lose(office, both)
    with pytest.raises(CheckFailedError, match="does not become current: 1 of 2 cases are gone"):
        office.run("nightly", "2025-02-06")
    assert current_snapshot(office.lake).name == good
    (suspect,) = set(snapshots(office.lake)) - {good}
    assert runs(office.lake)[-1].exit_code == 5
    assert not list(office.lake.glob(".audit-*"))
    assert efficacy(office.lake, "publish", "--quiet").returncode == 0
    assert current_snapshot(office.lake).name == suspect
    assert office.run("nightly", "2025-02-07").state == "done"


def lose(office: Office, file: Path) -> None:
    """Loses a delivery as a bad restore would, and delivers one of its two cases."""
    for part in ("accepted", "exports", "refused"):
        shutil.rmtree(office.lake / part, ignore_errors=True)
    file.unlink()
    office.deliver("2025-02-06", {"A": JANUARY["A"]})


def test_the_figures_of_a_snapshot_are_those_of_a_plain_reading() -> None:
    lake = small_city()[0]
    told = audited_figures(current_snapshot(lake))
    with open_log(lake) as log:
        cases = log.sql("select is_open from cases")
        assert told["ended_count"] == cases.height - cases["is_open"].sum()
    assert told["unbalanced_count"] == 0
