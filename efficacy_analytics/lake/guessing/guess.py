"""Which layout could an export have? A proposal from its headers and a sample of its values, with what is uncertain.

A column is placed by its name (`layout_names`), a column of times only where the sample can be read as times, a column
of the case only where it is the same on all rows of a case. What has no place is named in a comment, by its name and
kind, never by its values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.guessing.known_headers import CALLED, NAMES
from efficacy_analytics.lake.guessing.samples import Look, Sample, look_at
from efficacy_analytics.lake.layouts import keys

TIME_ENDINGS = ("_at", "_on", "_from", "_until")
TIME_FORMATS = (
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d%H%M%S", "%Y%m%d"),
    *("%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y %H:%M"),
    *("%d/%m/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y", "%d/%m/%y"),
)
ENOUGH_READABLE_SHARE = 0.95
CONFIRMED = {
    "time_zone": '  # to confirm: where the stamps without an offset were written, such as "Europe/Amsterdam"',
    "verdict_by": '  # to confirm: due dates have a time of day; "date" judges by days',
    "calendar": '  # to confirm: whose working days count; CN, weekdays, or a country such as "NL", "DE", "US-MA"',
}
"""What a proposal assumes, said beside it."""
TOP = ("format", "time_zone", "calendar", "verdict_by", "encoding", "delimiter", "time_format")


@dataclass
class Placed:
    """A sample whose columns have been placed.

    Attributes:
        sample: the sample.
        table: the table of the contract that it gives.
        columns: our column to the export's.
        case: of events: the columns of the case on their rows.
        left: the export's columns without a place, and why.
    """

    sample: Sample
    table: str
    columns: dict[str, str]
    case: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


def guessed_layout(path: Path) -> str:
    """A layout for a file, or a folder of files that are a table each, as the text of a TOML file.

    Raises:
        CallError: there is no such file.
        InputRefusedError: a file cannot be read.
    """
    files = _exports_in(path) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise CallError(f"there is no file {path}.", hint="check the path; it is read from the working directory")
    looks = [look_at(file) for file in files]
    if looks[0].format == "xes":
        return _of_log(looks[0])
    samples = _alike_as_one([sample for look in looks if look.format == looks[0].format for sample in look.samples])
    forms = {sample.name: _forms(sample.rows) for sample in samples}
    formats = {name: _decided(read) for name, read in forms.items()}
    placed = [
        _placed(sample, formats[sample.name], forms[sample.name], is_alone=len(samples) == 1) for sample in samples
    ]
    top = _top(looks[0], samples, formats) | _verdict_by(placed)
    return _one_table(top, placed[0]) if _is_one_table(placed, looks[0]) else _tables(top, placed)


def _alike_as_one(samples: Sequence[Sample]) -> list[Sample]:
    """Files of one header, such as one a year, are one table."""
    first = samples[0]
    if len(samples) > 1 and "file" in first.place and all(one.rows.columns == first.rows.columns for one in samples):
        return [replace(first, rows=pl.concat([one.rows for one in samples]), place={})]
    return list(samples)


def _exports_in(folder: Path) -> list[Path]:
    known = {suffix for suffixes in keys.SUFFIXES.values() for suffix in suffixes}
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return [file for file in files if Path(file.name.lower().removesuffix(".gz")).suffix in known]


def _is_one_table(placed: Sequence[Placed], look: Look) -> bool:
    return len(placed) == 1 and placed[0].table == "events" and look.format != "database"


def _placed(sample: Sample, times: Mapping[str, str], forms: Mapping[str, Sequence[str]], *, is_alone: bool) -> Placed:
    table = _table_of(sample, times, is_alone=is_alone)
    columns = _columns(sample.rows, table, times)
    if table == "events" and is_alone and not {"activity", "started_at"} & columns.keys():
        _place_start(sample, columns, times)
    placed = Placed(sample, table, columns)
    if table == "events" and is_alone and "case_id" in columns:
        _place_case(placed, times)
    either_way = {name: read for name, read in forms.items() if name not in times}
    if table == "events" and is_alone and "case_id" in columns and "activity" not in columns:
        _place_days_of_requests(placed)
    for name in sample.rows.columns:
        if name in either_way:
            formats = " or ".join(f'"{form}"' for form in either_way[name])
            placed.left[name] = f"day and month could be either; place it yourself, with time_format = {formats}"
        elif name not in (*columns.values(), *placed.case.values(), *placed.left):
            placed.left[name] = f"{_kind(sample.rows[name], times.get(name))}; no name of ours is like it"
    return placed


def _place_start(sample: Sample, columns: dict[str, str], times: Mapping[str, str]) -> None:
    """Where a row is a whole request, its acceptance or application is its start: else open ones would be none."""
    left = [name for name in sample.rows.columns if name not in columns.values()]
    others = _columns(sample.rows.select(left), "cases", times)
    beginning = others.get("accepted_at", others.get("applied_at"))
    if beginning:
        columns["started_at"] = beginning


def _place_days_of_requests(placed: Placed) -> None:
    """Where a row is a whole request, its start and completion are those of the case, also if the step is refused."""
    for column, of_step in (("accepted_at", "started_at"), ("completed_at", "completed_at")):
        if of_step in placed.columns and column not in placed.case:
            placed.case[column] = placed.columns[of_step]


def _table_of(sample: Sample, times: Mapping[str, str], *, is_alone: bool) -> str:
    """The table of the contract that a sample gives: one whose columns it has, and that it is called after."""
    scores = {}
    for table in NAMES:
        columns = _columns(sample.rows, table, times)
        has_needed = all(column in columns for column in _needed(table))
        is_called = bool(re.search(CALLED[table], sample.name.lower()))
        scores[table] = (has_needed, is_called, len(columns))
    if is_alone and scores["events"][0]:
        return "events"
    return max(scores, key=lambda table: scores[table])


def _needed(table: str) -> list[str]:
    """The columns that must be found: an activity may be constant."""
    constant = keys.EVENT_CONSTANTS if table == "events" else ()
    return [column for column in keys.REQUIRED_COLUMNS[table] if column not in constant]


def _columns(rows: pl.DataFrame, table: str, times: Mapping[str, str]) -> dict[str, str]:
    """Our columns of a table to the export's, each of which is taken once: the surest names first."""
    found: dict[str, str] = {}
    ranked = sorted(
        (rank, place, name, column)
        for column, patterns in NAMES[table].items()
        for rank, pattern in enumerate((f"^{column}$", *patterns))
        for place, name in enumerate(rows.columns)
        if re.search(pattern, _plain(name)) and column.endswith(TIME_ENDINGS) == (name in times)
    )
    for _, _, name, column in ranked:
        if column not in found and name not in found.values():
            found[column] = name
    return {column: found[column] for column in NAMES[table] if column in found}


