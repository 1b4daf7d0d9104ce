"""What an office declares about its work: the procedure of each item, rules, what its activities are for, chains.

All are tables under the lake's `reference/`: `procedures.csv`, `rules.csv`, `activity_roles.csv`, `chains.csv`. A
procedure is a list of steps in their order, or a BPMN file in `reference/procedures/`; a chain, the items of a project.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.models.process_tree import SILENT, ProcessTree, leaf, node
from efficacy_analytics.settings import CHECKOUT, reference_directory

Columns: TypeAlias = dict[str, type[pl.DataType]]
PROCEDURE: Columns = {
    "procedure": pl.String, "kind": pl.String, "item": pl.String, "department": pl.String, "step_number": pl.Int64,
    "activity": pl.String, "is_optional": pl.Boolean, "may_repeat": pl.Boolean, "bpmn_file": pl.String,
}  # fmt: skip
RULE: Columns = {
    "rule": pl.String, "kind": pl.String, "activity": pl.String, "other_activity": pl.String, "most_count": pl.Int64,
    "item": pl.String, "department": pl.String, "name_zh": pl.String, "name_en": pl.String, "source_zh": pl.String,
    "source_en": pl.String,
}  # fmt: skip
CHAIN: Columns = {
    "chain": pl.String, "step_number": pl.Int64, "item": pl.String, "department": pl.String, "after_steps": pl.String,
    "limit_days": pl.Int64, "proposed_days": pl.Int64, "name_zh": pl.String, "name_en": pl.String,
}  # fmt: skip
ROLE: Columns = {"activity": pl.String, "role": pl.String}

FILES = ("activity_roles.csv", "procedures.csv", "rules.csv")
RULE_KINDS = ("four_eyes", "precedence", "response", "absence", "existence")
PAIR_KINDS = RULE_KINDS[:3]
ROLES = ("applicant", "applicant_facing", "registration", "decision")


@dataclass(frozen=True)
class Procedure:
    """The declared procedure of some cases.

    Attributes:
        name: how the office calls it.
        kind: of the cases it is for; None for every kind. So with `item` and `department`.
        tree: its steps as a process tree; silent where a BPMN file holds them.
        bpmn: its BPMN file.
    """

    name: str
    kind: str | None = None
    item: str | None = None
    department: str | None = None
    tree: ProcessTree = SILENT
    bpmn: Path | None = None


def procedures(log: DuckdbEngine) -> list[Procedure]:
    """The procedures declared for the lake of a log, by name.

    Steps with one number are done side by side, in any order.

    Raises:
        CallError: `procedures.csv` contradicts itself: one procedure for several kinds, items or departments; a step
            without activity or number; steps and a BPMN file together.
    """
    folder = _reference(log)
    table = _read(folder / "procedures.csv", PROCEDURE)
    grouped = table.group_by("procedure", maintain_order=True)
    found = [_procedure(str(name), part, folder / "procedures") for (name,), part in grouped]
    return sorted(found, key=lambda one: one.name)


def procedure_tree(steps: Sequence[tuple[int, str, bool, bool]]) -> ProcessTree:
    """Steps (number, activity, is_optional, may_repeat) as a process tree: by number, equal ones side by side."""
    blocks = []
    for number in sorted({step[0] for step in steps}):
        same = [_step(activity, is_optional, repeats) for own, activity, is_optional, repeats in steps if own == number]
        blocks.append(same[0] if len(same) == 1 else node("parallel", *same))
    return blocks[0] if len(blocks) == 1 else node("sequence", *blocks)


def assigned_procedures(cases: pl.DataFrame, declared: Sequence[Procedure]) -> pl.DataFrame:
    """Cases with the name of the procedure that is for them: the one that names their item before the one that names
    their department before the one that names their kind; the more of them the better; of equals the first by name.

    Args:
        cases: with `item`, `department` and `kind`.
        declared: the procedures.

    Returns:
        The same rows in their order, with `procedure` (null where none is declared).
    """
    chosen = pl.lit(None, dtype=pl.String)
    for one in sorted(declared, key=_weight):
        wanted = {"item": one.item, "department": one.department, "kind": one.kind}
        fits = [pl.col(column) == value for column, value in wanted.items() if value is not None]
        chosen = pl.when(pl.all_horizontal(*fits) if fits else pl.lit(True)).then(pl.lit(one.name)).otherwise(chosen)
    return cases.with_columns(chosen.alias("procedure"))


def rules(log: DuckdbEngine) -> pl.DataFrame:
    """The rules declared for the lake of a log, in the file's order, with the columns of `rules.csv`.

    Raises:
        CallError: a rule has an unknown kind, no name, no activity, or lacks its second activity.
    """
    table = _read(_reference(log) / "rules.csv", RULE)
    for row in table.iter_rows(named=True):
        if row["kind"] not in RULE_KINDS:
            raise CallError(f"rule '{row['rule']}' has the unknown kind '{row['kind']}'.", hint=", ".join(RULE_KINDS))
        wanted = ["rule", "activity", *(["other_activity"] if row["kind"] in PAIR_KINDS else [])]
        missing = [column for column in wanted if row[column] is None]
        if missing:
            raise CallError(f"rule '{row['rule']}' lacks {', '.join(missing)}.", hint="see data_lake/README.md")
    if table["rule"].n_unique() != table.height:
        raise CallError("rules.csv names a rule twice.", hint="give each rule a name of its own")
    return table


def chains(log: DuckdbEngine) -> pl.DataFrame:
    """The chains of items that one project needs, in the file's order, with the columns of `chains.csv`.

    Raises:
        CallError: a row lacks its chain, its number or its item, or a number stands twice in a chain.
    """
    table = _read(_reference(log) / "chains.csv", CHAIN)
    if table.select("chain", "step_number", "item").null_count().sum_horizontal().item():
        raise CallError("a row of chains.csv lacks its chain, step_number or item.", hint="see data_lake/README.md")
    if table.select("chain", "step_number").is_duplicated().any():
        raise CallError("chains.csv has a step twice.", hint="give each step of a chain a number of its own")
    return table


def activity_roles(log: DuckdbEngine) -> pl.DataFrame:
    """What activities are for, one row per activity and role: `applicant` (their own), `applicant_facing`,
    `registration` or `decision`.

    Raises:
        CallError: a role is unknown.
    """
    table = _read(_reference(log) / "activity_roles.csv", ROLE)
    unknown = sorted(set(table["role"].drop_nulls()) - set(ROLES))
    if unknown:
        raise CallError(f"activity_roles.csv has the unknown role '{unknown[0]}'.", hint=", ".join(ROLES))
    return table.unique().sort("activity", "role")


def declared_sha256(log: DuckdbEngine) -> str:
    """The hash of all that is declared for the lake of a log: another one means other figures."""
    folder = _reference(log)
    files = [folder / name for name in FILES] + sorted((folder / "procedures").glob("*.bpmn"))
    known = [[file.name, hashlib.sha256(file.read_bytes()).hexdigest()] for file in files if file.is_file()]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def give(log: DuckdbEngine, table: str, frame: pl.DataFrame) -> None:
    """Keeps a small frame as a temporary table of a read-only log (`table` is a name the code owns)."""
    log.connection.register("_given", frame.to_arrow())
    log.connection.execute(f'create or replace temporary table "{table}" as select * from _given')
    log.connection.unregister("_given")


def _reference(log: DuckdbEngine) -> Path:
    """The reference folder of the lake whose snapshot the log reads; a log in memory has the project's."""
    if log.path == ":memory:":
        return CHECKOUT / "data_lake" / "reference"
    return reference_directory(Path(log.path).parent.parent)


