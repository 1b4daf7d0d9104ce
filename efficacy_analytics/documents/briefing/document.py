"""A briefing as its notebook makes it: opened once, then one part per cell.

Every part is a piece of HTML that shows in JupyterLab as it will on the page. Nothing is computed here; all figures
are those of one finished run.
"""

import os
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from efficacy_analytics.charts.maps.book import drawn_html
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.offline import library
from efficacy_analytics.documents.blocks import Block, Chart, Findings
from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.evidence import origin_of
from efficacy_analytics.documents.briefing.masthead import issue_day, masthead
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, checked
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render.templates import filled, source
from efficacy_analytics.documents.render.words import WORDS
from efficacy_analytics.errors import CannotAnswerError, ParameterError
from efficacy_analytics.findings.disclosure.public_findings import PublicFindings
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.settings import settings

COHORT = ("accepted_from", "accepted_until", "department", "item")


@dataclass(frozen=True)
class Part:
    """A piece of the page; JupyterLab shows it."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Document:
    """A briefing to be shown part by part.

    Attributes:
        findings: the run it tells of.
        parameters: what it was asked for.
    """

    findings: Findings
    parameters: BriefingParameters

    @cached_property
    def shown(self) -> Findings:
        """The findings as the edition shows them: the public one without small groups."""
        if self.parameters.edition != "public":
            return self.findings
        return PublicFindings(self.findings, self.findings.manifest["settings"]["disclosure"]["fewest_cases"])

    def setup(self) -> Part:
        """The style sheet and the drawing library, once, before the first part."""
        return Part(f'<style data-efficacy="style">{source("page.css")}</style>\n{library()}')

    def masthead(self) -> Part:
        """The head: name, issue, issuer, date, title."""
        head = masthead(self.shown, self.parameters)
        return Part(
            filled(
                "masthead.html",
                head=head,
                editor_note=WORDS["editor_note"][self.parameters.language],
                lang=self._lang(),
            )
        )

    @cached_property
    def section_names(self) -> list[str]:
        """The sections that have anything to say of these findings, in the order of `SECTIONS`."""
        return [name for name, section in SECTIONS.items() if section.is_shown(self.shown)]

    def section(self, name: str) -> Part:
        """A section by its name; nothing where it is not shown.

        Raises:
            ParameterError: there is no such section.
        """
        if name not in SECTIONS:
            raise ParameterError(f"there is no section '{name}'.", hint=f"one of: {', '.join(SECTIONS)}")
        if name not in self.section_names:
            return Part("")
        section, language = SECTIONS[name], self.parameters.language
        blocks = list(section.blocks(self.shown, language))
        return Part(
            filled(
                "section.html",
                name=name,
                title=section.title[language],
                blocks=blocks,
                drawn=self._drawn(name, blocks),
                more=partial(figures.more_rows, language=language),
                lang=self._lang(),
            )
        )

    def sections(self) -> Part:
        """Every section, in the order of `SECTIONS`; an office that wants another order asks for each in a cell."""
        return Part("\n".join(self.section(name).html for name in self.section_names))

    def colophon(self) -> Part:
        """The foot: origin, methods, how to check."""
        foot = colophon(self.shown, self.parameters, holds_data=True)
        return Part(
            filled("colophon.html", foot=foot, colon=WORDS["colon"][self.parameters.language], lang=self._lang())
        )

    def content(self) -> Content:
        """All of it, for a rendering; the sections in the order of `SECTIONS`."""
        shown, language = self.shown, self.parameters.language
        day = issue_day(shown, self.parameters)
        return Content(
            language,
            masthead(shown, self.parameters),
            [
                Piece(name, SECTIONS[name].title[language], list(SECTIONS[name].blocks(shown, language)))
                for name in self.section_names
            ],
            colophon(shown, self.parameters),
            origin=origin_of(shown, self.parameters),
            day=(day.year, day.month, day.day),
        )

    def _drawn(self, name: str, blocks: list[Block]) -> dict[int, str]:
        return {
            number: drawn_html(block.chart, self.parameters.language, f"chart-{name}-{number}")
            for number, block in enumerate(blocks)
            if isinstance(block, Chart)
        }

    def _lang(self) -> str:
        return "zh-CN" if self.parameters.language == "zh" else "en"


def open_document(**given: Any) -> Document:
    """The briefing that the parameters ask for, on a finished run.

    Args:
        **given: the notebook's parameters. `lake` is by default `$EFFICACY_LAKE`, else the setting; `run` is a
            run's folder or name, by default the newest whose cohort is the one asked for.

    Raises:
        ParameterError: a parameter is unknown, mistyped, or does not fit the run.
        CannotAnswerError: no run answers.
    """
    parameters = checked(given)
    run = _run(parameters)
    for name in COHORT:
        asked, had = getattr(parameters, name), run.manifest["cohort"].get(name)
        if asked is not None and str(asked) != had:
            raise ParameterError(
                f"run {run.name} has {name} {had or 'open'}, not {asked}.",
                hint="`efficacy find` makes a run of a cohort",
            )
    return Document(run, parameters)


def lake_of(parameters: BriefingParameters) -> Path:
    """The lake that is asked for: the parameter, else `$EFFICACY_LAKE`, else the setting."""
    return Path(parameters.lake or os.environ.get("EFFICACY_LAKE", "") or settings().lake.directory)


def _run(parameters: BriefingParameters) -> Run:
    lake = lake_of(parameters)
    if parameters.run:
        given = Path(parameters.run)
        return open_run(given if given.is_dir() else lake / "findings" / parameters.run)
    runs = [open_run(file.parent) for file in sorted((lake / "findings").glob("*/manifest.json"))]
    fitting = [run for run in runs if _fits(run, parameters)]
    if not fitting:
        raise CannotAnswerError(f"no run in {lake} answers for this cohort.", hint="`efficacy find` makes one")
    return max(fitting, key=lambda run: (run.manifest.get("ended_at", ""), run.name))


def _fits(run: Run, parameters: BriefingParameters) -> bool:
    asked = {name: getattr(parameters, name) for name in COHORT}
    return all(value is None or str(value) == run.manifest["cohort"].get(name) for name, value in asked.items())
