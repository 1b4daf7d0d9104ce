"""Cases and events of an XES log, plain or .gz, read strictly and as a stream.

Refused as a whole: a DOCTYPE (so no entity is ever expanded), text that is not well formed or cut off, bytes that
are not in the declared encoding, a root that is no `log`. Namespace or none, byte order mark or none: both are read.
Only the direct attributes of traces and events count; the order inside a trace is kept.

The parser is expat: it knows the true line of every element, also beyond line 65,535.
"""

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.received import BATCH, Received, received
from efficacy_analytics.lake.unpacked import PIECE, Told, unpacked

TRANSITION = "lifecycle:transition"
READ_BY_EXPAT = ("utf-8", "us-ascii", "ascii", "iso-8859-1", "utf-16")
LONGEST_TAG_BYTES = 2**22
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


@dataclass(frozen=True)
class XesRows:
    """The two kinds of rows of a log.

    Attributes:
        traces: one row per trace, the trace attributes asked for.
        events: one row per event, the event attributes asked for and `lifecycle:transition`.
        trace_of_event: the row of the trace each event stands in; null for an event outside any trace.
    """

    traces: Received
    events: Received
    trace_of_event: pl.Series


def read_xes(
    path: Path,
    *,
    trace_keys: Sequence[str],
    event_keys: Sequence[str],
    encoding: str | None = None,
    told: Told = None,
) -> XesRows:
    """The traces and events of an XES file, every value as text.

    Args:
        path: the file.
        trace_keys: the keys of the trace attributes asked for.
        event_keys: the keys of the event attributes asked for.
        encoding: the file's encoding; None for the one it declares.
        told: called with the file's name and the number of events read so far.

    Raises:
        InputRefusedError: the file is empty, broken, cut off, has a DOCTYPE, or is no XES.
    """
    traces, events = Gathered(trace_keys), Gathered([*event_keys, TRANSITION])
    log = _Log(path, traces, events, told)
    log.read(encoding)
    trace_of_event = pl.Series(log.trace_of_event, dtype=pl.Int64)
    return XesRows(traces.rows(path.name), events.rows(path.name), trace_of_event)


def xes_originals(
    path: Path, wanted: Mapping[str, set[int]], *, encoding: str | None = None
) -> dict[str, dict[int, str]]:
    """The text of traces (until their first event) and events, by row, as it stands in the file.

    Args:
        path: the file.
        wanted: the rows asked for, under "traces" and "events".
        encoding: as for `read_xes`.
    """
    known, decoder = _decoding(path, encoding)
    cuts = _Cuts(wanted, "utf-8" if decoder else known or "utf-8")
    _Log(path, Gathered([]), Gathered([]), None, cuts).read(encoding)
    return cuts.originals


