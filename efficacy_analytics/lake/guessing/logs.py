"""A layout for an event log in XES: the attributes of its traces and events that the standard does not name."""

from collections.abc import Mapping

import polars as pl

from efficacy_analytics.lake.guessing.layout_text import Note, Section, toml, written
from efficacy_analytics.lake.guessing.named_columns import columns_of, ranked_columns
from efficacy_analytics.lake.guessing.placing import (
    GROUPS,
    NO_NAME,
    Placed,
    kind_of,
    offers_of,
    place_groups,
)
from efficacy_analytics.lake.guessing.proposals import alternatives
from efficacy_analytics.lake.guessing.samples import Look, Sample
from efficacy_analytics.lake.guessing.stamps_of_samples import time_formats, zone_of
from efficacy_analytics.lake.layouts import keys


def layout_of_log(look: Look) -> str:
    """A layout for an event log, as the text of a TOML file.

    Args:
        look: what the log looks like.
    """
    rows = {sample.kind: sample.rows for sample in look.samples}
    times = {kind: time_formats(frame) for kind, frame in rows.items()}
    standard = {**keys.XES_EVENT, **keys.XES_CASE}
    empty = pl.DataFrame()
    events = {
        column: name
        for column, name in columns_of(rows.get("events", empty), "events", times.get("events", {})).items()
        if column in ("department", "stage", "recorded_at") and name not in standard.values()
    }
    cases = {
        column: name
        for column, name in columns_of(rows.get("traces", empty), "cases", times.get("traces", {})).items()
        if column != "case_id" and times["traces"].get(name, "") == ""
    }
    sections = [
        Section("[event]", events),
        _section_of_traces(rows.get("traces", empty), cases, times.get("traces", {})),
    ]
    offered = {value for column in sections[1].offered.values() for value, _ in column}
    left = [
        Note(name, f"{kind[:-1]} attribute, {kind_of(frame[name], times[kind].get(name))}", NO_NAME)
        for kind, frame in rows.items()
        for name in frame.columns
        if name not in (*events.values(), *cases.values(), *standard.values(), "lifecycle:transition")
        and (kind == "events" or toml(name) not in offered)
    ]
    stamps = [rows[kind][name] for kind in rows for name in times[kind]]
    words = " ".join(f"{frame.columns} {frame.head(50).rows()}" for frame in rows.values())
    top = {"format": "xes", **zone_of(stamps, words)}
    return written(top, sections, left)


def _section_of_traces(rows: pl.DataFrame, cases: dict[str, str], times: Mapping[str, str]) -> Section:
    """The columns of the cases of a log, and department and item by their cardinality where no name tells them."""
    case_id = keys.XES_CASE["case_id"]
    if case_id not in rows.columns:
        return Section("[case]", cases)
    placed = Placed(Sample("traces", rows), "cases", {**cases, "case_id": case_id})
    placed.offered = alternatives(cases, ranked_columns(rows, "cases", times), placed.has_place)
    place_groups(placed, times, placed.columns)
    cases.update({column: placed.columns[column] for column in GROUPS if column in placed.columns})
    return Section("[case]", cases, offers_of(placed.offered, rows), placed.confirmed)
