"""A proposed layout as the text of a TOML file: what is placed, what could be placed instead, and what is not placed.

At most thirty lines are comments: who has to read more reads none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from efficacy_analytics.lake.layouts import keys

TOP = ("format", "time_zone", "calendar", "verdict_by", "encoding", "delimiter", "time_format")
CONFIRMED = {
    "time_zone": '  # to confirm: where the stamps without an offset were written, such as "Europe/Amsterdam"',
    "verdict_by": '  # to confirm: due dates have a time of day; "date" judges by days',
    "calendar": '  # to confirm: whose working days count; CN, weekdays, or a country such as "NL", "DE", "US-MA"',
}
"""What a proposal assumes, said beside it."""
MOST_COMMENTS = 30
MOST_OFFERED, MOST_NAMED = 3, 8


@dataclass
class Section:
    """A section of a layout.

    Attributes:
        title: as it is written, with its brackets.
        entries: what is placed.
        offered: our column to further columns of the export that could be meant, each with a remark.
        confirmed: our column to what is to be confirmed of it.
    """

    title: str
    entries: Mapping[str, object]
    offered: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Why a column has no place, or what else is to be known.

    Attributes:
        name: the column; empty where it is about none.
        reason: why.
        kind: the reason in short, under which columns are told together where there are many.
        is_placed: whether it is about what is placed, and to be confirmed.
    """

    name: str
    reason: str
    kind: str = ""
    is_placed: bool = False


def written(top: Mapping[str, object], sections: Sequence[Section], notes: Sequence[Note]) -> str:
    """The TOML text, in the order in which layouts are written.

    Args:
        top: the keys of the whole layout.
        sections: those that have anything; empty ones are left out.
        notes: what is told at the end.
    """
    lines = ["# A proposal from the headers and a sample of the values: read it before you use it."]
    lines += [f"{key} = {toml(top[key])}{CONFIRMED.get(key, '')}" for key in TOP if key in top]
    for section in sections:
        if section.entries or section.offered:
            lines += ["", section.title, *_lines(section)]
    lines = _without_most_offers(lines, room=MOST_COMMENTS - min(len(notes), 10))
    for heading, is_placed in (("# To confirm:", True), ("# Not placed:", False)):
        room = MOST_COMMENTS - 1 - sum(line.startswith("#") for line in lines)
        told = _notes([note for note in notes if note.is_placed == is_placed], room=room // 2 if is_placed else room)
        lines += ["", heading, *told] if told else []
    return "\n".join(lines) + "\n"


def _lines(section: Section) -> list[str]:
    lines = []
    for key, value in section.entries.items():
        confirmed = f"  # to confirm: {section.confirmed[key]}" if key in section.confirmed else ""
        lines += [f"{_short(key)} = {toml(value)}{confirmed}", *_offers(key, section.offered.get(key, ()))]
    for key, offers in section.offered.items():
        if key not in section.entries:
            lines += _offers(key, offers)
    return lines


def _offers(key: str, offers: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"# {_short(key)} = {value}" + (f"  # {remark}" if remark else "") for value, remark in offers]
    if len(lines) > MOST_OFFERED:
        more = ", ".join(value for value, _ in offers[MOST_OFFERED:])
        lines = [*lines[:MOST_OFFERED], f"# or {_short(key)} = one of {more}"]
    return lines


def _without_most_offers(lines: list[str], *, room: int) -> list[str]:
    """The lines, with so few comments that there is room for what is told at the end."""
    places = [place for place, line in enumerate(lines) if line.startswith("#")]
    left = set(places[room:])
    return [line for place, line in enumerate(lines) if place not in left]


def _notes(notes: Sequence[Note], *, room: int) -> list[str]:
    """The notes, a line for each where there is room, else a line for each kind of reason."""
    single = list(
        dict.fromkeys(f"# {note.name!r}: {note.reason}" if note.name else f"# {note.reason}" for note in notes)
    )
    if len(single) <= room:
        return single
    kinds: dict[str, dict[str, None]] = {}
    for note in notes:
        kinds.setdefault(note.kind or note.reason, {})[note.name] = None
    lines = [f"# {_named([name for name in names if name])}{kind}" for kind, names in kinds.items()]
    return lines if len(lines) <= room else [*lines[: room - 1], f"# and {len(lines) - room + 1} further kinds"]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(map(repr, names[:MOST_NAMED]))}{more}: " if names else ""


def _short(column: str) -> str:
    return {ours: key for key, ours in keys.WRITTEN_AS.items()}.get(column, column)


def toml(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, list):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml(one)}' for key, one in value.items())} }}"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
