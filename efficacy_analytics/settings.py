"""What an office sets once: `settings.toml`, read into one frozen value.

The file is looked for at `$EFFICACY_SETTINGS`, in the working directory, and among the files
that come with the program; the first found is used, and an unknown key in it is an error.
"""

import dataclasses
import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import CallError

PACKAGE = Path(__file__).resolve().parent
IS_INSTALLED = (PACKAGE / "shipped").is_dir()
"""Whether the package was installed from a wheel, which carries the files that a checkout has beside it."""
CHECKOUT = PACKAGE / "shipped" if IS_INSTALLED else PACKAGE.parent
"""Where notebooks, pipelines, reference data and the settings lie that come with the program."""


@dataclass(frozen=True)
class LakeSettings:
    directory: str = "data_lake"
    keep_snapshots: int = 3


@dataclass(frozen=True)
class EngineSettings:
    memory_limit: str = "8GB"
    threads: int = 2
    kind: str = "duckdb"
    remote: str = ""
    spill_directory: str = ""
    bucket_cases: int = field(default=50_000, metadata={"least": 1})


@dataclass(frozen=True)
class DatabaseSettings:
    connect_seconds: int = 10
    statement_seconds: int = 3600
    most_tries: int = 5
    first_wait_seconds: float = 1.0
    part_rows: int = 50_000


@dataclass(frozen=True)
class ClockSettings:
    calendar: str = "CN"
    count_makeup_workdays: bool = True
    roll_rest_days: bool = True
    stop_takes_out_its_first_day: bool = False


@dataclass(frozen=True)
class GuaranteeSettings:
    share: float = 0.99
    confidence: float = 0.95
    change_level: float = 0.01


@dataclass(frozen=True)
class BootstrapSettings:
    replicates: int = 400
    seed: int = 20080501


@dataclass(frozen=True)
class HonestySettings:
    level: float = 0.01
    fewest_rows: int = 30
    fewest_departments: int = 8
    fewest_count: int = 5
    evidence_rows: int = 20
    late_entry_working_days: int = 1
    bulk_entry_count: int = 20
    early_entry_seconds: int = 300
    office_grace_seconds: int = 3600
    same_second_count: int = 3
    stale_days: int = 90
    acceptance_working_days: int = 5
    warning_share: float = 0.8
    dated_back_working_days: int = 5
    spare_days: int = 10


@dataclass(frozen=True)
class MapSettings:
    most_nodes: int = 40


@dataclass(frozen=True)
class BriefingSettings:
    languages: tuple[str, ...] = ("zh", "en")
    issuer_zh: str = "行政效能办公室"
    issuer_en: str = "Office of Administrative Efficacy"
    formats: tuple[str, ...] = ("html",)
    editor_note_zh: str = ""
    editor_note_en: str = ""
    report_to_zh: str = ""
    report_to_en: str = ""
    send_to_zh: str = ""
    send_to_en: str = ""
    issue_to_zh: str = ""
    issue_to_en: str = ""
    copies: int = 0


@dataclass(frozen=True)
class PrivacySettings:
    key_file: str = "~/.config/efficacy/pseudonym.key"
    algorithm: str = "hmac-sha256"


@dataclass(frozen=True)
class DisclosureSettings:
    fewest_cases: int = field(default=5, metadata={"least": 0})


@dataclass(frozen=True)
class VerifySettings:
    most_seconds: float = 900.0
    most_gigabytes: float = 6.0


@dataclass(frozen=True)
class Settings:
    lake: LakeSettings = field(default_factory=LakeSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    clock: ClockSettings = field(default_factory=ClockSettings)
    guarantee: GuaranteeSettings = field(default_factory=GuaranteeSettings)
    bootstrap: BootstrapSettings = field(default_factory=BootstrapSettings)
    honesty: HonestySettings = field(default_factory=HonestySettings)
    map: MapSettings = field(default_factory=MapSettings)
    briefing: BriefingSettings = field(default_factory=BriefingSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    disclosure: DisclosureSettings = field(default_factory=DisclosureSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)


AS_SHIPPED = Settings()
"""What counts where an office has set nothing."""


PLACE = "EFFICACY_SETTINGS"
WHO_COMPUTES = ("kind", "remote", "spill_directory")
"""Settings of the engine that decide no figure, and of which one may hold a token."""
OF_A_MACHINE = {("lake", "directory"), ("privacy", "key_file"), *(("engine", key) for key in vars(EngineSettings()))}


@cache
def settings() -> Settings:
    """The settings in force for this process, read at the first call."""
    places = (os.environ.get(PLACE, ""), "settings.toml", CHECKOUT / "settings.toml")
    found = next((Path(place) for place in places if place and Path(place).is_file()), None)
    return parsed(found.read_text(encoding="utf-8"), str(found)) if found else Settings()


@contextmanager
def set_by(file: Path) -> Iterator[None]:
    """The settings of a file are in force for a while, whatever the process had."""
    had = os.environ.get(PLACE)
    os.environ[PLACE] = str(file)
    settings.cache_clear()
    try:
        yield
    finally:
        if had is None:
            os.environ.pop(PLACE, None)
        else:
            os.environ[PLACE] = had
        settings.cache_clear()


def kept_values(chosen: Settings) -> dict[str, Any]:
    """Settings as plain values, as a run or a page keeps them: without which machines compute, and by what password."""
    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(chosen)))
    values["engine"] = {name: value for name, value in values["engine"].items() if name not in WHO_COMPUTES}
    return values


def settings_text(chosen: Settings) -> str:
    """Settings as the text of a file that `parsed` reads, without what is a machine's own (places, memory, threads)."""
    lines = []
    for section, values in dataclasses.asdict(chosen).items():
        kept = {name: value for name, value in values.items() if (section, name) not in OF_A_MACHINE}
        lines += [
            f"[{section}]",
            *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in kept.items()),
            "",
        ]
    return "\n".join(lines)


def parsed(text: str, name: str) -> Settings:
    """Settings from the text of a TOML file; an unknown or mistyped key is refused.

    Raises:
        CallError: the file is not TOML, or a key is unknown or of the wrong type.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise CallError(f"{name} is not TOML: {fault}.", hint="correct the line it names") from None
    filled: Settings = _filled(Settings(), tree, name)
    return filled


def reference_directory(lake: Path) -> Path:
    """Where layouts, calendar corrections and clock rules of a lake lie: its own, else the project's."""
    own = lake / "reference"
    return own if own.is_dir() else CHECKOUT / "data_lake" / "reference"


def _filled(default: Any, tree: dict[str, Any], name: str) -> Any:
    known = {entry.name: getattr(default, entry.name) for entry in dataclasses.fields(default)}
    least = {entry.name: entry.metadata["least"] for entry in dataclasses.fields(default) if "least" in entry.metadata}
    for key in tree:
        if key not in known:
            raise CallError(f"{name} has an unknown key '{key}'.", hint=f"known here: {', '.join(known)}")
    given = {key: _value(known[key], value, name, key) for key, value in tree.items()}
    for key, value in given.items():
        if key in least and value < least[key]:
            raise CallError(f"{name}: '{key}' must be {least[key]} or more, got {value}.", hint="correct the number")
    return dataclasses.replace(default, **given)


def _value(default: Any, value: Any, name: str, key: str) -> Any:
    if dataclasses.is_dataclass(default) and isinstance(value, dict):
        return _filled(default, value, name)
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise CallError(
            f"{name}: '{key}' must be {type(default).__name__}, got {value!r}.",
            hint="see the comments in settings.toml",
        )
    return value
