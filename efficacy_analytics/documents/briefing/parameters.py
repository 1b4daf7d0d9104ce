"""What a briefing may be asked for: the parameters of its notebook, checked before anything runs.

A notebook run takes an unknown parameter with a warning and checks no type; a wrong figure would follow. So every
parameter passes through here first, and one clear error comes back.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from efficacy_analytics.errors import EmptyCohortError, ParameterError
from efficacy_analytics.vocabulary import Language

PERIOD: Final = re.compile(r"(\d{4})(?:-?Q([1-4])|-?H([12])|-(0[1-9]|1[0-2]))?", re.IGNORECASE)


def _day(value: Any) -> Any:
    """Only what is written as a date: pydantic would also take a number of seconds for one."""
    if value in ("", None):
        return None
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    if type(value) is not dt.date:
        raise ValueError("a date is written as 2025-01-20")
    return value


Day = Annotated[dt.date | None, BeforeValidator(_day)]
Code = Annotated[str | None, BeforeValidator(lambda value: None if value == "" else value)]


class BriefingParameters(BaseModel):
    """The parameters of `notebooks/briefing.ipynb`; an empty text stands for none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lake: str = ""
    run: str = ""
    accepted_from: Day = None
    accepted_until: Day = None
    department: Code = None
    item: Code = None
    language: Language = "zh"
    edition: Literal["internal", "public"] = "internal"
    issue: str = ""
    issued_on: Day = None
    revision_note: str = ""


class DocumentParameters(BriefingParameters):
    """The parameters of another document of a run: those of a briefing, and the department that it is about."""

    about: Code = None


def checked(given: Mapping[str, Any], *, departments: Collection[str] | None = None) -> BriefingParameters:
    """The parameters, once each is known and of its type and the period holds a day.

    Args:
        given: name to value, as from a command line or a notebook cell.
        departments: the codes there are; without them the department is not looked up.

    Raises:
        ParameterError: a name is unknown, a value of the wrong type, or a department not there.
        EmptyCohortError: the period ends before it begins.
    """
    parameters = _validated(BriefingParameters, given)
    first, until = parameters.accepted_from, parameters.accepted_until
    if first and until and until <= first:
        raise EmptyCohortError(
            f"the period from {first} until {until} holds no day.",
            hint="accepted_until is the day after the last day of acceptance",
        )
    if departments is not None and parameters.department not in {None, *departments}:
        raise ParameterError(
            f"there is no department '{parameters.department}'.", hint=f"one of: {', '.join(sorted(departments))}"
        )
    return parameters


def checked_document(given: Mapping[str, Any]) -> DocumentParameters:
    """The parameters of a document other than a briefing, once each is known and of its type.

    Raises:
        ParameterError: a name is unknown, or a value of the wrong type.
    """
    return _validated(DocumentParameters, given)


Parameters = TypeVar("Parameters", bound=BriefingParameters)


def _validated(model: type[Parameters], given: Mapping[str, Any]) -> Parameters:
    try:
        return model.model_validate(dict(given))
    except ValidationError as fault:
        raise _refusal(fault) from None


def period(text: str) -> tuple[dt.date, dt.date]:
    """First day and day after the last of a period: 2025, 2025H1, 2025Q3 or 2025-03.

    Raises:
        ParameterError: the text is none of these.
    """
    found = PERIOD.fullmatch(text.strip())
    if not found or found[1] == "0000":
        raise ParameterError(f"'{text}' is not a period.", hint="write 2025, 2025H1, 2025Q3 or 2025-03")
    year, quarter, half, month = (int(part) if part else None for part in found.groups())
    assert year is not None
    if quarter:
        return _months(year, 3 * quarter - 2, 3)
    if half:
        return _months(year, 6 * half - 5, 6)
    return _months(year, month, 1) if month else _months(year, 1, 12)


def period_name(text: str) -> str:
    """A period in the one spelling that names of files have: 2025Q1, however the quarter was written.

    Raises:
        ParameterError: the text is no period.
    """
    period(text)
    return re.sub(r"-?([QH])", r"\1", text.strip().upper())


def _months(year: int, first: int, count: int) -> tuple[dt.date, dt.date]:
    after = first + count
    return dt.date(year, first, 1), dt.date(year + (after > 12), after - 12 if after > 12 else after, 1)


def _refusal(fault: ValidationError) -> ParameterError:
    """The first thing wrong, in words of the reader."""
    wrong = fault.errors(include_url=False)[0]
    name = str(wrong["loc"][0])
    if wrong["type"] == "extra_forbidden":
        known = ", ".join(BriefingParameters.model_fields)
        return ParameterError(f"the briefing has no parameter '{name}'.", hint=f"one of: {known}")
    return ParameterError(
        f"parameter '{name}' of the briefing cannot be {wrong['input']!r}.",
        hint=wrong["msg"].removeprefix("Value error, "),
    )
