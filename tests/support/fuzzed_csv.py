"""CSV exports of the worst sort, and what the csv module reads in them where it understands them."""

import csv
import gzip
import random
import tomllib
import zlib
from collections.abc import Sequence
from io import StringIO

from support.fuzzed import encoded, happens, mutated, packed, stamp, word

LAYOUT = 'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
LAYOUTS = {
    "three columns": LAYOUT,
    "with its case": f'{LAYOUT}started_at = "s"\nresource = "r"\n'
    '[case]\nitem = "i"\ndue_on = "d"\nstatutory_limit = "l"\n',
    "personal": f'personal = ["case_id", "resource"]\n{LAYOUT}resource = "r"\n',
    "in its zone": LAYOUT.replace("Asia/Shanghai", "America/New_York"),
    "without a zone": LAYOUT.replace('time_zone = "Asia/Shanghai"\n', ""),
    "by a format": LAYOUT.replace("[event]", 'time_format = ["%Y-%m-%d %H:%M", "%d/%m/%Y"]\n[event]'),
}
OTHERS = ("s", "r", "i", "d", "l", "", "x", "c", "T", " c", "名称", "\x00", "#", "a\nb")
DELIMITERS = (",", ";", "\t", "|")


def csv_export(chance: random.Random) -> bytes:
    """A CSV file, from nearly sound to hopeless."""
    delimiter = chance.choice(DELIMITERS) if happens(chance, 0.95) else chance.choice((":", "\x00", "，"))
    header = _header(chance)
    rows = [[_value(name.strip(), chance) for name in header] for _ in range(chance.choice((0, 1, 2, 5, 5, 20)))]
    lines = [_title(chance) for _ in range(chance.choice((0, 0, 0, 1, 3)))]
    lines += [_line(header, delimiter, chance, quoting=0.1)]
    lines += [_line(_ragged(row, chance), delimiter, chance, quoting=0.4) for row in rows]
    ends = chance.choice((("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r"), ("\n", "\n\n"), ("\n\r",), ("\x85", "\n")))
    text = "".join(line + chance.choice(ends) for line in lines)
    content = encoded(text if happens(chance, 0.8) else text.rstrip("\r\n"), chance)
    if happens(chance, 0.3):
        content = mutated(content, chance)
    return packed(content, chance) if happens(chance, 0.1) else content


def plain_rows(content: bytes, layout: str) -> list[tuple[int, list[str]]] | None:
    """Per row below the header its physical line and its values of `c` and `a`; None where it is not understood.

    A row of another width than the header has no values. Read by the csv module alone, strictly, as a whole.
    """
    text = _plain_text(content)
    if text is None:
        return None
    tree = tomllib.loads(layout)
    asked = [*tree["event"].values(), *tree.get("case", {}).values()]
    csv.field_size_limit(2**22)
    for delimiter in DELIMITERS:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            found = _below_header(reader, asked)
        except csv.Error:
            return None
        if found is not None:
            return found
    return None


def _below_header(reader, asked: Sequence[str]) -> list[tuple[int, list[str]]] | None:  # type: ignore[no-untyped-def]
    places, width, rows = None, 0, []
    line = 1
    for values in reader:
        names = [value.strip() for value in values]
        if places is not None and values:
            rows.append((line, [values[place] for place in places] if len(values) == width else []))
        elif places is None and reader.line_num <= 100 and all(names.count(name) == 1 for name in asked):
            places, width = [names.index("c"), names.index("a")], len(values)
        line = reader.line_num + 1
    return rows if places is not None else None


def _plain_text(content: bytes) -> str | None:
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return None
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _header(chance: random.Random) -> list[str]:
    names = ["c", "a", "t"] + (list(OTHERS[:5]) if happens(chance, 0.6) else [])
    if happens(chance, 0.3):
        chance.shuffle(names)
    if happens(chance, 0.2):
        names.insert(chance.randrange(len(names) + 1), chance.choice(OTHERS))
    if happens(chance, 0.05):
        names.pop()
    return names


def _value(name: str, chance: random.Random) -> str:
    if happens(chance, 0.1):
        return word(chance)
    match name:
        case "t" | "s" | "d":
            return stamp(chance)
        case "l":
            return chance.choice(("20 working_days", "5 calendar_days", "5", "-1 working_days", "1e9 hours", "二十"))
        case _:
            return word(chance)


def _title(chance: random.Random) -> str:
    return chance.choice(("办件导出", "c;a", "", '"', '"a title\nof two lines"', ",,,", "c,a,t,t", "sep=;"))


def _ragged(row: list[str], chance: random.Random) -> list[str]:
    if happens(chance, 0.05):
        return row + [word(chance)] * chance.choice((1, 300))
    return row[:-1] if happens(chance, 0.03) else row


def _line(values: list[str], delimiter: str, chance: random.Random, *, quoting: float) -> str:
    return delimiter.join(_quoted(value, delimiter, chance, quoting) for value in values)


def _quoted(value: str, delimiter: str, chance: random.Random, quoting: float) -> str:
    needs = any(mark in value for mark in (delimiter, '"', "\n", "\r"))
    if happens(chance, 0.03):
        return chance.choice(
            (f'"{value}', f'{value}"', f'x"{value}"', f'"{value}"x', f' "{value}"', f'"{value}" ', "'")
        )
    if needs or happens(chance, quoting):
        inside = value.replace('"', '""')
        if happens(chance, 0.1):
            inside += chance.choice(("\n", "\r\n", "\r", delimiter, '""', "\n\n"))
        return f'"{inside}"'
    return value
