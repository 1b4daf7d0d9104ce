"""The kinds of documents there are, each made from the finished tables of one run."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from efficacy_analytics.documents import cards, certificates, letters, reviews
from efficacy_analytics.documents.blocks import Block, Findings, Table
from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.evidence import manifest_kept, origin_of
from efficacy_analytics.documents.briefing.masthead import issue_day, masthead, period_alone
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, DocumentParameters, checked_document
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.department_page import sections as department_sections
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
        subjects: of documents about departments or items, which of a run get one.
        edition: the one in which alone it appears: what names single cases or judges departments is not for the public,
            and the public bulletin is for nobody else.
        is_of_item: whether it is about one item of a department (`department/item`), and made of its cases alone.
        none_because: of documents about departments or items, why a run may have none.
    """

    name: str
    series: Words
    title: Words
    pieces: Callable[[Findings, DocumentParameters], list[Piece]]
    tables: Sequence[str] | None = None
    subjects: Callable[[Findings], list[str]] | None = None
    edition: str = ""
    is_of_item: bool = False
    none_because: str = ""


def _sections(findings: Findings, language: Language, names: Sequence[str]) -> list[Piece]:
    chosen = [SECTIONS[name] for name in names if SECTIONS[name].is_shown(findings)]
    return [Piece(one.name, one.title[language], list(one.blocks(findings, language))) for one in chosen]


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


BULLETIN: Final = ("main_points", "summary", "on_time", "process_map", "bottlenecks", "limits")
"""The sections of the public bulletin: how the whole did, where cases wait, which limits are kept."""

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "department",
            {"zh": "部门效能专页", "en": "Department Page"},
            {"zh": "{department}：{period}行政审批效能", "en": "{department}: approvals {period}"},
            lambda findings, asked: department_sections.department_pieces(findings, asked.about or "", asked.language),
            department_sections.TABLES,
            _departments,
            edition="internal",
            none_because="the records name no department",
        ),
        Kind(
            "card",
            {"zh": "黄牌、红牌通知", "en": "Notice of Cards"},
            {"zh": "{department}：在办件逾期与到期通知", "en": "{department}: open cases late or near their day"},
            lambda findings, asked: cards.card_pieces(findings, asked.about or "", asked.language),
            cards.TABLES,
            cards.carded_departments,
            edition="internal",
            none_because="no department named in the records has a yellow or a red card",
        ),
        Kind(
            "letter",
            {"zh": "函告", "en": "Letter to the Superior Unit"},
            {"zh": "关于{period}{department}行政审批效能的函", "en": "On {department}: approvals {period}"},
            lambda findings, asked: letters.letter_pieces(findings, asked.about or "", asked.language),
            letters.TABLES,
            letters.lettered_departments,
            edition="internal",
            none_because="no department named in the records has a red card, or more late cases than its work explains",
        ),
        Kind(
            "review",
            {"zh": "测评通报", "en": "Review Notice"},
            {"zh": "{period}行政审批效能测评通报", "en": "Review of approvals {period}"},
            lambda findings, asked: reviews.review_pieces(findings, asked.language),
            reviews.TABLES,
            edition="internal",
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
        Kind(
            "certificate",
            {"zh": "时限证书", "en": "Certificate of a Time Limit"},
            {"zh": "{department}“{item}”的时限", "en": "The limit of “{item}” ({department})"},
            lambda findings, asked: certificates.certificate_pieces(findings, asked.about or "", asked.language),
            certificates.TABLES,
            certificates.certified_items,
            edition="internal",
            is_of_item=True,
            none_because="the plan shortens no limit; ask for one with --about DEPARTMENT/ITEM",
        ),
        Kind(
            "bulletin",
            {"zh": "行政效能公报", "en": "Public Efficacy Bulletin"},
            {"zh": "{period}行政审批公报", "en": "Approvals {period}, for the public"},
            lambda findings, asked: _sections(findings, asked.language, BULLETIN),
            tuple(dict.fromkeys([name for one in BULLETIN for name in SECTIONS[one].tables] + ["on_time_by_month"])),
            edition="public",
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
    """A document of a kind of a run, as its edition shows it.

    Raises:
        CannotAnswerError: the kind does not appear in that edition.
    """
    if kind.edition and parameters.edition != kind.edition:
        public = "is not for the public" if kind.edition == "internal" else "is for the public alone"
        raise CannotAnswerError(f"a {kind.name} document {public}.", hint=f"--edition {kind.edition}")
    whole, language = Document(findings, parameters).shown, parameters.language
    shown = _Kept(whole, manifest_kept(whole, kind.tables)["tables"])
    pieces = kind.pieces(shown, parameters)
    day, head = issue_day(shown, parameters), masthead(shown, parameters)
    title = kind.title[language].format(period=head.period, **_about(shown, kind, parameters))
    return Content(
        language,
        dataclasses.replace(
            head,
            name=kind.series[language],
            issue=parameters.issue or period_alone(head.period),
            title=title,
            editor_note="",
        ),
        pieces,
        colophon(shown, parameters),
        origin=origin_of(shown, parameters, kind.name, kind.tables),
        day=(day.year, day.month, day.day),
    )


def _about(findings: Findings, kind: Kind, parameters: DocumentParameters) -> dict[str, str]:
    """The names of what a document is about."""
    codes = {"department": parameters.about or ""}
    if kind.is_of_item:
        codes = dict(zip(("department", "item"), certificates.item_named(findings.table("limits"), codes["department"]),
                         strict=True))  # fmt: skip
    return {code: name_of(findings, code, value, parameters.language) for code, value in codes.items() if value}
