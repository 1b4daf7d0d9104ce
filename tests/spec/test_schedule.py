"""A cron line means the same to cron, to systemd and to the scheduler; what differs between them is refused."""

import datetime as dt
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.operated import Office, command, efficacy, environment

from efficacy_analytics.errors import CallError
from efficacy_analytics.workflows.operation.catalogue import runs
from efficacy_analytics.workflows.operation.schedule_file import schedule_of
from efficacy_analytics.workflows.schedule.cron import Cron, cron_of, hours_ahead
from efficacy_analytics.workflows.schedule.jobs import Job, jobs_of
from efficacy_analytics.workflows.schedule.printed import cron_lines, systemd_units, write_units
from efficacy_analytics.workflows.schedule.scheduler import JOB_DEFAULTS, next_times, scheduler_of

SHANGHAI = "Asia/Shanghai"
MOST_SECONDS = 60
DAYS, MONTHS = tuple(range(1, 32)), tuple(range(1, 13))
NO_LINES = (
    "30 2 * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *", "x 2 * * *", "0 2 * * 8", "0 5-3 * * *", "*/0 2 * * *",
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "lake with blank").set_up()


def job(line: str) -> Job:
    return Job("nightly", {"zh": "每夜", "en": "Nightly"}, cron_of(line), ("run", "nightly"))


def plain_next(line: str, zone: str, after: dt.datetime) -> dt.datetime:
    """The next moment of a line, minute by minute."""
    minute, hour, day, month, weekday = (None if word == "*" else int(word) for word in line.split())
    moment = after.astimezone(dt.UTC).replace(second=0, microsecond=0)
    while True:
        moment += dt.timedelta(minutes=1)
        local = moment.astimezone(ZoneInfo(zone))
        asked = (minute, hour, day, month, weekday)
        has = (local.minute, local.hour, local.day, local.month, local.isoweekday() % 7)
        if all(one is None or one == other for one, other in zip(asked, has, strict=True)):
            return local


@pytest.mark.parametrize("seed", range(12))
def test_the_scheduler_reads_a_line_as_a_plain_reader_would(seed: int) -> None:
    drawn = random.Random(seed)
    named = (
        {"day": drawn.randint(1, 28)} if seed % 3 == 0 else {"weekday": drawn.randint(0, 6)} if seed % 3 == 1 else {}
    )
    line = f"{drawn.randint(0, 59)} {drawn.randint(4, 23)} {named.get('day', '*')} * {named.get('weekday', '*')}"
    after = dt.datetime(2025, drawn.randint(1, 12), drawn.randint(1, 28), drawn.randint(0, 23), 17, tzinfo=dt.UTC)
    for zone in (SHANGHAI, "Europe/Berlin"):
        assert next_times(job(line), zone, after) == [plain_next(line, zone, after)]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("*/15 9-11 * * 1-5", Cron((0, 15, 30, 45), (9, 10, 11), DAYS, MONTHS, (1, 2, 3, 4, 5))),
        ("0 6 1,15 jan,jul *", Cron((0,), (6,), (1, 15), (1, 7), (0, 1, 2, 3, 4, 5, 6))),
        ("5/20 0 * * 7", Cron((5, 25, 45), (0,), DAYS, MONTHS, (0,))),
    ],
)  # fmt: skip
def test_a_line_is_read_as_numbers(line: str, numbers: Cron) -> None:
    assert cron_of(line) == numbers
    assert cron_of(numbers.line()) == numbers


@pytest.mark.parametrize("line", NO_LINES)
def test_a_line_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(CallError, match=r"no cron line|is no"):
        cron_of(line)


def test_a_line_that_programs_read_differently_is_refused() -> None:
    with pytest.raises(CallError, match="days of the month and weekdays"):
        cron_of("0 2 1 * 1")


def test_a_job_runs_once_for_moments_that_were_missed_and_never_beside_itself() -> None:
    assert JOB_DEFAULTS == {"coalesce": True, "misfire_grace_time": 86_400, "max_instances": 1}


def test_at_its_start_the_scheduler_runs_every_job_once_one_after_another() -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    begun: list[str] = []
    ended: list[str] = []

    def run(one: Job) -> None:
        assert begun == ended
        begun.append(one.name)
        time.sleep(0.05)
        ended.append(one.name)

    jobs = [Job(name, {}, cron_of("30 2 29 2 *"), ()) for name in ("nightly", "monthly", "quarterly")]
    scheduler = scheduler_of(jobs, SHANGHAI, run, kind=BackgroundScheduler)
    scheduler.start()
    _until(lambda: len(ended) == 3)
    scheduler.shutdown(wait=True)
    assert sorted(ended) == ["monthly", "nightly", "quarterly"]


def _until(holds: object) -> None:
    ends = time.monotonic() + MOST_SECONDS
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("zone", "machine", "line", "said"),
    [
        (SHANGHAI, "Asia/Shanghai", "30 2 * * *", "30 2 * * *"),
        (SHANGHAI, "UTC", "30 2 * * *", "30 18 * * *"),
        (SHANGHAI, "UTC", "30 9 * * 1", "30 1 * * 1"),
        (SHANGHAI, "UTC", "30 2 * * 1", "30 18 * * 0"),  # Monday in Shanghai is still Sunday in Greenwich
        ("UTC", "Asia/Shanghai", "0 20 * * 6", "0 4 * * 0"),
        ("Europe/Berlin", "Europe/Paris", "0 6 1 * *", "0 6 1 * *"),
    ],
)
def test_cron_gets_the_moment_by_the_clock_of_its_machine(zone: str, machine: str, line: str, said: str) -> None:
    lines = cron_lines([job(line)], zone, ZoneInfo(machine))
    assert lines[1].startswith(f"{said} cd ")
    after = dt.datetime(2025, 6, 3, 12, tzinfo=dt.UTC)
    assert next_times(job(line), zone, after) == next_times(job(said), machine, after)