def _read(file: Path, schema: Columns) -> pl.DataFrame:
    """A reference table; one that the lake does not keep is empty.

    Raises:
        CallError: it is no such table.
    """
    if not file.is_file():
        return pl.DataFrame(schema=schema)
    try:
        table = pl.read_csv(file, schema_overrides=schema, encoding="utf8")
    except pl.exceptions.PolarsError as fault:
        problem = str(fault).splitlines()[0]
        raise CallError(f"{file.name} cannot be read: {problem}", hint=f"columns: {', '.join(schema)}") from None
    for column in schema.keys() - set(table.columns):
        table = table.with_columns(pl.lit(None, dtype=schema[column]).alias(column))
    return table.select(list(schema))


def _procedure(name: str, part: pl.DataFrame, folder: Path) -> Procedure:
    chosen = part.select("kind", "item", "department").unique().rows(named=True)
    if len(chosen) > 1:
        raise CallError(
            f"procedure '{name}' is for several cases.", hint="one kind, item and department on all its rows"
        )
    files = part["bpmn_file"].drop_nulls().to_list()
    if files:
        if part.height > 1:
            raise CallError(f"procedure '{name}' has steps beside a BPMN file.", hint="keep one of them")
        return Procedure(name, **chosen[0], bpmn=folder / files[0])
    if part.select("step_number", "activity").null_count().sum_horizontal().item():
        raise CallError(f"a step of procedure '{name}' lacks its number or activity.", hint="correct procedures.csv")
    steps = part.select("step_number", "activity", pl.col("is_optional", "may_repeat").fill_null(False)).rows()
    return Procedure(name, **chosen[0], tree=procedure_tree(steps))


def _step(activity: str, is_optional: bool, may_repeat: bool) -> ProcessTree:
    done = node("loop", leaf(activity), SILENT) if may_repeat else leaf(activity)
    return node("choice", done, SILENT) if is_optional else done


def _weight(one: Procedure) -> tuple[bool, bool, bool, tuple[int, ...]]:
    """The last of the sorted procedures that fits is taken; of equals, the first by name must come last."""
    backwards = tuple(-ord(letter) for letter in one.name)
    return (one.item is not None, one.department is not None, one.kind is not None, (*backwards, 1))
