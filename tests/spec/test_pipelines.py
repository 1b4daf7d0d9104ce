"""A pipeline runs for a period, once for the same data; late data make what it said out of date, time does not."""

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.operated import Office, efficacy

from efficacy_analytics.errors import (
    CallError,
    CannotAnswerError,
    InputRefusedError,
    LakeBusyError,
    ParameterError,
    SourceUnreachableError,
    TimeLimitError,
)
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.catalogue import RunRecord, keep, only_run, runs
from efficacy_analytics.workflows.operation.execution import Asked, execute
from efficacy_analytics.workflows.operation.history import run_lines, runs_table, withdraw
from efficacy_analytics.workflows.operation.periods import (
    OfficeCalendar,
    between,
    due_on,
    last_ended,
    latest_due,
    period_named,
    period_of,
)
from efficacy_analytics.workflows.operation.pipeline import Pipeline, Work

JANUARY = {"A": ["2025-01-06", "2025-01-07", "2025-01-09"], "B": ["2025-01-20", "2025-01-21"]}
BROKEN = "case,step,ended,accepted,decided\nD,review,never,2025-02-06 09:00:00,\n"
CN = OfficeCalendar("CN", CHECKOUT / "data_lake" / "reference")
INTAKE = Pipeline("day", {"zh": "", "en": ""}, (steps.take_in,), makes_documents=False, name="intake")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "lake").set_up()


