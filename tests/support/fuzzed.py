"""Chance for fuzzed exports: drawn from a seed, from hypothesis, or from a run of bytes; and odd bytes."""

import gzip
import random
import zlib
from collections.abc import Callable, Sequence

PERSON = "王小明320106199003077777"
"""Planted as a value, never as a name: it must not occur in any message."""
WORDS = (
    *("A", "B", "受理", "review", "", " ", "\u3000", "NULL", "c", "a", "t", "0", "-1", "1e309", "nan", "\x00", "\x1a"),
    *("=cmd|' /C calc'!A0", "'; drop table cases; --", "<script>alert(1)</script>", "../../x", "\u202e", "\ufeff"),
    *("é", "ß", "𠮷", "\U0010ffff", "e\u0301", "\x7f", "\x85", "\u2028", "\x0b", "\x0c", "\x1c", "%s%n", "{0}", "\\"),
    PERSON,
)
STAMPS = (
    *("2024-03-29 10:00", "2024-03-29 10:00:01", "2024-03-29T10:00:00Z", "2024-03-29", "2024-03-29T10:00:00+08:00"),
    *(
        "2024-03-29 24:00",
        "2024-02-30",
        "0000-00-00",
        "9999-12-31",
        "9998-12-31T23:59:59.999999999-18:00",
        "1000-01-01",
    ),
    *("1000-01-01T00:00:00+18:59", "2024-03-29T10:00:60Z", "2024-03-29 10:00:00.1234567890", "-2024-03-29", "45380"),
    *("2024-13-01", "２０２４-03-29", "2024-03-29T10", "2024-03-29T10:00+99:99", "1986-05-04 02:30", "29/03/2024"),
    *(
        "2024-03-29 10:00Z ",
        "now",
        "infinity",
        "1711677600",
        "20240329",
        "2024-W13-5",
        "2024-03-29 1O:00",
        "٢٠٢٤-03-29",
    ),
    *(
        "2024-03-29 10:00:00 +0800",
        "1901-01-01 00:00",
        "1883-11-18 12:00:00",
        "0999-12-31 23:59",
        "2024-03-29 10:00 PM",
    ),
)
USUAL_STAMPS = STAMPS[:3]


RARE = ("gbk", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "big5", "utf-7")


class Drawn(random.Random):
    """A `random.Random` whose chance is a run of bytes; zeros once they are used up."""

    def __new__(cls, _: bytes) -> "Drawn":
        """As any other, whatever the bytes."""
        return super().__new__(cls)

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0
        super().__init__(0)

    def getrandbits(self, k: int, /) -> int:
        """The next bits."""
        count = (k + 7) // 8
        piece = self._content[self._at : self._at + count]
        self._at += count
        return int.from_bytes(piece, "little") & ((1 << k) - 1)

    def random(self) -> float:
        """A number from the next 32 bits."""
        return self.getrandbits(32) / 2**32


def happens(chance: random.Random, share: float) -> bool:
    """True in about that share of all draws."""
    return chance.random() < share


def word(chance: random.Random) -> str:
    """A value of an export: mostly plain, sometimes of the worst."""
    if happens(chance, 0.6):
        return chance.choice(("A", "B", "C", "受理", "review", "决定"))
    if happens(chance, 0.02):
        return chance.choice(("x", "é", "长", '"', "\n")) * chance.choice((255, 4096, 70_000, 300_000))
    return chance.choice(WORDS)


def stamp(chance: random.Random) -> str:
    """A time as exports write it: mostly one that can be read."""
    if happens(chance, 0.7):
        return chance.choice(USUAL_STAMPS)
    text = chance.choice(STAMPS)
    if happens(chance, 0.2) and text:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice("0123456789-:T Z+.９\x00") + text[at + 1 :]
    return text


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The bytes with some changed: flipped, cut, doubled, swapped, or strange ones put between them."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(changed) + 1)
        until = min(len(changed), at + chance.choice((1, 1, 2, 4, 16, 64)))
        _CHANGES[chance.randrange(len(_CHANGES))](changed, at, until, chance)
    return bytes(changed)


def packed(content: bytes, chance: random.Random) -> bytes:
    """A .gz of the bytes: sound, in members, cut off, with something behind it, or damaged."""
    whole = gzip.compress(content, 1, mtime=0)
    half = len(content) // 2
    match chance.randrange(8):
        case 0:
            return gzip.compress(content[:half], mtime=0) + gzip.compress(content[half:], mtime=0)
        case 1:
            return whole[: chance.randrange(len(whole))]
        case 2:
            return whole + chance.choice((b"\0" * 64, b"garbage", b"\x1f\x8b", b"\x1f\x8b\x08", whole[:12]))
        case 3:
            return mutated(whole, chance)
        case 4:
            return gzip.compress(whole, mtime=0)
        case 5:
            return whole[:-8] + b"\0" * 8
        case 6:
            return gzip.compress(content + bytes(70_000_000), 9, mtime=0) if happens(chance, 0.02) else whole
        case _:
            packer = zlib.compressobj(9, wbits=31)
            return packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)


def encoded(text: str, chance: random.Random) -> bytes:
    """The text in an encoding offices use, or in one they should not; sometimes with a mark, or broken."""
    name = chance.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030")) if happens(chance, 0.8) else chance.choice(RARE)
    content = text.encode(name, errors="replace")
    if happens(chance, 0.03):
        content = chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x1f\x8b")) + content
    return content


def strange_bytes(chance: random.Random) -> bytes:
    """Bytes that break something somewhere."""
    return chance.choice(STRANGE)


STRANGE = (
    *(
        b"\x00",
        b"\xff",
        b"\xfe\xff",
        b"\xc3",
        b"\xe4\xbd",
        b"\xf0\x9f",
        b"\x81",
        b"\x81\x30",
        b"\x84\x31\xa4\x37",
        b"\x80",
    ),
    *(
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf4\x90\x80\x80",
        b'"',
        b'""',
        b'",',
        b',"',
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\r",
        b",",
    ),
    *(b";", b"\t", b"|", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x110000;", b"&x;", b"<![CDATA[", b"]]>", b"<!--"),
    *(b"-->", b"<?x ?>", b"<?xml version='1.0'?>", b"<!DOCTYPE log>", b"</event>", b"<event>", b"</trace>", b"<trace>"),
)


def _flip(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    for place in range(at, until):
        content[place] ^= 1 << chance.randrange(8)


def _cut(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    del content[at:until]


def _cut_off(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    del content[at:]


def _double(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    content[at:at] = content[at:until] * chance.choice((1, 2, 50))


def _put(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    content[at:at] = strange_bytes(chance)


def _replace(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    content[at:until] = strange_bytes(chance)


def _number(content: bytearray, at: int, until: int, chance: random.Random) -> None:
    size = chance.choice((1, 2, 4, 8))
    content[at : at + size] = chance.choice((0, 1, 127, 255, 2**15, 2**31 - 1, 2**63)).to_bytes(8, "little")[:size]


_CHANGES: Sequence[Callable[[bytearray, int, int, random.Random], None]] = (
    *(_flip, _cut, _cut_off, _double, _put, _put, _replace, _replace, _number),
)