@dataclass
class Gathered:
    """Rows on their way into columns, batch by batch."""

    keys: Sequence[str]
    values: list[list[str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    batches: list[dict[str, pl.Series]] = field(default_factory=list)
    batch_lines: list[pl.Series] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.place = {key: place for place, key in enumerate(self.keys)}

    def put(self, row: list[str | None], attributes: dict[str, str]) -> None:
        """Keeps an attribute in its row, if it was asked for."""
        place = self.place.get(attributes.get("key", ""))
        if place is not None:
            row[place] = attributes.get("value")

    def begun(self, line: int) -> list[str | None]:
        """A new row, beginning on that line; the row before it is finished."""
        if len(self.lines) == BATCH:
            self.flush()
        row: list[str | None] = [None] * len(self.keys)
        self.values.append(row)
        self.lines.append(line)
        self.count += 1
        return row

    def flush(self) -> None:
        """Turns the finished rows into columns."""
        if self.values:
            columns = zip(*self.values, strict=True)
            self.batches.append(
                {key: pl.Series(column, dtype=pl.String) for key, column in zip(self.keys, columns, strict=True)}
            )
            self.batch_lines.append(pl.Series(self.lines, dtype=pl.Int64))
            self.values, self.lines = [], []

    def rows(self, file: str) -> Received:
        """All rows."""
        self.flush()
        faults = [pl.Series([None] * lines.len(), dtype=pl.String) for lines in self.batch_lines]
        return received(self.keys, self.batches, file=file, lines=self.batch_lines, faults=faults)


class _Log:
    """The handlers of one reading: which trace and event are open, and where their attributes go."""

    def __init__(self, path: Path, traces: Gathered, events: Gathered, told: Told, cuts: "_Cuts | None" = None) -> None:
        self.path, self.traces, self.events, self.told, self.cuts = path, traces, events, told, cuts
        self.trace_of_event: list[int | None] = []
        self.depth = 0
        self.trace: list[str | None] | None = None
        self.event: list[str | None] | None = None
        self.event_depth = 0
        self.parser: Any = None
        self.fed_bytes = 0

    def read(self, encoding: str | None) -> None:
        known, decoder = _decoding(self.path, encoding)
        self.parser = expat.ParserCreate(encoding=known, namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        try:
            with unpacked(self.path) as file:
                while piece := file.read(PIECE):
                    self.feed(decoder.decode(piece).encode() if decoder else piece, False)
                self.feed(decoder.decode(b"", final=True).encode() if decoder else b"", True)
        except expat.ExpatError as fault:
            self.refuse(f"is cut off or not well formed: {expat.ErrorString(fault.code)}", fault.lineno)
        except UnicodeDecodeError:
            self.refuse("has bytes that are not in its encoding", self.parser.CurrentLineNumber)
        if self.told:
            self.told(self.path.name, self.events.count)

    def feed(self, piece: bytes, is_last: bool) -> None:
        if self.cuts:
            self.cuts.fed(piece, self.parser.CurrentByteIndex)
        self.parser.Parse(piece, is_last)
        self.fed_bytes += len(piece)
        if (
            self.fed_bytes - self.parser.CurrentByteIndex > LONGEST_TAG_BYTES
        ):  # read anew with every piece until it ends
            self.refuse("has a tag that does not end", self.parser.CurrentLineNumber)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.event is not None:
            if self.depth == self.event_depth + 1:
                self.events.put(self.event, attributes)
            return
        tag = name.rpartition(" ")[2]
        if tag == "event" and self.depth == (2 if self.trace is None else 3):
            self.begin_event()
        elif self.trace is not None:
            if self.depth == 3:
                self.traces.put(self.trace, attributes)
        elif tag == "trace" and self.depth == 2:
            self.begin_trace()
        elif tag != "log" and self.depth == 1:
            self.refuse(f"is not an XES log: its root is '{tag}'", self.parser.CurrentLineNumber)

    def begin_trace(self) -> None:
        if self.cuts:
            self.cuts.begin("traces", self.traces.count, self.parser.CurrentByteIndex)
        self.trace = self.traces.begun(self.parser.CurrentLineNumber)

    def begin_event(self) -> None:
        if self.cuts:
            self.cuts.end(self.parser.CurrentByteIndex)
            self.cuts.begin("events", self.events.count, self.parser.CurrentByteIndex)
        self.trace_of_event.append(None if self.trace is None else self.traces.count - 1)
        self.event = self.events.begun(self.parser.CurrentLineNumber)
        self.event_depth = self.depth
        if self.told and self.events.count % BATCH == 0:
            self.told(self.path.name, self.events.count)

    def end(self, name: str) -> None:
        if self.event is not None and self.depth == self.event_depth:
            self.event = None
            if self.cuts:
                self.cuts.end(self.parser.CurrentByteIndex, closing=True)
        elif self.trace is not None and self.depth == 2:
            self.trace = None
            if self.cuts:
                self.cuts.end(self.parser.CurrentByteIndex, closing=True)
        self.depth -= 1

    def doctype(self, *_: object) -> NoReturn:
        self.refuse("has a DOCTYPE, which an XES log never needs", self.parser.CurrentLineNumber)

    def refuse(self, problem: str, line: int) -> NoReturn:
        raise InputRefusedError(f"{self.path.name} {problem} (line {line}).", hint="export it again, as plain XES")


class _Cuts:
    """Cuts the text of wanted rows out of the bytes as they are fed."""

    def __init__(self, wanted: Mapping[str, set[int]], encoding: str) -> None:
        self.wanted, self.encoding = wanted, encoding
        self.originals: dict[str, dict[int, str]] = {"traces": {}, "events": {}}
        self.held, self.held_from = bytearray(), 0
        self.open: tuple[str, int, int] | None = None

    def fed(self, piece: bytes, parsed_until: int) -> None:
        keep_from = self.open[2] if self.open else max(parsed_until, self.held_from)
        del self.held[: keep_from - self.held_from]
        self.held_from = keep_from
        self.held += piece

    def begin(self, kind: str, row: int, at: int) -> None:
        self.open = (kind, row, at) if row in self.wanted[kind] else None

    def end(self, at: int, *, closing: bool = False) -> None:
        if self.open:
            kind, row, begin = self.open
            until = at - self.held_from
            if closing:
                until = self.held.find(b">", until) + 1 or len(self.held)
            text = bytes(self.held[begin - self.held_from : until])
            self.originals[kind][row] = text.decode(self.encoding, errors="replace").strip()
            self.open = None


def _decoding(path: Path, encoding: str | None) -> tuple[str | None, codecs.IncrementalDecoder | None]:
    """How expat is to read the bytes: itself (an encoding, or None for the declared one), or through a decoder."""
    with unpacked(path) as file:
        declared = DECLARED.match(file.read(PIECE))
    name = encoding or (declared.group(1).decode() if declared else None)
    if name is None or name.lower() in READ_BY_EXPAT:
        return encoding, None
    try:
        return "utf-8", codecs.getincrementaldecoder(name)()
    except LookupError:
        raise InputRefusedError(
            f"{path.name} is in an unknown encoding '{name}'.", hint="export it again in UTF-8"
        ) from None
