"""The catalogue as tables and lines: what ran, what came out, what changed, which documents are valid."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.workflows.operation.catalogue import RunRecord, keep, now, runs
from efficacy_analytics.workflows.operation.execution import held
from efficacy_analytics.workflows.operation.register import WITHDRAW, document_sets, set_with


def runs_table(lake: Path) -> pl.DataFrame:
    """The runs of a lake.

    Returns:
        One row a run, the oldest first: `run, pipeline, period, department, state, exit_code, started_at, seconds,
        snapshot, case_count, case_count_change` (against the run before of the same pipeline), `taken_in, refused,
        documents, out_of_date, fault, reason`.

    Raises:
        CheckFailedError: a record is damaged.
    """
    records = runs(lake)
    schema = {
        "run": pl.Int64, "pipeline": pl.String, "period": pl.String, "department": pl.String, "state": pl.String,
        "exit_code": pl.Int64, "started_at": pl.String, "seconds": pl.Float64, "snapshot": pl.String,
        "case_count": pl.Int64, "case_count_change": pl.Int64, "taken_in": pl.Int64, "refused": pl.Int64,
        "documents": pl.Int64, "out_of_date": pl.Int64, "fault": pl.String, "reason": pl.String,
    }  # fmt: skip
    return pl.DataFrame(list(_rows(records)), schema=schema, orient="row")


def _rows(records: Sequence[RunRecord]) -> Iterator[tuple[object, ...]]:
    last: dict[str, int] = {}
    for one in records:
        count = one.figures.get("case_count")
        change = count - last[one.pipeline] if count is not None and one.pipeline in last else None
        if count is not None:
            last[one.pipeline] = count
        seconds = round(sum(step.get("seconds", 0.0) for step in one.steps), 1)
        yield (
            one.number, one.pipeline, one.period, one.department, one.state_now(), one.exit_code, one.started_at,
            seconds, one.snapshot, count, change, len(one.taken_in), len(one.refused), len(one.documents),
            len(one.out_of_date), one.fault, one.reason,
        )  # fmt: skip


def documents_table(lake: Path) -> pl.DataFrame:
    """The documents that were ever valid.

    Returns:
        One row a document, the oldest first: `pipeline, period, department, language, edition, revision, validity`
        (valid, revised, withdrawn), `is_out_of_date, run, as_on, file`.

    Raises:
        CheckFailedError: a record is damaged.
    """
    rows = [
        (one.pipeline, one.period, one.department, document["language"], document["edition"], one.revision,
         one.validity, one.out_of_date is not None, one.run_number, document["as_on"], document["file"])
        for one in document_sets(runs(lake))
        for document in one.documents
    ]  # fmt: skip
    schema = {
        "pipeline": pl.String, "period": pl.String, "department": pl.String, "language": pl.String,
        "edition": pl.String, "revision": pl.Int64, "validity": pl.String, "is_out_of_date": pl.Boolean,
        "run": pl.Int64, "as_on": pl.String, "file": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def run_lines(lake: Path, number: int) -> list[str]:
    """All that the catalogue has of one run, a fault's words and the reasons of refusals included.

    Raises:
        CallError: there is no run of that number.
    """
    found = [one for one in runs(lake) if one.number == number]
    if not found:
        raise CallError(f"there is no run {number}.", hint="`efficacy runs` lists them")
    facts = dataclasses.asdict(dataclasses.replace(found[0], state=found[0].state_now()))
    return json.dumps({key: value for key, value in facts.items() if value not in (None, (), [], {})},
                      ensure_ascii=False, indent=1).splitlines()  # fmt: skip


def withdraw(lake: Path, file: str, reason: str) -> RunRecord:
    """Takes the valid documents back to which a file belongs, in every language; the files stay.

    Args:
        lake: the lake's folder.
        file: one of the files.
        reason: why; kept in the catalogue.

    Raises:
        CallError: no valid document is called so.
        LakeBusyError: a run is at work.
    """
    with held(lake, 0.0) as records:
        found = set_with(records, file)
        former = next(one for one in records if one.number == found.run_number)
        taken_back = [{"pipeline": found.pipeline, "file": one["file"]} for one in found.documents]
        record = RunRecord(
            max(one.number for one in records) + 1, WITHDRAW, found.period, former.unit, found.department, former.on,
            now(), state="done", ended_at=now(), exit_code=0, documents=taken_back, reason=reason,
        )  # fmt: skip
        return keep(lake, record)
