"""Numbers of a year: every issue has one, none has two, no two share one; a revision keeps it and says what changed."""

import datetime as dt
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.briefing.main_figures import content_hash, main_figures, what_changed
from efficacy_analytics.documents.briefing.masthead import is_regular
from efficacy_analytics.documents.render import reading
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.workflows import issues, steps

DAY = dt.date(2025, 10, 15)


def subject(period: int, edition: str = "internal", **cohort: str) -> dict[str, object]:
    first = dt.date(2025, period, 1)
    return {"kind": "briefing", "edition": edition, "accepted_from": first.isoformat(), **cohort}


def number(lake: Path, period: int, *, day: dt.date = DAY, **told: str) -> int:
    return issues.number_for(lake, subject(period, **told), is_supplement=False, day=day).number


def test_numbers_count_through_the_year_and_begin_anew_with_the_next(tmp_path: Path) -> None:
    assert [number(tmp_path, month) for month in (3, 1, 2)] == [1, 2, 3]
    assert number(tmp_path, 4, day=dt.date(2026, 1, 4)) == 1
    assert number(tmp_path, 1) == 2  # again: the same one
    assert number(tmp_path, 1, day=dt.date(2026, 2, 1)) == 2  # in another year too


def test_editions_and_supplements_are_numbered_apart(tmp_path: Path) -> None:
    assert number(tmp_path, 1) == number(tmp_path, 1, edition="public") == 1
    apart = issues.number_for(tmp_path, subject(1, department="D01"), is_supplement=True, day=DAY)
    assert (apart.number, apart.words(0, "zh"), apart.words(0, "en")) == (
        1,
        "2025年增刊第1期",
        "2025, supplement 1",
    )
    assert apart.words(2, "zh") == "2025年增刊第1期（第2次修订）"


@pytest.mark.parametrize(
    ("cohort", "is_one"),
    [
        ({"accepted_from": "2025-03-01", "accepted_until": "2025-04-01"}, True),
        ({"accepted_from": "2025-01-01", "accepted_until": "2026-01-01"}, True),
        ({"accepted_from": "2025-03-01", "accepted_until": "2025-04-01", "department": "D01"}, False),
        ({"accepted_from": "2025-03-02", "accepted_until": "2025-04-01"}, False),
        ({}, False),
    ],
)
def test_whole_periods_of_all_cases_are_regular_issues(cohort: dict[str, str], is_one: bool) -> None:
    assert is_regular(cohort) is is_one


def test_a_damaged_number_is_told_and_not_given_again(tmp_path: Path) -> None:
    number(tmp_path, 1)
    file = tmp_path / "issues" / "internal-regular" / "2025" / "0001.json"
    file.write_text("{")
    with pytest.raises(CheckFailedError, match=r"0001\.json is missing or damaged"):
        number(tmp_path, 2)


def ask(lake: Path, first: int, given: "multiprocessing.Queue[tuple[int, int]]") -> None:
    for period in range(first, 13, 2):
        given.put((period, number(lake, period)))


def test_two_at_once_never_share_a_number(tmp_path: Path) -> None:
    given: multiprocessing.Queue[tuple[int, int]] = multiprocessing.get_context("fork").Queue()
    asking = [multiprocessing.get_context("fork").Process(target=ask, args=(tmp_path, one, given)) for one in (1, 2, 1)]
    for process in asking:
        process.start()
    told = {given.get(timeout=30) for _ in range(18)}
    for process in asking:
        process.join()
    assert len(told) == 12  # who asked for the same got the same
    assert sorted(one for _, one in told) == list(range(1, 13))


WRITER = """
import datetime as dt, sys
from pathlib import Path
from efficacy_analytics.workflows import issues
lake = Path(sys.argv[1])
print("begun", flush=True)
for period in range(1, 13):
    subject = {"kind": "briefing", "edition": "internal", "accepted_from": dt.date(2025, period, 1).isoformat()}
    issue = issues.number_for(lake, subject, is_supplement=False, day=dt.date(2025, 10, 15))
    file = lake / f"{period}.html"
    file.write_text(issue.words(0, "zh"))
    issues.keep(lake, issue, {"revision": 0, "run": "r", "content": "c", "figures": {}, "issued_on": "2025-10-15",
                              "documents": [{"file": file.name, "sha256": "", "language": "zh", "format": "html"}]})
"""


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.deep)])
def test_kills_lose_no_number_and_use_none_twice(tmp_path: Path, kills: int) -> None:
    draw = random.Random(kills)
    for _ in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": _root()},
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(draw.uniform(0, 0.06))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        agree(tmp_path)
    subprocess.run([sys.executable, "-c", WRITER, str(tmp_path)], check=True, env=os.environ | {"PYTHONPATH": _root()})
    agree(tmp_path)
    assert [one.number for one in issues.issues(tmp_path)] == list(range(1, 13))
    assert all(one.revisions for one in issues.issues(tmp_path))


