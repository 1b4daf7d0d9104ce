"""The command line from an export to a table, and what it says when something is wrong."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.cli import main
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.findings.catalogue import tables

EXPORT = """case,step,begun,ended,office,officer
A,acceptance,2025-03-03 09:00:00,2025-03-03 09:10:00,housing,H1
A,review,2025-03-04 10:00:00,2025-03-04 11:00:00,housing,H2
A,decision,2025-03-10 15:00:00,2025-03-10 15:30:00,housing,H1
B,acceptance,2025-04-01 09:00:00,2025-04-01 09:10:00,water,W1
B,review,2025-04-01 14:00:00,2025-04-01 14:20:00,water,W1
B,decision,2025-04-02 09:00:00,2025-04-01 09:10:00,water,W1
"""
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"

[event]
case_id = "case"
activity = "step"
started_at = "begun"
completed_at = "ended"
resource = "officer"

[case]
department = "office"

[constants]
promised_limit = "3 working_days"
"""
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Calls the command line on a lake of its own; gives exit code, stdout and stderr."""

    def call(*words: object, lake: bool = True) -> tuple[int, str, str]:
        given = [str(word) for word in words] + (["--lake", str(tmp_path / "lake"), "--quiet"] if lake else [])
        monkeypatch.setattr("sys.argv", ["efficacy", *given])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def export(tmp_path: Path) -> list[object]:
    """The words that name a small export and its layout."""
    (tmp_path / "export.csv").write_text(EXPORT)
    (tmp_path / "office.toml").write_text(LAYOUT)
    return [tmp_path / "export.csv", "--layout", tmp_path / "office.toml"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the small export taken in and published, made once."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "export.csv").write_text(EXPORT)
    (folder / "office.toml").write_text(LAYOUT)
    ingest(folder / "lake", [folder / "export.csv"], str(folder / "office.toml"))
    publish(folder / "lake")
    return folder / "lake"


@pytest.fixture
def published(told: Told, export: list[object], built: Path, tmp_path: Path) -> Told:
    """The command line on a copy of the built lake."""
    shutil.copytree(built, tmp_path / "lake")
    return told


def test_intake_tells_received_as_accepted_and_refused(told: Told, export: list[object]) -> None:
    code, out, _ = told("ingest", *export)
    assert code == 0
    assert "events: 6 received = 5 accepted + 1 refused" in out  # the last step ends a day before it starts


def test_a_refused_row_is_shown_with_its_line_and_without_its_text(told: Told, export: list[object]) -> None:
    told("ingest", *export)
    row = json.loads(told("refused", "--format", "json")[1])[0]
    assert row["source_line"] == 7
    assert "original" not in row


def test_the_log_has_the_cases_and_events_of_the_export(published: Told) -> None:
    row = json.loads(published("show", "log_summary", "--format", "json")[1])[0]
    assert (row["case_count"], row["event_count"], row["activity_count"], row["variant_count"]) == (2, 5, 3, 2)
    assert row["first_at"] == "2025-03-03T01:00:00+00:00"  # nine o'clock in Shanghai


def test_a_cohort_is_chosen_by_department_period_and_condition(published: Told) -> None:
    for words in (["--department", "water"], ["--accepted-from", "2025-04-01"], ["--where", "event_count = 2"]):
        rows = json.loads(published("show", "cases", "--format", "json", *words)[1])
        assert [row["case_id"] for row in rows] == ["B"]


@pytest.mark.parametrize("option", ["--department", "--item"])
def test_an_empty_code_is_refused_and_does_not_choose_everything(published: Told, option: str) -> None:
    code, out, err = published("show", "on_time", option, "")
    assert (code, out) == (2, "")
    assert f"{option} is empty" in err
    assert f'--where "{option.removeprefix("--")} is null"' in err


def test_a_table_can_be_written_as_parquet(published: Told, tmp_path: Path) -> None:
    code, out, _ = published("show", "directly_follows", "--format", "parquet", "--output", tmp_path / "pairs.parquet")
    assert (code, out.strip()) == (0, str(tmp_path / "pairs.parquet"))
    assert pl.read_parquet(tmp_path / "pairs.parquet")["transition_count"].sum() == 3


def test_a_late_case_is_told_by_working_days(published: Told) -> None:
    # A: accepted Monday 3 March 2025, due Thursday 6 March, decided Monday 10 March.
    rows = json.loads(published("show", "cases", "--format", "json", "--where", "case_id = 'A'")[1])
    assert (rows[0]["due_on"], rows[0]["counted_days"], rows[0]["is_late"]) == ("2025-03-06", 5, True)


@pytest.mark.parametrize("each", sample([6, 1], [6]))
def test_every_table_can_be_shown(published: Told, each: int) -> None:
    """A sixth of them in the ordinary run."""
    for line in published("show")[1].splitlines()[each // 3 :: each]:
        code, _, err = published("show", line.split()[0])
        assert code == 0, err


def test_findings_and_status_name_the_run(published: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "RUN_TABLES", {"on_time": tables.RUN_TABLES["on_time"]})
    code, out, err = published("find")
    assert code == 0, err
    assert Path(out.strip()).name in published("status")[1]


def test_a_correction_replaces_the_whole_case(published: Told, tmp_path: Path) -> None:
    (tmp_path / "later.csv").write_text("\n".join(EXPORT.splitlines()[:3]) + "\n")  # A without its decision
    later = [tmp_path / "later.csv", "--layout", tmp_path / "office.toml", "--delivered-on", "2099-01-01"]
    assert published("ingest", *later)[0] == 0
    assert published("publish")[0] == 0
    row = json.loads(published("show", "log_summary", "--format", "json")[1])[0]
    assert (row["case_count"], row["event_count"]) == (2, 4)
    assert published("publish", "--as-known-on", "2098-12-31")[0] == 0
    row = json.loads(published("show", "log_summary", "--format", "json")[1])[0]
    assert (row["case_count"], row["event_count"]) == (2, 5)


WRONG = [
    pytest.param(["show", "nothing"], 2, "there is no table 'nothing'", id="an unknown table"),
    pytest.param(["show", "cases", "--format", "xml"], 2, "there is no format 'xml'", id="an unknown format"),
    pytest.param(["show", "cases", "--format", "parquet"], 2, "--output FILE", id="Parquet on the screen"),
    pytest.param(["show", "cases", "--accepted-from", "May"], 2, "'May' is not a date", id="a date that is none"),
    pytest.param(
        ["show", "cases", "--where", "nonsense ="], 2, "--where cannot be read", id="a condition that is none"
    ),
    pytest.param(
        ["show", "cases", "--where", "1=1) or (select 1"], 2, "--where", id="a condition with a bracket too many"
    ),
    pytest.param(["show", "cases", "--department", "moon"], 4, "no case belongs to the cohort", id="an empty cohort"),
    pytest.param(["show", "cases", "--by", "month"], 2, "takes no --by", id="an option of another table"),
    pytest.param(["brief", "-p", "colour=red"], 2, "no parameter 'colour'", id="an unknown notebook parameter"),
    pytest.param(["brief", "--language", "fr"], 2, "language", id="a language there is not"),
    pytest.param(["brief", "--department", "moon"], 2, "there is no department 'moon'", id="an unknown department"),
    pytest.param(["brief", "--period", "2025Q5"], 2, "not a period", id="a period that is none"),
    pytest.param(["brief", "--period", "2031"], 4, "no case belongs to the cohort", id="an empty period"),
    pytest.param(["verify", "nowhere.html"], 2, "nowhere.html", id="a document that is not there"),
    pytest.param(["what-if", "review", "--change", "cap"], 2, "most_days None", id="a cap without its days"),
    pytest.param(["what-if", "dance"], 4, "no completed case passes the step 'dance'", id="a step nobody takes"),
    pytest.param(
        ["what-if", "decision", "--change", "to_window", "--after", "review"],
        2,
        "'to_window' was given the step before",
        id="a window with a step before",
    ),
    pytest.param(["joint", "review"], 2, "at least two steps", id="joint handling of one step"),
    pytest.param(["joint", "review", "decision"], 2, "is declared", id="joint handling against a declared order"),
    pytest.param(["plan", "--frontier", "--total-days", "9"], 2, "one target", id="a plan with two targets"),
    pytest.param(["due", "2031-01-20", "5"], 4, "outside the calendar", id="a year the calendar does not cover"),
    pytest.param(["ingest", "nowhere.csv", "--layout", "receipt"], 2, "nowhere.csv", id="a file that is not there"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
def test_what_is_wrong_is_said_once_with_a_hint_and_a_code(
    published: Told, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    before = contents(tmp_path / "lake")
    found, out, err = published(*words)
    assert found == code, err
    assert said in err
    assert "Hint: " in err
    assert "Traceback" not in err
    assert out == ""
    assert contents(tmp_path / "lake") == before


def test_a_plan_can_be_asked_for_with_and_without_a_target(published: Told) -> None:
    """A took five working days of its three: no shorter limit costs anything. When B was decided is not known."""
    code, out, err = published("plan", "--total-days", "3", "--format", "json")
    assert code == 0, err
    assert [(row["limit_days"], row["proposed_days"]) for row in json.loads(out)] == [(3, 0)]
    code, out, err = published("plan", "--format", "json")
    assert code == 0, err
    assert {row["kind"] for row in json.loads(out)} == {"refused"}


def test_a_change_of_a_step_tells_before_and_after(published: Told) -> None:
    code, out, err = published("what-if", "decision", "--change", "cap", "--most-days", "1", "--format", "json")
    assert code == 0, err
    [row] = json.loads(out)
    assert (row["step_count"], row["saved_days_total"]) == (1, 3)


def test_nothing_published_is_said_before_anything_else(told: Told) -> None:
    code, _, err = told("show", "cases")
    assert (code, "nothing is published" in err) == (4, True)


def contents(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