@pytest.fixture(scope="module")
def told_of_january(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose January is delivered and told of; case B is still open."""
    office = Office(tmp_path_factory.mktemp("january") / "lake").set_up()
    office.deliver("2025-02-05", JANUARY)
    office.run("quick", "2025-01")
    return office


@pytest.fixture
def january(told_of_january: Office, tmp_path: Path) -> Office:
    """A copy of it: an office of its own at another place."""
    return told_of_january.moved_to(tmp_path / "lake")


def take_in(office: Office, day: str) -> RunRecord:
    """What lies in the inbox is taken in on a day, and nothing is published."""
    asked = Asked(dt.date.fromisoformat(day), on_stderr="")
    return execute(INTAKE, office.lake, period_named("day", day), office.schedule, asked)


def test_a_run_takes_in_publishes_and_makes_a_document_in_each_language(january: Office) -> None:
    record = runs(january.lake)[0]
    assert (record.state, record.exit_code, len(record.taken_in)) == ("done", 0, 1)
    assert january.valid() == [("2025-01", "en", 0), ("2025-01", "zh", 0)]
    assert (january.lake / record.documents[0]["file"]).read_text() == "2"


def test_a_run_for_the_same_data_does_nothing_and_says_who_made_it(january: Office) -> None:
    again = january.run("quick", "2025-01")
    assert (again.state, again.reason) == ("unchanged", "valid as run 1 made it")
    assert january.run("nightly", "2025-02-06").state == "done"
    assert january.run("nightly", "2025-02-06").reason == "made by run 3 already"


def test_a_department_has_documents_of_its_own(january: Office) -> None:
    assert january.run("quick", "2025-01", department="housing").state == "done"
    assert january.run("quick", "2025-01", department="housing").reason == "valid as run 2 made it"
    assert january.documents()["department"].to_list() == [None, None, "housing", "housing"]
    assert january.documents()["validity"].to_list() == ["valid"] * 4


def test_a_delivery_counts_from_the_day_in_its_name(office: Office) -> None:
    office.deliver("export-20250205", JANUARY)
    take_in(office, "2025-03-01")
    assert next((office.lake / "accepted").iterdir()).joinpath("delivery.json").read_text().count("2025-02-05") == 1


def test_the_ordinary_course_of_things_makes_no_document_out_of_date(january: Office) -> None:
    decided = JANUARY | {"B": [*JANUARY["B"], "2025-02-10"], "C": ["2025-02-03", "2025-02-04"]}
    january.deliver("2025-03-03", decided)
    assert january.run("nightly", "2025-03-03").out_of_date == []
    assert january.run("quick", "2025-01").reason == "valid as run 1 made it"


@pytest.mark.parametrize(
    "late",
    [
        pytest.param({"L": ["2025-01-08"]}, id="a case that came late", marks=pytest.mark.deep),
        pytest.param(
            {"B": ["2025-01-20", "2025-01-21", "2025-01-21"]},
            id="a decision that was keyed in late",
            marks=pytest.mark.deep,
        ),
        pytest.param({"A": ["2025-01-06", "2025-01-08", "2025-01-09"]}, id="a step of another day"),
        pytest.param({"A": ["2025-02-06"]}, id="a case that belongs to another month", marks=pytest.mark.deep),
    ],
)
def test_late_data_mark_a_published_period_and_offer_its_revision(january: Office, late: dict[str, list[str]]) -> None:
    january.deliver("2025-02-20", JANUARY | late)
    marks = january.run("nightly", "2025-02-20").out_of_date
    assert [mark["period"] for mark in marks] == ["2025-01"]
    offered = january.run("quick", "2025-01")
    assert offered.reason is not None
    assert offered.reason.startswith("out of date")
    assert offered.reason.endswith("--revise makes revision 1")
    assert january.run("quick", "2025-01", revise=True).state == "done"
    assert january.valid() == [("2025-01", "en", 1), ("2025-01", "zh", 1)]
    assert january.documents()["validity"].to_list() == ["revised", "revised", "valid", "valid"]


def test_a_period_is_marked_once_and_catching_up_makes_its_revision_only_where_asked(january: Office) -> None:
    january.deliver("2025-02-20", JANUARY | {"L": ["2025-01-08"]})
    assert len(january.run("nightly", "2025-02-20").out_of_date) == 1
    january.deliver("2025-02-21", JANUARY | {"L": ["2025-01-09"]})
    assert january.run("nightly", "2025-02-21").out_of_date == []
    assert january.catch_up("2025-02-22") == []
    assert january.catch_up("2025-02-22", revise=True) == ["2025-01"]


def test_a_revision_that_nothing_asks_for_is_not_made(january: Office) -> None:
    assert january.run("quick", "2025-01", revise=True).state == "unchanged"


def test_a_period_is_not_told_of_before_it_is_delivered(january: Office) -> None:
    with pytest.raises(
        CannotAnswerError, match="period 2025-02 is not delivered yet: the last delivery is of 2025-02-05"
    ):
        january.run("quick", "2025-02")
    assert set(january.documents()["period"]) == {"2025-01"}
    assert runs(january.lake)[1].exit_code == 4


def test_a_document_that_was_damaged_is_made_again_under_its_number(january: Office) -> None:
    file = january.lake / runs(january.lake)[0].documents[0]["file"]
    file.write_text("3")
    assert january.run("quick", "2025-01").state == "done"
    assert file.read_text() == "2"
    assert january.valid() == [("2025-01", "en", 0), ("2025-01", "zh", 0)]


def test_a_document_that_is_withdrawn_comes_back_only_when_it_is_asked_for(january: Office) -> None:
    withdraw(january.lake, runs(january.lake)[0].documents[0]["file"], "a limit was wrong")
    assert january.valid() == []
    assert january.catch_up("2025-02-10") == []
    assert january.run("quick", "2025-01").reason == "withdrawn; run 1 made it: --revise makes it anew"
    january.run("quick", "2025-01", revise=True)
    assert january.valid() == [("2025-01", "en", 1), ("2025-01", "zh", 1)]


def test_nothing_that_is_not_valid_can_be_withdrawn(january: Office) -> None:
    with pytest.raises(CallError, match=r"no valid document is called 'other\.html'"):
        withdraw(january.lake, "other.html", "")


def test_a_broken_delivery_stops_no_other_and_is_told_once(office: Office) -> None:
    office.deliver("2025-02-05", JANUARY)
    broken = office.deliver("2025-02-06", BROKEN)
    with pytest.raises(
        InputRefusedError, match=r"run 1 is done without office/2025-02-06\.csv, which could not be taken in"
    ):
        take_in(office, "2025-02-06")
    assert [(len(one.taken_in), len(one.refused), one.exit_code) for one in runs(office.lake)] == [(1, 1, 3)]
    assert take_in(office, "2025-02-07").refused == []
    broken.write_text(BROKEN.replace("never", "2025-02-06 10:00:00"))
    assert len(take_in(office, "2025-02-08").taken_in) == 1


def test_what_was_made_beside_a_broken_delivery_is_printed(january: Office) -> None:
    january.deliver("2025-04-08", JANUARY | {"M": ["2025-02-10"], "N": ["2025-03-10"]})
    january.deliver("2025-04-09", BROKEN)
    done = efficacy(january.lake, "--period", "2025-02", "--quiet", file=january.quick)
    assert done.returncode == 3
    files = january.documents().filter(period="2025-02")["file"]
    assert done.stdout.split() == [str(january.lake / file) for file in files] != []
    january.deliver("2025-04-10", BROKEN)
    assert january.catch_up("2025-04-10") == ["2025-03"]
    assert len(runs(january.lake)[-1].refused) == 1


def test_what_is_still_being_written_is_left_for_the_next_run(office: Office) -> None:
    office.deliver("2025-02-05", JANUARY)
    office.deliver("2025-02-06", JANUARY).rename(office.lake / "inbox" / "office" / "2025-02-06.csv.part")
    assert [one["entry"] for one in take_in(office, "2025-02-06").taken_in] == ["2025-02-05.csv"]


def test_a_file_beside_the_layouts_is_told_and_not_passed_over(office: Office) -> None:
    office.deliver("2025-02-05", JANUARY)
    (office.lake / "inbox" / "stray.csv").write_text("case\n")
    with pytest.raises(InputRefusedError):
        take_in(office, "2025-02-06")
    assert "lies in no layout's folder" in runs(office.lake)[0].refused[0]["problem"]


# 1 to 5 May 2025 are holidays; Tuesday to Thursday, 6 to 8 May, are worked (State Council, 12 November 2024).
def test_the_third_working_day_follows_the_calendar() -> None:
    assert due_on(period_named("month", "2025-04"), 3, CN) == dt.date(2025, 5, 8)
    assert due_on(period_named("month", "2025-04"), None, CN) == dt.date(2025, 5, 1)
    assert latest_due("month", dt.date(2025, 5, 7), 3, CN).name == "2025-03"
    assert latest_due("month", dt.date(2025, 5, 8), 3, CN).name == "2025-04"


def test_the_last_day_that_a_calendar_knows_is_that_of_a_year_before() -> None:
    before = [CN.last_known_before(dt.date(year, 6, 1)) for year in (2004, 2005, 2026, 2031)]
    assert before[:3] == [None, dt.date(2004, 12, 31), dt.date(2025, 12, 31)]
    assert before[3] is not None
    assert before[3] >= dt.date(2026, 12, 31)


@pytest.mark.parametrize(("unit", "text"), [("day", "2025-12-31"), ("month", "2025-12"), ("quarter", "2025Q4")])
def test_a_period_is_read_as_it_is_written_and_followed_by_the_next_year(unit: str, text: str) -> None:
    period = period_named(unit, text)
    assert (period.name, period.until_on, period.following().first_on) == (
        text,
        dt.date(2026, 1, 1),
        dt.date(2026, 1, 1),
    )
    assert last_ended(unit, period.until_on) == period
    assert period_of(unit, period.first_on) == period


@pytest.mark.parametrize(
    ("unit", "text"), [("month", "2025-13"), ("month", "2025Q1"), ("quarter", "2025Q5"), ("day", "x")]
)
def test_what_is_no_period_of_the_unit_is_refused(unit: str, text: str) -> None:
    with pytest.raises(ParameterError, match=f"'{text}' is not a {unit}"):
        period_named(unit, text)


def test_missed_months_are_made_in_their_order(january: Office) -> None:
    months = {f"M{month}": [f"2025-{month:02d}-10"] for month in range(2, 5)}
    january.deliver("2025-05-06", JANUARY | months)
    assert january.catch_up("2025-05-07") == ["2025-02", "2025-03"]  # April is due on 8 May
    assert january.catch_up("2025-05-08") == ["2025-04"]
    assert [name for name, _, _ in january.valid()] == [
        month.name for month in _months("2025-01", "2025-04") for _ in "ze"
    ]


def _months(first: str, last: str) -> list[object]:
    return list(between(period_named("month", first), period_named("month", last)))


def test_a_period_without_its_data_waits_for_them_and_is_not_tried_every_day(january: Office) -> None:
    assert january.catch_up("2025-03-10") == []
    assert january.catch_up("2025-03-11") == []
    assert january.states()[1:] == [(Path(january.quick).stem, "2025-02", "failed")]
    january.deliver("2025-02-27", JANUARY | {"L": ["2025-02-03"]})
    january.run("nightly", "2025-03-11")
    assert january.catch_up("2025-03-11") == []  # other data, which do not reach the end of February either
    assert len(january.states()) == 3
    january.deliver("2025-03-12", JANUARY | {"M": ["2025-02-10"]})
    assert january.catch_up("2025-03-12") == ["2025-02"]


def test_a_period_without_a_case_is_tried_again_when_it_has_one(january: Office) -> None:
    january.deliver("2025-03-12", JANUARY)
    assert january.catch_up("2025-03-12") == []
    january.deliver("2025-03-13", JANUARY | {"M": ["2025-03-03"]})
    january.run("nightly", "2025-03-13")
    assert january.catch_up("2025-03-13") == []
    failed = [one.fault for one in runs(january.lake) if one.state == "failed"]
    assert failed == ["EmptyCohortError"]
    january.deliver("2025-03-14", JANUARY | {"L": ["2025-02-10"]})
    assert january.catch_up("2025-03-14") == ["2025-02"]


def test_a_run_while_another_is_at_work_is_refused(january: Office) -> None:
    with only_run(january.lake), pytest.raises(LakeBusyError, match="another run is at work"):
        january.run("quick", "2025-01")


def test_a_run_that_never_ended_is_found_killed_by_the_next(january: Office) -> None:
    first = runs(january.lake)[0]
    keep(january.lake, _unended(first))
    assert runs_table(january.lake)["state"].to_list() == ["done", "killed"]  # its process is no more
    january.run("quick", "2025-01")
    assert [(one.number, one.state, one.exit_code) for one in runs(january.lake)][1:] == [
        (2, "killed", 137),
        (3, "unchanged", 0),
    ]


def _unended(record: object) -> object:
    import dataclasses

    return dataclasses.replace(record, number=2, state="running", process=2**22 + 1, documents=(), exit_code=None)


def test_a_fault_that_may_pass_is_tried_again_and_bad_input_never(office: Office) -> None:
    tries: list[type[Exception]] = []

    def failing(kind: type[Exception], count: int) -> Callable[[Work], str]:
        def step(work: Work) -> str:
            """Fails for a while."""
            tries.append(kind)
            if len(tries) <= count:
                raise kind("x", hint="y")
            return "passed"

        return step

    def tried(kind: type[Exception], count: int) -> int:
        tries.clear()
        pipeline = Pipeline("day", {"zh": "", "en": ""}, (failing(kind, count),), name="failing")
        asked = Asked(dt.date(2025, 2, 1), on_stderr="")
        execute(pipeline, office.lake, period_named("day", "2025-02-01"), office.schedule, asked)
        return len(tries)

    assert tried(LakeBusyError, 2) == 3
    assert tried(SourceUnreachableError, 3) == 4
    for kind, count in ((InputRefusedError, 1), (CallError, 1), (SourceUnreachableError, 9)):
        with pytest.raises(kind):
            tried(kind, count)
        assert len(tries) == (4 if kind is SourceUnreachableError else 1)


def test_a_step_has_a_limit_of_time(office: Office) -> None:
    def endless(work: Work) -> str:
        """Never ends."""
        while True:
            pass

    schedule = office.schedule
    schedule = schedule.model_copy(update={"faults": schedule.faults.model_copy(update={"step_limit_seconds": 0.2})})
    pipeline = Pipeline("day", {"zh": "", "en": ""}, (endless,), name="endless")
    with pytest.raises(TimeLimitError, match=r"step 'endless' took longer than 0\.2 s"):
        execute(
            pipeline, office.lake, period_named("day", "2025-02-01"), schedule, Asked(dt.date(2025, 2, 1), on_stderr="")
        )
    assert (runs(office.lake)[0].state, runs(office.lake)[0].step) == ("failed", "endless")


def test_what_nobody_foresaw_is_recorded_by_its_kind_and_not_by_its_words(office: Office) -> None:
    def quoting(work: Work) -> str:
        """Quotes an applicant."""
        raise ValueError("张三 110101199003070000")

    pipeline = Pipeline("day", {"zh": "", "en": ""}, (quoting,), name="quoting")
    with pytest.raises(ValueError, match="张三"):
        execute(
            pipeline,
            office.lake,
            period_named("day", "2025-02-01"),
            office.schedule,
            Asked(dt.date(2025, 2, 1), on_stderr=""),
        )
    kept = [file.read_text() for file in (office.lake / "operation").rglob("*") if file.is_file()]
    assert len(kept) == 2
    assert all("ValueError" in text and "张三" not in text for text in kept)


def test_the_log_has_a_line_a_step_and_is_rotated(january: Office, capsys: pytest.CaptureFixture[str]) -> None:
    january.run("nightly", "2025-02-05")
    log = january.lake / "operation" / "log" / "pipelines.log"
    of_the_night = [line for line in log.read_text().splitlines() if " nightly " in line]
    names = [line.split(": ")[0].rpartition("2025-02-05 ")[2].strip() for line in of_the_night]
    assert names == ["take in", "publish", "stop if made", "mark out of date", "tidy", "done, exit code 0"]
    schedule = january.schedule
    small = schedule.model_copy(update={"keep": schedule.keep.model_copy(update={"log_bytes": 1_000, "log_files": 2})})
    pipeline = Pipeline("day", {"zh": "", "en": ""}, (steps.tidy,), name="tidying")
    for day in range(1, 25):
        execute(
            pipeline,
            january.lake,
            period_named("day", f"2025-03-{day:02d}"),
            small,
            Asked(dt.date(2025, 3, day), on_stderr="json"),
        )
    assert sorted(file.name for file in log.parent.iterdir()) == ["pipelines.log", "pipelines.log.1", "pipelines.log.2"]
    assert json.loads(capsys.readouterr().err.splitlines()[0])["step"] == "tidy"


def test_old_runs_without_a_result_go_and_those_that_made_something_stay(january: Office) -> None:
    schedule = january.schedule
    few = schedule.model_copy(update={"keep": schedule.keep.model_copy(update={"runs": 2})})
    pipeline = Pipeline("day", {"zh": "", "en": ""}, (steps.tidy,), name="tidying")
    for day in range(1, 6):
        execute(
            pipeline,
            january.lake,
            period_named("day", f"2025-03-{day:02d}"),
            few,
            Asked(dt.date(2025, 3, day), on_stderr=""),
        )
    assert [one.number for one in runs(january.lake)] == [1, 5, 6]
    assert january.valid() == [("2025-01", "en", 0), ("2025-01", "zh", 0)]


def test_one_run_is_shown_with_all_that_is_known_of_it(january: Office) -> None:
    shown = json.loads("\n".join(run_lines(january.lake, 1)))
    assert (shown["state"], shown["figures"]["case_count"]) == ("done", 2)
    with pytest.raises(CallError, match="there is no run 7"):
        run_lines(january.lake, 7)


def test_a_file_and_its_name_do_the_same_and_a_dry_run_nothing(tmp_path: Path) -> None:
    words = ["--period", "2025-03-14", "--dry-run"]
    by_file = efficacy(tmp_path / "lake", *words, file=str(CHECKOUT / "pipelines" / "nightly.py"))
    by_name = efficacy(tmp_path / "lake", "run", "nightly", *words)
    assert (by_file.returncode, by_file.stdout) == (0, by_name.stdout)
    assert by_name.stdout.splitlines()[0] == "nightly 2025-03-14: 每夜接收与发布 / Nightly intake and publication"
    assert not (tmp_path / "lake").exists()


def test_a_job_of_ones_own_ends_in_one_line_with_its_exit_code(office: Office) -> None:
    done = efficacy(office.lake, "--period", "2025-01", "--quiet", file=office.quick)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.splitlines()[0] == f"CannotAnswerError: nothing has been delivered to {office.lake}."
    assert office.states() == [("quick", "2025-01", "failed")]


def test_a_pipeline_that_is_not_there_is_named(office: Office) -> None:
    done = efficacy(office.lake, "run", "weekly")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "CallError: there is no pipeline 'weekly'.",
        "Hint: one of: monthly_briefings, nightly, quarterly_limits, or a file of your own",
    ]


def test_a_run_tells_of_refused_rows_and_of_deliveries_that_are_too_young(office: Office) -> None:
    """One row of three has no stamp; the second delivery was written just now."""
    rows = "case,step,ended,accepted,decided\nA,apply,2025-01-07 10:00:00,2025-01-06 09:00:00,\n"
    office.deliver("2025-02-05", rows + "A,review,never,2025-01-06 09:00:00,\nA,end,2025-01-09 10:00:00,,\n")
    young = office.deliver("2025-02-06", JANUARY)
    os.utime(young, (time.time() + 60,) * 2)
    record = take_in(office, "2025-02-06")
    said = record.steps[0]["outcome"]
    assert "rows refused: 1, see `efficacy refused`" in said
    assert said.endswith("left for the next run: 1")
