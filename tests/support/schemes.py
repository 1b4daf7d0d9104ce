"""What an office enters for its schemes, and cases for those that ask the log."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from efficacy_analytics.settings import CHECKOUT
from support.drawn_cases import Row

SHIPPED = CHECKOUT / "data_lake" / "reference"
HEAD = "scheme,department,period,name,value,of_value,note\n"


def entered(folder: Path, scheme: str, drawing: str, changes: dict[str, str] | None = None) -> Path:
    """A reference folder with the shipped schemes and scores: lines `department period name value [of]`."""
    reference = folder / "reference"
    shutil.copytree(SHIPPED, reference, dirs_exist_ok=True)
    rows = [f"{scheme},{','.join([*line.split(), ''][:5])}," for line in drawing.splitlines() if line.strip()]
    (reference / "scores.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    file = reference / "schemes" / f"{scheme}.toml"
    for before, after in (changes or {}).items():
        assert before in file.read_text(encoding="utf-8")
        file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    return reference


def levels(department: str, period: str, satisfied: int, basically: int, dissatisfied: int) -> str:
    counts = {"satisfied": satisfied, "basically_satisfied": basically, "dissatisfied": dissatisfied}
    return "\n".join(f"{department} {period} questionnaire.{name} {count}" for name, count in counts.items())


def township(department: str, period: str, answers: tuple[int, int, int], performance: Any, daily: Any) -> str:
    lines = [levels(department, period, *answers)]
    lines += [f"{department} {period} performance {performance}"] if performance is not None else []
    return "\n".join([*lines, f"{department} {period} daily {daily}"])


# 60 x (satisfied + 0.8 basically) / answers + 20 x performance / 100 + 20 x daily / 100
FIRST_HALF = [
    township("T01", "2025H1", (50, 40, 10), 90, 85),  # 49.2 + 18 + 17 = 84.2
    township("T02", "2025H1", (90, 10, 0), 95, 95),  # 58.8 + 19 + 19 = 96.8
    township("T03", "2025H1", (20, 40, 40), 70, 75),  # 31.2 + 14 + 15 = 60.2
    township("T04", "2025H1", (70, 15, 15), 85, 90),  # 49.2 + 17 + 18 = 84.2, as T01
    township("T05", "2025H1", (40, 50, 10), 70, 70),  # 48 + 14 + 14 = 76
    township("T06", "2025H1", (40, 50, 10), None, 70),  # no performance: not scored
]
SECOND_HALF = [
    township("T01", "2025H2", (75, 25, 0), 90, 85),  # 57 + 18 + 17 = 92
    township("T03", "2025H2", (100, 50, 0), 60, "59.98"),  # 56 + 12 + 11.996 = 79.996, printed 80.00
    township("T05", "2025H2", (80, 20, 0), 80, 80),  # 57.6 + 16 + 16 = 89.6
    township("T03", "2026H1", (40, 50, 10), 70, 70),  # 76
]


COUNTY = "\n".join(
    levels(department, period, *answers)
    for period, of_period in {
        "2025H1": {"K1": (90, 10, 0), "K2": (60, 30, 10), "K3": (80, 20, 0)},
        "2025H2": {"K1": (80, 20, 0), "K2": (50, 30, 20), "K3": (80, 20, 0)},
        "2026H1": {"K1": (80, 20, 0), "K2": (50, 30, 20), "K3": (90, 10, 0)},
    }.items()
    for department, answers in of_period.items()
)


def county_cases() -> list[Row]:
    """K1 keeps 9 of 10, K2 5 of 10, K3 all, in each half; in the first one K1 keeps but 1."""
    late = {"K1": 1, "K2": 5, "K3": 0}
    rows = []
    for half, day in enumerate((dt.date(2025, 3, 3), dt.date(2025, 9, 1), dt.date(2026, 3, 2))):
        for department, late_count in late.items():
            of_half = 9 if (half, department) == (0, "K1") else late_count
            rows += [
                {"department": department, "accepted_on": day, "completed_on": day + dt.timedelta(days=7),
                 "due_on": day + dt.timedelta(days=5), "is_late": number < of_half, "is_due": True}
                for number in range(10)
            ]  # fmt: skip
    return [{**row, "case_key": key, "case_id": str(key)} for key, row in enumerate(rows)]
