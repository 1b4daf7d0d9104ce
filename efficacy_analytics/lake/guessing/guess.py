"""Which layout could an export have? A proposal from its headers and a sample of its values, with what is uncertain.

A column is placed by its name (`known_headers`), a column of times only where the sample can be read as times, a column
of the case only where it is the same on all rows of a case. What could be meant as well is offered beside it, what has
no place is named in a comment, by its name and kind, never by its values.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import CallError
from efficacy_analytics.lake.cells.stamps import EITHER
from efficacy_analytics.lake.guessing.alike_files import OddFiles, alike_as_one
from efficacy_analytics.lake.guessing.known_headers import NAMES
from efficacy_analytics.lake.guessing.layout_text import Note, Section, toml, written
from efficacy_analytics.lake.guessing.logs import layout_of_log
from efficacy_analytics.lake.guessing.named_columns import needed_columns
from efficacy_analytics.lake.guessing.placing import (
    NO_NAME,
    Placed,
    activity_constant,
    is_of_case,
    offers_of,
    placed_of,
)
from efficacy_analytics.lake.guessing.samples import Look, Sample, look_at
from efficacy_analytics.lake.guessing.stamps_of_samples import decided, forms_of, iso_forms, zone_of
from efficacy_analytics.lake.guessing.steps_and_cases import are_steps, tables_of_cases
from efficacy_analytics.lake.guessing.trial import hold_on_sample
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.settings import AS_SHIPPED, Settings

SEVERAL_ROWS = (
    "{count} {count:case has|cases have} several rows, and no column names what was done: each row counts as a step; "
    "is the table joined with another?"
)


NEEDED = "{table} needs {column}: no column of {name} is like it"
OPEN_ALONE = (
    'an export of open cases alone has none: completed_at = { any = ["none"], optional = true }, and the step that is '
    "under way as activity and started_at"
)
TIME_OF_DAY = r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?)"
MIDNIGHT = ("0:00", "00:00", "0:00:00", "00:00:00", "12:00:00 AM", "12:00 AM")


def guessed_layout(path: Path, *, in_force: Settings = AS_SHIPPED) -> str:
    """A layout for a file, or a folder of files that are a table each, as the text of a TOML file.

    Args:
        path: the file or the folder.
        in_force: the settings by which the sample is taken in for a trial.

    Raises:
        CallError: there is no such file.
        InputRefusedError: a file cannot be read.
    """
    files = _exports_in(path) if path.is_dir() else [path]
    if not files:
        raise CallError(
            f"the folder {path} holds no export.", hint="give a CSV, a workbook, XES, Parquet or DuckDB file"
        )
    if not files[0].is_file():
        raise CallError(f"there is no file {path}.", hint="check the path; it is read from the working directory")
    looks = [look_at(file) for file in files]
    if looks[0].format == "xes":
        return layout_of_log(looks[0])
    of_format = [sample for look in looks if look.format == looks[0].format for sample in look.samples]
    others = [
        Note("", f"{file.name!r} is of another format ({look.format}): it needs a layout of its own")
        for file, look in zip(files, looks, strict=True)
        if look.format != looks[0].format
    ]
    samples, odd = alike_as_one(of_format)
    if len(samples) < len(of_format) and are_steps(of_format):
        samples, odd = of_format, OddFiles()
    forms = [forms_of(sample.rows) for sample in samples]
    formats = [decided(read) for read in forms]
    each = list(zip(samples, formats, forms, strict=True))
    placed = _placed(each)
    top = _top(looks, samples, formats) | _verdict_by(placed)
    others += hold_on_sample(placed, top, in_force)
    if _is_one_table(placed, looks[0]):
        return _one_table(top, placed[0], [*others, *_of_odd(odd)], odd)
    return _tables(top, placed, others)


def _placed(each: Sequence[tuple[Sample, dict[str, str], dict[str, list[str]]]]) -> list[Placed]:
    """The samples with their formats and forms, placed: columns of cases stand on steps where no table is of cases."""
    placed = [placed_of(*one, carries_cases=len(each) == 1) for one in each]
    steps = [one for one in placed if one.table == "events"]
    if not steps:  # rows that are whole requests, in several files or sheets
        placed = [placed_of(*one, carries_cases=True) for one in each]
    elif len(each) > 1 and len(steps) == 1 and not any(one.table == "cases" for one in placed):
        placed = [
            placed_of(*sample, carries_cases=one.table == "events") for sample, one in zip(each, placed, strict=True)
        ]
    if not any("activity" in one.columns for one in placed if one.table == "events"):
        return placed
    is_of_cases = tables_of_cases(placed, [formats for _, formats, _ in each])
    return [
        placed_of(*sample, carries_cases=False, table="cases") if is_whole else one
        for sample, one, is_whole in zip(each, placed, is_of_cases, strict=True)
    ]


def _exports_in(folder: Path) -> list[Path]:
    known = {suffix for suffixes in keys.SUFFIXES.values() for suffix in suffixes}
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return [file for file in files if Path(file.name.lower().removesuffix(".gz")).suffix in known]


def _is_one_table(placed: Sequence[Placed], look: Look) -> bool:
    return len(placed) == 1 and placed[0].table == "events" and look.format != "database"


def _top(looks: Sequence[Look], samples: Sequence[Sample], formats: Sequence[Mapping[str, str]]) -> dict[str, object]:
    used = dict.fromkeys(part for times in formats for form in times.values() for part in form.split(EITHER) if part)
    alike = [look for look in looks if look.format == looks[0].format]
    encodings = [look.keys["encoding"] for look in alike if "encoding" in look.keys]
    top: dict[str, object] = {"format": looks[0].format, **looks[0].keys, **_encoding_of_all(encodings, len(alike))}
    if used:
        plain = [
            sample.rows[name]
            for sample, times in zip(samples, formats, strict=True)
            for name in times
            if not times[name]
        ]
        each = list(dict.fromkeys([*used, *(form for texts in plain for form in iso_forms(texts))]))
        top["time_format"] = each if len(each) > 1 else each[0]
    words = "".join(f"{sample.name} {' '.join(sample.rows.columns)}" for sample in samples)
    stamps = [sample.rows[name] for sample, times in zip(samples, formats, strict=True) for name in times]
    return {**top, **zone_of(stamps, words)}


def _encoding_of_all(encodings: Sequence[Any], count: int) -> dict[str, object]:
    """The encodings that files of one folder are to be tried in; UTF-8 first, where some of them say none."""
    if not encodings:
        return {}
    named = [name for one in encodings for name in ([one] if isinstance(one, str) else one)]
    tried = list(dict.fromkeys([*(["utf-8"] if len(encodings) < count else []), *named]))
    return {"encoding": tried if len(tried) > 1 else tried[0]}


def _verdict_by(placed: Sequence[Placed]) -> dict[str, object]:
    """Where due dates have a time of day the instant judges, else the day; midnight is how systems write a day."""
    for one in placed:
        name = one.case.get("due_on", one.columns.get("due_on"))
        if name:
            times = one.sample.rows[name].drop_nulls().str.extract(TIME_OF_DAY).drop_nulls()
            if not times.str.to_uppercase().is_in(MIDNIGHT).all():
                return {"verdict_by": "instant"}
    return {}


def _one_table(top: Mapping[str, object], placed: Placed, notes: Sequence[Note], odd: OddFiles) -> str:
    rows = placed.sample.rows
    sections = [
        Section(
            "[event]",
            placed.columns,
            offers_of(placed.offered, rows) | _otherwise_called(placed.columns, odd),
            {name: told for name, told in placed.confirmed.items() if name == "activity" or name not in placed.case},
        ),
        Section("[case]", placed.case, offers_of(placed.offered_of_case, rows), placed.confirmed),
        Section("[constants]", activity_constant(placed) | placed.units),
    ]
    return written(top, sections, [*notes, *_notes(placed), *_kept_as_own(placed)])


def _kept_as_own(placed: Placed) -> list[Note]:
    """How a column of the case that has no place is kept under a name of one's own."""
    for note in placed.left.values():
        own = re.sub(r"\W+", "_", note.name.lower()).strip("_")
        if note.kind == NO_NAME and own.isidentifier() and is_of_case(placed, note.name):
            entry = f"{own} = {toml(note.name)}" if own.isascii() else f'"{own}" = {toml(note.name)}'
            return [Note("", f"to keep a column of the case under a name of yours: [case_extra] and {entry}")]
    return []


