"""What runs when, from where data come, who is told, what is kept: `schedule.toml`, read into one frozen value.

Looked for at `$EFFICACY_SCHEDULE`, in the lake, and in `pipelines/`; the first found is used. An unknown key is an
error.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT

PLACE = "EFFICACY_SCHEDULE"
FILE = "schedule.toml"
Occasion = Literal["failed", "out_of_date", "done"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Timing(_Part):
    """When a pipeline runs: a cron line, and from which working day after a period its documents are due."""

    at: str
    working_day: Annotated[int, Field(ge=1, le=15)] | None = None
    first_period: str = ""


class Inbox(_Part):
    """From where deliveries come.

    Attributes:
        folder: in it a folder for each layout, in that each file or folder one delivery; in the lake, if not absolute.
        settle_seconds: what was written to more recently may not be whole yet.
        databases: layout to the name of a database, as `efficacy ingest --database` takes it.
    """

    folder: str = "inbox"
    settle_seconds: Annotated[int, Field(ge=0)] = 60
    databases: dict[str, str] = {}


class Faults(_Part):
    """How often a step is tried again where the fault may pass, and how long a step may take."""

    most_tries: Annotated[int, Field(ge=1)] = 4
    first_wait_seconds: Annotated[float, Field(ge=0)] = 30.0
    step_limit_seconds: Annotated[int, Field(ge=1)] = 14_400


class Audit(_Part):
    """What a new snapshot may differ from the current one and still become current without a word.

    Attributes:
        lost_case_share: the share of cases that may be gone.
        on_time_points: by how many points the share on time may move, if it never moved so far before.
        honesty_points: by how many points the honesty of the records may fall, likewise.
    """

    lost_case_share: Annotated[float, Field(ge=0, le=1)] = 0.01
    on_time_points: Annotated[float, Field(ge=0)] = 10.0
    honesty_points: Annotated[float, Field(ge=0)] = 10.0


class Keep(_Part):
    """What is kept: runs without a result, and the log."""

    runs: Annotated[int, Field(ge=1)] = 1_000
    log_bytes: Annotated[int, Field(ge=1_000)] = 5_000_000
    log_files: Annotated[int, Field(ge=1)] = 8


class Mail(_Part):
    """By which server mail goes, and to whom; the password stands in `$EFFICACY_SMTP_PASSWORD`."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: str
    recipients: Annotated[tuple[str, ...], Field(min_length=1)]
    ca_file: str = ""
    attach: bool = False


class Tell(_Part):
    """Who is told of what.

    Attributes:
        occasions: what is told: failed, out_of_date, done.
        mail: by mail, if at all.
        webhook: an address that gets a JSON object by POST; none if empty.
        heartbeat: an address that is asked for after each good run, so that silence is noticed; none if empty.
        timeout_seconds: how long a server may take.
    """

    occasions: tuple[Occasion, ...] = ("failed", "out_of_date")
    mail: Mail | None = None
    webhook: str = ""
    heartbeat: str = ""
    timeout_seconds: Annotated[float, Field(gt=0)] = 20.0


class Schedule(_Part):
    """All that an office sets of its unattended work."""

    time_zone: str = "Asia/Shanghai"
    calendar: str = "CN"
    edition: Literal["internal", "public"] = "internal"
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    formats: tuple[Literal["html", "pdf", "docx", "xlsx"], ...] = ("html",)
    inbox: Inbox = Inbox()
    audit: Audit = Audit()
    faults: Faults = Faults()
    keep: Keep = Keep()
    tell: Tell = Tell()
    pipeline: dict[str, Timing] = {}


def schedule_file(lake: Path) -> Path:
    """Where the schedule in force lies."""
    places = (os.environ.get(PLACE, ""), lake / FILE, CHECKOUT / "pipelines" / FILE)
    return next((Path(place) for place in places if place and Path(place).is_file()), Path(places[-1]))


def schedule_of(lake: Path) -> Schedule:
    """The schedule in force for a lake.

    Raises:
        CallError: the file is not there, is not TOML, or has a key that is unknown or mistyped.
    """
    file = schedule_file(lake)
    try:
        return Schedule.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CallError(f"there is no {file}.", hint=f"write one, or name it by {PLACE}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CallError(f"{file} is not TOML: {fault}.", hint="correct the line it names") from None
    except ValidationError as fault:
        wrong = fault.errors(include_url=False)[0]
        key = ".".join(map(str, wrong["loc"]))
        raise CallError(f"{file}: '{key}': {wrong['msg']}.", hint="docs/operation.md lists the keys") from None
