"""A city whose departments have tampered with their records, one check each: what is done, and to whom, is known."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

STAMP = "%Y-%m-%d %H:%M:%S"
Tables = dict[str, pl.DataFrame]
BY_DEPARTMENT = {
    "H01": "D15", "H02": "D16", "H03": "D18", "H04": "D19", "H05": "D20", "H06": "D21", "H07": "D23", "H08": "D24",
    "H09": "D17", "H10": "D22", "H11": "D13", "H12": "D06", "H13": "D02", "H18": "D05", "H19": "D01",
}  # fmt: skip
"""The department that tampers so that a check has something to find; H14 to H17 are planted in every city."""
PLANTED = {
    "H01": "D14", "H02": "D14", "H12": "D12", "H13": "D12", "H14": "D12", "H15": "D12", "H16": "D12", "H17": "D03",
}  # fmt: skip


def tamper(folder: Path) -> None:
    """Changes the exports of a city in place."""
    names = ("steps", "cases", "clock_stops")
    tables = {name: pl.read_csv(folder / f"{name}.csv", infer_schema=False) for name in names}
    for code, change in CHANGES.items():
        tables = change(tables, BY_DEPARTMENT[code])
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")


def _chosen(share: float, *columns: str) -> pl.Expr:
    """The same share of rows at every run, by a hash of the row."""
    return pl.concat_str(*columns, ignore_nulls=True).hash(seed=7) % 1000 < 1000 * share


def _moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime(STAMP, strict=False)


def _steps(tables: Tables, department: str, share: float, **changed: pl.Expr) -> Tables:
    """Stamps of a share of a department's steps changed; a dirty row is left as it is."""
    touched = (pl.col("department") == department) & _chosen(share, "case_id", "activity", "completed_at")
    touched &= _moment("completed_at").is_not_null() & pl.col("resource").is_in(["applicant", "experts"]).not_()
    columns = [
        pl.when(touched.fill_null(value=False)).then(value.dt.strftime(STAMP)).otherwise(name).alias(name)
        for name, value in changed.items()
    ]
    return {**tables, "steps": tables["steps"].with_columns(columns)}


def _cases(tables: Tables, department: str, share: float, **changed: pl.Expr) -> Tables:
    touched = (pl.col("department") == department) & _chosen(share, "case_id")
    columns = [
        pl.when(touched).then(value.dt.strftime(STAMP)).otherwise(name).alias(name) for name, value in changed.items()
    ]
    return {**tables, "cases": tables["cases"].with_columns(columns)}


NEVER = pl.lit(None, pl.Datetime("us"))
DONE = _moment("completed_at")
DAY = DONE.dt.truncate("1d")


def _keyed_days_later(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.5, recorded_at=DONE + pl.duration(days=4 + DONE.dt.minute() % 9))


def _keyed_in_bulk(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.6, recorded_at=DONE.dt.truncate("1mo") + pl.duration(days=38, hours=10))


def _keyed_before(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.2, recorded_at=DONE - pl.duration(hours=2))


def _at_midnight(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.3, completed_at=DAY, started_at=NEVER, recorded_at=NEVER)


def _on_the_half_hour(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.3, completed_at=DONE.dt.truncate("30m"), started_at=NEVER, recorded_at=NEVER)


def _at_night(tables: Tables, department: str) -> Tables:
    night = DAY + pl.duration(hours=21, seconds=DONE.dt.second() * 60 + DONE.dt.minute())
    return _steps(tables, department, 0.2, completed_at=night, started_at=NEVER, recorded_at=NEVER)


def _all_at_once(tables: Tables, department: str) -> Tables:
    friday = DONE.dt.truncate("1w") + pl.duration(days=4, hours=16, seconds=7)
    return _steps(tables, department, 0.5, completed_at=friday, started_at=NEVER, recorded_at=NEVER)


def _filled_with_the_end(tables: Tables, department: str) -> Tables:
    return _steps(tables, department, 0.4, started_at=DONE)


def _accepted_before_applied(tables: Tables, department: str) -> Tables:
    return _cases(tables, department, 0.1, accepted_at=_moment("applied_at") - pl.duration(days=3))


def _never_ended(tables: Tables, department: str) -> Tables:
    return _cases(tables, department, 0.15, completed_at=NEVER)


def _left_lying(tables: Tables, department: str) -> Tables:
    return _cases(tables, department, 0.3, applied_at=_moment("applied_at") - pl.duration(days=21))


def _stopped_in_danger(tables: Tables, department: str) -> Tables:
    """A suspension on the day before the decision, for cases that took long."""
    days = (_moment("completed_at") - _moment("accepted_at")).dt.total_days()
    own = (pl.col("department") == department) & pl.col("status").is_null() & (pl.col("kind") == "promised")
    slow = tables["cases"].filter(own).filter(days >= days.quantile(0.85))
    before = _moment("completed_at") - pl.duration(days=1)
    added = slow.select(
        "case_id",
        pl.lit("suspension").alias("kind"),
        before.dt.strftime("%Y-%m-%d").alias("stopped_from_on"),
        _moment("completed_at").dt.strftime("%Y-%m-%d").alias("stopped_until_on"),
        pl.lit(None, pl.String).alias("extension_days"),
        pl.concat_str(pl.lit("r"), pl.col("case_id").hash(seed=1) % 9).alias("reason"),
        before.dt.strftime(STAMP).alias("recorded_at"),
    )
    return {**tables, "clock_stops": pl.concat([tables["clock_stops"], added])}


def _dated_back(tables: Tables, department: str) -> Tables:
    own = pl.col("case_id").str.contains(f"-{department}-") & _chosen(0.3, "case_id")
    later = (_moment("recorded_at") + pl.duration(days=20)).dt.strftime(STAMP)
    return {
        **tables,
        "clock_stops": tables["clock_stops"].with_columns(
            recorded_at=pl.when(own).then(later).otherwise("recorded_at")
        ),
    }


def _at_the_months_end(tables: Tables, department: str) -> Tables:
    """The decision, and the completion of the case with it, on the last Friday or earlier working day of the month."""
    end = DAY.dt.month_end()
    back = pl.when(end.dt.weekday() > 5).then(end.dt.weekday() - 5).otherwise(0)
    moved = end - pl.duration(days=back) + (DONE - DAY)
    own = (pl.col("department") == department) & _chosen(0.3, "case_id")
    cases = pl.when(own).then(moved.dt.strftime(STAMP)).otherwise("completed_at").alias("completed_at")
    of_case = own & (pl.col("activity") == "decision")
    steps = pl.when(of_case).then(moved.dt.strftime(STAMP)).otherwise("completed_at").alias("completed_at")
    return {**tables, "cases": tables["cases"].with_columns(cases), "steps": tables["steps"].with_columns(steps)}


def _completed_elsewhere(tables: Tables, department: str) -> Tables:
    return _cases(tables, department, 0.15, completed_at=DONE + pl.duration(days=40))


CHANGES: dict[str, Callable[[Tables, str], Tables]] = {
    "H01": _keyed_days_later, "H02": _keyed_in_bulk, "H03": _keyed_before, "H04": _at_midnight,
    "H05": _on_the_half_hour, "H06": _at_night, "H07": _all_at_once, "H08": _filled_with_the_end,
    "H09": _accepted_before_applied, "H10": _never_ended, "H11": _left_lying, "H12": _stopped_in_danger,
    "H13": _dated_back, "H18": _at_the_months_end, "H19": _completed_elsewhere,
}  # fmt: skip
