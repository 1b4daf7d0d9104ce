"""What `docs/operation.md` says an operator sees is what is seen: every fault of its table is made here."""

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.operated import Office, command, efficacy, environment
from support.ports import free_port

from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.operation.catalogue import only_run, runs

PAGE = CHECKOUT / "docs" / "operation.md"
JANUARY = {"A": ["2025-01-06", "2025-01-07", "2025-01-09"], "B": ["2025-01-20", "2025-01-21"]}
BROKEN = "case,step,ended,accepted,decided\nD,review,never,2025-02-06 09:00:00,\n"
NIGHT = ("run", "nightly", "--period", "2025-02-06", "--on", "2025-02-06", "--quiet")
MONTH = ("run", "monthly_briefings", "--period", "2025-02", "--quiet")
OWN = '''
"""A job of one's own."""
import time

from efficacy_analytics.cli import run_file
from efficacy_analytics.workflows.operation.pipeline import Pipeline


def count(work):
    """Counts."""
    {body}


PIPELINE = Pipeline("day", {{"zh": "计数", "en": "Counting"}}, (count,), makes_documents=False)
if __name__ == "__main__":
    run_file(__file__)
'''
DATABASE = """
format = "database"
time_zone = "Asia/Shanghai"
calendar = "CN"

[table.events]
table = "steps"
key = "event_id"
case_id = "case"
activity = "step"
completed_at = "ended"
"""
Seen = tuple[int, str]


def seen(done: "subprocess.CompletedProcess[str]") -> Seen:
    """The exit code and the first line of stderr, or of stdout where there is none."""
    return done.returncode, (done.stderr.splitlines() or done.stdout.splitlines())[0]


def broken_delivery(office: Office) -> Seen:
    office.deliver("2025-02-06", BROKEN)
    return seen(efficacy(office.lake, *NIGHT))


def nothing_delivered_yet(office: Office) -> Seen:
    return seen(efficacy(office.lake, *MONTH))


def another_run(office: Office) -> Seen:
    with only_run(office.lake):
        return seen(efficacy(office.lake, *NIGHT))


def unknown_pipeline(office: Office) -> Seen:
    return seen(efficacy(office.lake, "run", "weekly"))


def mistyped_key(office: Office) -> Seen:
    with (office.lake / "schedule.toml").open("a") as file:
        file.write("settle = 5\n")
    return seen(efficacy(office.lake, *NIGHT))


def database_away(office: Office) -> Seen:
    file = office.lake / "schedule.toml"
    file.write_text(file.read_text() + 'most_tries = 2\n[inbox.databases]\napprovals = "AWAY_DB"\n')
    (office.lake / "reference" / "layouts" / "approvals.toml").write_text(DATABASE)
    address = f"postgresql://reader@127.0.0.1:{free_port()}/approvals"
    words, quick = command(office.lake, *NIGHT), office.lake / "settings.toml"
    quick.write_text("[database]\nmost_tries = 1\n")
    where = environment() | {"AWAY_DB": address, "EFFICACY_SETTINGS": str(quick)}
    done = subprocess.run(words, capture_output=True, text=True, env=where, check=False)
    assert [(len(one.taken_in), one.refused[0]["fault"], one.state) for one in runs(office.lake)] == [
        (1, "SourceUnreachableError", "done")
    ]
    return seen(done)


def step_too_long(office: Office) -> Seen:
    with (office.lake / "schedule.toml").open("a") as file:
        file.write("step_limit_seconds = 1\n")
    return own_job(office, "time.sleep(30)")


def own_fault(office: Office) -> Seen:
    code, line = own_job(office, "raise ValueError('张三')")
    return code, re.sub(r":\d+\.$", ":….", line)


def own_job(office: Office, body: str) -> Seen:
    file = office.lake / "counting.py"
    file.write_text(OWN.format(body=body))
    return seen(efficacy(office.lake, "--quiet", file=str(file)))


def damaged_delivery(office: Office) -> Seen:
    efficacy(office.lake, *NIGHT)
    file = next((office.lake / "accepted").glob("*/events.parquet"))
    file.write_bytes(b"x")
    office.deliver("2025-02-07", JANUARY | {"C": ["2025-02-03"]})
    return seen(efficacy(office.lake, *NIGHT))


def lost_cases(office: Office) -> Seen:
    efficacy(office.lake, *NIGHT)
    for part in ("accepted", "exports", "inbox"):
        shutil.rmtree(office.lake / part)
    office.deliver("2025-02-06", {"A": JANUARY["A"]})
    return seen(efficacy(office.lake, *NIGHT))


def damaged_record(office: Office) -> Seen:
    efficacy(office.lake, *NIGHT)
    (office.lake / "operation" / "runs" / "000001.json").write_text("{")
    return seen(efficacy(office.lake, *NIGHT))


def year_without_notice(office: Office) -> Seen:
    return seen(efficacy(office.lake, "catch-up", "--on", "2031-02-10", "--quiet"))


def power_cut(office: Office) -> Seen:
    process = begun_long(office)
    process.kill()
    process.communicate()
    done = efficacy(office.lake, "runs")
    efficacy(office.lake, *NIGHT)  # removes what the killed one left
    assert not list(Path("/tmp").glob(f"efficacy-run-*-{process.pid}-*"))
    return 137, re.sub(r"\d{4}-\d\d-\d\dT\S+", "…", done.stdout.splitlines()[1])


def told_to_stop(office: Office) -> Seen:
    process = begun_long(office)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert not list(Path("/tmp").glob(f"efficacy-run-*-{process.pid}-*"))
    assert not list((office.lake.parent / "outside").iterdir())
    return process.returncode, said.splitlines()[-1]


