"""Which pictures can be asked for, and what draws each: one self-contained page, or a picture file of one chart.

A new picture is one line in `PICTURES` and a function that gives its blocks, or its whole page; what draws is imported
when the picture is first asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, cast

from efficacy_analytics.documents.blocks import Block, Chart
from efficacy_analytics.documents.briefing.evidence import DECIDING_SETTINGS
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import Settings, kept_values
from efficacy_analytics.vocabulary import Language

FORMS: Final = (".html", ".png", ".svg")


@dataclass(frozen=True)
class Picture:
    """A picture by name.

    Attributes:
        name: as `efficacy picture` takes it.
        zh: what it shows, in one line of Chinese.
        en: the same in English.
        source: `module:function` that draws it.
        options: the options the function takes besides the log and the language.
        makes: whether the function gives blocks or the whole page; `comparison` takes a second log too.
    """

    name: str
    zh: str
    en: str
    source: str
    options: tuple[str, ...] = ()
    makes: Literal["blocks", "page", "comparison"] = "blocks"

    def draw(self, *given: Any, language: Language, **options: Any) -> Any:
        """What the function of the picture makes of one log or two, imported at its first call.

        Raises:
            CallError: the picture takes no such option.
        """
        for name in options:
            if name not in self.options:
                raise CallError(
                    f"picture '{self.name}' takes no --{name}.",
                    hint=f"it takes: {', '.join(f'--{one}' for one in self.options) or 'no option of its own'}",
                )
        module, function = self.source.split(":")
        return getattr(import_module(module), function)(*given, language=language, **options)


BLOCKS: Final = "efficacy_analytics.documents.pages.blocks"
MAPS: Final = "efficacy_analytics.documents.pages.maps"

PICTURES: Final[dict[str, Picture]] = {
    picture.name: picture
    for picture in (
        Picture("map", "流程图：办件怎样流转，在哪里等待", "Process map: how cases run, and where they wait",
                f"{MAPS}:map_page", ("causes",), "page"),
        Picture("difference", "两组办件的流程图之差", "Two groups of cases compared on one map",
                f"{MAPS}:difference_page", ("names",), "comparison"),
        Picture("spectrum", "性能谱：办件怎样通过各区段", "Performance spectrum: how cases pass each segment",
                f"{BLOCKS}:spectrum_blocks", ("segment",)),
        Picture("dotted", "点图：环节落在何时", "Dotted chart: when steps happen",
                f"{BLOCKS}:dotted_blocks", ("by",)),
        Picture("variants", "变体：办件走过的路线", "Variants: the ways cases take",
                f"{BLOCKS}:variants_blocks", ("by",)),
        Picture("months", "各受理月份的等待时间", "Waiting by month of acceptance",
                f"{BLOCKS}:months_blocks", ("by", "clock", "measure")),
        Picture("causes", "办件为什么等待", "Why files wait",
                f"{BLOCKS}:causes_blocks", ("hours",)),
        Picture("honesty", "数据真实性：各部门、各项检查", "How honest the records are, by department and check",
                "efficacy_analytics.documents.pages.honesty:honesty_blocks"),
        Picture("plan", "压缩项目表：哪些时限可以压缩，代价是什么", "Which limits to shorten, and what it would cost",
                "efficacy_analytics.documents.pages.plan:plan_blocks"),
        Picture("certificate", "时限证书：一个事项可保证的时限", "Certificate of the time limit of one item",
                "efficacy_analytics.documents.pages.certificate:certificate_blocks"),
    )
}  # fmt: skip


def picture(name: str) -> Picture:
    """The picture of that name.

    Raises:
        CallError: there is no such picture.
    """
    if name not in PICTURES:
        raise CallError(f"there is no picture '{name}'.", hint=f"one of: {', '.join(PICTURES)}")
    return PICTURES[name]


def checked_form(output: Path) -> str:
    """The ending of a picture's file.

    Raises:
        CallError: there is no such form.
    """
    if output.suffix not in FORMS:
        raise CallError(
            f"a picture is not written as '{output.suffix or output.name}'.", hint=f"one of: {', '.join(FORMS)}"
        )
    return output.suffix


def write_picture(
    log: Session,
    asked: Picture,
    output: Path,
    language: Language,
    *,
    cohort: Mapping[str, str | None],
    other: Session | None = None,
    other_cohort: Mapping[str, str | None] | None = None,
    **options: Any,
) -> Path:
    """Draws a picture and writes it.

    Args:
        log: the engine of the cohort.
        asked: the picture.
        output: the file; `.html`, or `.png` and `.svg` for a picture of one chart.
        language: "zh" or "en".
        cohort: what was chosen, as `Cohort.as_dict` gives it.
        other: the engine of the cohort to compare with, for a comparison.
        other_cohort: what was chosen there.
        **options: the picture's own.

    Raises:
        CallError: the picture takes no such option, cannot be written in that form, or lacks what it compares with.
    """
    form = checked_form(output)
    if asked.makes == "comparison" and other is None:
        raise CallError(f"picture '{asked.name}' compares two groups.", hint="name the other one with --against…")
    if asked.makes != "comparison" and other is not None:
        raise CallError(f"picture '{asked.name}' shows one group.", hint="`efficacy picture difference` compares two")
    if form != ".html":
        if asked.makes != "blocks":
            raise CallError(f"picture '{asked.name}' is a page.", hint="write it as .html")
        return _saved(asked, asked.draw(log, language=language, **options), output)
    page = drawn_page(log, asked, language, cohort=cohort, other=other, other_cohort=other_cohort, **options)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    return output


def drawn_page(
    log: Session,
    asked: Picture,
    language: Language,
    *,
    cohort: Mapping[str, str | None],
    other: Session | None = None,
    other_cohort: Mapping[str, str | None] | None = None,
    **options: Any,
) -> str:
    """The page of a picture, with what it was made from inside; arguments as for `write_picture`.

    Returns:
        The HTML; the same for the same snapshot, cohort, language, options, settings and code.
    """
    from efficacy_analytics.documents.pages.manifest import manifest_of, with_manifest

    logs = (log,) if other is None else (log, other)
    drawn = asked.draw(*logs, language=language, **options)
    if asked.makes == "blocks":
        from efficacy_analytics.documents.pages.page import picture_page

        drawn = picture_page(log, asked.zh if language == "zh" else asked.en, drawn, language, cohort)
    groups = {"log": (log, cohort)} | ({} if other is None else {"other": (other, other_cohort or {})})
    return with_manifest(drawn, manifest_of(asked.name, language, groups, options, deciding_settings(log.settings)))


def deciding_settings(in_force: Settings) -> dict[str, Any]:
    """The settings that can decide what a page shows, as plain values."""
    values = kept_values(in_force)
    return {name: values[name] for name in DECIDING_SETTINGS}


def _saved(asked: Picture, blocks: list[Block], output: Path) -> Path:
    from efficacy_analytics.charts.style.offline import save_picture

    charts = [block.chart for block in blocks if isinstance(block, Chart)]
    if len(charts) > 1:
        raise CallError(f"picture '{asked.name}' has {len(charts)} charts.", hint="write it as .html")
    output.parent.mkdir(parents=True, exist_ok=True)
    return save_picture(cast(Any, charts[0]), output)
