"""What an office declares about its work, taken into the snapshot: procedures, rules, roles of activities, chains.

All are tables under the lake's `reference/`: `procedures.csv` (and BPMN files in `procedures/`), `rules.csv`,
`activity_roles.csv`, `chains.csv`, `warnings.csv`, `scores.csv` and `schemes/*.toml`. They are checked when a snapshot
is published; a question reads the snapshot's `office_…` tables and no file, so a later change of a file changes no
figure of that snapshot.
"""

from pathlib import Path
from typing import TypeAlias

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.warning_ladder import warning_ladder

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
MODEL: Columns = {"bpmn_file": pl.String, "content": pl.Binary}

RULE_KINDS = ("four_eyes", "precedence", "response", "absence", "existence", "own_department")
PAIR_KINDS = RULE_KINDS[:3]
ROLES = ("applicant", "applicant_facing", "registration", "decision")


def build_declared(engine: Session, reference: Path) -> None:
    """Makes `office_procedures`, `office_models` (the BPMN files they name), `office_rules`, `office_roles`,
    `office_chains`, `office_warnings`, `office_schemes` and `office_scores`, each with the rows of its file in their
    order, numbered by `place`; `applicant_activities` too.

    Args:
        engine: the building engine.
        reference: the folder of what the office keeps by hand.

    Raises:
        CallError: a file cannot be read or contradicts itself.
    """
    for name, table in declared_tables(reference).items():
        engine.put(name, table)


def declared_tables(reference: Path) -> dict[str, pl.DataFrame]:
    """The tables that `build_declared` makes, by their names.

    Args:
        reference: the folder of what the office keeps by hand.

    Raises:
        CallError: a file cannot be read or contradicts itself.
    """
    from efficacy_analytics.event_log.scheme_files import declared_schemes, declared_scores

    procedures, roles = declared_procedures(reference), declared_roles(reference)
    tables = {
        "office_procedures": procedures,
        "office_models": _models(procedures, reference / "procedures"),
        "office_rules": declared_rules(reference),
        "office_roles": roles,
        "office_chains": declared_chains(reference),
        "office_warnings": warning_ladder(reference),
        "office_schemes": declared_schemes(reference),
        "office_scores": declared_scores(reference),
    }
    applicants = roles.filter(pl.col("role") == "applicant").select("activity").unique().sort("activity")
    return {name: table.with_row_index("place") for name, table in tables.items()} | {
        "applicant_activities": applicants
    }


def declared_procedures(reference: Path) -> pl.DataFrame:
    """The rows of `procedures.csv` in the file's order.

    Raises:
        CallError: it contradicts itself: one procedure for several kinds, items or departments; a step without activity
            or number; steps and a BPMN file together.
    """
    table = _read(reference / "procedures.csv", PROCEDURE)
    for (name,), part in table.group_by("procedure", maintain_order=True):
        _check_procedure(str(name), part)
    return table


def declared_rules(reference: Path) -> pl.DataFrame:
    """The rows of `rules.csv` in the file's order.

    Raises:
        CallError: a rule has an unknown kind, no name, no activity, or lacks its second activity; or stands twice.
    """
    table = _read(reference / "rules.csv", RULE)
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


def declared_chains(reference: Path) -> pl.DataFrame:
    """The rows of `chains.csv` in the file's order.

    Raises:
        CallError: a row lacks its chain, its number or its item, or a number stands twice in a chain.
    """
    table = _read(reference / "chains.csv", CHAIN)
    if table.select("chain", "step_number", "item").null_count().sum_horizontal().item():
        raise CallError("a row of chains.csv lacks its chain, step_number or item.", hint="see data_lake/README.md")
    if table.select("chain", "step_number").is_duplicated().any():
        raise CallError("chains.csv has a step twice.", hint="give each step of a chain a number of its own")
    return table


def declared_roles(reference: Path) -> pl.DataFrame:
    """What activities are for, one row per activity and role: `applicant` (their own), `applicant_facing`,
    `registration` or `decision`.

    Raises:
        CallError: a role is unknown.
    """
    table = _read(reference / "activity_roles.csv", ROLE)
    unknown = sorted(set(table["role"].drop_nulls()) - set(ROLES))
    if unknown:
        raise CallError(f"activity_roles.csv has the unknown role '{unknown[0]}'.", hint=", ".join(ROLES))
    return table.unique().sort("activity", "role")


def _check_procedure(name: str, part: pl.DataFrame) -> None:
    if part.select("kind", "item", "department").unique().height > 1:
        raise CallError(
            f"procedure '{name}' is for several cases.", hint="one kind, item and department on all its rows"
        )
    if part["bpmn_file"].drop_nulls().len():
        if part.height > 1:
            raise CallError(f"procedure '{name}' has steps beside a BPMN file.", hint="keep one of them")
    elif part.select("step_number", "activity").null_count().sum_horizontal().item():
        raise CallError(f"a step of procedure '{name}' lacks its number or activity.", hint="correct procedures.csv")


def _models(procedures: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The content of each BPMN file that a procedure names."""
    names = procedures["bpmn_file"].drop_nulls().unique().sort().to_list()
    return pl.DataFrame([(name, _bpmn(folder / name)) for name in names], schema=MODEL, orient="row")


def _bpmn(path: Path) -> bytes:
    if not path.is_file():
        raise CallError(f"there is no BPMN file {path}.", hint="name a file that lies in reference/procedures/")
    return path.read_bytes()


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