def begun_long(office: Office) -> "subprocess.Popen[str]":
    file = office.lake / "counting.py"
    file.write_text(OWN.format(body="time.sleep(60)"))
    words = [sys.executable, str(file), "--period", "2025-02-06", "--quiet", "--lake", str(office.lake)]
    (office.lake.parent / "outside").mkdir()
    where = environment() | {"TMPDIR": str(office.lake.parent / "outside")}
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=where)
    while not (there := runs(office.lake)) or not there[-1].steps:
        time.sleep(0.05)
    return process


def mail_server_away(office: Office) -> Seen:
    mail = f'host = "localhost"\nport = {free_port()}\nsender = "a@localhost"\nrecipients = ["b@localhost"]\n'
    with (office.lake / "schedule.toml").open("a") as file:
        file.write(f'[tell]\noccasions = ["done"]\n[tell.mail]\n{mail}')
    done = efficacy(office.lake, *(word for word in NIGHT if word != "--quiet"))
    return done.returncode, re.sub(r"localhost:\d+", "localhost:587", done.stderr.splitlines()[-1])


def late_data(office: Office) -> Seen:
    efficacy(office.lake, "--period", "2025-01", "--quiet", file=office.quick)
    office.deliver("2025-02-20", JANUARY | {"L": ["2025-01-08"]})
    efficacy(office.lake, "run", "nightly", "--period", "2025-02-20", "--quiet")
    done = efficacy(office.lake, "catch-up", "--on", "2025-02-21", "--dry-run")
    return done.returncode, done.stdout.splitlines()[0].replace("quick", "monthly_briefings")


def disk_full(office: Office) -> Seen:
    small = office.lake.parent / "small"
    small.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)]).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        lake = small / "lake"
        shutil.copytree(office.lake, lake)
        free = shutil.disk_usage(small).free
        (small / "full").write_bytes(b"x" * (free - 120_000))
        code, line = seen(efficacy(lake, *NIGHT))
        return code, line.replace(str(lake), str(office.lake))
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


FAULTS: tuple[Callable[[Office], Seen], ...] = (
    broken_delivery, unknown_pipeline, own_fault, power_cut, late_data, disk_full,
)  # fmt: skip
MORE_FAULTS: tuple[Callable[[Office], Seen], ...] = (
    nothing_delivered_yet, another_run, mistyped_key, database_away, step_too_long, lost_cases, damaged_delivery,
    damaged_record, year_without_notice, told_to_stop, mail_server_away,
)  # fmt: skip


def told(fault: Callable[[Office], Seen], folder: Path) -> str:
    """What the page says of a fault: the exit code and the line, the lake called data_lake."""
    office = Office(folder / "lake").set_up()
    office.deliver("2025-02-05", JANUARY)
    code, line = fault(office)
    shown = re.sub(r"\b[0-9a-f]{12}\b", "1a2b3c4d5e6f", line.replace(str(office.lake), "data_lake"))
    return f"`{' '.join(shown.split())}` | {code} |"


@pytest.mark.parametrize(
    "fault",
    [*FAULTS, *(pytest.param(one, marks=pytest.mark.deep) for one in MORE_FAULTS)],
    ids=lambda one: one.__name__,
)
def test_the_page_shows_what_an_operator_sees(fault: Callable[[Office], Seen], tmp_path: Path) -> None:
    assert told(fault, tmp_path) in PAGE.read_text(encoding="utf-8")


CRON = """
mount -t tmpfs none /var/spool/cron && mkdir /var/spool/cron/crontabs
mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /run && mount --bind "$1" /etc/crontab
cd "$2" && sh "$3" && exec cron -f
"""
MOST_SECONDS = 100


def lines_under(heading: str) -> str:
    """The lines of the page's first code block after a heading."""
    _, _, after = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")
    return after.split("```")[1]


@pytest.mark.deep
def test_three_lines_of_the_page_make_a_real_cron_run_the_nightly_pipeline(tmp_path: Path) -> None:
    if os.geteuid() or not (shutil.which("cron") and shutil.which("unshare")):
        pytest.skip("cron is not here, or only root may start it")
    office = Office(tmp_path / "data_lake").set_up()
    office.deliver("2025-02-05", JANUARY)
    (office.lake / "schedule.toml").write_text('[pipeline.nightly]\nat = "* * * * *"\n[inbox]\nsettle_seconds = 0\n')
    program = tmp_path / ".venv" / "bin" / "efficacy"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m efficacy_analytics "$@"\n')
    program.chmod(0o755)
    (tmp_path / "lines.sh").write_text(lines_under("Every night"))
    (tmp_path / "crontab").touch()
    words = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        CRON,
        "sh",
        *(str(tmp_path / name) for name in ("crontab", "", "lines.sh")),
    ]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment())
    ends = time.monotonic() + MOST_SECONDS
    try:
        while not [one for one in runs(office.lake) if one.state == "done"] and time.monotonic() < ends:
            time.sleep(1)
    finally:
        process.kill()
        said, _ = process.communicate()
    assert "nightly: " in said
    assert [(one.pipeline, one.state, len(one.taken_in)) for one in runs(office.lake)][:1] == [("nightly", "done", 1)]


def test_the_page_names_every_key_of_the_schedule() -> None:
    from efficacy_analytics.workflows.operation import schedule_file

    text = PAGE.read_text(encoding="utf-8")
    parts = ("Schedule", "Timing", "Inbox", "Faults", "Keep", "Tell", "Mail")
    keys = {key for part in parts for key in getattr(schedule_file, part).model_fields}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_the_page_knows_the_days_on_which_documents_are_due() -> None:
    assert "8 May 2025" in PAGE.read_text(encoding="utf-8")  # see test_pipelines: the third working day after April
    assert dt.date(2025, 5, 8).strftime("%A") == "Thursday"
