"""Refused rows come back corrected, single rows are changed or deleted, whole cases are deleted: what counts then."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.intake import partitions as partitions
from efficacy_analytics.lake.intake.ingest import deliveries, refused_rows
from efficacy_analytics.lake.intake.single_rows.rows_to_correct import write_to_correct
from efficacy_analytics.lake.layouts.layout import layout_of
from efficacy_analytics.lake.layouts.layout_files import layout_named
from efficacy_analytics.settings import CHECKOUT

FLAT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "case"
activity = "activity"
completed_at = "completed"
"""
KEYED = FLAT + 'key = "id"\ndeleted = "gone"\n'
TABLES = """
format = "csv"
time_zone = "Asia/Shanghai"
[table.events]
file = "steps.csv"
case_id = "case"
activity = "activity"
completed_at = "completed"
[table.cases]
file = "cases.csv"
case_id = "case"
item = "item"
deleted = "gone"
"""
FIRST = dt.date(2025, 3, 10)


class Office:
    """An office that delivers to a lake, a day after the other."""

    def __init__(self, folder: Path, layout: str) -> None:
        self.folder, self.lake, self.layout = folder, folder / "lake", str(folder / "own.toml")
        (folder / "own.toml").write_text(layout)
        self.turn = 0

    def delivers(self, *, corrects: str | None = None, on: dt.date | None = None, **files: str):  # type: ignore[no-untyped-def]
        """Takes a delivery of drawn files in."""
        self.turn += 1
        export = self.folder / f"delivery{self.turn}"
        export.mkdir()
        for name, rows in files.items():
            lines = [",".join(cell.strip() for cell in line.split("|")) for line in rows.strip().splitlines()]
            (export / f"{name}.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        day = on or FIRST + dt.timedelta(days=self.turn)
        return ingest(self.lake, [export], self.layout, delivered_on=day, corrects=corrects)

    def log(self, **known: dt.date) -> list[tuple[str, str, str]]:
        """Case, activity and day of the events of a snapshot."""
        publish(self.lake, **known)  # type: ignore[arg-type]
        with open_log(self.lake) as log:
            return log.connection.sql(
                "select case_id, cast(activity as varchar), cast(event_log.completed_on as varchar) "
                "from event_log inner join cases using (case_key) order by case_id, event_number"
            ).fetchall()

    def cases(self) -> list[str]:
        publish(self.lake)
        with open_log(self.lake) as log:
            return [row[0] for row in log.connection.sql("select case_id from cases order by 1").fetchall()]


def test_corrected_rows_join_the_case_that_was_accepted_without_them(tmp_path: Path) -> None:
    office = Office(tmp_path, FLAT)
    first = office.delivers(
        steps="""
        case | activity   | completed
        A    | acceptance | 2025-03-03
        A    | review     | 2025-33-04
        A    | decision   | 2025-03-05
        B    | acceptance | 2025-03-03
        """
    )
    assert [row[1] for row in office.log()] == ["acceptance", "decision", "acceptance"]
    (file,) = write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    assert file.read_text() == "case,activity,completed\nA,review,2025-33-04\n"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text().replace("2025-33-04", "2025-03-04"))
    second = ingest(
        office.lake, [file.parent], office.layout, corrects=first.delivery, delivered_on=FIRST + dt.timedelta(days=9)
    )
    assert (second.corrects, second.rows["events"]["received"], second.rows["events"]["accepted"]) == (
        first.delivery, 1, 1,
    )  # fmt: skip
    assert office.log() == [
        ("A", "acceptance", "2025-03-03"),
        ("A", "review", "2025-03-04"),
        ("A", "decision", "2025-03-05"),
        ("B", "acceptance", "2025-03-03"),
    ]
    assert refused_rows(office.lake)["delivery"].to_list() == [first.delivery]
    again = ingest(office.lake, [file.parent], office.layout, corrects=first.delivery)
    assert again == second


def test_corrected_steps_need_no_second_table_of_cases(tmp_path: Path) -> None:
    office = Office(tmp_path, TABLES)
    cases = "case | item | gone\nA | I1 |\nB | I2 |"
    first = office.delivers(
        steps="case | activity | completed\nA | review | never\nB | review | 2025-03-03", cases=cases
    )
    write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    (tmp_path / "corrected" / "steps.csv").write_text("case,activity,completed\nA,review,2025-03-04\n")
    second = ingest(
        office.lake, [tmp_path / "corrected"], office.layout, corrects=first.delivery, delivered_on=dt.date(2025, 4, 1)
    )
    assert pl.read_parquet(second.folder / "cases.parquet").select("case_id", "item").rows() == [("A", "I1")]
    assert office.log() == [("A", "review", "2025-03-04"), ("B", "review", "2025-03-03")]


