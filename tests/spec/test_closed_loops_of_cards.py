"""What is assigned is answered and done, and what is done is told: the register of cards and its notices."""

import datetime as dt
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from support.small_city import small_city

from efficacy_analytics.cli.app import app
from efficacy_analytics.documents.cards import TABLES
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.findings.catalogue import tables
from efficacy_analytics.findings.supervision.cards import RECORD, card_counts, standing_cards
from efficacy_analytics.findings.supervision.register import (
    ISSUED_LEVELS,
    STATES,
    answered,
    card_register,
    closed_loops,
    issued,
)
from efficacy_analytics.workflows.cards import answer_cards, card_record
from efficacy_analytics.workflows.documents import write_documents

DAY = dt.date(2024, 3, 12)
DRAWN = """
    card | level    | department | events
    a    | red      | D1         | given
    b    | red      | D1         | given issued
    c    | yellow   | D1         | given issued answered
    d    | red      | D1         | given issued ended
    e    | red      | D1         | given issued answered ended
    f    | red      | D1         | given ended
    g    | red      | D1         | given issued withdrawn
    h    | red      | D2         | given issued ended answered
    i    | reminder | D2         | given
    j    | red      | D2         | given
"""


def drawn(text: str = DRAWN) -> pl.DataFrame:
    rows = []
    for line in text.strip().splitlines()[1:]:
        card, level, department, events = (cell.strip() for cell in line.split("|"))
        for place, event in enumerate(events.split()):
            row = dict.fromkeys(RECORD) | {"card": card, "level": level, "department": department, "scope": "case"}
            row |= {"event": event, "event_on": DAY + dt.timedelta(place), "given_on": DAY, "case_id": card}
            row |= {"document": "notice"} if event == "issued" else {"answer": "积压"} if event == "answered" else {}
            row |= {"reason": "not_open"} if event == "withdrawn" else {}
            rows.append(row)
    return pl.DataFrame(rows, schema=RECORD)


def test_a_card_is_closed_once_it_has_ended_and_whoever_got_it_has_answered() -> None:
    states = dict(card_register(drawn()).select("card", "state").rows())
    assert states == {
        "a": "given", "b": "issued", "c": "answered", "d": "unanswered", "e": "closed", "f": "closed",
        "g": "withdrawn", "h": "closed", "i": "given", "j": "given",
    }  # fmt: skip
    assert set(states.values()) == set(STATES)


def test_the_register_tells_of_each_card_when_and_by_what() -> None:
    row = card_register(drawn()).filter(card="e").row(0, named=True)
    assert [row[f"{event}_on"] for event in ("given", "issued", "answered", "ended", "withdrawn")] == [
        *(DAY + dt.timedelta(days) for days in range(4)), None
    ]  # fmt: skip
    assert (row["document"], row["answer"], row["reason"]) == ("notice", "积压", None)


def test_loops_are_closed_by_department_and_withdrawn_cards_are_nobody_s_duty() -> None:
    assert closed_loops(drawn()).to_dicts() == [
        {"department": "D1", "issued_count": 4, "answered_count": 2, "ended_count": 2, "closed_count": 1,
         "closed_share": 0.25, "withdrawn_count": 1},
        {"department": "D2", "issued_count": 1, "answered_count": 1, "ended_count": 1, "closed_count": 1,
         "closed_share": 1.0, "withdrawn_count": 0},
    ]  # fmt: skip


def test_a_card_is_issued_once_and_only_while_it_stands() -> None:
    record = drawn()
    added = issued(record, document="second", department="D1", on=DAY)
    assert added.select("card", "event", "document").rows() == [("a", "issued", "second")]
    assert issued(pl.concat([record, added]), document="third", department="D1", on=DAY).is_empty()
    assert issued(record, document="second", department="D2", on=DAY)["card"].to_list() == ["j"]


def test_to_be_issued_or_answered_ends_no_card() -> None:
    assert standing_cards(drawn())["card"].to_list() == ["a", "b", "c", "i", "j"]
    counts = {(row["department"], row["level"]): row["standing_count"] for row in card_counts(drawn()).to_dicts()}
    assert counts == {("D1", "red"): 2, ("D1", "yellow"): 1, ("D2", "red"): 1, ("D2", "reminder"): 1}


def said(card: str, answer: str | None = "人手不足", day: dt.date = DAY + dt.timedelta(5)) -> pl.DataFrame:
    schema = {"card": pl.String, "answered_on": pl.Date, "answer": pl.String}
    return pl.DataFrame([(card, day, answer)], schema=schema, orient="row")


