"""Whether what runs by itself is well: said in sentences, with an exit code for whatever watches over it."""

import dataclasses
import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from support.operated import Office

from efficacy_analytics.cli import main
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.snapshots import current_snapshot
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.operation.catalogue import RunRecord, keep, runs
from efficacy_analytics.workflows.schedule.health import NEVER, Finding, health
from efficacy_analytics.workflows.schedule.scheduler import only_scheduler

NOON = dt.datetime(2025, 2, 12, 4, tzinfo=dt.UTC)
"""In the zone of the office it is the twelfth."""
EARLY = "2025-02-12T02:30:00+00:00"
CASES = {f"A{number}": ["2025-01-06", "2025-01-07", "2025-01-09"] for number in range(3)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a delivery and the January that follows from it."""
    office = Office(tmp_path_factory.mktemp("healthy") / "lake").set_up()
    office.deliver("2025-02-05", CASES)
    office.run("nightly", "2025-02-12")
    assert office.catch_up("2025-02-12") == ["2025-01"]
    for one in runs(office.lake):  # they began on that day, by the clock that is asked
        keep(office.lake, dataclasses.replace(one, started_at=EARLY))
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
    moment = {"on": "2025-02-12", "started_at": EARLY}
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


def test_a_pipeline_that_never_ran_is_missed_once_its_first_moment_is_past(office: Office) -> None:
    text = (office.lake / "schedule.toml").read_text()
    late = office.lake / "late.py"
    late.write_text((CHECKOUT / "pipelines" / "nightly.py").read_text())
    (office.lake / "schedule.toml").write_text(f'[pipeline."{late}"]\nat = "0 3 * * *"\n{text}')
    first = dt.datetime.fromisoformat(runs(office.lake)[0].started_at)
    assert not [one for one in wrong(office, first + dt.timedelta(hours=20)) if one.startswith("late")]
    (said,) = [one for one in wrong(office, first + dt.timedelta(days=3)) if one.startswith("late")]
    assert said.startswith("late has never run; it should have at ")


def test_a_lake_in_which_nothing_ever_ran_is_told_how_it_would(office: Office) -> None:
    shutil.rmtree(office.lake / "operation")
    said = wrong(office, NOON)
    assert said[0] == NEVER
    assert "`efficacy schedule`" in said[0]
    assert "`efficacy catch-up`" in said[0]


def test_a_run_in_progress_is_well_for_a_day_and_so_is_the_period_that_it_makes(office: Office) -> None:
    for file in office.documents()["file"]:
        (office.lake / file).unlink()
    assert len([one for one in wrong(office, NOON) if "2025-01" in one]) == 1
    began = NOON - dt.timedelta(hours=1)
    at_work = {
        "state": "running",
        "to_tell": ("mail",),
        "process": os.getpid(),
        "started_at": began.isoformat(timespec="seconds"),
    }
    pipeline = office.documents()["pipeline"][0]
    noted(office, pipeline=pipeline, period="2025-01", unit="month", **at_work)
    assert wrong(office, NOON) == []
    said = wrong(office, began + dt.timedelta(days=1, minutes=1))
    assert f"run 9, {pipeline} 2025-01, is running since {at_work['started_at']}, for more than a day." in said


def test_documents_taken_back_are_no_run_that_failed_and_stay_missing_by_decision(office: Office) -> None:
    noted(office, pipeline="withdraw", state="failed", exit_code=1, fault="OSError")
    assert wrong(office, NOON) == []
    assert not [one for one in health(office.lake, office.schedule, NOON) if "withdraw" in one.sentence]


def test_a_run_that_began_ahead_of_the_clock_says_that_a_clock_is_wrong(office: Office) -> None:
    noted(office, state="done", started_at="2025-02-12T04:06:00+00:00")
    assert wrong(office, NOON) == [
        "run 9, nightly 2025-02-12, began at 2025-02-12T04:06:00+00:00, later than the clock shows now "
        "(2025-02-12T04:00:00+00:00): one of the clocks is wrong, and silence cannot be judged."
    ]
    assert wrong(office, NOON + dt.timedelta(minutes=2)) == []


def test_documents_may_be_missing_for_a_day_after_they_are_due(office: Office) -> None:
    """Those of February are due on the third working day of March, Wednesday the fifth."""
    last_run = {"state": "done", "started_at": "2025-03-04T18:30:00+00:00", "on": "2025-03-05", "period": "2025-03-05"}
    noted(office, **last_run)
    day_of = dt.datetime(2025, 3, 5, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert [one for one in wrong(office, day_of) if "2025-02" in one] == []
    assert len([one for one in wrong(office, day_of + dt.timedelta(days=1)) if "2025-02" in one]) == 1


class Noon(dt.datetime):
    """The clock of the command line, at noon of the twelfth."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return NOON.astimezone(tz)


def called(office: Office, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command line on the lake of an office, at noon of the twelfth."""
    monkeypatch.setattr("efficacy_analytics.cli.schedule.dt", SimpleNamespace(datetime=Noon, UTC=dt.UTC))
    monkeypatch.setattr("sys.argv", ["efficacy", *words, "--lake", str(office.lake), "--quiet"])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def damage_nothing(office: Office) -> None:
    noted(office, state="done")


def lose_the_snapshot(office: Office) -> None:
    noted(office, state="done")
    current_snapshot(office.lake).path.unlink()


def damage_the_pointer(office: Office) -> None:
    noted(office, state="done")
    (office.lake / "published" / "current.json").write_text("{")


def damage_a_record(office: Office) -> None:
    noted(office, state="done")
    next((office.lake / "operation" / "runs").glob("*.json")).write_text("{}")


def run_nothing(office: Office) -> None:
    shutil.rmtree(office.lake / "operation")


def misspell_the_zone(office: Office) -> None:
    file = office.lake / "schedule.toml"
    file.write_text('time_zone = "Asia/Shangai"\n' + file.read_text())


@pytest.mark.parametrize(
    ("change", "code", "out", "err"),
    [
        (damage_nothing, 0, "well: the current snapshot is ", ""),
        (lose_the_snapshot, 5, "not well: the current snapshot ", "is not there"),
        (damage_the_pointer, 5, "not well: ", "current.json"),
        (damage_a_record, 5, "", "is damaged"),
        (run_nothing, 5, "not well: no pipeline has run in this lake", "`efficacy schedule` runs the pipelines"),
        (misspell_the_zone, 2, "", "no time zone 'Asia/Shangai'"),
    ],
)
def test_the_exit_code_says_whether_it_is_well(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Office], None],
    code: int,
    out: str,
    err: str,
) -> None:
    change(office)
    assert called(office, monkeypatch, "health") == code
    printed, told = capsys.readouterr()
    assert ("not well" in printed) == (out.startswith("not well"))
    assert out in printed
    assert err in told


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--dry-run",), 0, "nightly: "),
        (("--print", "cron"), 0, "run nightly"),
        (("--print", "systemd"), 0, "# efficacy-nightly.service"),
        (("--write", "units"), 2, "add --print systemd"),
        (("--print", "cron", "--write", "units"), 2, "add --print systemd"),
    ],
)
def test_the_exit_code_says_whether_a_schedule_was_printed(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert called(office, monkeypatch, "schedule", *words) == code
    assert said in "".join(capsys.readouterr())


def test_a_lake_that_another_scheduler_serves_is_busy(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_scheduler(office.lake):
        assert called(office, monkeypatch, "schedule") == 6
    assert "another scheduler serves" in capsys.readouterr().err


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
