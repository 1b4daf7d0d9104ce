"""The same item in several departments: matched by its code, else by its name, and told where it differs."""

import datetime as dt

import polars as pl
import pytest
from support.drawn_cases import drawn_log

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.unification import item_differences

LIMITS = """
    item | department | name                     | statutory | promised | from       | until
    I1   | A          | 食品经营许可（新办）     | 20        | 10       |            |
    I1   | B          | 食品经营许可证（新办）   | 20        | 7        |            |
    I2   | A          | 户外广告设置许可（新办） | 20        | 9        |            |
    X9   | B          | 户外广告设置许可核发（新办） | 20      | 12       |            |
    X8   | B          | 户外广告设置许可（变更） | 20        | 5        |            |
    I3   | A          | 取水许可（新办）         | 20        | 4        | 2023-01-01 | 2024-01-01
    I3   | A          | 取水许可（新办）         | 20        | 6        | 2024-01-01 |
    I3   | B          | 取水许可（新办）         | 20        | 6        |            |
    I4   | A          | 农药经营许可（新办）     | 20        | 8        |            |
    I5   | B          | 兽药经营许可（新办）     | 20        | 3        |            |
"""
CASES = """
    case | item | department
    a    | I1   | A
    b    | I1   | A
    c    | I1   | B
    d    | X9   | B
    e    | I3   | A
    f    | I3   | B
"""
FACTS = ("snapshot", "content_sha256", "code_version", "calendars")
DAY = dt.date(2024, 6, 3)


@pytest.fixture
def log() -> Session:
    engine = drawn_log(cases=CASES)
    lines = [[cell.strip() or None for cell in line.split("|")] for line in LIMITS.strip().splitlines()[1:]]
    names = ["item", "department", "name_zh", "statutory_length", "promised_length", "valid_from", "valid_until"]
    limits = pl.DataFrame(lines, schema=names, orient="row").with_columns(
        pl.col("statutory_length", "promised_length").cast(pl.Int32),
        pl.col("valid_from", "valid_until").str.to_date(),
        name_en=pl.lit(None, pl.String),
        statutory_unit=pl.lit("working_days"),
        promised_unit=pl.lit("working_days"),
    )
    engine.put("limits", limits)
    charged = {"case_key": [4, 4, 5, 0], "amount": [30.0, 20.0, 80.0, 10.0]}
    engine.put("fees", pl.DataFrame(charged))
    engine.put("snapshot", pl.DataFrame({"as_on": [DAY], **{name: [""] for name in FACTS}}))
    return engine


def differences(log: Session, **options: float) -> list[tuple[object, ...]]:
    found = item_differences(log, as_on=DAY, **options)
    return found.select("matched_by", "item", "other_item", "field", "value", "other_value").rows()


def test_an_item_of_two_departments_is_told_by_each_field_in_which_it_differs(log: Session) -> None:
    found = differences(log)
    assert [row for row in found if row[1] == "I1"] == [
        ("code", "I1", "I1", "name", "食品经营许可（新办）", "食品经营许可证（新办）"),
        ("code", "I1", "I1", "promised_limit", "10 working_days", "7 working_days"),
    ]


def test_names_that_say_nearly_the_same_are_a_proposal_with_its_score(log: Session) -> None:
    # 7 pairs of characters here, 9 there, of which 7 are the same: 14 of 16.
    by_words = item_differences(log, as_on=DAY).filter(matched_by="words")
    assert set(by_words.select("item", "other_item").rows()) == {("I2", "X9")}
    assert by_words["score"].to_list() == pytest.approx([14 / 16] * by_words.height)


def test_another_form_of_an_item_and_another_trade_are_other_items(log: Session) -> None:
    others = {row[2] for row in differences(log)} | {row[1] for row in differences(log)}
    assert not {"X8", "I4", "I5"} & others
    loose = {(row[1], row[2]) for row in differences(log, least_score=0.5)}
    assert ("I4", "I5") in loose


def test_limits_are_those_in_force_on_the_day_and_fees_the_median_charged(log: Session) -> None:
    assert [row for row in differences(log) if row[1] == "I3"] == [("code", "I3", "I3", "fee_amount", "50.0", "80.0")]
    before = item_differences(log, as_on=dt.date(2023, 6, 1)).filter(item="I3", field="promised_limit")
    assert before.select("value", "other_value").rows() == [("4 working_days", "6 working_days")]


def test_what_the_shorter_limit_for_both_would_bring_is_told(log: Session) -> None:
    row = item_differences(log, as_on=DAY).filter(item="I1", field="promised_limit").row(0, named=True)
    assert (row["longer_department"], row["saved_days"], row["case_count"]) == ("A", 3, 2)
    other = item_differences(log, as_on=DAY).filter(item="I2", field="promised_limit").row(0, named=True)
    assert (other["longer_department"], other["saved_days"], other["case_count"]) == ("B", 3, 1)
