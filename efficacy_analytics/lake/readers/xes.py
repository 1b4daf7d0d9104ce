"""Cases and events of an XES log, plain or .gz, read strictly and as a stream.

Refused as a whole: a DOCTYPE (so no entity is ever expanded), text that is not well formed or cut off, bytes that
are not in the declared encoding, a root that is no `log`. Namespace or none, byte order mark or none: both are read.
Only the direct attributes of traces and events count; the order inside a trace is kept.

The parser is expat: it knows the true line of every element, also beyond line 65,535.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.decompression import PIECE, OnProgress, is_encoding, unpacked
from efficacy_analytics.lake.readers.received import BATCH, Received, received

TRANSITION = "lifecycle:transition"
INSTANCE = "concept:instance"
LONGEST_TAG_BYTES = 2**22
SPANS = {"text_from": pl.Int64, "text_until": pl.Int64}
MOST_LEFT = 10_000
"""Keys of attributes that nothing is made of: as many are told at most."""
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WITHOUT_MARK = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


@dataclass(frozen=True)
class XesRows:
    """Some rows of one kind of a log.

    Attributes:
        kind: "traces" (one row per trace, the trace attributes asked for; given when the trace has ended) or "events"
            (one row per event, the event attributes asked for, `lifecycle:transition` and `concept:instance`).
        rows: the rows.
        trace_rows: of events: the row (in its file) of the trace each stands in; null for one outside any trace.
        left: the keys of other attributes that were met up to here, in the order in which they were.
        spans: of events: where the text of each stands, for `event_texts`: `text_from`, `text_until` (the byte of its
            end tag), counted in UTF-8.
    """

    kind: str
    rows: Received
    trace_rows: pl.Series
    left: Sequence[str] = ()
    spans: pl.DataFrame | None = None


def read_xes(
    path: Path,
    *,
    trace_keys: Sequence[str],
    event_keys: Sequence[str],
    encodings: Sequence[str] = (),
    on_progress: OnProgress = None,
) -> Iterator[XesRows]:
    """The traces and events of an XES file, batch by batch, every value as text; at least one batch of each kind.

    Args:
        path: the file.
        trace_keys: the keys of the trace attributes asked for.
        event_keys: the keys of the event attributes asked for.
        encodings: the file's encoding is the first of them; none: the one it declares.
        on_progress: called with the file's name and the number of events read so far.

    Raises:
        InputRefusedError: the file is empty, broken, cut off, has a DOCTYPE, or is no XES.
    """
    traces = Gathered("traces", trace_keys, path.name)
    events = Gathered("events", list(dict.fromkeys([*event_keys, TRANSITION, INSTANCE])), path.name)
    for _ in _Log(path, traces, events, on_progress).read(encodings):
        yield from traces.finished()
        yield from events.finished()
    for rows in (traces, events):
        rows.flush(even_if_none=rows.count == 0)
        yield from rows.finished()


def xes_originals(path: Path, wanted: pl.Series, kind: str, encodings: Sequence[str] = ()) -> Iterator[tuple[int, str]]:
    """The text of traces (until their first event) or events, with the row's number, as it stands in the file.

    Args:
        path: the file.
        wanted: the rows asked for.
        kind: "traces" or "events".
        encodings: as for `read_xes`.
    """
    cuts = _Cuts(kind, set(wanted.to_list()))
    traces, events = Gathered("traces", [], path.name), Gathered("events", [], path.name)
    for _ in _Log(path, traces, events, None, cuts).read(encodings):
        yield from cuts.taken()
        for rows in (traces, events):
            rows.batches.clear()
    yield from cuts.taken()


def event_texts(path: Path, spans: pl.DataFrame, encodings: Sequence[str] = ()) -> Iterator[str]:
    """The text of events as it stands in the file, without parsing it again.

    Args:
        path: the file.
        spans: `text_from` and `text_until` of the events, as `read_xes` gave them, in their order.
        encodings: as for `read_xes`.
    """
    pieces = _pieces(path, encodings)
    held, held_from = bytearray(), 0
    for begin, end_tag in spans.select("text_from", "text_until").iter_rows():
        while (last := held.find(b">", max(0, end_tag - held_from))) < 0 or held_from + last < end_tag:
            piece = next(pieces, b"")
            if not piece:
                break
            passed = min(len(held), max(0, begin - held_from))
            del held[:passed]
            held_from += passed
            held += piece
        yield bytes(held[begin - held_from : last + 1]).decode(errors="replace").strip()


def _pieces(path: Path, encodings: Sequence[str]) -> Iterator[bytes]:
    """The file piece by piece, in UTF-8."""
    decoder = xes_decoder(path, encodings)
    with unpacked(path) as file:
        while piece := file.read(PIECE):
            if text := decoder.decode(piece).encode() if decoder else piece:
                yield text
    if decoder and (rest := decoder.decode(b"", final=True)):
        yield rest.encode()


@dataclass
class Gathered:
    """Rows on their way into columns, batch by batch."""

    kind: str
    keys: Sequence[str]
    file: str
    values: list[list[str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    traces: list[int | None] = field(default_factory=list)
    text_from: list[int] = field(default_factory=list)
    text_until: list[int] = field(default_factory=list)
    batches: list[XesRows] = field(default_factory=list)
    left: dict[str, None] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.place = {key: place for place, key in enumerate(self.keys)}

    def put(self, row: list[str | None], attributes: dict[str, str]) -> None:
        """Keeps an attribute in its row, if it was asked for."""
        key = attributes.get("key", "")
        place = self.place.get(key)
        if place is not None:
            row[place] = attributes.get("value")
        elif key not in self.left and len(self.left) < MOST_LEFT:
            self.left[key] = None

    def begun(self, line: int, trace: int | None = None) -> list[str | None]:
        """A new row, beginning on that line, of that trace; the row before it is finished."""
        if len(self.lines) == BATCH:
            self.flush()
        row: list[str | None] = [None] * len(self.keys)
        self.values.append(row)
        self.lines.append(line)
        self.traces.append(trace)
        self.count += 1
        return row

    def flush(self, *, even_if_none: bool = False) -> None:
        """Turns the finished rows into a batch."""
        if self.values or even_if_none:
            columns = list(zip(*self.values, strict=True)) or [()] * len(self.keys)
            rows = received(
                {key: pl.Series(column, dtype=pl.String) for key, column in zip(self.keys, columns, strict=True)},
                file=self.file,
                first_row=self.count - len(self.lines),
                lines=pl.Series(self.lines, dtype=pl.Int64),
            )
            traces = pl.Series(self.traces, dtype=pl.Int64)
            self.batches.append(XesRows(self.kind, rows, traces, tuple(self.left), self._spans()))
            self.values, self.lines, self.traces, self.text_from, self.text_until = [], [], [], [], []

    def _spans(self) -> pl.DataFrame | None:
        if self.kind != "events":
            return None
        return pl.DataFrame({"text_from": self.text_from, "text_until": self.text_until}, schema=SPANS)

    def finished(self) -> Iterator[XesRows]:
        """The batches that are complete, each once."""
        yield from self.batches
        self.batches.clear()


class _Log:
    """The handlers of one reading: which trace and event are open, and where their attributes go."""

    def __init__(
        self, path: Path, traces: Gathered, events: Gathered, on_progress: OnProgress, cuts: "_Cuts | None" = None
    ) -> None:
        self.path, self.traces, self.events, self.on_progress, self.cuts = path, traces, events, on_progress, cuts
        self.depth = 0
        self.events_before = 0
        self.trace: list[str | None] | None = None
        self.event: list[str | None] | None = None
        self.event_depth = 0
        self.parser: Any = None
        self.fed_bytes = 0

    def read(self, encodings: Sequence[str]) -> Iterator[None]:
        """Reads piece by piece; between two pieces what was gathered may be taken."""
        pieces = _pieces(self.path, encodings)
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        try:
            for piece in pieces:
                self.feed(piece, False)
                yield
            self.feed(b"", True)
        except expat.ExpatError as fault:
            self.refuse(f"is cut off or not well formed: {expat.ErrorString(fault.code)}", fault.lineno)
        except UnicodeError:
            self.refuse("has bytes that are not in its encoding", self.parser.CurrentLineNumber)
        if self.on_progress:
            self.on_progress(self.path.name, self.events.count)

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
        if self.events.count - self.events_before >= BATCH:  # they wait for the ids of their traces
            self.traces.flush()
            self.events_before = self.events.count
        self.trace = self.traces.begun(self.parser.CurrentLineNumber)

    def begin_event(self) -> None:
        if self.cuts:
            self.cuts.end(self.parser.CurrentByteIndex)
            self.cuts.begin("events", self.events.count, self.parser.CurrentByteIndex)
        trace = None if self.trace is None else self.traces.count - 1
        self.event = self.events.begun(self.parser.CurrentLineNumber, trace)
        self.events.text_from.append(self.parser.CurrentByteIndex)
        self.event_depth = self.depth
        if self.on_progress and self.events.count % BATCH == 0:
            self.on_progress(self.path.name, self.events.count)

    def end(self, name: str) -> None:
        if self.event is not None and self.depth == self.event_depth:
            self.event = None
            self.events.text_until.append(self.parser.CurrentByteIndex)
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

    def __init__(self, kind: str, wanted: set[int]) -> None:
        self.kind, self.wanted = kind, wanted
        self.originals: list[tuple[int, str]] = []
        self.held, self.held_from = bytearray(), 0
        self.open: tuple[int, int] | None = None

    def fed(self, piece: bytes, parsed_until: int) -> None:
        keep_from = self.open[1] if self.open else max(parsed_until, self.held_from)
        del self.held[: keep_from - self.held_from]
        self.held_from = keep_from
        self.held += piece

    def begin(self, kind: str, row: int, at: int) -> None:
        self.open = (row, at) if kind == self.kind and row in self.wanted else None

    def end(self, at: int, *, closing: bool = False) -> None:
        if self.open:
            row, begin = self.open
            until = at - self.held_from
            if closing:
                until = self.held.find(b">", until) + 1 or len(self.held)
            text = bytes(self.held[begin - self.held_from : until])
            self.originals.append((row, text.decode(errors="replace").strip()))
            self.open = None

    def taken(self) -> Iterator[tuple[int, str]]:
        """The texts cut out so far, each once."""
        yield from self.originals
        self.originals.clear()


def xes_decoder(path: Path, encodings: Sequence[str] = ()) -> codecs.IncrementalDecoder | None:
    """What turns the bytes into text; None where they are UTF-8, which the parser reads by itself.

    The encoding is the layout's, else that of the byte order mark, else the declared one.

    Raises:
        InputRefusedError: no text can be in that encoding.
    """
    with unpacked(path) as file:
        head = file.read(PIECE)
    marked = next((name for mark, name in (MARKS | WITHOUT_MARK).items() if head.startswith(mark)), None)
    declared = DECLARED.match(head)
    name = [*encodings, *filter(None, [marked]), *([declared.group(1).decode()] if declared else []), "utf-8"][0]
    if not is_encoding(name):
        raise InputRefusedError(f"{path.name} is in an unknown encoding '{name}'.", hint="export it again in UTF-8")
    return None if codecs.lookup(name).name in ("utf-8", "utf-8-sig") else codecs.getincrementaldecoder(name)()
