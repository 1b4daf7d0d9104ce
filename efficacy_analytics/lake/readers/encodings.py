"""In which encoding is a file, and is what comes out what was meant? That an encoding fits is no proof.

A file is looked at line by line where no encoding fits the whole of it, and where GB18030 fits, which fits almost any
bytes: a line in UTF-8 among them, words of the West with Chinese letters within, and Big5 are told, with the lines.
An encoding that the layout names is taken at its word.

Source: GB 18030-2022: two bytes, the first 0x81-0xFE, the second 0x40-0x7E or 0x80-0xFE; the characters of GB 2312,
nearly all of any text, have both at 0xA1 or above. Big5 has every second byte also at 0x40-0x7E.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from efficacy_analytics.errors import InputRefusedError

TOKEN = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x81-\xfe][\x40-\xfe]|[\x00-\xff]")
MAY_BE_DOUBTED = re.compile(rb"[\x80-\xa0]|[\x81-\xfe][@-~]|[A-Za-z][\x81-\xfe]")
LETTER = re.compile(rb"[A-Za-z]")
SHOWN_LINES = 5
FEWEST_PAIRS, BIG5_SHARE = 4, 0.15
WIDE = "\u0800"
"""From here on a character takes three bytes in UTF-8: Chinese ones do, letters with accents take two."""


@dataclass
class Fit:
    """How the lines of a file fit some encodings.

    Attributes:
        misfits: per encoding the lines that it does not fit.
        last: the number of the last line.
        cut: the encodings in which the last line ends within a character.
    """

    misfits: dict[str, list[int]]
    last: int = 0
    cut: list[str] = field(default_factory=list)


def refused_encoding(lines: Iterable[bytes], tried: Sequence[str], file: str) -> InputRefusedError:
    """What is wrong with a file that none of some encodings fits as a whole: the lines, and what they may be in."""
    kept = _Kept(lines)
    fit = _fit(kept, tried)
    best = min(tried, key=lambda name: len(fit.misfits[name]))
    named, wrong = _plain_name(best), fit.misfits[best]
    if wrong == [fit.last] and best in fit.cut:
        return InputRefusedError(
            f"{file} ends within a character, on line {fit.last}: it was cut off ({named}).",
            hint="export or copy it again",
        )
    for other in tried:
        if other != best and not set(wrong) & set(fit.misfits[other]):
            return InputRefusedError(
                f"{file} is in two encodings: {_lines(wrong)} in {_plain_name(other)}, the others in {named}.",
                hint="save it whole in UTF-8, or take its parts in as files of their own",
            )
    hint = f'save it as UTF-8, or name its encoding in the layout: encoding = "{_suggested(kept)}"'
    names = " or ".join(map(_plain_name, tried))
    return InputRefusedError(f"{file} is not text in {names}: {_lines(wrong)} cannot be read in {named}.", hint=hint)


MOST_DOUBTED_BYTES, MOST_LINE_BYTES = 2**19, 2**17
"""What is looked at character by character: of the lines that may be doubted the first half MiB, of one 128 KiB."""


def refuse_if_doubtful(lines: Iterable[bytes], file: str) -> None:
    """Refuses a file that GB18030 fits and that is something else, as a whole or in some of its lines.

    Raises:
        InputRefusedError: it is.
    """
    pairs: Counter[str] = Counter()
    of_utf8: list[int] = []
    western: list[int] = []
    accented: list[int] = []
    sample, doubted = bytearray(), 0
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        if len(sample) < 2**20:
            sample += line
        if not MAY_BE_DOUBTED.search(line):
            pairs["all"] += sum(byte >= 0x81 for byte in line) // 2
            continue
        if doubted > MOST_DOUBTED_BYTES:
            continue
        doubted += len(line)
        found = _pairs(line[:MOST_LINE_BYTES])
        pairs.update(found)
        if found["extended"] and _is_wide_utf8(line):
            of_utf8.append(number)
        elif found["western"] * 2 >= found["all"] > 0 and found["western"]:
            (accented if _decodes(line, "utf-8") else western).append(number)
    if pairs["all"] >= FEWEST_PAIRS and pairs["low"] > BIG5_SHARE * pairs["all"] and _fits_big5(bytes(sample)):
        raise InputRefusedError(
            f"{file} is Big5, it seems: read in GB18030 most of its characters are rare ones.",
            hint='name the encoding in the layout: encoding = "big5" (or "gb18030", if it is that)',
        )
    if of_utf8 or accented:
        others = f"{_lines(western)} in another" if western else "the others in GB18030"
        raise InputRefusedError(
            f"{file} is in two encodings: {_lines(sorted(of_utf8 + accented))} in UTF-8, {others}.",
            hint='save it whole in UTF-8 (if it is all GB18030, name it in the layout: encoding = "gb18030")',
        )
    if western:
        raise InputRefusedError(
            f"{file} is not UTF-8, and read in GB18030 it has Chinese letters within Latin words: {_lines(western)}.",
            hint='name the encoding in the layout: encoding = "cp1252" (or "gb18030", if it is that)',
        )


class _Kept:
    """Lines to be gone over twice, with the beginning of them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines, self.beginning = lines, b""

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            if len(self.beginning) < 2**20:
                self.beginning += line
            yield line