def _otherwise_called(columns: Mapping[str, str], odd: OddFiles) -> dict[str, list[tuple[str, str]]]:
    """For columns that single files call otherwise the entry that knows both names."""
    return {
        column: [
            (f"{{ any = {toml([name, *dict.fromkeys(other for other, _ in odd.called[name])])} }}", "for all files")
        ]
        for column, name in columns.items()
        if name in odd.called
    }


def _of_odd(odd: OddFiles) -> list[Note]:
    """What the headers of single files have otherwise."""
    return [
        *(
            Note("", f"{file!r} has {other!r} where most files have {name!r}")
            for name, others in odd.called.items()
            for other, file in others
        ),
        *(Note("", f"{', '.join(files)}: no column {name!r}") for name, files in odd.lacking.items()),
        *(Note("", f"{', '.join(files)} alone: column {name!r}") for name, files in odd.added.items()),
    ]


def _tables(top: Mapping[str, object], placed: Sequence[Placed], notes: Sequence[Note]) -> str:
    usable = [one for one in placed if one.columns]
    tables = [one.table for one in usable]
    sections: list[Section] = []
    called = _activities_of_files(usable)
    for one in sorted(usable, key=lambda one: tuple(NAMES).index(one.table)):
        title = f"[[table.{one.table}]]" if tables.count(one.table) > 1 else f"[table.{one.table}]"
        activity = called.get(one.sample.name) or activity_constant(one) if activity_constant(one) else {}
        own = activity if one.case else activity | one.units
        constants = {"constants": own} if own else {}
        case = {"case": one.case} if one.case else {}
        entries = {**one.sample.place, **one.columns, **case, **constants}
        sections.append(Section(title, entries, offers_of(one.offered, one.sample.rows), one.confirmed))
    sections += [Section("[constants]", one.units) for one in usable if one.case]
    return written(top, sections, [*notes, *(note for one in placed for note in _notes(one))])


