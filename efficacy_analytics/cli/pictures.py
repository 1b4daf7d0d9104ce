"""Pictures and models as files: `picture`, `model`."""

from pathlib import Path
from typing import Any, Literal

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, cohort_of, taking
from efficacy_analytics.system.progress import Progress

AGAINST_OPTIONS = (
    click.option(
        "--against-lake", metavar="DIR", type=click.Path(path_type=Path), help="difference: the other group's lake."
    ),
    click.option("--against-from", metavar="DATE", help="difference: the other group's first day of acceptance."),
    click.option("--against-until", metavar="DATE", help="difference: the day after its last."),
    click.option("--against-department", metavar="CODE", help="difference: the other group's department."),
    click.option("--against-item", metavar="CODE", help="difference: the other group's item."),
    click.option("--against-where", metavar="SQL", help="difference: the other group's condition."),
    click.option("--names", nargs=2, metavar="ONE OTHER", help="difference: what to call the two groups."),
)
OWN_OPTIONS = (
    click.option("--causes", is_flag=True, help="map: what the waiting on each path is made of."),
    click.option("--segment", nargs=2, multiple=True, metavar="FROM TO", help="spectrum: a pair of activities."),
    click.option("--by", metavar="LEVEL", help="dotted, variants, months: activity or stage."),
    click.option("--clock", metavar="CLOCK", help="months: elapsed or open [default: both]."),
    click.option("--measure", metavar="MEASURE", help="months: mean or median [default: mean]."),
    click.option("--hours", metavar="HOURS", help="causes: given or discovered."),
)


@app.command()
@click.argument("name", required=False, metavar="[PICTURE]")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="The file: .html, or .png or .svg for one chart [default: in the lake's pictures/].",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@taking(OWN_OPTIONS, COHORT_OPTIONS, AGAINST_OPTIONS)
def picture(
    *,
    lake: Path,
    progress: Progress,
    name: str | None,
    output: Path | None,
    language: Literal["zh", "en"],
    **given: Any,
) -> None:
    """Draw a picture as one page that needs no network; alone, list the pictures.

    \b
    efficacy picture spectrum --department D05 --accepted-from 2025-01-01
    efficacy picture variants --output variants.png --language en
    efficacy picture difference --department D05 --against-department D03
    efficacy picture difference --accepted-until 2025-01-01 --against-from 2025-01-01 --against-until 2026-01-01
    """
    from efficacy_analytics.documents.pages import catalogue as pictures
    from efficacy_analytics.workflows.steps import draw

    if name is None:
        print("\n".join(f"{entry.name:<12}{entry.en} · {entry.zh}" for entry in pictures.PICTURES.values()))
        return
    asked = pictures.picture(name)
    chosen = {key: given.pop(key) for key in ("accepted_from", "accepted_until", "department", "item", "where")}
    other_lake = given.pop("against_lake")
    others = {key: given.pop(f"against_{key.removeprefix('accepted_')}") for key in chosen}
    print(
        draw(
            lake,
            asked,
            output,
            language=language,
            cohort=cohort_of(**chosen),
            other=cohort_of(**{**chosen, **{key: value for key, value in others.items() if value is not None}})
            if other_lake or any(value is not None for value in others.values())
            else None,
            other_lake=other_lake,
            progress=progress,
            **{key: value for key, value in given.items() if value},
        )
    )


@app.command()
@click.option(
    "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The BPMN 2.0 file to write."
)
@click.option(
    "--noise-threshold", type=float, default=0.2, show_default=True,
    help="0 to 1: what follows less often than this share of the most frequent is noise; at 0 every case fits.",
)  # fmt: skip
@click.option(
    "--most-activities", type=click.IntRange(min=1), default=40, show_default=True,
    help="Keep the most frequent activities; at most 100.",
)  # fmt: skip
@click.option("--by", metavar="LEVEL", default="activity", show_default=True, help="activity or stage.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True,
    help="How long to align for fitness and precision.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the names.")
@taking(COHORT_OPTIONS)
def model(
    *,
    lake: Path,
    progress: Progress,
    output: Path,
    noise_threshold: float,
    most_activities: int,
    by: str,
    seconds: float,
    language: Literal["zh", "en"],
    **chosen: str | None,
) -> None:
    """Discover the process and write it as BPMN; print its fitness and precision."""
    from efficacy_analytics.workflows.steps import discover

    found = discover(
        lake,
        cohort_of(**chosen),
        output,
        noise_threshold=noise_threshold,
        most_activities=most_activities,
        by=by,
        seconds=seconds,
        language=language,
        progress=progress,
    )
    print(output)
    print("\n".join(found))
