"""Files made to do harm: what they point to is not read, what they unpack to is bounded, their names are names."""

import gzip
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.errors import CallError, InputRefusedError, LayoutError
from efficacy_analytics.event_log.snapshots import named_snapshot
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.workflows import steps as pipeline

CSV_LAYOUT = 'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
ROWS = "c,a,t\nA,review,2024-03-29 10:00\n"
SECRET = "the content of a file that is nobody's business"
EVENT = (
    '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2024-03-29T10:00:00Z"/></event>'
)
LOG = '{}<log><trace><string key="concept:name" value="A"/>' + EVENT + "</trace></log>"
ENTITIES = {
    "an outside file": ('<!DOCTYPE log [<!ENTITY x SYSTEM "file://{secret}">]>', "&x;"),
    "an outside DTD": ('<!DOCTYPE log SYSTEM "file://{secret}">', "review"),
    "a parameter entity": ('<!DOCTYPE log [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>', "review"),
    "a network address": ('<!DOCTYPE log [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>', "&x;"),
    "a bomb": (
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">' + "".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
        ) + "]>",
        "&j;",
    ),
}  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file beside the delivery that must not come into a lake."""
    file = tmp_path / "outside" / "secret.csv"
    file.parent.mkdir()
    file.write_text(f"{ROWS}B,{SECRET},2024-03-29 10:00\n")
    return file


def layout_file(tmp_path: Path, text: str = CSV_LAYOUT) -> str:
    (tmp_path / "own.toml").write_text(text)
    return str(tmp_path / "own.toml")


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_entity_is_ever_followed_or_expanded(tmp_path: Path, outside: Path, entity: str) -> None:
    head, name = ENTITIES[entity]
    (tmp_path / "log.xes").write_text(LOG.format(head.format(secret=outside), name))
    begun = time.process_time()
    with pytest.raises(InputRefusedError, match="has a DOCTYPE") as fault:
        ingest(tmp_path / "lake", [tmp_path / "log.xes"], layout_file(tmp_path, 'format = "xes"\n'))
    assert SECRET not in str(fault.value)
    assert time.process_time() - begun < 2
    assert not (tmp_path / "lake").exists()


BOMBS = {
    "rows": ("log.csv.gz", CSV_LAYOUT, b"c,a,t\n", b"A,review,2024-03-29\n" * 50_000),
    "blanks": ("log.xes.gz", 'format = "xes"\n', b"<log><trace>", b" " * 999_999 + b"\n"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_packed_bomb_is_refused_before_it_fills_memory_or_disk(tmp_path: Path, bomb: str) -> None:
    name, layout, head, piece = BOMBS[bomb]
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(head) + b"".join(packer.compress(piece) for _ in range(100)) + packer.flush()
    (tmp_path / name).write_bytes(packed)
    with pytest.raises(InputRefusedError, match="unpacks to more than a lake takes"):
        ingest(tmp_path / "lake", [tmp_path / name], layout_file(tmp_path, layout))
    assert not (tmp_path / "lake").exists()


def test_a_tag_that_does_not_end_is_refused_at_once(tmp_path: Path) -> None:
    """An XML parser that is fed piece by piece reads an unfinished tag anew each time: 64 MB took 26 s."""
    (tmp_path / "log.xes").write_bytes(b'<log><trace><string key="concept:name" value="' + b"A" * 100_000_000)
    begun = time.process_time()
    with pytest.raises(InputRefusedError, match="has a tag that does not end"):
        ingest(tmp_path / "lake", [tmp_path / "log.xes"], layout_file(tmp_path, 'format = "xes"\n'))
    assert time.process_time() - begun < 3


def test_the_name_inside_a_packed_file_is_never_used(tmp_path: Path) -> None:
    """A .gz header may name the file it was made of (RFC 1952, FNAME): here a path out of the lake."""
    body = zlib.compressobj(wbits=-15)
    raw = body.compress(ROWS.encode()) + body.flush()
    header = b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"../../evil.csv\0"
    tail = struct.pack("<II", zlib.crc32(ROWS.encode()), len(ROWS))
    (tmp_path / "log.csv.gz").write_bytes(header + raw + tail)
    assert gzip.decompress((tmp_path / "log.csv.gz").read_bytes()).decode() == ROWS
    ingest(tmp_path / "place" / "lake", [tmp_path / "log.csv.gz"], layout_file(tmp_path))
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("target", ["a file", "a folder on the way"])
def test_a_link_in_a_delivered_folder_brings_in_nothing_from_outside(
    tmp_path: Path, outside: Path, target: str
) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "log.csv").write_text(ROWS)
    if target == "a file":
        (folder / "more.csv").symlink_to(outside)
    else:
        (folder / "inner").symlink_to(outside.parent)
        (folder / "more.csv").symlink_to(folder / "inner" / "secret.csv")
    with pytest.raises(CallError, match="link to a place outside") as fault:
        ingest(tmp_path / "lake", [folder], layout_file(tmp_path))
    assert fault.value.exit_code == 2
    assert not (tmp_path / "lake").exists()


def test_a_link_within_the_delivered_folder_is_a_file_like_others(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    (folder / "kept").mkdir(parents=True)
    (folder / "kept" / "log.csv").write_text(ROWS)
    (folder / "log.csv").symlink_to(Path("kept") / "log.csv")
    delivery = ingest(tmp_path / "lake", [folder], layout_file(tmp_path))
    copy = next((tmp_path / "lake" / "exports" / delivery.delivery).iterdir())
    assert not copy.is_symlink()
    assert copy.read_text() == ROWS


def test_a_link_to_a_folder_is_not_walked_into(tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "log.csv").write_text(ROWS)
    (folder / "inner.csv").symlink_to(outside.parent)
    ingest(tmp_path / "lake", [folder], layout_file(tmp_path))
    assert SECRET.encode() not in everything_in(tmp_path / "lake")


@pytest.mark.parametrize("file", ["../secret.csv", "/etc/passwd", "inner/cases.csv", ".."])
def test_a_layout_names_files_and_no_paths(file: str) -> None:
    text = f'format = "csv"\n[table.events]\nfile = "{file}"\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
    with pytest.raises(LayoutError, match="names a path, not a file"):
        parsed_layout(text, "own")


CALLED = ["..toml", "...toml", "-rf.toml", "a b;$(touch x).toml", "行政.toml"]


@pytest.mark.parametrize("name", sample(CALLED, ["..toml", "a b;$(touch x).toml"]))
def test_whatever_a_layout_is_called_its_deliveries_lie_inside_the_lake(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(CSV_LAYOUT)
    (tmp_path / "log.csv").write_text(ROWS)
    lake = tmp_path / "place" / "lake"
    delivery = ingest(lake, [tmp_path / "log.csv"], str(tmp_path / name))
    assert delivery.folder.resolve().parent == (lake / "accepted").resolve()
    assert sorted(path.name for path in (tmp_path / "place").iterdir()) == ["lake"]
    assert pipeline.publish(lake).path.resolve().is_relative_to(lake.resolve())


@pytest.mark.parametrize("name", ["../../outside", "/tmp/outside", "inner/other"])
def test_a_page_cannot_name_a_snapshot_outside_the_lake(tmp_path: Path, name: str) -> None:
    place = tmp_path / "lake" / "published" / f"{name}.duckdb"
    if place.is_relative_to(tmp_path):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    with pytest.raises(CallError, match="there is no snapshot"):
        named_snapshot(tmp_path / "lake", name)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("../../evil", "__.._evil"),
        ("/etc/passwd", "_etc_passwd"),
        ("A/1", "A_1"),
        ("..", "_"),
        ("住建", "住建"),
        ("2025-03", "2025-03"),
    ],
)
def test_a_code_of_an_export_in_a_file_name_stays_a_name(part: str, name: str) -> None:
    assert pipeline.file_name("briefing", part) == f"briefing-{name}"


def test_a_value_of_a_hundred_megabytes_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    with (tmp_path / "log.csv").open("w") as file:
        file.write('c,a,t\nA,"')
        file.writelines("x" * 1_000_000 for _ in range(100))
    tracemalloc.start()
    with pytest.raises(InputRefusedError):
        ingest(tmp_path / "lake", [tmp_path / "log.csv"], layout_file(tmp_path))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not (tmp_path / "lake").exists()
    assert most < 900_000_000
