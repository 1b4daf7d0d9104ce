"""The lake's readers against plain Python on random exports: CSV rows and lines, stamps, pairs of a log."""

import csv
import datetime as dt
import io
import random
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.contract.lifecycle import paired
from efficacy_analytics.lake.readers import csv as readers_csv
from efficacy_analytics.lake.readers import csv_lines as readers_csv_lines
from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.csv import csv_originals, read_csv
from efficacy_analytics.lake.readers.xes import event_texts, read_xes, xes_originals

OF_EVENTS = ("started_at", "started_local", "completed_at", "resource", "instance", "rule")
SEEDS = [pytest.param(seed, marks=[pytest.mark.deep] if seed >= 5 else []) for seed in range(200)]


def random_csv(draw: random.Random, *, quoted: bool) -> tuple[str, int]:
    """The text of a CSV file of random width and line ends, some rows ragged, some lines blank."""
    width = draw.randint(2, 4)
    letters = "ab受理 é,;'" if not quoted else "ab受理 é,;'\"\n\r"
    lines = [",".join(f"c{place}" for place in range(width))]
    for _ in range(draw.randint(0, 60)):
        cells = ["".join(draw.choices(letters, k=draw.randint(0, 5))) for _ in range(width)]
        if not quoted:
            cells = [cell.replace(",", "") for cell in cells]
        if draw.random() < 0.1:
            cells = cells[:-1] if draw.random() < 0.5 else [*cells, "x"]
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="").writerow(cells)
        lines.append("" if draw.random() < 0.1 else line.getvalue())
    ends = draw.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]])
    text = "".join(line + draw.choice(ends) for line in lines)
    return (text.rstrip("\r\n") if draw.random() < 0.3 and len(lines) > 1 else text), width


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("quoted", [False, True])
def test_csv_rows_and_lines_are_those_of_the_csv_module(
    tmp_path: Path, seed: int, quoted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(f"{seed} {quoted}")
    text, width = random_csv(draw, quoted=quoted)
    encoding = draw.choice(["utf-8", "utf-8-sig", "gb18030"])
    file = tmp_path / "rows.csv"
    file.write_bytes(text.encode(encoding))
    monkeypatch.setattr(readers_csv_lines, "HEAD", 1)
    monkeypatch.setattr(readers_csv_lines, "BLOCK", draw.choice([1, 7, 40, 2**22]))
    monkeypatch.setattr(readers_csv, "BATCH", draw.choice([1, 7, 50_000]))

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    plain, line = [], reader.line_num
    for row in reader:
        if row:
            sound = len(row) == width
            cells = [cell if sound and cell.strip() else None for cell in row] if sound else [None] * width
            plain.append((line + 1, None if sound else "field_count_differs", *cells))
        line = reader.line_num

    asked = [Asked(f"c{place}") for place in range(width)]
    batches = list(read_csv(file, asked))
    assert all(batch.height <= readers_csv.BATCH for batch in batches)
    place, values = pl.concat(one.place for one in batches), pl.concat(one.values for one in batches)
    assert list(zip(place["source_line"], place["fault"], *values.get_columns(), strict=True)) == plain
    assert place["source_row"].to_list() == list(range(len(plain)))
    wanted = sorted(draw.sample(range(len(plain)), min(3, len(plain))))
    originals = dict(csv_originals(file, asked, pl.Series(wanted, dtype=pl.Int64)))
    assert sorted(originals) == wanted
    for number, original in originals.items():
        (cells,) = csv.reader(io.StringIO(original, newline=""), strict=True)
        assert len(cells) == width or plain[number][1] == "field_count_differs"
        assert plain[number][1] or [cell if cell.strip() else None for cell in cells] == list(plain[number][2:])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Asia/Shanghai"])
def test_stamps_mean_the_instants_that_zoneinfo_gives(seed: int, zone: str) -> None:
    draw = random.Random(seed)
    changes = [dt.datetime(2024, 3, 31), dt.datetime(2024, 10, 27), dt.datetime(2024, 3, 10), dt.datetime(2024, 11, 3)]
    texts, instants, walls = [], [], []
    for _ in range(200):
        wall = draw.choice(changes) + dt.timedelta(seconds=draw.randint(0, 4 * 3600), milliseconds=draw.randint(0, 999))
        offset = draw.choice([None, 0, 60, -300, 330, 480])
        mark = "" if offset is None else f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
        texts.append(wall.isoformat(sep=draw.choice("T "), timespec="milliseconds") + mark)
        if offset is not None:
            instant = wall.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset)))
        else:
            instant = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
            exists = instant.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
            instant = instant if exists else None
        instants.append(instant and instant.astimezone(dt.UTC))
        walls.append(instant and instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
    stamps = read_stamps(pl.Series(texts), zone=zone)
    assert stamps.at.to_list() == instants
    assert stamps.local.to_list() == walls
    assert stamps.on.to_list() == [wall and wall.date() for wall in walls]
    assert stamps.impossible.to_list() == [instant is None for instant in instants]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])