def _fit(lines: Iterable[bytes], tried: Sequence[str]) -> Fit:
    fit, line = Fit({name: [] for name in tried}), b""
    for number, line in enumerate(lines, 1):
        fit.last = number
        if not line.isascii():
            for name in tried:
                if not _decodes(line, name):
                    fit.misfits[name].append(number)
    fit.cut = [name for name in tried if not _decodes(line, name) and _decodes(line, name, final=False)]
    return fit


def _decodes(line: bytes, encoding: str, *, final: bool = True) -> bool:
    # Python's utf-8-sig takes the first bytes of a mark for no text at all, where nothing follows.
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)(errors="strict")
    try:
        decoder.decode(line, final=final)
    except UnicodeError:
        return False
    return True


def _pairs(line: bytes) -> Counter[str]:
    """The characters of two bytes in a line, those beyond GB 2312, with a low second byte, and within Latin words."""
    counts: Counter[str] = Counter()
    tokens = TOKEN.findall(line)
    for place, token in enumerate(tokens):
        if len(token) != 2:
            continue
        before = place > 0 and LETTER.fullmatch(tokens[place - 1]) is not None
        after = place + 1 < len(tokens) and LETTER.fullmatch(tokens[place + 1]) is not None
        is_low = token[1] < 0x80
        counts["all"] += 1
        counts["low"] += is_low
        counts["extended"] += token[0] < 0xA1 or token[1] < 0xA1
        has_letter = LETTER.fullmatch(token[1:]) is not None
        counts["western"] += (has_letter and (before or after)) or (before and after)
    return counts


def _is_wide_utf8(line: bytes) -> bool:
    return _decodes(line, "utf-8") and sum(letter >= WIDE for letter in line.decode()) > 1


def _fits_big5(sample: bytes) -> bool:
    """Whether the beginning of a file is Big5, and no text of the West."""
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    found = _pairs(whole[:MOST_LINE_BYTES])
    return _decodes(whole, "big5") and found["western"] * 2 < found["all"]


def _suggested(lines: _Kept) -> str:
    return "big5" if _fits_big5(lines.beginning) else "cp1252"


def _plain_name(encoding: str) -> str:
    return {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "gb18030": "GB18030"}.get(encoding, encoding)


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(f"{number:,}" for number in numbers[:SHOWN_LINES])
    more = f" and {len(numbers) - SHOWN_LINES:,} more" if len(numbers) > SHOWN_LINES else ""
    return f"line {shown}" if len(numbers) == 1 else f"lines {shown}{more}"
