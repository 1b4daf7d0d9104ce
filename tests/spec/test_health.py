"""Whether what runs by itself is well: said in sentences, with an exit code for whatever watches over it."""

import datetime as dt
from pathlib import Path

import pytest
from support.operated import Office

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.snapshots import current_snapshot
from efficacy_analytics.workflows.operation.catalogue import RunRecord, keep
from efficacy_analytics.workflows.schedule.health import Finding, health

NOON = dt.datetime(2025, 2, 12, 4, tzinfo=dt.UTC)
"""In the zone of the office it is the twelfth."""
CASES = {f"A{number}": ["2025-01-06", "2025-01-07", "2025-01-09"] for number in range(3)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a delivery and the January that follows from it."""
    office = Office(tmp_path_factory.mktemp("healthy") / "lake").set_up()
    office.deliver("2025-02-05", CASES)
    office.run("nightly", "2025-02-12")
    assert office.catch_up("2025-02-12") == ["2025-01"]
    return office


@pytest.fixture
def office(lived: Office, tmp_path: Path) -> Office:
    return lived.moved_to(tmp_path / "lake")


def wrong(office: Office, now: dt.datetime | None = None) -> list[str]:
    """The sentences that say what is wrong."""
    found = health(office.lake, office.schedule, now or dt.datetime.now(dt.UTC))
    return [one.sentence for one in found if not one.is_well]


def noted(office: Office, **values: object) -> None:
    """One more run in the catalogue, of the nightly pipeline."""
    usual = {"number": 9, "pipeline": "nightly", "period": "2025-02-12", "unit": "day", "department": None}
    moment = {"on": "2025-02-12", "started_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    keep(office.lake, RunRecord(**{**usual, **moment, **values}))  # type: ignore[arg-type]


def test_a_lake_that_runs_is_well_and_one_without_data_too(office: Office, tmp_path: Path) -> None:
    name = current_snapshot(office.lake).name
    assert health(office.lake, office.schedule, NOON)[0] == Finding(f"the current snapshot is {name}.")
    assert wrong(office, NOON) == []
    new = Office(tmp_path / "new").set_up()
    assert health(new.lake, new.schedule, NOON) == [Finding(f"nothing is published in {new.lake}.")]
    with pytest.raises(CallError, match="there is no lake"):
        health(tmp_path / "nowhere", office.schedule, NOON)


@pytest.mark.parametrize(
    ("state", "exit_code", "is_wrong"), [("failed", 1, True), ("killed", 137, True), ("failed", 3, False)]
)
def test_a_fault_of_ours_is_an_illness_and_one_of_the_data_is_told(
    office: Office, state: str, exit_code: int, is_wrong: bool
) -> None:
    noted(office, state=state, exit_code=exit_code, fault="OSError", step="publish")
    said = f"run 9, nightly 2025-02-12, is {state} by OSError at step 'publish'."
    assert (said in wrong(office, NOON)) is is_wrong
    assert said in [one.sentence for one in health(office.lake, office.schedule, NOON)]


def test_silence_is_noticed_after_a_day(office: Office) -> None:
    noted(office, state="done", started_at="2025-02-11T18:30:00+00:00")  # half past two of the twelfth, in the office
    assert wrong(office, dt.datetime(2025, 2, 13, 18, 30, tzinfo=dt.UTC)) == []
    (said,) = wrong(office, dt.datetime(2025, 2, 13, 18, 31, tzinfo=dt.UTC))
    assert said.startswith("nightly has not run since 2025-02-11T18:30:00+00:00; it should have at 2025-02-13T02:30")


def test_what_is_gone_untold_or_not_made_is_named(office: Office) -> None:
    noted(office, state="done", to_tell=("mail",))
    assert wrong(office, NOON) == ["not told yet: 1 runs, the first is run 9."]
    (office.lake / office.documents()["file"][0]).unlink()
    said = wrong(office, NOON)[1:]
    assert len(said) == 1
    assert said[0].endswith("2025-01: its document is gone or damaged.")
    snapshot = current_snapshot(office.lake)
    snapshot.path.unlink()
    assert wrong(office, NOON)[0] == f"the current snapshot {snapshot.name} is not there."


def test_a_calendar_that_ends_is_told_and_stops_nothing_that_it_knows(office: Office) -> None:
    for file in office.documents()["file"]:
        (office.lake / file).unlink()
    known = [one for one in wrong(office, dt.datetime(2026, 12, 31, 4, tzinfo=dt.UTC)) if "2025-01" in one]
    said = wrong(office, dt.datetime(2031, 1, 10, 4, tzinfo=dt.UTC))
    assert len(known) == 1
    assert set(known) <= set(said)
    assert [one for one in said if "outside the calendar" in one] == ["2031 is outside the calendar CN (2004–2026)."]
