"""A process model as a value: what must follow, what is chosen, what runs side by side, what repeats.

Sources: S. J. J. Leemans, D. Fahland, W. M. P. van der Aalst, "Discovering block-structured process models from
event logs", PETRI NETS 2013 (process trees and their operators).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["sequence", "choice", "parallel", "loop"]

SIGNS: dict[Operator, str] = {"sequence": "->", "choice": "X", "parallel": "+", "loop": "*"}


@dataclass(frozen=True)
class ProcessTree:
    """A node of a process tree; a leaf without an activity is silent (nothing happens).

    Attributes:
        operator: how the children relate, None for a leaf. A loop does its first child, then any of the others
            and the first again, as often as wanted.
        activity: of a leaf.
        children: of an operator, in order; those of a choice or of parallel work stand in the order of their text,
            the silent one last.
    """

    operator: Operator | None = None
    activity: str | None = None
    children: tuple["ProcessTree", ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether nothing happens here."""
        return self.operator is None and self.activity is None

    @property
    def text(self) -> str:
        """The tree in one line, as `->( 'receive', X( 'grant', 'refuse' ) )`; a silent leaf is `tau`."""
        if self.operator is None:
            return "tau" if self.activity is None else f"'{self.activity}'"
        return f"{SIGNS[self.operator]}( {', '.join(child.text for child in self.children)} )"

    def __str__(self) -> str:
        return self.text


SILENT = ProcessTree()


def leaf(activity: str) -> ProcessTree:
    """A tree of one activity."""
    return ProcessTree(activity=activity)


def node(operator: Operator, *children: ProcessTree) -> ProcessTree:
    """A tree of an operator over children, ordered where their order has no meaning."""
    if operator in ("choice", "parallel"):
        children = tuple(sorted(children, key=lambda child: (child.is_silent, child.text)))
    return ProcessTree(operator=operator, children=children)
