"""Lakes that are hurt, commands that hurt them or read them, and what a lake holds, to compare it with another."""

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import polars as pl

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from support.intake import ingest
from support.made_once import made_once
from support.spoken import spoken_text

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = CHECKOUT / "data_lake" / "reference" / "layouts" / "city.toml"
PRODUCT = (sys.executable, "-m", "efficacy_analytics")
RUNNER = (sys.executable, str(Path(__file__).with_name("fault_runner.py")))
LEFTOVERS = (".intake-*", "*.draft*", "*.spill*", "*.wal")
FIRST_DAY, SECOND_DAY = "2025-07-01", "2025-08-01"
CASE_COUNT = 500


def environment(**screws: str) -> dict[str, str]:
    """This process's environment, with the checkout in front and the screws of the runner."""
    path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return {**os.environ, "PYTHONPATH": path, "EFFICACY_SETTINGS": str(CHECKOUT / "settings.toml"), **screws}


def efficacy(
    lake: Path, *words: str | Path, program: tuple[str, ...] = PRODUCT, **screws: str
) -> "subprocess.CompletedProcess[str]":
    """Runs a command on a lake to its end."""
    return subprocess.run(
        [*program, *map(str, words), "--lake", str(lake)], capture_output=True, text=True, env=environment(**screws)
    )


def asked(lake: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Runs a command on a lake in the test's own process."""
    return spoken_text([*words, "--lake", lake], EFFICACY_SETTINGS=str(CHECKOUT / "settings.toml"))


def begun(lake: Path, *words: str | Path, program: tuple[str, ...] = PRODUCT, **screws: str) -> subprocess.Popen[str]:
    """Starts a command on a lake."""
    return subprocess.Popen(
        [*program, *map(str, words), "--lake", str(lake)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**screws),
    )


def told(done: "subprocess.CompletedProcess[str]") -> str:
    """The one clear error of a command that failed: a problem and a hint, and no traceback."""
    lines = [line for line in done.stderr.splitlines() if " s  " not in line]
    assert "Traceback" not in done.stderr, done.stderr
    assert len(lines) == 2, done.stderr
    assert "Error: " in lines[0]
    assert lines[1].startswith("Hint: ")
    return done.stderr


@cache
def exports(folder: Path) -> tuple[Path, Path, Path]:
    """A city's export with a key on every step, a later one that corrects some of its rows, and their layout."""
    first, second, layout = folder / "first", folder / "second", folder / "keyed.toml"
    if layout.exists():  # the folder is a copy
        return first, second, layout
    make_city(first, cases=CASE_COUNT, seed=7)
    (first / "planted_truth.json").unlink()
    steps = pl.read_csv(first / "steps.csv", infer_schema=False).with_row_index("id")
    steps.with_columns(gone=pl.lit("false")).write_csv(first / "steps.csv")
    shutil.copytree(first, second)
    some = steps.filter(pl.col("id") % 9 == 4)
    some.with_columns(resource=pl.lit("R999"), gone=(pl.col("id") % 5 == 0).cast(pl.String)).write_csv(
        second / "steps.csv"
    )
    cases = pl.read_csv(first / "cases.csv", infer_schema=False)
    cases.gather_every(7).with_columns(channel=pl.lit("post")).write_csv(second / "cases.csv")
    keys = '[table.events]\nkey = "id"\ndeleted = "gone"\n'
    layout.write_text(SHIPPED.read_text(encoding="utf-8").replace("[table.events]\n", keys), encoding="utf-8")
    return first, second, layout


def files(lake: Path, *parts: str) -> dict[str, str]:
    """The files of some folders of a lake (without any, of all) with the hashes of their bytes."""
    found = [path for part in parts or (".",) for path in sorted((lake / part).rglob("*")) if path.is_file()]
    return {str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def taken_in(lake: Path) -> dict[str, str]:
    """All that intake wrote, delivery by delivery."""
    return files(lake, "exports", "accepted", "refused")


def tables(lake: Path) -> dict[str, pl.DataFrame]:
    """Every table and view of the current snapshot, row by row, but for the snapshot's name."""
    with open_log(lake) as log:
        names = sorted(log.tables() - {"cohort_cases", "cohort_events"})
        frames = {name: log.connection.sql(f'select * from "{name}" order by all').pl() for name in names}
    return {name: frame.drop("snapshot", strict=False) for name, frame in frames.items()}


def differing(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> list[str]:
    """The tables that are not the same in both snapshots."""
    return sorted(
        name for name in one.keys() | other.keys() if name not in one or not one[name].equals(other.get(name, 0))
    )


def leftovers(lake: Path) -> list[str]:
    """What a writer that died leaves, and the next one must sweep up."""
    return sorted(str(path.relative_to(lake)) for pattern in LEFTOVERS for path in lake.rglob(pattern))


def published_lake(folder: Path, *, with_second: bool = False) -> Path:
    """A lake with the first delivery (and the second) and a snapshot of it all: a copy, with its exports beside it."""
    shutil.copytree(_published(with_second), folder, dirs_exist_ok=True)
    return folder / "lake"


@cache
def _published(with_second: bool) -> Path:
    """Such a lake, made once, and its exports."""
    return made_once("fault-lake-of-two" if with_second else "fault-lake", partial(_make, with_second))


def _make(with_second: bool, folder: Path) -> None:
    first, second, layout = exports(folder)
    lake = folder / "lake"
    ingest(lake, [first], str(layout), delivered_on=dt.date.fromisoformat(FIRST_DAY))
    if with_second:
        ingest(lake, [second], str(layout), delivered_on=dt.date.fromisoformat(SECOND_DAY))
    publish(lake)


def taking_in(folder: Path, *, second: bool = False) -> tuple[str, ...]:
    """The words that take the first or the second export in."""
    export, day = (exports(folder)[1], SECOND_DAY) if second else (exports(folder)[0], FIRST_DAY)
    return ("ingest", str(export), "--layout", str(exports(folder)[2]), "--delivered-on", day)
