"""Engines in memory for what a test draws: each a database of its own, of one engine that a process starts once."""

import weakref
from collections.abc import Iterator
from functools import cache
from itertools import count

import duckdb

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened

_NUMBERS: Iterator[int] = count()


def in_memory() -> DuckdbEngine:
    """An empty engine in memory; its database goes with it."""
    database = f"drawn_{next(_NUMBERS)}"
    _started().execute(f"attach ':memory:' as {database}")
    connection = _started().cursor()
    connection.execute(f"use {database}; set TimeZone = 'UTC'; set enable_progress_bar = false")
    engine = DuckdbEngine(connection)
    weakref.finalize(engine, _started().execute, f"detach {database}")
    return engine


@cache
def _started() -> duckdb.DuckDBPyConnection:
    return opened().connection
