"""Which rows of an export are accepted, and by which rule and line the others are refused."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.intake.ingest import refused_rows

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "case"
activity = "activity"
started_at = "started"
completed_at = "completed"
"""
CASE_LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "case"
activity = "activity"
completed_at = "completed"
[case]
accepted_at = "accepted"
completed_at = "closed"
due_on = "due"
promised_limit = "promise"
is_green_lane = "green"
"""
TABLES_LAYOUT = """
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
due_on = "due"
[table.clock_stops]
file = "stops.csv"
case_id = "case"
kind = "kind"
stopped_from_on = "from"
stopped_until_on = "until"
extension_days = "days"
[table.items]
file = "items.csv"
item = "item"
statutory_length = "length"
statutory_unit = "unit"
valid_from = "from"
valid_until = "until"
[table.departments]
file = "departments.csv"
department = "code"
"""


def drawn(table: str) -> str:
    """A CSV text from a drawn table: columns apart by `|`."""
    lines = [line.strip() for line in table.strip().splitlines()]
    return "".join(",".join(cell.strip() for cell in line.split("|")) + "\n" for line in lines)


class Taken:
    """A lake into which a drawn export was taken."""

    def __init__(self, folder: Path, layout: str, **tables: str) -> None:
        (folder / "layout.toml").write_text(layout)
        export = folder / "export"
        export.mkdir()
        for name, table in tables.items():
            (export / f"{name}.csv").write_text(drawn(table))
        self.lake = folder / "lake"
        self.delivery = ingest(self.lake, [export], str(folder / "layout.toml"))

    def table(self, name: str) -> pl.DataFrame:
        """An accepted table."""
        return pl.read_parquet(self.delivery.folder / f"{name}.parquet")

    def refused(self, table: str = "events") -> list[tuple[int, str]]:
        """Line and rule of the refused rows of a table."""
        return refused_rows(self.lake).filter(pl.col("table") == table).select("source_line", "rule").rows()

    def balance(self, table: str = "events") -> tuple[int, int, int]:
        """Rows received, accepted and refused."""
        rows = self.delivery.rows[table]
        return rows["received"], rows["accepted"], rows["refused"]


def test_each_refused_row_names_its_first_broken_rule_and_its_line(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        LAYOUT,
        steps="""
        case | activity | started          | completed
        A    | review   | 2024-03-29 09:00 | 2024-03-29 10:00
             | review   | 2024-03-29 09:00 | 2024-03-29 10:00
        A    |          | 2024-03-29 09:00 | 2024-03-29 10:00
        A    | review   |                  |
        A    | review   | yesterday        | 2024-03-29 10:00
        A    | review   | 2024-03-29 09:00 | 2024-02-30 10:00
        A    | review   | 2024-03-29 11:00 | 2024-03-29 10:00
        A    | review   | 2024-03-29 09:00
        B    | review   |                  | 2024-03-29
        """,
    )
    assert taken.refused() == [
        (3, "case_id_missing"),
        (4, "activity_missing"),
        (5, "completed_at_missing"),
        (6, "started_at_not_a_time"),
        (7, "completed_at_not_a_time"),
        (8, "ends_before_start"),
        (9, "field_count_differs"),
    ]
    assert taken.balance() == (9, 2, 7)
    assert taken.table("events")["source_line"].to_list() == [2, 10]


def test_a_step_that_has_begun_and_not_ended_is_kept_apart_from_the_events(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        LAYOUT,
        steps="""
        case | activity | started          | completed
        A    | review   | 2024-03-29 09:00 | 2024-03-29 10:00
        B    | review   | 2024-03-29 09:00 |
        """,
    )
    assert taken.balance() == (2, 2, 0)
    assert taken.table("events")["case_id"].to_list() == ["A"]
    assert taken.table("steps_under_way")["case_id"].to_list() == ["B"]
    assert taken.table("cases")["case_id"].to_list() == ["A", "B"]


def test_a_quoted_value_over_several_lines_counts_its_lines(tmp_path: Path) -> None:
    (tmp_path / "layout.toml").write_text(LAYOUT)
    export = tmp_path / "steps.csv"
    export.write_bytes(
        b"case,activity,started,completed\r\n"
        b'A,"on-site\r\ninspection",,2024-03-29\r\n'  # lines 2 and 3
        b"\r\n"
        b"A,decision,,2024-13-29\r\n"  # line 5
        b'A,"so "called" review",,2024-03-29\r\n'  # line 6
        b"B,decision,,2024-03-29"  # line 7
    )
    delivery = ingest(tmp_path / "lake", [export], str(tmp_path / "layout.toml"))
    events = pl.read_parquet(delivery.folder / "events.parquet")
    assert events.select("activity", "source_line").rows() == [("on-site inspection", 2), ("decision", 7)]
    refused = refused_rows(tmp_path / "lake", with_original=True)
    assert refused.select("source_line", "rule", "original").rows() == [
        (5, "completed_at_not_a_time", "A,decision,,2024-13-29"),
        (6, "quotes_not_readable", 'A,"so "called" review",,2024-03-29'),
    ]


def test_refused_rows_tell_their_text_only_where_it_is_asked_for(tmp_path: Path) -> None:
    taken = Taken(tmp_path, LAYOUT, steps="case|activity|started|completed\nA|review||2024-03-29\nA|review||Wang Wu")
    assert "original" not in refused_rows(taken.lake).columns
    reasons = refused_rows(taken.lake)["reason"].to_list()
    assert reasons == ["completed_at cannot be read as a time"]


def test_a_row_is_refused_for_what_cannot_be_read_of_its_case(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        CASE_LAYOUT,
        rows="""
        case | activity | completed  | accepted   | closed     | due        | promise         | green
        A    | review   | 2024-03-29 | 2024-03-28 | 2024-03-27 | 2024-04-01 | 20 working_days | yes
        B    | review   | 2024-03-29 |            |            | soon       |                 |
        C    | review   | 2024-03-29 |            |            |            | 20              |
        D    | review   | 2024-03-29 |            |            |            | 3 fortnights    |
        E    | review   | 2024-03-29 |            |            |            |                 | perhaps
        F    | review   | 2024-03-29 | 28 March   |            |            | on_the_spot     | 否
        G    | review   | 2024-03-29 |            |            |            | on_the_spot     | 否
        """,
    )
    assert taken.refused() == [
        (3, "due_on_not_a_time"),
        (4, "limit_not_readable"),
        (5, "limit_not_readable"),
        (6, "is_green_lane_not_readable"),
        (7, "accepted_at_not_a_time"),
    ]
    cases = taken.table("cases").select("case_id", "promised_length", "promised_unit", "is_green_lane")
    assert cases.rows() == [("A", 20, "working_days", True), ("G", 0, "on_the_spot", False)]


def test_a_completion_before_the_acceptance_is_kept_for_the_clock_to_flag(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        CASE_LAYOUT,
        rows="""
        case | activity | completed  | accepted   | closed     | due | promise | green
        A    | review   | 2024-03-29 | 2024-03-28 | 2024-03-27 |     |         |
        """,
    )
    assert taken.balance() == (1, 1, 0)


def test_rows_of_a_case_agree_or_are_refused_and_the_first_that_says_something_counts(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        CASE_LAYOUT,
        rows="""
        case | activity | completed  | accepted         | closed | due        | promise | green
        A    | review   | 2024-03-29 |                  |        | 2024-04-01 |         |
        A    | decision | 2024-03-30 | 2024-03-28 08:00 |        |            |         |
        A    | delivery | 2024-03-31 |                  |        | 2024-04-02 |         |
        A    | archive  | 2024-04-01 | 2024-03-28T08:00 |        | 2024-04-01 |         |
        """,
    )
    assert taken.refused() == [(4, "case_column_disagrees")]
    case = taken.table("cases").row(0, named=True)
    assert (str(case["accepted_on"]), str(case["due_on"])) == ("2024-03-28", "2024-04-01")
    assert case["source_line"] == 2


def test_a_refused_step_leaves_its_case_standing(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        CASE_LAYOUT,
        rows="""
        case | activity | completed  | accepted   | closed | due | promise | green
        A    | review   | tomorrow   | 2024-03-28 |        |     |         |
        B    | review   | 2024-03-29 | 2024-03-28 |        |     |         |
        """,
    )
    assert taken.refused() == [(2, "completed_at_not_a_time")]
    assert taken.table("cases")["case_id"].to_list() == ["A", "B"]
    assert taken.table("events").select("case_number", "case_id").rows() == [(1, "B")]


def test_of_several_tables_every_row_is_accepted_or_refused(tmp_path: Path) -> None:
    taken = Taken(
        tmp_path,
        TABLES_LAYOUT,
        cases="""
        case | due
        A    | 2024-04-01
        B    | never
        A    | 2024-05-01
             | 2024-05-01
        """,
        steps="""
        case | activity | completed
        A    | review   | 2024-03-29
        B    | review   | 2024-03-29
        C    | review   | 2024-03-29
        """,
        stops="""
        case | kind    | from       | until      | days
        A    | hearing | 2024-03-29 |            | 10
        A    | hearing | 2024-03-29 | 2024-03-28 |
        A    | hearing |            | 2024-03-28 |
        A    |         | 2024-03-29 | 2024-03-30 |
        A    | hearing | 2024-03-29 | 2024-03-30 | ten
        B    | hearing | 2024-03-29 | 2024-03-30 |
        """,
        items="""
        item | length | unit         | from       | until
        I1   | 20     | working_days | 2024-01-01 | 9999-12-31
        I2   | 20     |              | 2024-01-01 |
        I3   | 20     | working_days | 2024-01-01 | 2023-01-01
             | 20     | working_days | 2024-01-01 |
        """,
        departments="""
        code
        D1
        D1
        """,
    )
    assert taken.refused("cases") == [(3, "due_on_not_a_time"), (4, "case_id_twice"), (5, "case_id_missing")]
    assert taken.refused("events") == [(3, "case_refused"), (4, "case_unknown")]
    assert taken.refused("clock_stops") == [
        (3, "stop_ends_before_it_starts"),
        (4, "stopped_from_on_missing"),
        (5, "kind_missing"),
        (6, "extension_days_not_readable"),
        (7, "case_refused"),
    ]
    assert taken.refused("items") == [
        (3, "limit_not_readable"),
        (4, "validity_ends_before_it_starts"),
        (5, "item_missing"),
    ]
    assert taken.refused("departments") == [(3, "department_twice")]
    for table, rows in taken.delivery.rows.items():
        assert rows["received"] == rows["accepted"] + rows["refused"], table
        assert rows["refused"] == sum(rows["refused_by_rule"].values()), table
        assert taken.table(table).height == rows["accepted"], table


@pytest.mark.parametrize("column", ["started", "completed"])
def test_an_hour_that_summer_time_leaves_out_is_refused(tmp_path: Path, column: str) -> None:
    stamps = {"started": "2024-03-31 01:00", "completed": "2024-03-31 04:00"} | {column: "2024-03-31 02:30"}
    taken = Taken(
        tmp_path,
        LAYOUT.replace("Asia/Shanghai", "Europe/Amsterdam"),
        steps=f"case|activity|started|completed\nA|review|{stamps['started']}|{stamps['completed']}\nA|review||2024-03-31",
    )
    assert taken.refused() == [(2, f"{column}_at_skipped_by_the_clock")]


def test_a_due_day_needs_no_zone_and_a_due_time_does(tmp_path: Path) -> None:
    layout = CASE_LAYOUT.replace('time_zone = "Asia/Shanghai"\n', "")
    rows = """
        case | activity | completed         | accepted | closed | due        | promise | green
        A    | review   | 2024-03-29T10:00Z |          |        | 2024-04-01 |         |
        """
    case = Taken(tmp_path, layout, rows=rows).table("cases").row(0, named=True)
    assert (str(case["due_on"]), case["due_at"]) == ("2024-04-01", None)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputRefusedError, match="column 'due'"):
        Taken(other, layout, rows=rows.replace("2024-04-01", "2024-04-01 12:00"))


def test_a_constant_length_replaces_a_limit_the_export_writes(tmp_path: Path) -> None:
    layout = CASE_LAYOUT + '[constants]\npromised_length = 7\npromised_unit = "working_days"\n'
    taken = Taken(
        tmp_path,
        layout,
        rows="""
        case | activity | completed  | accepted | closed | due | promise          | green
        A    | review   | 2024-03-29 |          |        |     | 56 calendar_days |
        """,
    )
    assert taken.table("cases").select("promised_length", "promised_unit").row(0) == (7, "working_days")


def test_constants_give_columns_and_replace_those_of_the_export(tmp_path: Path) -> None:
    layout = CASE_LAYOUT + '[constants]\npromised_limit = "56 calendar_days"\ndepartment = "Housing"\n'
    taken = Taken(
        tmp_path,
        layout,
        rows="""
        case | activity | completed  | accepted   | closed | due | promise      | green
        A    | review   | 2024-03-29 | 2024-03-28 |        |     | 3 fortnights |
        """,
    )
    case = taken.table("cases").row(0, named=True)
    assert (case["promised_length"], case["promised_unit"], case["department"]) == (56, "calendar_days", "Housing")
    assert taken.delivery.source == "layout/Housing"