def _activities_of_files(placed: Sequence[Placed]) -> dict[str, dict[str, str]]:
    """What is done on the rows of files that name no activity, where there are several: what the file is called.

    Of files that are called alike but for a number each is a step of its own where they have the same cases: step 1,
    step 2; else the numbers are years.
    """
    silent = [one.sample for one in placed if activity_constant(one)]
    names = {sample.name: " ".join(re.findall(r"[^\W\d_]+", sample.name.lower())) for sample in silent}
    for sample in silent:
        alike = [one for one in silent if names[one.name] == names[sample.name]]
        if len(alike) > 1 and are_steps(alike):
            numbered = {one.name: " ".join(re.findall(r"[^\W\d_]+|\d+", one.name.lower())) for one in alike}
            names |= numbered
    is_alone = len(set(names.values())) < 2 and not any("activity" in one.columns for one in placed)
    if not all(names.values()) or is_alone:
        return {}
    return {name: {"activity": activity} for name, activity in names.items()}


def _notes(placed: Placed) -> list[Note]:
    sample = placed.sample
    asked = [column for column in needed_columns(placed.table) if column not in placed.columns]
    return [
        *(Note("", NEEDED.format(table=placed.table, column=column, name=repr(sample.name))) for column in asked),
        *([Note("", OPEN_ALONE)] if placed.table == "events" and "completed_at" in asked else []),
        *([Note("", SEVERAL_ROWS.format(count=placed.repeated_count))] if placed.repeated_count else []),
        *(Note(name, "stands in more than one column; rename one of them to place it") for name in sample.twice),
        *(Note(name, "has characters or blanks in its header that nobody sees: it is found") for name in sample.untidy),
        *placed.left.values(),
        *placed.read,
    ]