def test_the_same_answer_is_put_on_record_once_and_a_further_one_beside_it() -> None:
    record = drawn()
    record = pl.concat([record, answered(record, said("b"))])
    assert answered(record, said("b")).is_empty()
    record = pl.concat([record, answered(record, said("b", "已办结"))])
    row = card_register(record).filter(card="b").row(0, named=True)
    assert (row["state"], row["answer"]) == ("answered", "已办结")


def test_an_answer_that_is_keyed_in_late_does_not_stand_for_a_later_one() -> None:
    record = drawn()
    for answer, day in (("已办结", 9), ("人手不足", 7)):
        record = pl.concat([record, answered(record, said("b", answer, DAY + dt.timedelta(day)))])
    row = card_register(record).filter(card="b").row(0, named=True)
    assert (row["answered_on"], row["answer"]) == (DAY + dt.timedelta(9), "已办结")


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (said("z"), "no card 'z'"),
        (said("a"), "was not issued"),
        (said("g"), "was withdrawn"),
        (said("b", " "), "lacks its day or its words"),
        (said("b", day=DAY), "before it was issued"),
    ],
)
def test_an_answer_to_nothing_is_refused(answers: pl.DataFrame, told: str) -> None:
    with pytest.raises(CallError, match=told):
        answered(drawn(), answers)


@pytest.fixture(autouse=True)
def tables_of_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run makes the tables of a notice alone."""
    monkeypatch.setattr(tables, "RUN_TABLES", {name: tables.RUN_TABLES[name] for name in TABLES})


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city as of a day on which much is open."""
    copy = Path(shutil.copytree(small_city()[0], tmp_path_factory.mktemp("cards") / "lake"))
    publish(copy, as_on=dt.date(2025, 1, 8))
    return copy


def test_a_notice_issues_exactly_the_cards_it_shows_and_they_are_those_on_record(lake: Path) -> None:
    wanted = {"period": "2024", "languages": ["zh"], "formats": ["html"]}
    files = write_documents(lake, "card", **wanted)  # type: ignore[arg-type]
    record = card_record(lake)
    register = card_register(record).filter(pl.col("issued_on").is_not_null())
    assert files
    assert register.height == record.filter(pl.col("event") == "issued").height > 2
    assert len(files) > 1
    standing = standing_cards(record).filter(pl.col("level").is_in(ISSUED_LEVELS))
    assert set(register["card"]) == set(standing["card"])
    for file in files:
        own = register.filter(department=file.name.split("-")[2])
        text = file.read_text(encoding="utf-8")
        assert own.height
        assert all(case in text for case in own["case_id"])
    write_documents(lake, "card", **wanted)  # type: ignore[arg-type]
    assert card_record(lake).equals(record)


def test_answers_come_in_by_a_file_and_close_nothing_while_the_case_is_open(lake: Path, tmp_path: Path) -> None:
    write_documents(lake, "card", period="2024", languages=["zh"], formats=["html"])
    run = CliRunner()
    listed = tmp_path / "to_answer.csv"
    options = ["--lake", str(lake), "-q"]
    done = run.invoke(app, ["cards", "--state", "issued", "--format", "csv", "--output", str(listed), *options])
    assert done.exit_code == 0, done.output
    rows = pl.read_csv(listed, infer_schema=False).with_columns(pl.lit("已安排专人").alias("answer"))
    day = rows["issued_on"][0]
    rows.with_columns(answered_on=pl.lit(day)).write_csv(listed)
    done = run.invoke(app, ["cards", "--answers", str(listed), *options])
    assert done.exit_code == 0, done.output
    shown = run.invoke(app, ["cards", "--loops", "--format", "json", *options])
    loops = pl.DataFrame(json.loads(shown.output))
    assert loops["answered_count"].to_list() == loops["issued_count"].to_list()
    assert loops["closed_count"].sum() == 0
    again = answer_cards(lake, rows.select("card", pl.lit(day).str.to_date().alias("answered_on"), "answer"))
    assert again.is_empty()
    assert set(card_register(card_record(lake))["state"]) <= {"answered", "given"}


def test_a_state_that_is_none_and_a_file_without_answers_are_refused(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("card,day\nx,2024-01-01\n")
    for call in (["--state", "lost"], ["--answers", str(tmp_path / "wrong.csv")]):
        done = CliRunner().invoke(app, ["cards", *call, "--lake", str(lake), "-q"])
        assert done.exit_code != 0
        assert isinstance(done.exception, CallError)
