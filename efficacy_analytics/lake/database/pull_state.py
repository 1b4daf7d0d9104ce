"""How far a pull has come: parts of rows in a folder of the lake, and one small file that names the finished ones.

A part counts once it is named in `state.json`, which is replaced as a whole after the part lies on disk. What a
killed pull leaves half written is not named there, and is written again.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

STATE = "state.json"
METADATA = b"efficacy_pull"
"""In the footer of every part: what was asked of the database, and from where the next pull reads."""


class PullState:
    """The state of a pull in its folder.

    Attributes:
        folder: where it lies.
        records: per table what was asked: the same record stands in the footer of its parts.
        parts: per table its finished parts: `file`, `rows`, `position` (watermark and key of the last row), and the
            `try` that read it: each try reads a snapshot of its own.
        tries: how many there were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, list[dict[str, Any]]] = {}
        self.tries = 0
        if (folder / STATE).is_file():
            kept = json.loads((folder / STATE).read_text(encoding="utf-8"))
            self.records, self.parts, self.tries = kept["records"], kept["parts"], kept["tries"]

    def goes_on(self, table: str, record: Mapping[str, Any]) -> bool:
        """Whether the parts of the table were read under the same question; else they are dropped."""
        kept = self.records.get(table)
        if kept is not None and {**kept, "base": None} == {**record, "base": None}:
            return True
        self.records[table] = dict(record)
        self.drop(table)
        return False

    def drop(self, table: str) -> None:
        """Forgets the parts of a table."""
        self.parts[table] = []
        self._write()
        shutil.rmtree(self.folder / table, ignore_errors=True)

    def position(self, table: str) -> list[str] | None:
        """Watermark and key of the last row kept."""
        parts = self.parts.get(table, [])
        return parts[-1]["position"] if parts else None

    def files(self, table: str) -> list[Path]:
        """The finished parts of a table, in their order."""
        return [self.folder / table / part["file"] for part in self.parts.get(table, [])]

    def is_of_one_snapshot(self, table: str) -> bool:
        """Whether one try read all parts of a table: then no row is there twice, and none is gone."""
        return {part["try"] for part in self.parts.get(table, [])} <= {self.tries}

    def rows(self, table: str) -> int:
        """How many rows the parts hold."""
        return sum(part["rows"] for part in self.parts.get(table, []))

    def part_count(self) -> int:
        """How many parts there are: where it grows, a pull comes on."""
        return sum(len(parts) for parts in self.parts.values())

    def add(self, table: str, rows: pa.Table, order: list[str]) -> None:
        """Writes a part, and then names it."""
        name = f"part-{len(self.parts[table]) + 1:05}.parquet"
        (self.folder / table).mkdir(exist_ok=True)
        write_part(rows, self.folder / table / name, self.records[table])
        position = [rows[column][-1].as_py() for column in order] if rows.num_rows else None
        self.parts[table].append({"file": name, "rows": rows.num_rows, "position": position, "try": self.tries})
        self._write()

    def clear(self) -> None:
        """Empties the folder."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _write(self) -> None:
        written = self.folder / f".{STATE}"
        with written.open("w", encoding="utf-8") as file:
            json.dump(
                {"tries": self.tries, "records": self.records, "parts": self.parts}, file, ensure_ascii=False, indent=1
            )
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, self.folder / STATE)


def write_part(rows: pa.Table, path: Path, record: Mapping[str, Any]) -> None:
    """Writes rows to a Parquet file with the record in its footer; on disk when it returns."""
    with path.open("wb") as file:
        pq.write_table(rows.replace_schema_metadata({METADATA: footer(record)}), file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def footer(record: Mapping[str, Any]) -> bytes:
    """The record as it stands in the footer of a part."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode()


def record_in(path: Path) -> dict[str, Any] | None:
    """The record in the footer of a Parquet file, if it came from a pull."""
    metadata = pq.read_schema(path).metadata or {}
    return json.loads(metadata[METADATA]) if METADATA in metadata else None
