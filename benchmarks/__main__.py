"""`make bench`: every comparison in one run on one machine; writes docs/benchmarks.md.

`python -m benchmarks --events 1,10` leaves the growth to 100 million events out; `--lake DIR` keeps the drawn logs.
It ends with an error where a task is slower than at our last release by more than a tenth (`benchmarks/releases.py`).
"""

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.drawn_delivery import drawn_lake
from benchmarks.intake import road_fines
from benchmarks.looks import looks_table
from benchmarks.measures import WHY_LESS
from benchmarks.releases import AT_EVENTS, PAIRS, VERDICTS, XES, losses, ratios, release_table
from benchmarks.tasks import SAMPLE_EVENTS, WHOSE

MILLION = 1_000_000
COMPARED_AT = 10 * MILLION
ENOUGH = 20
INTAKE = ("intake_csv", "intake_parquet", "intake_xes", "pm4py_xes")
RIVALS = ("pm4py_elapsed", "pl4pm_elapsed", "bare_window", "pm4py_business_hours")
REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
Result = dict[str, Any]


def main() -> None:
    """Draws the logs, runs each task in a process of its own, and writes the report."""
    options = _options()
    sizes = sorted({int(float(size) * MILLION) for size in options.events.split(",")})
    with tempfile.TemporaryDirectory(prefix="efficacy-bench-") as scratch:
        root = Path(options.lake or scratch)
        growth = {size: _measured("ours", _lake(root, size), size) for size in sizes}
        compared = COMPARED_AT if COMPARED_AT in sizes else sizes[-1]
        rivals = {name: _measured(name, _lake(root, compared), compared) for name in RIVALS}
        now = _against_release(_lake(root, AT_EVENTS)) if AT_EVENTS in sizes else {}
        verdicts = _measured("verdicts", root, COMPARED_AT)
        measures = _measured("measures", _lake(root, MILLION), MILLION)
        looks = _measured("looks", _lake(root, MILLION), MILLION)
        taken_in = {name: _measured(name, _lake(root, MILLION), MILLION) for name in INTAKE if _can_run(name)}
        if now:
            now |= _of_one_run(verdicts, rivals["bare_window"], taken_in)
    parts = [
        _report(growth, rivals, verdicts, compared),
        _intake_table(taken_in),
        _measure_table(measures),
        _looks_table(looks),
        *([release_table(now)] if now else []),
    ]
    report = "\n".join(parts)
    REPORT.write_text(report, encoding="utf-8")
    print(REPORT)
    if now and (lost := losses(now)):
        sys.exit("slower than the last release:\n" + "\n".join(lost))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", default="1,10,100", help="millions of events, comma-separated")
    parser.add_argument("--lake", help="keep the drawn logs in this folder")
    return parser.parse_args()


def _lake(root: Path, event_count: int) -> Path:
    print(f"drawing {event_count:,} events", file=sys.stderr, flush=True)
    return drawn_lake(root / str(event_count), event_count)


