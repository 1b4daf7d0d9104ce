"""Finished documents of a lake, and how a log comes to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows import steps

if TYPE_CHECKING:
    from efficacy_analytics.documents.blocks import Check

OF_ONE_QUESTION: Final[dict[Language, str]] = {"zh": "专题分析", "en": "Analysis of one question"}
"""Where the masthead prints a number: that of the register belongs to the periodic issues."""


@dataclass(frozen=True)
class Document:
    """A finished document of a lake.

    Attributes:
        path: its file.
        lake: the lake's folder.
    """

    path: Path
    lake: Path

    def verify(self) -> "list[Check]":
        """Recomputes every figure from the snapshot that the document names.

        >>> sum(check.value_count for check in lake.document(page).verify()) > 0
        True

        Raises:
            CheckFailedError: a figure differs, with its place.
        """
        return steps.verify(self.lake, [self.path])

    def __repr__(self) -> str:
        return f"document {self.path}"

    def _repr_html_(self) -> str:
        return f'<a href="{escape(str(self.path))}">{escape(self.path.name)}</a>'


def reported(
    lake: Path, cohort: Cohort, snapshot: str, languages: Sequence[str], given: Mapping[str, Any]
) -> list[Document]:
    """The briefing of a cohort of a snapshot, in each language.

    Raises:
        ParameterError: a parameter is unknown or mistyped.
    """
    from efficacy_analytics.documents.briefing import parameters

    spoken = [parameters.checked({**given, "language": language}).language for language in languages]
    run = steps.find(lake, cohort, snapshot=snapshot)
    chosen = [value for key, value in cohort.as_dict().items() if value and key != "where"]
    chosen += ["where"] if cohort.where else []
    chosen += [] if given.get("edition", "internal") == "internal" else [str(given["edition"])]
    name = steps.file_name("briefing", *chosen, "question")  # no file of a number of the register
    made = [
        path
        for language in spoken
        for path in steps.brief(
            lake, run, languages=[language], name=name, given={"issue": OF_ONE_QUESTION[language], **given}
        )
    ]
    return [Document(path, lake) for path in made]
