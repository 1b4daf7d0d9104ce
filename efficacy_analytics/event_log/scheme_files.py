"""Scoring schemes as an office declares them: one TOML file each under `reference/schemes/`, scores in `scores.csv`.

Both are checked when a snapshot is published and lie in it: a later change of a file changes no score.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from efficacy_analytics.clock.reference import reference_rows
from efficacy_analytics.errors import CallError

PERIODS: Final = ("month", "quarter", "half", "year")
SCORE: Final = {
    "scheme": pl.String, "department": pl.String, "period": pl.String, "name": pl.String, "value": pl.String,
    "of_value": pl.String, "note": pl.String,
}  # fmt: skip
Length = Literal["month", "quarter", "half", "year"]
Share = Annotated[float, Field(ge=0)]


class Declared(BaseModel):
    """A part of a scheme's file; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Declared):
    """What has a name and words in both languages."""

    name: str
    zh: str
    en: str


class Measured(Named):
    """What takes a value: entered under `entered` (else under its own name), or an indicator of the log."""

    entered: str = ""
    indicator: str = ""

    @property
    def called(self) -> str:
        return self.entered or self.name


class Deduction(Declared):
    """`each` points for each whole `step` of what is entered, at most `most` of this kind."""

    each: Share
    step: Annotated[float, Field(gt=0)] = 1
    most: float | None = None


class Part(Measured):
    """A component of a score, worth at most `points`.

    `share`: points x value / whole. `shortfall`: points - per_point x (target - value), below the target.
    `levels`: points x the mean of the levels' weights over the answers. `deductions`: points less each deduction.
    None is below `least`. A part without a value leaves the unit unscored, counts `zero`, or is `left_out` (the other
    parts then stand for the whole).
    """

    points: Annotated[float, Field(gt=0)]
    rule: Literal["share", "shortfall", "levels", "deductions"] = "share"
    whole: Annotated[float, Field(gt=0)] = 100
    target: float | None = None
    per_point: float | None = None
    least: float = 0
    levels: dict[str, Share] = {}
    deductions: dict[str, Deduction] = {}
    missing: Literal["unscored", "zero", "left_out"] = "unscored"

    @model_validator(mode="after")
    def _whole_rule(self) -> Self:
        wanted = {
            "shortfall": self.target is not None and self.per_point is not None,
            "levels": bool(self.levels),
            "deductions": bool(self.deductions),
        }
        if not wanted.get(self.rule, True):
            raise ValueError(f"part '{self.name}' lacks what its rule '{self.rule}' needs")
        return self


class Bonus(Measured):
    """`first` points from `from_value` on, `each` for each whole `step` beyond; nothing where `void_by` is entered."""

    from_value: float
    first: float
    step: Annotated[float, Field(gt=0)] = 1
    each: float = 0
    most: float | None = None
    void_by: str = ""


class Grade(Named):
    """A grade from `least` points on, with what it pays as a factor."""

    least: float
    pay_factor: float | None = None


class Veto(Named):
    """What rules a grade out wherever it is entered: the grade is at most `grade_at_most`."""

    grade_at_most: str


class Honour(Named):
    """What raises the grade by `shift`, where it is one of `from_grades`."""

    shift: int = 1
    from_grades: list[str]


class Place(Named):
    """The first or last `count` by rank, of those below `below` points where that is said; who ties with one is in."""

    end: Literal["first", "last"]
    count: Annotated[int, Field(gt=0)]
    below: float | None = None


class Streak(Named):
    """What follows where a place, a grade or less than `below` points is held in `length` periods running."""

    place: str = ""
    grade: str = ""
    below: float | None = None
    length: Annotated[int, Field(gt=0)] = 2
    of: Length | None = None
    is_within_year: bool = False


class Total(Declared):
    """A longer period made of shorter ones: by weights (H1, H2, Q1 … or 01 …), else their mean.

    A period without a score leaves the total unscored; `known` takes the mean of those there are.
    """

    to: Length
    weights: dict[str, Share] = {}
    missing: Literal["unscored", "known"] = "unscored"