def _measured(task: str, lake: Path, event_count: int) -> Result:
    print(f"measuring {task} on {event_count:,}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.tasks", task, str(lake), str(event_count)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        return {"failed": told.stderr.strip().splitlines()[-1]}
    result: Result = json.loads(told.stdout.strip().splitlines()[-1])
    return result


def _against_release(lake: Path) -> dict[str, float]:
    """Ours and the bare query in turn, as ratios."""
    pairs = [(_measured("ours", lake, AT_EVENTS), _measured("bare_window", lake, AT_EVENTS)) for _ in range(PAIRS)]
    return ratios([our["seconds"] for our, _ in pairs], [bare["seconds"]["performance graph"] for _, bare in pairs])


def _of_one_run(verdicts: Result, bare: Result, taken_in: dict[str, Result]) -> dict[str, float]:
    """The ratios of what is measured once, as far as it was."""
    pairs = {VERDICTS: (verdicts, bare), XES: (taken_in.get("intake_xes", {}), taken_in.get("pm4py_xes", {}))}
    return {
        task: sum(ours["seconds"].values()) / sum(theirs["seconds"].values())
        for task, (ours, theirs) in pairs.items()
        if "seconds" in ours and "seconds" in theirs
    }


def _report(growth: dict[int, Result], rivals: dict[str, Result], verdicts: Result, compared: int) -> str:
    parts = [HEAD.format(machine=_machine(), today=dt.date.today(), versions=_versions()), _growth_table(growth)]
    parts += [_ratio_table(growth[compared], rivals, compared), _verdict_table(verdicts)]
    return "\n".join(parts)


HEAD = """# Benchmarks

Made by `make bench` on {today}; do not edit. Machine: {machine}. Versions: {versions}.

The log is drawn in SQL (`benchmarks/drawn_delivery.py`): ten events a case, 28 activities, 2,000 variants, office hours
and holidays of China, a promised limit for every case and a clock stop in every twentieth. Each task runs in a process
of its own; seconds are wall seconds, memory is the peak of the process. All read the same Parquet file.

The map of the whole log (mean, exact median and p90 of each pair on three clocks) is kept with the snapshot: its cost
is in publish. "Anew" is what a narrower cohort pays, here on the whole log.
"""


def _growth_table(growth: dict[int, Result]) -> str:
    lines = [
        "## Growth",
        "",
        "| events | publish s | map anew, exact median, p90 s | map kept s | peak GiB | publish, times the row above |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    before = None
    for size, result in growth.items():
        seconds = result["seconds"]
        times = f"{seconds['publish'] / before:.1f}" if before else ""
        before = seconds["publish"]
        peak = result["peak_bytes"] / 2**30
        anew, kept = seconds["map, elapsed"], seconds["map kept"]
        lines.append(f"| {size:,} | {seconds['publish']:.1f} | {anew:.2f} | {kept:.2f} | {peak:.1f} | {times} |")
    return "\n".join(lines) + "\n"


def _ratio_table(ours: Result, rivals: dict[str, Result], compared: int) -> str:
    mine, pm4py = ours["seconds"], rivals["pm4py_elapsed"]
    hours = rivals["pm4py_business_hours"]["seconds"]["performance graph of the sample"] * compared / SAMPLE_EVENTS
    sample = f"sample of {SAMPLE_EVENTS:,} events, scaled"
    rows = [
        ("publish, against pm4py's load and format", mine["publish"], pm4py["seconds"]["load and format"]),
        ("event log alone, against pm4py's load and format", mine["event log"], pm4py["seconds"]["load and format"]),
        ("map of the whole log, kept, against pm4py", mine["map kept"], pm4py["seconds"]["performance graph"]),
        (f"map of the whole log, kept, against pm4py on open time ({sample})", mine["map kept"], hours),
        (
            "map anew, elapsed mean, median and p90, against pm4py",
            mine["map, elapsed"],
            pm4py["seconds"]["performance graph"],
        ),
        (f"map anew, open mean, against pm4py ({sample})", mine["map, open"], hours),
        (
            "map anew, elapsed, against pl4pm",
            mine["map, elapsed"],
            _seconds(rivals["pl4pm_elapsed"], "performance graph"),
        ),
        (
            "map anew, elapsed, against a bare window query",
            mine["map, elapsed"],
            _seconds(rivals["bare_window"], "performance graph"),
        ),
        ("peak memory GiB, against pm4py", ours["peak_bytes"] / 2**30, pm4py["peak_bytes"] / 2**30),
    ]
    lines = [f"## Against others, {compared:,} events", "", "| what | ours | theirs | ratio |", "|---|---:|---:|---:|"]
    lines += [
        f"| {what} | {our:.2f} | {their:,.2f} | {their / our:,.1f} × |"
        if their
        else f"| {what} | {our:.2f} | failed | |"
        for what, our, their in rows
    ]
    return "\n".join(lines) + "\n"


def _seconds(result: Result, part: str) -> float | None:
    return result.get("seconds", {}).get(part)


def _verdict_table(verdicts: Result) -> str:
    lines = ["## Ten million cases: counted days, due date, verdict", "", "| part | seconds |", "|---|---:|"]
    lines += [f"| {part} | {seconds:.2f} |" for part, seconds in verdicts.get("seconds", {}).items()]
    return "\n".join([*lines, *([f"| failed | {verdicts['failed']} |"] if "failed" in verdicts else [])]) + "\n"


def _can_run(task: str) -> bool:
    return "xes" not in task or road_fines().is_file()


def _intake_table(taken_in: dict[str, Result]) -> str:
    lines = [f"## Intake on one core, {MILLION:,} events; XES: the log of road fines, 561,470 events", ""]
    lines += ["| what | processor seconds | peak MB |", "|---|---:|---:|"]
    for name, result in taken_in.items():
        if "failed" in result:
            lines.append(f"| {INTAKE_NAMES[name]} | failed: {result['failed']} | |")
        else:
            peak = result["peak_bytes"] / 1e6
            lines.append(f"| {INTAKE_NAMES[name]} | {sum(result['seconds'].values()):.2f} | {peak:,.0f} |")
    if all("seconds" in taken_in.get(name, {}) for name in ("intake_xes", "pm4py_xes")):
        ours, theirs = taken_in["intake_xes"], taken_in["pm4py_xes"]
        times = sum(theirs["seconds"].values()) / sum(ours["seconds"].values())
        lines += [
            "",
            f"XES: {times:.1f} × as fast as pm4py, with {ours['peak_bytes'] / theirs['peak_bytes']:.0%} of its memory;",
        ]
        lines += ["pm4py only reads, ours also judges, orders and writes."]
    return "\n".join(lines) + "\n"


INTAKE_NAMES = {
    "intake_csv": "whole intake of a CSV",
    "intake_parquet": "whole intake of a Parquet file",
    "intake_xes": "whole intake of an XES log",
    "pm4py_xes": "pm4py's iterparse of the same log",
}


def _measure_table(measures: Result) -> str:
    seconds = measures.get("seconds", {})
    names = [key.removeprefix("ours: ") for key in seconds if key.startswith("ours: ")]
    head = "| measure | ours | pm4py | ratio | |"
    lines = [f"## Measures of mining, {MILLION:,} events", "", head, "|---|---:|---:|---:|---|"]
    for name in names:
        our, their = (seconds[f"{whose}: {name}"] for whose in WHOSE)
        why = WHY_LESS.get(name, "") if their < ENOUGH * our else ""
        lines.append(f"| {name} | {our:.3f} | {their:.2f} | {their / our:,.0f} × | {why} |")
    return "\n".join([*lines, *([f"| failed | {measures['failed']} |"] if "failed" in measures else [])]) + "\n"


def _looks_table(looks: Result) -> str:
    rest = f"failed: {looks['failed']}\n" if "failed" in looks else looks_table(looks["seconds"])
    return f"## Looks from a notebook, {MILLION:,} events\n\n{rest}"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB"
    return f"{cores}, {platform.system()}, Python {platform.python_version()}"


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("duckdb", "polars", "pm4py", "pl4pm"))


if __name__ == "__main__":
    main()