def _place_case(placed: Placed, times: Mapping[str, str]) -> None:
    """The columns of the case that stand on the rows of events, if they are the same on all rows of a case."""
    rows = placed.sample.rows
    case_id = placed.columns["case_id"]
    taken = {name for column, name in placed.columns.items() if column != "department"}
    for column, name in _columns(rows.select(pl.exclude(*taken)), "cases", times).items():
        values = rows.select(case_id, name).drop_nulls().unique()
        if values[case_id].is_duplicated().any():
            placed.left.setdefault(name, f"would be {column} of the case, but differs on the rows of one case")
        elif column != "case_id":
            placed.case[column] = name
            if placed.columns.get("department") == name:
                del placed.columns["department"]


def _of_log(look: Look) -> str:
    rows = {sample.kind: sample.rows for sample in look.samples}
    times = {kind: _time_formats(frame) for kind, frame in rows.items()}
    standard = {**keys.XES_EVENT, **keys.XES_CASE}
    empty = pl.DataFrame()
    events = {
        column: name
        for column, name in _columns(rows.get("events", empty), "events", times.get("events", {})).items()
        if column in ("department", "stage", "recorded_at") and name not in standard.values()
    }
    cases = {
        column: name
        for column, name in _columns(rows.get("traces", empty), "cases", times.get("traces", {})).items()
        if column != "case_id" and times["traces"].get(name, "") == ""
    }
    left = [
        f"# {kind[:-1]} attribute {name!r}: {_kind(frame[name], times[kind].get(name))}"
        for kind, frame in rows.items()
        for name in frame.columns
        if name not in (*events.values(), *cases.values(), *standard.values(), "lifecycle:transition")
    ]
    stamps = [rows[kind][name] for kind in rows for name in times[kind]]
    words = " ".join(f"{frame.columns} {frame.head(50).rows()}" for frame in rows.values())
    top = {"format": "xes", **_zone(stamps, words)}
    return _written(top, [("[event]", events), ("[case]", cases)], left)


