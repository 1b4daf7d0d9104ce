"""Five drawn logs with the causes of every wait worked out by hand by those who defined them.

Figures: manual logs 1 to 5 of the tests of K. Lashkevich et al.'s waiting time analysis (github.com/
AutomatedProcessImprovement/waiting-time-analysis), one day of each; a log of several like days has the same day again.
Marcus is away from 12:00 to 12:30. Causes in minutes, in the order batching, prioritisation, contention,
unavailability, extraneous. The definition of a batch is not theirs: see docs/definitions.md, "Causes of waiting". These
five it keeps.
"""

import datetime as dt
from pathlib import Path

import pytest
from support.intake import ingest

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.waiting.causes import waiting_causes
from efficacy_analytics.workflows.steps import publish

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[event]
case_id = "case"
activity = "activity"
resource = "resource"
started_at = "started"
completed_at = "completed"
[office_hours]
workdays = ["00:00-24:00"]
[office_hours.resource.Marcus]
workdays = ["00:00-12:00", "12:30-24:00"]
"""
LOGS = {
    "1": (
        ["2022-05-16"],
        "0 A Cole 1000 1030, 0 B Cole 1030 1130, 0 C Anya 1400 1500, 1 A Anya 1100 1200, 1 B Anya 1200 1230, "
        "1 D Anya 1300 1330, 2 A Marcus 1000 1030, 2 B Dom 1030 1115, 2 E Anya 1230 1300, 3 A Marcus 1030 1200, "
        "3 B Marcus 1300 1400, 3 F Marcus 1400 1430",
        {
            "A Marcus B Marcus": (0, 0, 0, 30, 30),
            "B Anya D Anya": (0, 0, 30, 0, 0),
            "B Cole C Anya": (0, 60, 60, 0, 30),
            "B Dom E Anya": (0, 30, 45, 0, 0),
        },
    ),
    "2": (
        ["2022-05-23"],
        "0 A Anya 1000 1045, 0 B Marcus 1500 1600, 0 C Marcus 1600 1700, 1 A Marcus 1030 1115, 1 B Marcus 1115 1200, "
        "1 C Marcus 1230 1330, 2 A Carmine 1115 1215, 2 B Anya 1300 1400, 2 C Carmine 1430 1530, 3 A Anya 1130 1200, "
        "3 B Anya 1200 1300, 3 C Carmine 1300 1400, 4 A Dom 1300 1430, 4 B Anya 1430 1530, 4 C Anya 1530 1630",
        {
            "A Anya B Marcus": (0, 105, 30, 30, 90),
            "A Carmine B Anya": (0, 0, 45, 0, 0),
            "B Anya C Carmine": (0, 0, 0, 0, 30),
            "B Marcus C Marcus": (0, 0, 0, 30, 0),
        },
    ),
    "3": (
        ["2022-05-09", "2022-05-10", "2022-05-11"],
        "0 A Cole 1000 1045, 0 B Marcus 1400 1530, 0 C Marcus 1530 1630, 0 D Marcus 1630 1700, 1 A Carmine 1030 1100, "
        "1 B Marcus 1230 1300, 1 C Dom 1300 1345, 1 D Dom 1345 1430, 2 A Dom 1015 1130, 2 B Marcus 1300 1400, "
        "2 C Cole 1400 1445, 2 D Dom 1445 1545, 3 E Marcus 1000 1200, 3 F Anya 1200 1245, 3 G Anya 1245 1300, "
        "4 E Anya 1300 1400, 4 F Anya 1400 1445, 4 G Anya 1445 1545, 5 E Carmine 1400 1445, 5 F Carmine 1445 1500, "
        "5 G Anya 1545 1630",
        {
            "A Carmine B Marcus": (90, 0, 90, 90, 0),
            "A Cole B Marcus": (135, 270, 90, 90, 0),
            "A Dom B Marcus": (0, 0, 180, 90, 0),
            "F Carmine G Anya": (0, 0, 135, 0, 0),
        },
    ),
    "4": (
        ["2022-06-13", "2022-06-14", "2022-06-15"],
        "0 A Anya 1000 1030, 0 B Carmine 1500 1630, 1 A Anya 1030 1100, 1 B Carmine 1430 1500, 2 A Anya 1100 1130, "
        "2 B Carmine 1400 1430, 3 A Anya 1130 1200, 3 B Carmine 1330 1400, 4 E Carmine 1145 1230, "
        "4 F Carmine 1300 1330, 4 G Anya 1400 1430",
        {
            "A Anya B Carmine": (540, 900, 360, 0, 360),
            "E Carmine F Carmine": (0, 0, 0, 0, 90),
            "F Carmine G Anya": (0, 0, 0, 0, 90),
        },
    ),
    "5": (
        ["2022-05-16", "2022-05-17", "2022-05-18"],
        "0 A Marcus 1000 1015, 0 B Anya 1200 1230, 0 C Dom 1230 1240, 0 D Dom 1240 1255, 1 A Marcus 1015 1030, "
        "1 B Anya 1300 1330, 1 C Dom 1330 1347, 1 D Dom 1347 1359, 2 A Marcus 1030 1045, 2 B Anya 1230 1300, "
        "2 C Carmine 1300 1317, 2 D Carmine 1317 1335, 3 A Marcus 1045 1100, 3 B Anya 1330 1400, "
        "3 C Carmine 1400 1421, 3 D Carmine 1431 1442, 4 E Anya 1027 1130, 4 F Anya 1130 1200, 4 G Marcus 1230 1325",
        {
            "A Marcus B Anya": (270, 450, 810, 0, 0),
            "C Carmine D Carmine": (0, 0, 0, 0, 30),
            "F Anya G Marcus": (0, 0, 0, 90, 0),
        },
    ),
}


def stamp(day: str, clock: str) -> str:
    return dt.datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H%M").isoformat()


@pytest.mark.parametrize("name", LOGS)
def test_every_wait_is_divided_to_the_second_as_published(name: str, tmp_path: Path) -> None:
    days, steps, expected = LOGS[name]
    rows = [
        ",".join([f"{day}-{case}", activity, resource, stamp(day, start), stamp(day, end)])
        for day in days
        for case, activity, resource, start, end in (step.split() for step in steps.split(", "))
    ]
    (tmp_path / "drawn.toml").write_text(LAYOUT)
    (tmp_path / "steps.csv").write_text("\n".join(["case,activity,resource,started,completed", *rows]) + "\n")
    ingest(tmp_path / "lake", [tmp_path / "steps.csv"], str(tmp_path / "drawn.toml"))
    publish(tmp_path / "lake")
    with open_log(tmp_path / "lake") as log:
        causes = waiting_causes(log)
    kinds = ("batching", "prioritisation", "contention", "unavailability", "extraneous")
    found = {
        " ".join((row["activity"], row["resource"], row["next_activity"], row["next_resource"])): tuple(
            row[f"{kind}_seconds"] / 60 for kind in kinds
        )
        for row in causes.iter_rows(named=True)
        if row["waiting_seconds"]
    }
    assert found == expected
