"""What an office declares about its work: the procedure of each item, rules, what its activities are for, chains.

All stand in the snapshot, as they were declared when it was published (see `event_log.declared`). A procedure is a list
of steps in their order, or a BPMN model; a chain, the items of a project.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.mining.models.process_tree import SILENT, ProcessTree, leaf, node


@dataclass(frozen=True)
class Procedure:
    """The declared procedure of some cases.

    Attributes:
        name: how the office calls it.
        kind: of the cases it is for; None for every kind. So with `item` and `department`.
        tree: its steps as a process tree; silent where a BPMN model holds them.
        bpmn_file: the name of its BPMN file.
        bpmn: what stands in it.
    """

    name: str
    kind: str | None = None
    item: str | None = None
    department: str | None = None
    tree: ProcessTree = SILENT
    bpmn_file: str | None = None
    bpmn: bytes | None = None


def procedures(log: Session) -> list[Procedure]:
    """The procedures declared for the lake of a log, by name.

    Steps with one number are done side by side, in any order.
    """
    models = dict(log.run("office_models").rows())
    grouped = log.run("office_procedures").group_by("procedure", maintain_order=True)
    found = [_procedure(str(name), part, models) for (name,), part in grouped]
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


def rules(log: Session) -> pl.DataFrame:
    """The rules declared for the lake of a log, in the office's order, with the columns of `rules.csv`."""
    return log.run("office_rules")


def chains(log: Session) -> pl.DataFrame:
    """The chains of items that one project needs, in the office's order, with the columns of `chains.csv`."""
    return log.run("office_chains")


def activity_roles(log: Session) -> pl.DataFrame:
    """What activities are for, one row per activity and role: `applicant` (their own), `applicant_facing`,
    `registration` or `decision`.
    """
    return log.run("office_roles")


def _procedure(name: str, part: pl.DataFrame, models: dict[str, bytes]) -> Procedure:
    chosen = part.select("kind", "item", "department").row(0, named=True)
    file = part["bpmn_file"][0]
    if file is not None:
        return Procedure(name, **chosen, bpmn_file=file, bpmn=models[file])
    steps = part.select("step_number", "activity", pl.col("is_optional", "may_repeat").fill_null(False)).rows()
    return Procedure(name, **chosen, tree=procedure_tree(steps))


def _step(activity: str, is_optional: bool, may_repeat: bool) -> ProcessTree:
    done = node("loop", leaf(activity), SILENT) if may_repeat else leaf(activity)
    return node("choice", done, SILENT) if is_optional else done


def _weight(one: Procedure) -> tuple[bool, bool, bool, tuple[int, ...]]:
    """The last of the sorted procedures that fits is taken; of equals, the first by name must come last."""
    backwards = tuple(-ord(letter) for letter in one.name)
    return (one.item is not None, one.department is not None, one.kind is not None, (*backwards, 1))
