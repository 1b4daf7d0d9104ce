"""The kinds of documents there are, each made from the finished tables of one run."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from efficacy_analytics.documents import cards, departments
from efficacy_analytics.documents.blocks import Block, Findings, Table
from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.evidence import manifest_kept, origin_of
from efficacy_analytics.documents.briefing.masthead import issue_day, masthead
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, DocumentParameters, checked_document
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.labels import name_of
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.vocabulary import Language, Words

Make = Callable[[Findings, DocumentParameters], Content]


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        name: as `efficacy document` takes it.
        series: the name of the series in its head.
        title: what it is about, with `{period}` and, of a department, `{department}`.
        pieces: makes its sections.
        tables: the finding tables it shows; none for those of a briefing.
        subjects: of documents about departments, which of a run get one.
    """

    name: str
    series: Words
    title: Words
    pieces: Callable[[Findings, DocumentParameters], list[Piece]]
    tables: Sequence[str] | None = None
    subjects: Callable[[Findings], list[str]] | None = None


def _sections(findings: Findings, language: Language, names: Sequence[str]) -> list[Piece]:
    chosen = [SECTIONS[name] for name in names]
    return [Piece(one.name, one.title[language], list(one.blocks(findings, language))) for one in chosen]


def _of_department(findings: Findings, parameters: DocumentParameters) -> list[Piece]:
    if parameters.edition == "public":
        raise CannotAnswerError(
            "a page of one department is not for the public.", hint="the public briefing shows departments side by side"
        )
    return departments.department_pieces(findings, parameters.about or "", parameters.language)


def _cards(findings: Findings, parameters: DocumentParameters) -> list[Piece]:
    if parameters.edition == "public":
        raise CannotAnswerError("a notice of cards is not for the public.", hint="it names single cases")
    return cards.card_pieces(findings, parameters.about or "", parameters.language)


def _departments(findings: Findings) -> list[str]:
    return list(findings.table("departments")["department"].drop_nulls())


def _compression(findings: Findings, parameters: DocumentParameters) -> list[Piece]:
    """The sections on limits, every table whole."""
    pieces = _sections(findings, parameters.language, ("plan", "limits"))
    return [dataclasses.replace(piece, blocks=[_whole(block) for block in piece.blocks]) for piece in pieces]


def _whole(block: Block) -> Block:
    if not isinstance(block, Table):
        return block
    return dataclasses.replace(block, rows=[*block.rows, *block.left_out], left_out=[])


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "department",
            {"zh": "部门效能专页", "en": "Department Page"},
            {"zh": "{department}：{period}行政审批效能", "en": "{department}: approvals {period}"},
            _of_department,
            departments.TABLES,
            _departments,
        ),
        Kind(
            "card",
            {"zh": "黄牌、红牌通知", "en": "Notice of Cards"},
            {"zh": "{department}：在办件逾期与到期通知", "en": "{department}: open cases late or near their day"},
            _cards,
            cards.TABLES,
            cards.carded_departments,
        ),
        Kind(
            "quarterly",
            {"zh": "行政效能季报", "en": "Quarterly Efficacy Report"},
            {"zh": "{period}行政审批效能分析", "en": "Approvals {period}"},
            lambda findings, asked: _sections(findings, asked.language, list(SECTIONS)),
        ),
        Kind(
            "compression",
            {"zh": "时限压缩通报", "en": "Notice on Time Limits"},
            {"zh": "{period}时限压缩项目表", "en": "Compression table, approvals {period}"},
            _compression,
            ("limit_plan", "limits", "period_changes", "on_time_by_month"),
        ),
    )
}
"""The documents besides the briefing, by name."""


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        CallError: there is no such kind.
    """
    if name not in KINDS:
        raise CallError(f"there is no kind of document '{name}'.", hint=f"one of: {', '.join(KINDS)}")
    return KINDS[name]


@dataclass(frozen=True)
class _Kept:
    """Findings with the tables alone that a document keeps: what it says follows from what it names."""

    findings: Findings
    tables: Sequence[str]

    @property
    def manifest(self) -> dict[str, Any]:
        return {**self.findings.manifest, "tables": list(self.tables)}

    def table(self, name: str) -> pl.DataFrame:
        if name not in self.tables:
            raise CallError(f"the document keeps no table '{name}'.", hint="name it among the tables of its kind")
        return self.findings.table(name)


def content_of(kind: Any, findings: Findings, asked: Mapping[str, Any]) -> Content:
    """A document of a kind, as its origin asks for it.

    Raises:
        CheckFailedError: there is no such kind.
        ParameterError: a parameter is unknown or mistyped.
    """
    parameters = checked_document(asked)
    if kind == "briefing":
        own = {name: value for name, value in parameters.model_dump().items() if name != "about"}
        return Document(findings, BriefingParameters(**own)).content()
    if kind not in KINDS:
        raise CheckFailedError(f"there is no kind of document '{kind}'.", hint=f"one of: {', '.join(KINDS)}")
    return document_content(KINDS[kind], findings, parameters)


def document_content(kind: Kind, findings: Findings, parameters: DocumentParameters) -> Content:
    """A document of a kind of a run, as its edition shows it."""
    whole, language = Document(findings, parameters).shown, parameters.language
    shown = _Kept(whole, manifest_kept(whole, kind.tables)["tables"])
    pieces = kind.pieces(shown, parameters)
    day, head = issue_day(shown, parameters), masthead(shown, parameters)
    about = name_of(shown, "department", parameters.about, language) if parameters.about else ""
    title = kind.title[language].format(period=head.period, department=about)
    return Content(
        language,
        dataclasses.replace(
            head, name=kind.series[language], issue=parameters.issue or head.period, title=title, editor_note=""
        ),
        pieces,
        colophon(shown, parameters),
        origin=origin_of(shown, parameters, kind.name, kind.tables),
        day=(day.year, day.month, day.day),
    )