class Scheme(Named):
    """A scoring scheme; see the file of each for its source."""

    source_zh: str
    source_en: str
    period: Length
    digits: Annotated[int, Field(ge=0, le=6)] = 2
    coefficient: str = ""
    part: list[Part]
    bonus: list[Bonus] = []
    grade: list[Grade] = []
    veto: list[Veto] = []
    honour: list[Honour] = []
    place: list[Place] = []
    streak: list[Streak] = []
    total: list[Total] = []

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        grades, places = {one.name for one in self.grade}, {one.name for one in self.place}
        asked = [(one.grade_at_most, grades) for one in self.veto]
        asked += [(grade, grades) for one in self.honour for grade in one.from_grades]
        asked += [(one.grade, grades) for one in self.streak if one.grade]
        asked += [(one.place, places) for one in self.streak if one.place]
        for name, known in asked:
            if name not in known:
                raise ValueError(f"'{name}' is neither a grade nor a place of it")
        if [one.least for one in self.grade] != sorted((one.least for one in self.grade), reverse=True):
            raise ValueError("grades stand from the highest to the lowest")
        if any(PERIODS.index(one.to) <= PERIODS.index(self.period) for one in self.total):
            raise ValueError("a total is of a longer period")
        return self


@cache
def read_scheme(text: str, file: str) -> Scheme:
    """The scheme of a file's text, read once in a process.

    Raises:
        CallError: it cannot be read, or contradicts itself.
    """
    try:
        return Scheme(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise CallError(f"scheme {file} cannot be read: {fault}", hint="it is a TOML file") from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise CallError(f"scheme {file} cannot be used: {problem}", hint="see docs/schemes.md") from None


def declared_schemes(reference: Path) -> pl.DataFrame:
    """The schemes of a lake, by the names of their files: `scheme` and `content`.

    Raises:
        CallError: one cannot be read, contradicts itself, or is not named as its file is.
    """
    rows = []
    for file in sorted((reference / "schemes").glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        if read_scheme(text, file.name).name != file.stem:
            raise CallError(f"scheme {file.name} has another name than its file.", hint=f"name = '{file.stem}'")
        rows.append((file.stem, text))
    return pl.DataFrame(rows, schema={"scheme": pl.String, "content": pl.String}, orient="row")


def declared_scores(reference: Path) -> pl.DataFrame:
    """The rows of `scores.csv` in their order: what is entered by hand, each a number, or a number of so many.

    Raises:
        CallError: a row lacks something, is no number, is entered twice, its period is none, or its scheme is unknown.
    """
    path = reference / "scores.csv"
    rows = [tuple(row[name].strip() or None for name in SCORE) for row in reference_rows(path, *SCORE)]
    table = pl.DataFrame(rows, schema=SCORE, orient="row")
    if table.select("scheme", "department", "period", "name", "value").null_count().sum_horizontal().item():
        raise CallError(
            f"a row of {path.name} lacks its scheme, department, period, name or value.", hint="complete it"
        )
    keys = ["scheme", "department", "period", "name"]
    if table.select(keys).is_duplicated().any():
        twice = table.filter(table.select(keys).is_duplicated()).row(0, named=True)
        raise CallError(
            f"{path.name} has {twice['name']} of {twice['period']} twice for a department.", hint="keep one"
        )
    for column in ("value", "of_value"):
        numbers = table[column].cast(pl.Float64, strict=False)
        wrong = table.filter(table[column].is_not_null() & (numbers.is_null() | ~numbers.is_finite().fill_null(False)))
        if wrong.height:
            raise CallError(f"{path.name} has {wrong[column][0]!r} where a number is due.", hint="write digits only")
    if (table["of_value"].cast(pl.Float64) <= 0).any():
        raise CallError(f"{path.name} has an of_value that is not above 0.", hint="leave out what nobody answered")
    declared = sorted(file.stem for file in (reference / "schemes").glob("*.toml"))
    unknown = table.filter(~table["scheme"].is_in(declared))
    if unknown.height:
        known = ", ".join(declared) or "none, put a file into reference/schemes"
        raise CallError(f"{path.name} has the unknown scheme '{unknown['scheme'][0]}'.", hint=f"one of: {known}")
    wrong = table.filter(~table["period"].str.contains(r"^\d{4}(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?$"))
    if wrong.height:
        raise CallError(f"{path.name} has the period {wrong['period'][0]!r}.", hint="2025, 2025H1, 2025Q3 or 2025-03")
    return table
