"""What several commands take, and what the words given mean."""

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from efficacy_analytics.errors import CallError
from efficacy_analytics.system.progress import silent, spoken

COHORT_OPTIONS = (
    click.option("--accepted-from", metavar="DATE", help="First day of acceptance, inclusive."),
    click.option("--accepted-until", metavar="DATE", help="Day after the last day of acceptance."),
    click.option("--department", metavar="CODE", help="Only cases this department answers."),
    click.option("--item", metavar="CODE", help="Only cases of this item."),
    click.option("--where", metavar="SQL", help="A condition over the columns of `efficacy show cases`."),
)
CODES = ("department", "item", "about", "against_department", "against_item")
EVERYWHERE = (
    click.option(
        "--lake", "folder", metavar="DIR", type=click.Path(path_type=Path),
        help="The lake's folder [default: the setting, else data_lake/].",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No progress on stderr."),
)  # fmt: skip
FORM_OPTIONS = (
    click.option(
        "--format", "form", metavar="FORM", default="table", show_default=True, help="table, json, csv, parquet."
    ),
    click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
)
DOCUMENT_OPTIONS = (
    click.option(
        "--language", "languages", multiple=True, metavar="LANGUAGE",
        help="zh or en; may be repeated [default: the setting].",
    ),
    click.option("--edition", metavar="EDITION", default="internal", show_default=True, help="internal or public."),
    click.option(
        "--format", "formats", multiple=True, metavar="FORMATS",
        help="html, pdf, docx, xlsx; several with commas [default: the setting, else html].",
    ),
)  # fmt: skip
Command = Callable[..., None]


def taking(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[Command], Command]:
    """The options of the groups on a command, which gets `lake` (a folder) and `progress` for --lake and --quiet."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def called(*, folder: Path | None, quiet: bool, **options: Any) -> None:
            _refuse_empty(options)
            command(lake=lake(folder), progress=silent if quiet else spoken(), **options)

        options = [option for group in (*groups, EVERYWHERE) for option in group]
        return functools.reduce(lambda made, option: option(made), reversed(options), called)

    return decorate


def _refuse_empty(options: Mapping[str, Any]) -> None:
    """An empty code is none: it would choose everything, where what has no code was meant."""
    for name in CODES:
        if options.get(name) == "":
            column = name.removeprefix("against_")
            raise CallError(
                f"--{name.replace('_', '-')} is empty, and no code.",
                hint=f'cases without one: --where "{column} is null"; all cases: leave --{name.replace("_", "-")} away',
            )


def lake(given: Path | None) -> Path:
    from efficacy_analytics.settings import settings

    return given or Path(settings().lake.directory)


def date(text: str | None) -> dt.date | None:
    return None if text is None else day(text)


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CallError(f"'{text}' is not a date.", hint="write dates as 2025-01-20") from None


def moment(text: str) -> dt.date:
    """A day, or the moment a limit in hours runs from."""
    try:
        return dt.datetime.fromisoformat(text) if len(text) > len("2025-01-20") else day(text)
    except ValueError:
        raise CallError(f"'{text}' is not a moment.", hint="write moments as 2025-01-20T09:30") from None


def pairs(texts: tuple[str, ...]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise CallError(f"'{text}' is not KEY=VALUE.", hint="for example --set department=housing")
    return dict(text.split("=", 1) for text in texts)


def cohort_of(*, accepted_from: str | None, accepted_until: str | None, **others: str | None) -> Any:
    from efficacy_analytics.event_log.cohort import Cohort

    return Cohort(date(accepted_from), date(accepted_until), **others)


def database_address(sources: tuple[str, ...], database: str | None) -> Any:
    """The address of the database to pull from; None where the sources are paths."""
    from efficacy_analytics.lake.database.address import address_named, address_of, is_address

    addresses = [source for source in sources if is_address(source)]
    if database is None and not addresses and sources:
        return None
    if len(addresses) + (database is not None) != 1 or len(addresses) != len(sources):
        raise CallError(
            "a delivery comes from files and folders, or from one database.",
            hint="give paths, or one postgresql:// or mysql:// address, or --database NAME",
        )
    return address_named(database) if database is not None else address_of(addresses[0])