@pytest.mark.parametrize(
    ("machine", "line"), [("Europe/Berlin", "30 2 * * *"), ("Asia/Kolkata", "30 2 * * *"), ("UTC", "30 2 1 * *")]
)
def test_what_cron_cannot_say_is_refused(machine: str, line: str) -> None:
    with pytest.raises(CallError, match="zone"):
        cron_lines([job(line)], SHANGHAI, ZoneInfo(machine))


def test_distance_of_zones_is_told_in_hours() -> None:
    assert hours_ahead(SHANGHAI, 2025, ZoneInfo("Asia/Tokyo")) == -1


def test_systemd_takes_the_units(office: Office, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    units = systemd_units(jobs_of(office.lake, office.schedule), SHANGHAI)
    files = [str(file) for file in write_units(units, tmp_path / "units")]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(Path(file).name for file in files) == [
        "efficacy-nightly.service", "efficacy-nightly.timer", "efficacy-quick.service", "efficacy-quick.timer",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["30 2 * * *", "*/20 9-11 * * 1-5", "0 6 1,15 1,7 *", "15 23 * * 0"])
def test_systemd_reads_a_line_as_the_scheduler_does(line: str) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    after = dt.datetime(2025, 6, 3, 12, 1, tzinfo=dt.UTC)
    asked = ["systemd-analyze", "calendar", "--iterations=5", f"--base-time={after:%Y-%m-%d %H:%M:%S UTC}"]
    done = subprocess.run(
        [*asked, cron_of(line).on_calendar(SHANGHAI)], capture_output=True, text=True, check=True, env={"TZ": "UTC"}
    )
    told = [text.split(": ")[-1] for text in done.stdout.splitlines() if text.strip().endswith("UTC")]
    told = [text for text in told if text[:3] in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}]
    expected = [moment.astimezone(dt.UTC) for moment in next_times(job(line), SHANGHAI, after, 5)]
    assert told == [f"{moment:%a %Y-%m-%d %H:%M:%S UTC}" for moment in expected]


def test_a_job_that_makes_documents_catches_up_and_one_of_days_runs(office: Office) -> None:
    jobs = jobs_of(office.lake, office.schedule)
    assert [one.words[:2] for one in jobs] == [("run", "nightly"), ("catch-up", office.quick)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time_zone = 'Mars/Olympus'", "there is no time zone 'Mars/Olympus'"),
        ("[pipeline.weekly]\nat = '0 6 * * 1'", "there is no pipeline 'weekly'"),
        ("[pipeline.nightly]\nat = 'daily'", "'daily' is no cron line of five fields"),
        ("[pipeline.nightly]\nat = '0 6 * * *'\nevery = 3", "'pipeline.nightly.every': Extra inputs are not permitted"),
        ("[tell]\noccasions = ['always']", "'tell.occasions.0': Input should be 'failed', 'out_of_date' or 'done'"),
        ("[inbox", "is not TOML"),
    ],
)
def test_a_schedule_that_cannot_be_served_says_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "schedule.toml").write_text(text)
    with pytest.raises(CallError) as fault:
        jobs_of(tmp_path, schedule_of(tmp_path))
    assert said in str(fault.value)


def test_the_shipped_schedule_can_be_served(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path, schedule_of(tmp_path))
    assert [one.name for one in jobs] == ["nightly", "monthly_briefings", "quarterly_limits"]


@pytest.fixture
def served(office: Office) -> Iterator["subprocess.Popen[str]"]:
    """A scheduler in a process of its own, on a delivered January."""
    office.deliver("2025-02-05", {"A": ["2025-01-06", "2025-01-07", "2025-01-09"]})
    words = command(office.lake, "schedule")
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment())
    yield process
    process.kill()
    process.communicate()


def test_a_scheduler_makes_what_was_missed_refuses_a_second_one_and_stops(
    office: Office, served: "subprocess.Popen[str]"
) -> None:
    _until(lambda: len([one for one in runs(office.lake) if one.ended_at]) >= 2)
    second = efficacy(office.lake, "schedule")
    assert second.returncode == 6
    assert second.stderr.splitlines()[0] == f"LakeBusyError: another scheduler serves {office.lake}."
    served.send_signal(signal.SIGTERM)
    _, said = served.communicate(timeout=MOST_SECONDS)
    assert served.returncode == 128 + signal.SIGTERM
    assert said.splitlines()[-1] == "Stopped by SIGTERM: what was not finished is not in the lake."
    assert not (office.lake / "operation" / "scheduler").exists()
    assert {one.pipeline for one in runs(office.lake)} == {"nightly", "quick"}


def test_when_it_would_run_next_can_be_asked(office: Office) -> None:
    done = efficacy(office.lake, "schedule", "--dry-run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["nightly", "quick"]
    assert "T02:30+08:00" in lines[0]
    assert " is due on " in lines[1]
