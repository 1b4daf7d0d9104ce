"""The schedule as systemd units or cron lines, for machines that have a scheduler of their own."""

import datetime as dt
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from efficacy_analytics.settings import CHECKOUT, IS_INSTALLED
from efficacy_analytics.workflows.schedule.cron import hours_ahead
from efficacy_analytics.workflows.schedule.jobs import Job

SERVICE: Final = """[Unit]
Description={title}
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={folder}
{environment}ExecStart={command}
Nice=10
UMask=0027
"""
TIMER: Final = """[Unit]
Description={title}

[Timer]
OnCalendar={on_calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""
KEPT: Final = ("PYTHONPATH", "EFFICACY_SETTINGS", "EFFICACY_SCHEDULE", "EFFICACY_KEY_FILE")
"""Variables that the jobs need as they are set now; passwords are not among them."""


def systemd_units(jobs: Sequence[Job], zone: str) -> dict[str, str]:
    """The units of the jobs, file name to text: a service and a timer each."""
    units = {}
    for job in jobs:
        name, title = f"efficacy-{job.name}", f"Efficacy Analytics: {job.title['en']}"
        command = " ".join(_in_unit(word) for word in job.command())
        environment = "".join(f"Environment={_in_unit(f'{key}={value}')}\n" for key, value in _kept())
        units[f"{name}.service"] = SERVICE.format(
            title=title, folder=str(_folder()).replace("%", "%%"), environment=environment, command=command
        )
        units[f"{name}.timer"] = TIMER.format(title=title, on_calendar=job.cron.on_calendar(zone))
    return units


def _folder() -> Path:
    """Where the jobs run, and find `settings.toml`: the checkout, or where an installed program was asked for them."""
    return Path.cwd() if IS_INSTALLED else CHECKOUT


def _in_unit(word: str) -> str:
    """A word as a unit's command line takes it."""
    kept = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{kept}"' if kept != word or any(letter in word for letter in " '") else word


def _kept() -> list[tuple[str, str]]:
    return [(name, os.environ[name]) for name in KEPT if os.environ.get(name)]


def write_units(units: dict[str, str], folder: Path) -> list[Path]:
    """Writes the units into a folder and gives their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in units]


def install_lines(units: dict[str, str], folder: Path) -> list[str]:
    """The commands that set the written units going."""
    timers = " ".join(name for name in units if name.endswith(".timer"))
    user = "--user " if folder.is_relative_to(Path.home()) else ""
    return [f"systemctl {user}daemon-reload", f"systemctl {user}enable --now {timers}"]


def cron_lines(jobs: Sequence[Job], zone: str, machine: dt.tzinfo | None = None) -> list[str]:
    """The jobs as lines of a crontab, in the zone of this machine.

    Args:
        jobs: the jobs.
        zone: the zone of their cron lines.
        machine: instead of this machine's zone.

    Raises:
        CallError: a line cannot be said in that zone.
    """
    ahead = hours_ahead(zone, dt.datetime.now(dt.UTC).year, machine)
    lines = [f"# Efficacy Analytics: times of {zone} on a clock {ahead} hours behind it" if ahead else
             f"# Efficacy Analytics: times of {zone}"]  # fmt: skip
    kept = "".join(f"{key}={shlex.quote(value)} " for key, value in _kept())
    for job in jobs:
        command = f"cd {shlex.quote(str(_folder()))} && {kept}{shlex.join([*job.command(), '--quiet'])}"
        command = command.replace("%", r"\%")  # cron would read it as the end of the line
        lines.append(f"{job.cron.earlier(ahead).line()} {command}")
    return lines