def _top(look: Look, samples: Sequence[Sample], formats: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    used = dict.fromkeys(form for times in formats.values() for form in times.values() if form)
    top: dict[str, object] = {"format": look.format, **look.keys}
    if used:
        has_iso = any(form == "" for times in formats.values() for form in times.values())
        top["time_format"] = list(used) if len(used) > 1 else next(iter(used))
        if has_iso:
            top["time_format"] = [*used, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]
    words = "".join(f"{sample.name} {' '.join(sample.rows.columns)}" for sample in samples)
    return {**top, **_zone([sample.rows[name] for sample in samples for name in formats[sample.name]], words)}


def _verdict_by(placed: Sequence[Placed]) -> dict[str, object]:
    """Where due dates have a time of day the instant judges, else the day."""
    for one in placed:
        name = one.case.get("due_on", one.columns.get("due_on"))
        if name and one.sample.rows[name].drop_nulls().str.contains(r"\d:\d\d").any():
            return {"verdict_by": "instant"}
    return {}


def _zone(stamps: Sequence[pl.Series], words: str) -> dict[str, object]:
    """Zone and calendar to confirm: China's for names in Chinese; no zone where every stamp has an offset."""
    texts = (
        pl.concat([one.cast(pl.String).drop_nulls() for one in stamps]) if stamps else pl.Series([], dtype=pl.String)
    )
    has_offset = texts.str.contains(r"\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$")
    is_chinese = bool(re.search(r"[\u4e00-\u9fff]", words))
    zone = {} if texts.len() and has_offset.all() else {"time_zone": "Asia/Shanghai" if is_chinese else "UTC"}
    return {**zone, "calendar": "CN" if is_chinese else "weekdays"}


def _time_formats(rows: pl.DataFrame) -> dict[str, str]:
    """The columns that hold times, and the format by which they are read; "" for ISO 8601."""
    return _decided(_forms(rows))


def _decided(forms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The format of each column of times, where it is told.

    Where day and month could be either in all of a column, another column that can be read in one way only decides; if
    none does, the column is not among them.
    """
    sure = {read[0] for read in forms.values() if len(read) == 1}
    chosen = {name: [form for form in read if len(read) == 1 or form in sure] for name, read in forms.items()}
    return {name: read[0] for name, read in chosen.items() if len(read) == 1}


def _forms(rows: pl.DataFrame) -> dict[str, list[str]]:
    """Of the columns that hold times the format that reads them, and the one with day and month the other way."""
    found = {}
    for name in rows.columns:
        texts = rows[name].drop_nulls()
        form = next((form for form in ("", *TIME_FORMATS) if texts.len() and _reads(texts, form)), None)
        if form is not None:
            other = form.replace("%m/%d", "%d/%m")
            found[name] = [form, other] if other != form and _reads(texts, other) else [form]
    return found


def _reads(texts: pl.Series, form: str) -> bool:
    some = texts.sample(min(texts.len(), 1000), seed=1)
    for part in (some, texts):
        unreadable = read_stamps(part, zone="UTC", time_format=form or None).unreadable.sum()
        if unreadable > (1 - ENOUGH_READABLE_SHARE) * part.len():
            return False
    return True


def _kind(column: pl.Series, form: str | None) -> str:
    texts = column.drop_nulls()
    if texts.is_empty():
        return "empty"
    if form is not None:
        return "times"
    if texts.str.contains(r"^[+-]?\d+([.,]\d+)?$").all():
        return "numbers"
    return f"texts, {texts.n_unique():,} different ones in {texts.len():,} rows"


def _plain(name: str) -> str:
    """A name in lower case, `_` between its words."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\s\-./]+", "_", split).lower().strip("_")


def _one_table(top: Mapping[str, object], placed: Placed) -> str:
    sections = [("[event]", placed.columns), ("[case]", placed.case), ("[constants]", _activity(placed))]
    return _written(top, sections, _notes(placed))


def _tables(top: Mapping[str, object], placed: Sequence[Placed]) -> str:
    usable = [one for one in placed if one.columns]
    tables = [one.table for one in usable]
    sections: list[tuple[str, Mapping[str, object]]] = []
    for one in sorted(usable, key=lambda one: tuple(NAMES).index(one.table)):
        section = f"[[table.{one.table}]]" if tables.count(one.table) > 1 else f"[table.{one.table}]"
        constants = {"constants": _activity(one)} if _activity(one) else {}
        sections.append((section, {**one.sample.place, **one.columns, **constants}))
    return _written(top, sections, [note for one in placed for note in _notes(one)])


def _activity(placed: Placed) -> dict[str, str]:
    """The constant of events that name no activity: each row is then one step of its case."""
    return {"activity": "request"} if placed.table == "events" and "activity" not in placed.columns else {}


def _notes(placed: Placed) -> list[str]:
    asked = [column for column in _needed(placed.table) if column not in placed.columns]
    return [
        *(f"# {placed.table} needs {column}: no column of {placed.sample.name!r} is like it" for column in asked),
        *(f"# {name!r}: {reason}" for name, reason in placed.left.items()),
    ]


def _written(
    top: Mapping[str, object], sections: Sequence[tuple[str, Mapping[str, object]]], notes: Sequence[str]
) -> str:
    """The TOML text, in the order in which layouts are written."""
    lines = ["# A proposal from the headers and a sample of the values: read it before you use it."]
    lines += [f"{key} = {_toml(top[key])}{CONFIRMED.get(key, '')}" for key in TOP if key in top]
    for section, columns in sections:
        if columns:
            lines += ["", section, *(f"{_short(key)} = {_toml(name)}" for key, name in columns.items())]
    if notes:
        lines += ["", "# Not placed:", *notes]
    return "\n".join(lines) + "\n"


def _short(column: str) -> str:
    return {ours: key for key, ours in keys.WRITTEN_AS.items()}.get(column, column)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{text}"'
