"""Takes one fuzzed export into a fresh lake and says what came of it; anything but a refusal or a delivery fails.

What must hold of every input: it ends in time; what is received is accepted or refused; the counts and the values are
those of a plain reading, where one understands the input; a refusal has a hint, one line each, says nothing of the
rows, and leaves the lake as it was.
"""

import re
import shutil
import signal
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CallError, EfficacyError, InputRefusedError
from efficacy_analytics.lake.delivery import Delivery
from support.fuzzed import PERSON
from support.fuzzed_csv import plain_rows
from support.fuzzed_xes import NAME, plain_log
from support.intake import ingest

LIMIT_SECONDS = 5
LONGEST_MESSAGE = 2_000
MEMORY = Path("/dev/shm")
WITHOUT_PLACE = re.compile(r"\(line \d+\)|line \d+|'[^']*'|\d+")


class HangError(BaseException):
    """The intake did not end in time."""


def taken_in(folder: Path, name: str, content: bytes, layout: str) -> str:
    """What came of an export: "delivered", or the kind of its refusal.

    Args:
        folder: an empty folder to work in.
        name: how its file is called.
        content: its bytes.
        layout: the text of its layout.

    Raises:
        AssertionError: something that must hold does not.
        HangError: it does not end in time.
    """
    export, lake = folder / name, folder / "lake"
    export.write_bytes(content)
    (folder / "own.toml").write_text(layout, encoding="utf-8")
    try:
        with in_time():
            delivery = ingest(lake, [export], str(folder / "own.toml"))
    except EfficacyError as fault:
        check_refusal(fault)
        assert not lake.exists(), "a refusal left something in the lake"
        _check_received(fault, name, content, layout)
        return WITHOUT_PLACE.sub("…", fault.problem.split(";")[0].replace(name, "…"))[:80]
    check_counts(delivery, lake)
    check_values(delivery, name, content, layout)
    return "delivered"


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder in memory, with a key for pseudonyms; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fuzzed-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def in_time(seconds: float = LIMIT_SECONDS) -> Iterator[None]:
    """Ends what works for longer, or on a machine that has other things to do takes ten times as long."""

    def end(*_: object) -> None:
        raise HangError(f"not done after {seconds} s of work")

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, 10 * seconds))
    before = [signal.signal(sign, end) for _, sign, _ in timers]
    for timer, _, limit in timers:
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)
        for (_, sign, _), handler in zip(timers, before, strict=True):
            signal.signal(sign, handler)


def check_refusal(fault: EfficacyError) -> None:
    """A refusal is one line and a hint, short, and without a word of the rows; its fault is the export's or call's."""
    assert isinstance(fault, InputRefusedError | CallError), f"a fault of ours: {fault!r}"
    assert fault.hint, f"no hint: {fault.problem}"
    assert all(text.isprintable() for text in (fault.problem, fault.hint)), f"more than one line: {str(fault)!r}"
    assert len(str(fault)) <= LONGEST_MESSAGE, f"a message of {len(str(fault))} characters"
    assert PERSON not in str(fault), "a value in a message"


def check_counts(delivery: Delivery, lake: Path) -> None:
    """Every row received is accepted or refused, and stands where it is said to."""
    for table, counts in delivery.rows.items():
        assert counts["received"] == counts["accepted"] + counts["refused"], f"{table}: {counts}"
        assert sum(counts["refused_by_rule"].values()) == counts["refused"]
        file = lake / "refused" / delivery.delivery / f"{table}.parquet"
        refused = pl.read_parquet(file) if file.exists() else pl.DataFrame({"rule": []})
        assert refused.height == counts["refused"], f"{table}: {refused.height} refused rows, {counts}"
        assert Counter(refused["rule"]) == Counter(counts["refused_by_rule"])
        assert not refused.height or not refused.select(pl.any_horizontal(pl.all().is_null().any())).item()
    for table, count in delivery.written.items():
        assert pl.scan_parquet(delivery.folder / f"{table}.parquet").select(pl.len()).collect().item() == count
    assert not list(lake.glob(".*")), "leftovers"


FILLERS = {
    *map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))
}
"""Letters without a shape."""


def check_values(delivery: Delivery, name: str, content: bytes, layout: str) -> None:
    """As many rows as in a plain reading; what was accepted has the case and the activity that stand there."""
    events = pl.read_parquet(delivery.folder / "events.parquet")
    if ".csv" in name and (rows := plain_rows(content, layout)) is not None:
        assert delivery.rows["events"]["received"] == len(rows), f"{len(rows)} in a plain reading: {delivery.rows}"
        plain = {line: (values[0], values[1]) for line, values in rows if values}
        found = list(events.select("source_line", "case_id", "activity").iter_rows())
        for line, case_id, activity in found:
            assert line in plain, f"no row begins on line {line}"
            assert _seen(activity) == _seen(plain[line][1]), f"line {line} has another activity"
            assert "personal" in layout or _seen(case_id) == _seen(plain[line][0]), f"line {line} has another case"
    if ".xes" in name and (log := plain_log(content)) is not None:
        assert delivery.rows["events"]["received"] == len(log.events), f"{len(log.events)} in a plain reading"
        assert delivery.rows["cases"]["received"] == len(log.traces), f"{len(log.traces)} in a plain reading"
        for order, activity in events.select("source_order", "activity").iter_rows():
            assert _seen(activity) == _seen(str(log.events[order][NAME])), f"event {order} has another activity"


def _seen(text: str) -> str:
    """What a reader sees of a text: its letters in one piece, without blanks and without what nobody sees."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(
        one for one in whole if not one.isspace() and unicodedata.category(one)[0] != "C" and one not in FILLERS
    )


def _check_received(fault: EfficacyError, name: str, content: bytes, layout: str) -> None:
    """Where nothing was accepted, what was received is still counted right."""
    said = re.search(r"^nothing was accepted; received: (\d+) events(?:, (\d+) cases)?", fault.problem)
    if not said:
        return
    counts: Sequence[int | None] = [int(count) if count else None for count in said.groups()]
    if ".csv" in name and (rows := plain_rows(content, layout)) is not None:
        assert counts[0] == len(rows), f"{len(rows)} in a plain reading: {fault.problem}"
    if ".xes" in name and (log := plain_log(content)) is not None:
        assert set(counts) <= {len(log.events), len(log.traces)}, f"{len(log.events)} in a plain reading"
