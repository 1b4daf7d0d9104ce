"""Complaints, ratings, fees and staff: what is refused of them, and what of several deliveries counts."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.intake.ingest import Delivery

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
[table.events]
file = "steps.csv"
case_id = "case"
activity = "activity"
completed_at = "completed"
[table.complaints]
file = "complaints.csv"
complaint_id = "id"
case_id = "case"
department = "department"
kind = "kind"
received_at = "received"
answered_at = "answered"
overdue_days = "overdue"
[table.surveys]
file = "surveys.csv"
case_id = "case"
rated_at = "rated"
satisfaction = "score"
[table.fees]
file = "fees.csv"
case_id = "case"
kind = "kind"
amount = "amount"
[table.staff]
file = "staff.csv"
resource = "officer"
department = "department"
valid_from = "from"
valid_until = "until"
"""
STEPS = "case | activity | completed\nA | review | 2025-03-03"
COMPLAINTS = """
id | case | department | kind  | received         | answered         | overdue
1  | A    | D01        | delay | 2025-03-04 10:00 | 2025-03-06 09:00 | 0
2  |      | D01        | fee   | 2025-03-04 10:00 |                  |
   | A    | D01        | delay | 2025-03-04 10:00 |                  |
2  | A    | D01        | delay | 2025-03-04 10:00 |                  |
3  | A    |            | delay | 2025-03-04 10:00 |                  |
4  | A    | D01        | delay |                  |                  |
5  | A    | D01        | delay | 2025-03-04 10:00 | 2025-03-01 10:00 |
6  | A    | D01        | delay | 2025-03-04 10:00 |                  | soon
"""
SURVEYS = """
case | rated      | score
A    | 2025-03-05 | 5
X    | 2025-03-05 | 1
A    | 2025-03-05 | 6
A    | 2025-03-05 | good
A    | never      | 4
     | 2025-03-05 | 4
"""
FEES = "case | kind | amount\nA | permit | 1234.50\nA | permit | 100\nA | copy | 12,5\nA | copy | free\nA | | 3"
STAFF = """
officer | department | from       | until
D01-01  | D01        | 2024-01-01 |
D01-02  | D01        | 2024-02-01 | 2024-01-01
        | D01        |            |
"""


def delivered(folder: Path, turn: int, **tables: str) -> Delivery:
    export = folder / f"export{turn}"
    export.mkdir()
    (folder / "own.toml").write_text(LAYOUT)
    drawn = {"steps": STEPS, "complaints": COMPLAINTS, "surveys": SURVEYS, "fees": FEES, "staff": STAFF} | tables
    for name, rows in drawn.items():
        lines = [";".join(cell.strip() for cell in line.split("|")) for line in rows.strip().splitlines()]
        (export / f"{name}.csv").write_text("".join(f"{line}\n" for line in lines))
    return ingest(
        folder / "lake", [export], str(folder / "own.toml"), delivered_on=dt.date(2025, 4, 1) + dt.timedelta(days=turn)
    )


def test_each_refused_row_names_its_rule(tmp_path: Path) -> None:
    rows = delivered(tmp_path, 1).rows
    assert {table: rows[table]["refused_by_rule"] for table in ("complaints", "surveys", "fees", "staff")} == {
        "complaints": dict.fromkeys(
            [
                *("answered_before_received", "complaint_id_missing", "complaint_id_twice", "department_missing"),
                *("overdue_days_not_readable", "received_at_missing"),
            ],
            1,
        ),
        "surveys": {"satisfaction_not_readable": 2, "case_id_missing": 1, "rated_at_not_a_time": 1},
        "fees": {"amount_not_readable": 1, "kind_missing": 1},
        "staff": {"resource_missing": 1, "validity_ends_before_it_starts": 1},
    }


def test_the_snapshot_holds_each_once_by_the_latest_delivery(tmp_path: Path) -> None:
    delivered(tmp_path, 1)
    delivered(
        tmp_path,
        2,
        complaints=COMPLAINTS.replace("2025-03-06 09:00 | 0", "2025-03-07 09:00 | 1"),
        steps=STEPS + " 12:00",
    )
    publish(tmp_path / "lake")
    with open_log(tmp_path / "lake") as log:
        sql = log.connection.sql
        assert sql("select complaint_id, case_key is null, overdue_days from complaints").fetchall() == [
            ("1", False, 1),
            ("2", True, None),
        ]
        assert sql("select satisfaction, case_key is null from surveys order by 1").fetchall() == [
            (1, True),
            (5, False),
        ]
        assert sql("select kind, amount from fees order by 1, 2").fetchall() == [
            ("copy", Decimal("12.5")),
            ("permit", Decimal("100")),
            ("permit", Decimal("1234.5")),
        ]
        assert sql("select resource, valid_from from staff").fetchall() == [("D01-01", dt.date(2024, 1, 1))]
