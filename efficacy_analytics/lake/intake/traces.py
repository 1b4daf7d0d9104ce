"""Which case the events of a log belong to: a trace may give its id after its events, so they wait for it."""

from collections.abc import Iterable, Iterator

import polars as pl

from efficacy_analytics.lake.intake.received_tables import Batch


def with_their_case(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches of a delivery, events of a log with the `case_id` of their trace and without `trace_position`.

    Args:
        batches: as `tables.delivered` gives them; those without `trace_position` pass as they are.
    """
    waiting: list[Batch] = []
    cases = pl.DataFrame(schema={"trace_position": pl.Int64, "case_id": pl.String})
    for batch in batches:
        if batch.table == "cases":
            cases = cases.vstack(batch.rows.select("case_id", trace_position="position").select(cases.columns))
        if "trace_position" not in batch.rows.columns:
            yield batch
        else:
            waiting.append(batch)
        while waiting and _last(waiting[0]) < _last_known(cases):
            yield _joined(waiting[0], cases)
            cases = cases.filter(pl.col("trace_position") >= _last(waiting.pop(0)))
    yield from (_joined(batch, cases) for batch in waiting)


def _last(batch: Batch) -> int:
    return int(batch.rows["trace_position"].max() or 0)  # type: ignore[arg-type]


def _last_known(cases: pl.DataFrame) -> int:
    return cases["trace_position"][-1] if cases.height else -1


def _joined(batch: Batch, cases: pl.DataFrame) -> Batch:
    rows = batch.rows.drop("case_id").join(cases, on="trace_position", how="left", maintain_order="left")
    return Batch(
        batch.table, rows.drop("trace_position").select(*_ordered(batch.rows.columns)), batch.left, batch.spans
    )


def _ordered(columns: list[str]) -> list[str]:
    return [column for column in columns if column != "trace_position"]