def test_rows_to_correct_keep_titles_quotes_and_their_order(tmp_path: Path) -> None:
    office = Office(tmp_path, FLAT)
    (tmp_path / "export.csv").write_bytes(
        '办件导出\ncase,activity,completed\nA,"re\nview",never\nA,review,2025-03-04\nB,review\n'.encode("gb18030")
    )
    first = ingest(office.lake, [tmp_path / "export.csv"], office.layout)
    (file,) = write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    assert file.read_text() == '办件导出\ncase,activity,completed\nA,"re\nview",never\nB,review\n'


def test_what_cannot_be_corrected_is_a_wrong_call(tmp_path: Path) -> None:
    office = Office(tmp_path, FLAT)
    first = office.delivers(steps="case | activity | completed\nA | review | 2025-03-04")
    with pytest.raises(CannotAnswerError, match="no row of"):
        write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    with pytest.raises(CallError, match="no delivery 'other-1'"):
        write_to_correct(office.lake, "other-1", tmp_path / "corrected")
    with pytest.raises(CallError, match="no delivery 'other-1' of own to correct"):
        office.delivers(corrects="other-1", steps="case | activity | completed\nB | review | 2025-03-04")
    with pytest.raises(CallError, match="counts already"):
        office.delivers(
            corrects=first.delivery,
            on=dt.date(2025, 1, 1),
            steps="case | activity | completed\nB | review | 2025-03-04",
        )


def test_a_changed_row_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    office.delivers(
        steps="""
        id | gone | case | activity   | completed
        1  |      | A    | acceptance | 2025-03-03
        2  |      | A    | review     | 2025-03-03
        3  |      | A    | decision   | 2025-03-03
        4  |      | B    | acceptance | 2025-03-03
        """
    )
    second = office.delivers(
        steps="""
        id | gone | case | activity     | completed
        2  |      | A    | legal review | 2025-03-03
        4  | yes  |      |              |
        5  |      | A    | delivery     | 2025-03-03
        """
    )
    assert second.rows["events"]["accepted"] == 3
    assert [row[:2] for row in office.log()] == [
        ("A", "acceptance"), ("A", "legal review"), ("A", "decision"), ("A", "delivery"),
    ]  # fmt: skip
    assert office.cases() == ["A"], "a case made of rows is gone with the last of them"
    assert [row[:2] for row in office.log(as_known_on=FIRST + dt.timedelta(days=1))] == [
        ("A", "acceptance"), ("A", "review"), ("A", "decision"), ("B", "acceptance"),
    ]  # fmt: skip


