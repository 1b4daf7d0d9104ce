"""Logs with one very long case: a test account, a shared file number, a machine."""

import datetime as dt
from pathlib import Path

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[event]
case_id = "case"
activity = "step"
resource = "officer"
department = "office"
started_at = "begun"
completed_at = "done"
[constants]
promised_limit = "20 working_days"
"""
SHAPES = ("mixed", "overlapping", "all different", "all the same", "at one moment")
FIRST = dt.datetime(2021, 1, 4, 9)
STAMP = "%Y-%m-%d %H:%M:%S"


def write_long_case(path: Path, shape: str, step_count: int) -> None:
    """Writes a log of one case of so many steps, and of sixty short ones."""
    rows = [("LONG", *_step(shape, number, step_count), number) for number in range(step_count)]
    officers = step_count if shape == "at one moment" else 6  # no two rows are the same
    for case in range(60):
        begun = FIRST + dt.timedelta(days=case)
        for number in range(5):
            at = begun + dt.timedelta(hours=number)
            rows.append((f"C{case}", f"s{number}", at, at + dt.timedelta(minutes=30), number))
    lines = [
        f"{case},{step},o{number % officers},d{number % 3},{begun:{STAMP}},{done:{STAMP}}"
        for case, step, begun, done, number in rows
    ]
    path.write_text("\n".join(["case,step,officer,office,begun,done", *lines]) + "\n", encoding="utf-8")


def _step(shape: str, number: int, step_count: int) -> tuple[str, dt.datetime, dt.datetime]:
    """Activity, start and completion of a step of the long case."""
    begun = FIRST + dt.timedelta(minutes=5 * number)
    soon = begun + dt.timedelta(minutes=3)
    match shape:
        case "overlapping":
            return f"s{number % 12}", begun, FIRST + dt.timedelta(minutes=5 * step_count + number)
        case "all different":
            return f"step {number}", begun, soon
        case "all the same":
            return "s0", begun, soon
        case "at one moment":
            return f"s{number % 12}", FIRST, FIRST
        case _:
            return f"s{number * 7 % 12}", begun, soon
