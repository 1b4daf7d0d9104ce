"""A lake whose every name is an attack: SQL, HTML, scripts, templates as activities, departments, items, cases."""

import csv
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from efficacy_analytics.workflows import steps as pipeline
from support.intake import ingest
from support.made_once import made_once

MARK = "window.hit"
"""What a script that ran would set."""
ACTIVITIES = (
    "<script>window.hit=1</script>",
    "'; drop table cases; --",
    '"><img src=x onerror="window.hit=1">',
    "</script><script>window.hit=1</script>",
    "{{ 7 * 7 }}{% raw %}${window.hit=1}",
    "<svg onload=window.hit=1>&lt;b&gt;",
)
DEPARTMENTS = ('<img src=x onerror="window.hit=1">', "x' or '1'='1")
ITEMS = ("javascript:window.hit=1", '"}]};window.hit=1;//', "]]><!-- </title><script>window.hit=1</script>")
NAME = '<b onmouseover="window.hit=1">名</b>'
CASE = "<script>window.hit=1</script>'; delete from cases; -- {}"
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[table.events]
file = "steps.csv"
case_id = "case"
activity = "activity"
resource = "officer"
department = "office"
started_at = "begun"
completed_at = "done"
[table.cases]
file = "cases.csv"
case_id = "case"
department = "office"
item = "item"
kind = "kind"
channel = "channel"
accepted_at = "accepted"
completed_at = "completed"
promised_limit = "limit"
[table.departments]
file = "departments.csv"
department = "department"
name_zh = "name"
name_en = "name"
[table.items]
file = "items.csv"
item = "item"
department = "office"
name_zh = "name"
name_en = "name"
promised_limit = "limit"
[table.activities]
file = "activities.csv"
activity = "activity"
stage = "stage"
"""
CASE_COUNT = 60
UNRULY = (
    "up\x00load\x07",
    "re\u202eview\u200b",
    "back\\slash\\",
    "quo\"te\\\" 'and' `tick`",
    "brackets[0]['x'](y)",
    "{{braces}} {0} ${datum.x} %s",
    "case_count",
    "line\u2028and\nreturn",
    "long " + "\\x" * 5_000,
)
"""Names that break what reads them as anything but text: marks that nobody sees, and signs that languages use."""
TIDIED = ("upload", "review", *UNRULY[2:7], "line and return", UNRULY[8])
"""What the door makes of them."""


@cache
def hostile_lake() -> Path:
    """The lake of attacks, taken in and published once."""
    return made_once("hostile", partial(_make, ACTIVITIES, DEPARTMENTS, ITEMS)) / "lake"


@cache
def unruly_lake() -> Path:
    """The lake of `UNRULY`: every name is an activity, and a department, an item, a stage and a channel."""
    return made_once("unruly", partial(_make, UNRULY, UNRULY, UNRULY)) / "lake"


def _make(activities: Sequence[str], departments: Sequence[str], items: Sequence[str], folder: Path) -> None:
    export = folder / "export"
    export.mkdir()
    (folder / "own.toml").write_text(LAYOUT)
    _write(
        export / "cases.csv",
        "case,office,item,kind,channel,accepted,completed,limit",
        _cases(activities, departments, items),
    )
    _write(export / "steps.csv", "case,activity,officer,office,begun,done", _steps(activities, departments, items))
    _write(export / "departments.csv", "department,name", [(departments[0], NAME)])
    of_items = [
        (item, departments[place % len(departments)], NAME, "5 working_days") for place, item in enumerate(items)
    ]
    _write(export / "items.csv", "item,office,name,limit", of_items)
    stages = [(activity, activities[place // 3]) for place, activity in enumerate(activities)]
    _write(export / "activities.csv", "activity,stage", stages)
    ingest(folder / "lake", [export], str(folder / "own.toml"))
    pipeline.publish(folder / "lake")


def _cases(activities: Sequence[str], departments: Sequence[str], items: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        (CASE.format(number), departments[number % len(departments)], items[number % len(items)], items[0],
         activities[number % len(activities)] if activities is UNRULY else activities[0],
         f"2024-{3 + number % 3:02}-{1 + number % 20:02} 09:00", f"2024-{3 + number % 3:02}-{6 + number % 20:02} 15:00",
         "3 working_days")
        for number in range(CASE_COUNT)
    ]  # fmt: skip


def _steps(activities: Sequence[str], departments: Sequence[str], items: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        (CASE.format(number), activity, f"{items[2]}{number % 4}", departments[number % len(departments)],
         f"2024-{3 + number % 3:02}-{1 + number % 20 + place:02} 09:{10 + number % 40}",
         f"2024-{3 + number % 3:02}-{1 + number % 20 + place:02} 1{place}:30")
        for number in range(CASE_COUNT)
        for place, activity in enumerate(activities[number % 2 :])
    ]  # fmt: skip


def _write(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