def test_stamps_of_a_few_months_without_offsets_mean_the_instants_that_zoneinfo_gives(seed: int, zone: str) -> None:
    draw = random.Random(f"{seed} {zone}")
    first = dt.datetime(draw.choice([1986, 1991, 2024]), draw.randint(1, 12), draw.randint(1, 28))
    walls = [first + dt.timedelta(seconds=draw.randint(0, draw.choice([10, 100]) * 86_400)) for _ in range(300)]
    walls += [dt.datetime(wall.year, wall.month, 1) for wall in walls[:20]]
    stamps = read_stamps(pl.Series([wall.isoformat(sep=" ") for wall in walls]), zone=zone)
    for wall, at, local in zip(walls, stamps.at, stamps.local, strict=True):
        instant = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
        exists = instant.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
        assert at == (instant.astimezone(dt.UTC) if exists else None)
        assert local == (wall if exists else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_of_a_log_are_those_of_a_queue(seed: int) -> None:
    draw = random.Random(seed)
    events = [
        (draw.choice("AB"), draw.choice("xy"), draw.choice(["start", "complete", "complete", "suspend", None]))
        for _ in range(draw.randint(1, 80))
    ]
    queues: dict[tuple[str, str], list[int]] = {}
    expected, left_over = [], set()
    for position, (case, activity, transition) in enumerate(events):
        queue = queues.setdefault((case, activity), [])
        if transition == "start":
            queue.append(position)
        elif transition == "suspend":
            left_over.update([] if queue else [position])  # of an open start it is accepted
        else:
            expected.append((position, queue.pop(0) if queue else None))
    left_over.update(position for queue in queues.values() for position in queue)

    frame = pl.DataFrame(events, schema=["case_id", "activity", "transition"], orient="row").select(
        "case_id",
        "activity",
        pl.col("transition").cast(pl.String).fill_null("complete"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
        *(pl.lit(None, pl.String).alias(column) for column in OF_EVENTS),
        source_line=pl.lit(1, pl.Int64),
        source_row=pl.lit(1, pl.Int64),
    )
    instances, others = paired(frame)
    assert instances.select("position", "start_position").rows() == expected
    assert set(others["position"]) == left_over


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_and_originals_of_a_log_are_those_of_its_text(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)
    monkeypatch.setattr("efficacy_analytics.lake.readers.xes.PIECE", draw.choice([5, 64, 1000]))
    events, text = [], "<log>\n"
    for case in range(draw.randint(1, 5)):
        text += f'<trace><string key="concept:name" value="案{case}"/>'
        for _ in range(draw.randint(0, 4)):
            text += draw.choice(["\n", "", "\n\n", "<!-- > -->\n"])
            event = (
                f'<event><string key="concept:name" value="a{len(events)}&gt;"/>{draw.choice(["", chr(10)])}</event>'
            )
            events.append((text.count("\n") + 1, event, f"案{case}"))
            text += event
        text += "</trace>\n"
    file = tmp_path / "log.xes"
    file.write_text(text + "</log>", encoding="utf-8")
    monkeypatch.setattr("efficacy_analytics.lake.readers.xes.BATCH", draw.choice([1, 3, 50_000]))
    batches = list(read_xes(file, trace_keys=["concept:name"], event_keys=["concept:name"]))
    of_events = [batch for batch in batches if batch.kind == "events"]
    rows = pl.concat(batch.rows.values for batch in of_events)
    traces = pl.concat(batch.rows.values for batch in batches if batch.kind == "traces")
    lines = pl.concat(batch.rows.place for batch in of_events)["source_line"]
    assert lines.to_list() == [line for line, _, _ in events]
    assert rows["concept:name"].to_list() == [f"a{number}>" for number in range(len(events))]
    trace_rows = pl.concat(batch.trace_rows for batch in of_events)
    assert traces["concept:name"].gather(trace_rows).to_list() == [case for _, _, case in events]
    wanted = pl.Series(range(len(events)), dtype=pl.Int64)
    assert dict(xes_originals(file, wanted, "events")) == {number: event for number, (_, event, _) in enumerate(events)}
    spans = pl.concat(batch.spans for batch in of_events if batch.spans is not None)
    chosen = [number for number in range(len(events)) if draw.random() < 0.5]
    assert list(event_texts(file, spans[chosen])) == [events[number][1] for number in chosen]