def test_a_change_that_is_undone_is_a_delivery_of_its_own(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    one, other = (f"id | gone | case | activity | completed\n1 | | A | {what} | 2025-03-03" for what in ("x", "y"))
    taken = [office.delivers(steps=rows) for rows in (one, one, other, one, one)]
    assert [delivery.number for delivery in taken] == [1, 1, 2, 3, 3]
    assert [row[1] for row in office.log()] == ["x"]
    assert len(deliveries(office.lake)) == 3


def test_a_refused_change_leaves_the_row_as_it_was(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    office.delivers(steps="id | gone | case | activity | completed\n1 | | A | review | 2025-03-03")
    second = office.delivers(
        steps="id | gone | case | activity | completed\n1 | | A | review | never\n2 | | A | decision | 2025-03-04"
    )
    assert second.rows["events"]["refused_by_rule"] == {"completed_at_not_a_time": 1}
    assert [row[1] for row in office.log()] == ["review", "decision"]


def test_clock_stops_without_a_key_are_those_of_their_case_beside_keyed_steps(tmp_path: Path) -> None:
    stops = '[table.clock_stops]\nfile = "stops.csv"\ncase_id = "case"\nkind = "kind"\nstopped_from_on = "from"\n'
    layout = TABLES.replace('file = "steps.csv"', 'file = "steps.csv"\nkey = "id"')
    office = Office(tmp_path, layout + stops)
    cases = "case | item | gone\nA | I1 |\nB | I1 |"
    two = "case | kind | from\nA | hearing | 2025-03-03\nB | hearing | 2025-03-03"
    office.delivers(
        steps="id | case | activity | completed\n1 | A | x | 2025-03-03\n2 | B | x | 2025-03-03", cases=cases, stops=two
    )
    second = office.delivers(
        steps="id | case | activity | completed\n3 | A | y | 2025-03-04\n4 | B | y | 2025-03-04",
        cases=cases,
        stops="case | kind | from\nA | hearing | 2025-03-03\nA | inspection | 2025-03-04",
    )
    kept = pl.read_parquet(second.folder / "clock_stops.parquet").select("case_id", "kind").rows()
    assert sorted(kept) == [("A", "hearing"), ("A", "inspection"), ("B", "hearing")]


def test_a_row_without_its_key_or_with_one_that_was_there_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    delivery = office.delivers(
        steps="""
        id | gone  | case | activity | completed
           |       | A    | review   | 2025-03-03
        1  |       | A    | review   | 2025-03-03
        1  |       | A    | decision | 2025-03-03
        2  | maybe | A    | decision | 2025-03-03
        """
    )
    assert delivery.rows["events"]["refused_by_rule"] == {
        "is_deleted_not_readable": 1, "row_key_missing": 1, "row_key_twice": 1,
    }  # fmt: skip


def test_a_deleted_case_is_gone_and_can_come_back(tmp_path: Path) -> None:
    office = Office(tmp_path, TABLES)
    steps = "case | activity | completed\nA | review | 2025-03-03\nB | review | 2025-03-03"
    office.delivers(steps=steps, cases="case | item | gone\nA | I1 |\nB | I1 |")
    office.delivers(
        steps="case | activity | completed\nA | review | 2025-03-04\nC | review | 2025-03-04",
        cases="case | item | gone\nA | | yes\nC | I1 | no",
    )
    assert office.cases() == ["B", "C"]
    assert refused_rows(office.lake)["rule"].to_list() == ["case_deleted"]
    office.delivers(steps="case | activity | completed\nA | review | 2025-03-05", cases="case | item | gone\nA | I1 |")
    assert office.cases() == ["A", "B", "C"]


def test_a_correction_that_is_still_wrong_leaves_its_case_as_it_was(tmp_path: Path) -> None:
    office = Office(tmp_path, FLAT)
    head = "case | activity | completed"
    first = office.delivers(steps=f"{head}\nA | x | 2025-03-01\nA | y | never\nB | x | 2025-03-01\nB | y | never")
    office.delivers(corrects=first.delivery, steps=f"{head}\nA | y | never\nB | y | 2025-03-02")
    assert [row[:2] for row in office.log()] == [("A", "x"), ("B", "x"), ("B", "y")]
    # the whole file again, once more for the same delivery: what is there already adds nothing
    office.delivers(corrects=first.delivery, steps=f"{head}\nA | y | 2025-03-02\nB | y | 2025-03-02")
    assert [row[:2] for row in office.log()] == [("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")]


def test_a_wrong_change_says_nothing_of_its_case(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED + '[case]\nitem = "item"\n')
    head = "id | gone | case | activity | completed | item"
    office.delivers(steps=f"{head}\n1 | | A | x | 2025-03-01 | I1\n2 | | B | x | 2025-03-01 | I1")
    office.delivers(steps=f"{head}\n1 | | A | x | never | I2\n3 | | B | y | 2025-03-02 | I1")
    assert [row[:2] for row in office.log()] == [("A", "x"), ("B", "x"), ("B", "y")]
    with open_log(office.lake) as log:
        assert log.connection.sql("select case_id, item from cases order by 1").fetchall() == [("A", "I1"), ("B", "I1")]


def test_a_line_that_gives_several_steps_comes_again_for_the_wrong_one_alone(tmp_path: Path) -> None:
    source = '[[table.events]]\nfile = "steps.csv"\ncase_id = "case"\nwhere_given = "{0}"\ncompleted_at = "{0}"\n'
    both = [source.format(name) + f'constants = {{ activity = "{name}" }}\n' for name in ("accepted", "decided")]
    office = Office(tmp_path, 'format = "csv"\ntime_zone = "Asia/Shanghai"\n' + "".join(both))
    first = office.delivers(steps="case | accepted | decided\nA | 2025-03-01 | never")
    (file,) = write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    file.write_text(file.read_text().replace("never", "2025-03-05"))
    ingest(office.lake, [file], office.layout, corrects=first.delivery, delivered_on=dt.date(2025, 4, 1))
    assert office.log() == [("A", "accepted", "2025-03-01"), ("A", "decided", "2025-03-05")]


def test_keys_of_steps_and_of_clock_stops_are_their_own(tmp_path: Path) -> None:
    stops = '[table.clock_stops]\nfile = "stops.csv"\nkey = "id"\ncase_id = "case"\n'
    stops += 'kind = "kind"\nstopped_from_on = "from"\n'
    office = Office(tmp_path, TABLES.replace('file = "steps.csv"', 'file = "steps.csv"\nkey = "id"') + stops)
    cases, none = "case | item | gone\nA | I1 |", "id | case | kind | from"
    office.delivers(
        steps="id | case | activity | completed\n1 | A | x | 2025-03-03",
        cases=cases,
        stops=f"{none}\n1 | A | hearing | 2025-03-03",
    )
    second = office.delivers(steps="id | case | activity | completed\n1 | A | y | 2025-03-03", cases=cases, stops=none)
    assert second.written["clock_stops"] == 1


def test_keys_are_asked_of_the_whole_delivery_however_it_is_parted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "MOST_SETTLED_ROWS", 2)
    office = Office(tmp_path, KEYED)
    rows = "\n".join(f"{key} | | {case} | x | 2025-03-03" for key, case in [(1, "A"), (2, "C"), (3, "D"), (1, "B")])
    delivery = office.delivers(steps=f"id | gone | case | activity | completed\n{rows}")
    assert delivery.rows["events"]["refused_by_rule"] == {"row_key_twice": 1}


def test_a_corrected_layout_makes_a_delivery_of_the_same_files(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    rows = "id | gone | case | activity | completed\n1 | | A | x | 2025-03-03 01:00"
    first = office.delivers(steps=rows)
    (tmp_path / "own.toml").write_text(KEYED.replace("Asia/Shanghai", "Europe/Amsterdam"))
    assert office.delivers(steps=rows).delivery != first.delivery


def test_a_file_that_gives_several_tables_is_written_to_correct_for_each(tmp_path: Path) -> None:
    items = '[table.items]\nfile = "steps.csv"\nitem = "item"\n'
    steps = '[table.events]\nfile = "steps.csv"\ncase_id = "case"\nactivity = "activity"\ncompleted_at = "completed"\n'
    office = Office(tmp_path, 'format = "csv"\ntime_zone = "Asia/Shanghai"\n' + items + steps)
    first = office.delivers(steps="case | activity | completed | item\nA | x | 2025-03-03 | I1\nA | y | never | I1")
    (file,) = write_to_correct(office.lake, first.delivery, tmp_path / "corrected")
    assert file.read_text() == "case,activity,completed,item\nA,y,never,I1\n"


def test_items_alone_can_be_corrected(tmp_path: Path) -> None:
    items = '[table.items]\nfile = "items.csv"\nitem = "item"\nstatutory_limit = "limit"\n'
    office = Office(tmp_path, TABLES + items)
    first = office.delivers(
        steps="case | activity | completed\nA | x | 2025-03-03", cases="case | item | gone\nA | I1 |",
        items="item | limit\nI1 | soon",
    )  # fmt: skip
    assert (
        office.delivers(corrects=first.delivery, items="item | limit\nI1 | 5 working_days").rows["items"]["accepted"]
        == 1
    )
    assert office.cases() == ["A"]


def test_a_delivery_dated_before_a_correction_of_its_source_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path, FLAT)
    head = "case | activity | completed"
    first = office.delivers(steps=f"{head}\nA | x | 2025-03-01\nA | y | never")
    office.delivers(corrects=first.delivery, on=dt.date(2025, 5, 1), steps=f"{head}\nA | y | 2025-03-02")
    with pytest.raises(CallError, match="comes too late"):
        office.delivers(on=dt.date(2025, 4, 1), steps=f"{head}\nA | x | 2025-03-01\nA | z | 2025-03-02")


def test_a_lake_without_any_date_cannot_be_published(tmp_path: Path) -> None:
    office = Office(tmp_path, KEYED)
    head = "id | gone | case | activity | completed"
    office.delivers(steps=f"{head}\n1 | | A | x | 2025-03-01")
    office.delivers(steps=f"{head}\n1 | yes | | |")
    with pytest.raises(CannotAnswerError, match="no completed step"):
        publish(office.lake)


@pytest.mark.parametrize(
    "name", [file.stem for file in sorted((CHECKOUT / "data_lake/reference/layouts").glob("*.toml"))]
)
def test_a_layout_comes_back_from_the_record_as_it_was(tmp_path: Path, name: str) -> None:
    layout = layout_named(name, tmp_path)
    assert layout_of(layout.content()) == layout
