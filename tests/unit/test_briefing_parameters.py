"""A parameter that is unknown, mistyped or impossible is refused before anything runs."""

import datetime as dt
from typing import Any

import pytest

from efficacy_analytics.documents.briefing.parameters import checked, period
from efficacy_analytics.errors import EmptyCohortError, ParameterError


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025H1", "2025-01-01", "2025-07-01"),
        ("2025H2", "2025-07-01", "2026-01-01"),
        ("2025Q1", "2025-01-01", "2025-04-01"),
        ("2025-q4", "2025-10-01", "2026-01-01"),
        ("2025-03", "2025-03-01", "2025-04-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
    ],
)
def test_a_period_runs_until_the_day_after_its_last(text: str, first: str, until: str) -> None:
    assert period(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(until))


@pytest.mark.parametrize(
    "text", ["", "2025Q5", "2025H3", "2025-13", "2025-3", "25Q1", "202503", "Q1 2025", "2025Q1Q2", "0000"]
)
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ParameterError, match="is not a period") as fault:
        period(text)
    assert "2025Q3" in fault.value.hint


def test_without_parameters_everything_has_its_default() -> None:
    parameters = checked({})
    assert (parameters.language, parameters.edition, parameters.department) == ("zh", "internal", None)


def test_an_empty_text_stands_for_none() -> None:
    parameters = checked({"accepted_from": "", "department": "", "issued_on": ""})
    assert parameters.accepted_from is parameters.department is parameters.issued_on is None


def test_dates_may_be_texts_or_dates() -> None:
    day = dt.date(2025, 7, 1)
    assert (
        checked({"accepted_from": "2025-07-01"}).accepted_from == checked({"accepted_from": day}).accepted_from == day
    )


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(ParameterError, match="no parameter 'langauge'") as fault:
        checked({"langauge": "zh"})
    assert "language" in fault.value.hint
    assert fault.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("language", 1),
        ("edition", "secret"),
        ("accepted_from", "1 July 2025"),
        ("accepted_from", 2025),
        ("accepted_until", dt.datetime(2025, 7, 1, 9)),
        ("department", 5),
        ("lake", None),
        ("issue", 3),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=f"parameter '{name}'") as fault:
        checked({name: value})
    assert fault.value.hint


@pytest.mark.parametrize("until", ["2025-07-01", "2025-06-30"])
def test_a_period_without_a_day_has_no_cases(until: str) -> None:
    with pytest.raises(EmptyCohortError, match="holds no day") as fault:
        checked({"accepted_from": "2025-07-01", "accepted_until": until})
    assert fault.value.exit_code == 4


def test_an_unknown_department_is_refused_and_the_known_ones_are_named() -> None:
    assert checked({"department": "D02"}, departments=["D01", "D02"]).department == "D02"
    with pytest.raises(ParameterError, match="no department 'D99'") as fault:
        checked({"department": "D99"}, departments=["D02", "D01"])
    assert fault.value.hint == "one of: D01, D02"
