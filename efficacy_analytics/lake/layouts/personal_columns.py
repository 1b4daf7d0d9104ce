"""Which columns of a layout are personal: `personal = ["resource", "applicant"]` at its top.

Any column of text may be: one of the contract, wherever it stands, or one of `[case_extra]`. The activity may not,
for what a process is made of is no person.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layouts.keys import TABLE_COLUMNS, is_text

NO_PERSON = ("activity", "activity_label", "stage")


def personal_columns(tree: Mapping[str, Any], extra: Iterable[str], name: str) -> tuple[str, ...]:
    """The personal columns that a layout file declares.

    Args:
        tree: the file's content.
        extra: the further columns of a case.
        name: the layout's name, for messages.

    Raises:
        LayoutError: they are no list of names, or one is unknown or cannot be personal.
    """
    declared = tree.get("personal", [])
    if not isinstance(declared, list) or not all(isinstance(column, str) for column in declared):
        raise LayoutError(f"layout '{name}': 'personal' must be a list of columns.", hint='write ["resource"]')
    of_contract = dict.fromkeys(column for columns in TABLE_COLUMNS.values() for column in columns)
    known = [column for column in of_contract if is_text(column) and column not in NO_PERSON]
    known += extra
    for column in declared:
        if column not in known:
            raise LayoutError(
                f"layout '{name}': '{column}' cannot be personal: no such column of text.",
                hint=f"known: {', '.join(known)}",
            )
    return tuple(dict.fromkeys(declared))


def check_no_constant(personal: Iterable[str], constants: Mapping[str, str], name: str) -> None:
    """Refuses a personal column with a constant value: it would stand in every record of a delivery.

    Raises:
        LayoutError: names the column.
    """
    for column in personal:
        if column in constants:
            raise LayoutError(
                f"layout '{name}': '{column}' is personal and cannot have a constant value.",
                hint="give it a column of the export, or leave it out",
            )
