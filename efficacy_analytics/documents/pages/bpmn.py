"""The discovered process as a BPMN file with the reader's names, and in words how good it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import names_in
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.steps import LEVELS, stage_variants
from efficacy_analytics.vocabulary import Language

LINES: Final = {
    "kept": {
        "zh": "环节 {kept}/{all} 种，覆盖环节记录的 {share}",
        "en": "activities: {kept} of {all}, {share} of the steps",
    },
    "covered": {
        "zh": "对齐办件 {covered}/{cases} 件{partial}",
        "en": "aligned: {covered} of {cases} cases{partial}",
    },
    "fitness": {
        "zh": "拟合度 {fitness}（完全符合的办件占 {fitting}）",
        "en": "fitness: {fitness} ({fitting} of the cases fit)",
    },
    "precision": {"zh": "精确度 {precision}", "en": "precision: {precision}"},
}  # fmt: skip
PARTIAL: Final = {"zh": "：时间已到，只是一部分", "en": ": the time was up, this is a part"}


def write_model(
    log: Session,
    output: Path,
    *,
    noise_threshold: float,
    most_activities: int,
    by: str,
    seconds: float,
    language: Language,
    on_progress: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Discovers the process of a cohort and writes it as BPMN 2.0.

    Args:
        log: the engine of a cohort.
        output: the BPMN file.
        noise_threshold: of the inductive miner, 0 to 1.
        most_activities: how many activities to keep, at most 100.
        by: `activity` or `stage`.
        seconds: how long to align for fitness and precision.
        language: of the names in the file and of the lines.
        on_progress: is called with what comes next.

    Returns:
        Lines: what the model covers, the cases aligned, fitness, and precision (a dash where not all were).

    Raises:
        CallError: `by` or `noise_threshold` cannot be.
        CannotAnswerError: more than 100 activities are asked for.
    """
    from efficacy_analytics.mining.conformance.conformance import model_quality
    from efficacy_analytics.mining.measures import variants
    from efficacy_analytics.mining.models.bpmn import bpmn_file
    from efficacy_analytics.mining.models.discovery import discovered_model

    if by not in LEVELS:
        raise CallError(f"a model is not made by '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    on_progress("discover")
    sequences = stage_variants(log) if by == "stage" else variants(log)
    found = discovered_model(sequences, noise_threshold=noise_threshold, most_activities=most_activities)
    output.parent.mkdir(parents=True, exist_ok=True)
    bpmn_file(found.tree, output, names=dict(names_in(log.run("activity_names"), "activity", language).rows()))
    on_progress("align")
    quality = model_quality(found.variants, found.tree, seconds=seconds)
    return _lines(
        quality, kept=(found.kept_activity_count, found.activity_count), share=found.event_share, language=language
    )


def _lines(quality: pl.DataFrame, *, kept: tuple[int, int], share: float, language: Language) -> list[str]:
    row = quality.row(0, named=True)
    facts = {
        "kept": kept[0],
        "all": kept[1],
        "share": figures.share(share, language),
        "covered": figures.count(row["covered_case_count"], language),
        "cases": figures.count(row["case_count"], language),
        "partial": PARTIAL[language] if row["is_partial"] else "",
        "fitness": _measure(row["fitness_mean"], language),
        "fitting": figures.share(row["fitting_share"], language),
        "precision": _measure(row["precision"], language),
    }
    return [words[language].format(**facts) for words in LINES.values()]


def _measure(value: float | None, language: Language) -> str:
    return figures.share(None, language) if value is None else f"{value:.3f}"
