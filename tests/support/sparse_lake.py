"""Lakes of few cases in many small groups, drawn at random: what protection of small counts has to stand.

Cases come in over a year, some departments and items nearly never, one activity in a handful of cases. The last days'
cases can be left out of the first delivery and brought by a second one, a day later.
"""

import csv
import datetime as dt
import random
from pathlib import Path

from efficacy_analytics.workflows import steps as pipeline
from support.hostile_lake import LAYOUT
from support.intake import ingest

ACTIVITIES = ("accept", "review", "site_visit", "hearing", "decide", "deliver")
STAGES = {"accept": "intake", "deliver": "close"}
YEAR = 2024
LIMIT = "10 working_days"
NEW_CASES = 6
"""So many cases the second delivery brings."""


def sparse_lake(folder: Path, seed: int, *, days: int = 1) -> Path:
    """A random lake, published; of two days the second brings a few cases more.

    Args:
        folder: where it is made.
        seed: of what is drawn.
        days: 1, or 2 for a second delivery that is not published yet (see `second_day`).
    """
    draw = random.Random(seed)
    (folder / "own.toml").write_text(LAYOUT)
    offices = [f"O{number}" for number in range(draw.randint(2, 6))]
    items = [(f"I{number:02}", draw.choice(offices)) for number in range(draw.randint(4, 14))]
    weights = [draw.choice([0.1, 0.3, 1.0, 4.0]) for _ in items]
    cases = [_case(number, draw, items, weights) for number in range(draw.randint(40, 140))]
    _deliver(folder, "first", cases if days == 1 else cases[:-NEW_CASES], items, "2025-03-01")
    if days == 2:
        _export(folder / "second", cases[-NEW_CASES:], items)
    return folder / "lake"


def second_day(folder: Path) -> None:
    """Takes in and publishes what came a day later."""
    ingest(folder / "lake", [folder / "second"], str(folder / "own.toml"), delivered_on=dt.date(2025, 3, 2))
    pipeline.publish(folder / "lake")


def _deliver(folder: Path, name: str, cases: list["Case"], items: list[tuple[str, str]], on: str) -> None:
    _export(folder / name, cases, items)
    ingest(folder / "lake", [folder / name], str(folder / "own.toml"), delivered_on=dt.date.fromisoformat(on))
    pipeline.publish(folder / "lake")


Case = tuple[tuple[str, ...], list[tuple[str, ...]]]


def _case(number: int, draw: random.Random, items: list[tuple[str, str]], weights: list[float]) -> Case:
    """A case and its steps."""
    item, office = draw.choices(items, weights)[0]
    at = dt.datetime(YEAR, 1, 1, 9) + dt.timedelta(days=draw.randint(0, 364), minutes=draw.randint(0, 400))
    accepted, name, steps = at, f"c{number}", []
    path = ["accept", "review", *(["site_visit"] if draw.random() < 0.2 else [])]
    path += [*(["hearing"] if draw.random() < 0.03 else []), "decide", "deliver"]
    is_open = draw.random() < 0.06
    for activity in path[: draw.randint(1, 3)] if is_open else path:
        begun = at + dt.timedelta(minutes=draw.randint(5, 6_000))
        at = begun + dt.timedelta(minutes=draw.randint(1, 300), seconds=draw.randint(0, 59))
        steps.append((name, activity, f"p{draw.randint(1, 4)}", office, f"{begun:%F %T}", f"{at:%F %T}"))
    completed = "" if is_open else f"{at:%F %T}"
    limit = f"{draw.choice([5, 10, 15])} working_days"
    return (name, office, item, "common", "window", f"{accepted:%F %T}", completed, limit), steps


def _export(folder: Path, cases: list[Case], items: list[tuple[str, str]]) -> None:
    folder.mkdir()
    tables = {
        "cases": ("case,office,item,kind,channel,accepted,completed,limit", [case for case, _ in cases]),
        "steps": ("case,activity,officer,office,begun,done", [step for _, steps in cases for step in steps]),
        "departments": ("department,name", [(office, f"Office {office}") for office in sorted({o for _, o in items})]),
        "items": ("item,office,name,limit", [(item, office, f"Item {item}", LIMIT) for item, office in items]),
        "activities": ("activity,stage", [(name, STAGES.get(name, "handling")) for name in ACTIVITIES]),
    }  # fmt: skip
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