REAL_WRITER = """
import sys
from pathlib import Path
from efficacy_analytics.findings.runs import open_run
from efficacy_analytics.workflows import steps
lake = Path(sys.argv[1])
runs = [open_run(place) for place in sorted((lake / "findings").iterdir())]
print("begun", flush=True)
for run in runs:
    steps.issue(lake, run, languages=["zh"], formats=["pdf", "docx", "xlsx"])
"""


@pytest.mark.deep
def test_kills_of_writing_ten_documents_leave_register_and_files_agreed(tmp_path: Path) -> None:
    for month in range(1, 11):
        period = {"accepted_from": f"2025-{month:02}-01", "accepted_until": f"2025-{month + 1:02}-01"}
        place = tmp_path / "made" / str(month)
        shutil.copytree(invented_run(place, **period).path, tmp_path / "findings" / f"{month:012}")
        manifest = tmp_path / "findings" / f"{month:012}" / "manifest.json"
        manifest.write_text(manifest.read_text(encoding="utf-8").replace("a1b2c3d4e5f6", f"{month:012}"))
    command = [sys.executable, "-c", REAL_WRITER, str(tmp_path)]
    draw = random.Random(10)
    for _ in range(50):
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": _root()})
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(draw.uniform(0, 12))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        rendered_agree(tmp_path)
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": _root()})
    rendered_agree(tmp_path)
    known = issues.issues(tmp_path)
    assert [one.number for one in known] == list(range(1, 11))
    documents = [one for each in known for revision in each.revisions for one in revision["documents"]]
    assert len(documents) == len({one["file"] for one in documents}) == 30


def rendered_agree(lake: Path) -> None:
    """No number or subject twice; what is registered lies there as registered; what lies there has its own number."""
    known = issues.issues(lake)
    assert len({one.number for one in known}) == len({json.dumps(one.subject) for one in known}) == len(known)
    numbers = {one.subject["accepted_from"]: one for one in known}
    for one in known:
        for document in (document for revision in one.revisions for document in revision["documents"]):
            assert file_sha256(lake / document["file"]) == document["sha256"]
    for file in (lake / "briefings").glob("briefing-*"):
        origin = reading.origin(file.suffix[1:], file.read_bytes())
        own = numbers[origin["manifest"]["cohort"]["accepted_from"]]
        assert origin["parameters"]["issue"] == own.words(0, "zh")


def _root() -> str:
    return str(Path(issues.__file__).resolve().parents[2])


def agree(lake: Path) -> None:
    """No number twice, no subject twice, and what a file says is the number that the register has of it."""
    known = issues.issues(lake)
    assert len({one.number for one in known}) == len({json.dumps(one.subject) for one in known}) == len(known)
    for one in known:
        for document in (document for revision in one.revisions for document in revision["documents"]):
            text = (lake / document["file"]).read_text(encoding="utf-8")
            assert text in ("", one.words(0, "zh"))


def briefed(run: object, lake: Path) -> tuple[str, str]:
    """The words of the issue of a run, in Chinese, and what it says of itself."""
    told: dict[str, str] = {}

    def brief(*_: object, given: dict[str, str], **__: object) -> list[Path]:
        told.update(given)
        file = lake / "briefings" / "one.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(given["issue"])
        return [file]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "brief", brief)
        steps.issue(lake, run, languages=["zh"])  # type: ignore[arg-type]
    return told["issue"], told["revision_note"]


def test_other_figures_under_the_same_number_are_a_revision_that_says_what_changed(tmp_path: Path) -> None:
    tables = invented_tables()
    more = tables["log_summary"].with_columns(case_count=1207)
    late = tables["limits"].head(3)
    runs = [
        invented_run(tmp_path / str(at), tables | changed)
        for at, changed in enumerate([{}, {"log_summary": more}, {"log_summary": more, "limits": late}])
    ]
    assert briefed(runs[0], tmp_path) == briefed(runs[0], tmp_path) == ("2025年第1期", "")
    revised = ("2025年第1期（第1次修订）", "本期为第1次修订，主要数字的更动：办件量由 1,200 改为 1,207。")
    assert briefed(runs[1], tmp_path) == briefed(runs[1], tmp_path) == revised
    assert briefed(runs[2], tmp_path) == (
        "2025年第1期（第2次修订）",
        "本期为第2次修订：主要数字未变，其余表中有更正。",
    )
    (issue,) = issues.issues(tmp_path)
    assert [one["revision"] for one in issue.revisions] == [0, 1, 2]
    assert [len(one["documents"]) for one in issue.revisions] == [1, 1, 1]


def test_what_changed_is_said_in_both_languages(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    figures = main_figures(run)
    assert figures["case_count"] == 1200
    assert len(content_hash(run)) == 64
    old = figures | {"late_count": 80, "on_time_share": 0.931}
    before, now = {"content": "c", "figures": old}, {"content": "d", "figures": figures, "office": "o"}
    assert what_changed(before, now, 1, "en") == (
        "Revision 1. Main figures that changed: Late from 80 to 86 and On time from 93.1% to 92.6%."
    )
