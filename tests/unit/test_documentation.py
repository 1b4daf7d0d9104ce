"""What the pages tell to write is taken by the program as it stands there; the reference leaves nothing out."""

import dataclasses
import itertools
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from made import declared, programming

import efficacy_analytics as ea
from efficacy_analytics import errors
from efficacy_analytics.clock.holiday_sources import covered_years, day_kinds
from efficacy_analytics.clock.rules import clock_rules
from efficacy_analytics.event_log.scheme_files import declared_scores, read_scheme
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.findings.performance.indicator_list import INDICATORS
from efficacy_analytics.lake.contract.refusal_rules import REASONS
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.settings import CHECKOUT, Settings, parsed
from efficacy_analytics.workflows.operation.schedule_file import Schedule

BLOCK = re.compile(r'^```(toml|csv)(?: title="([^"]+)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)
PAGES = sorted([*CHECKOUT.glob("docs/**/*.md"), CHECKOUT / "data_lake" / "README.md"])
BLOCKS = [(page, *found) for page in PAGES for found in BLOCK.findall(page.read_text(encoding="utf-8"))]


def taken_layout(text: str) -> None:
    parsed_layout(text, "page")


def taken_settings(text: str) -> None:
    parsed(text, "settings.toml")


def taken_schedule(text: str) -> None:
    Schedule.model_validate(tomllib.loads(text))


TAKEN_TOML: dict[str, Callable[[str], None]] = {
    "layout.toml": taken_layout,
    "settings.toml": taken_settings,
    "schedule.toml": taken_schedule,
}


@pytest.mark.parametrize(
    ("page", "kind", "title", "text"), BLOCKS, ids=lambda one: one.stem if isinstance(one, Path) else ""
)
def test_a_file_that_a_page_tells_to_write_is_taken(
    page: Path, kind: str, title: str, text: str, tmp_path: Path
) -> None:
    if kind == "toml":
        assert tomllib.loads(text)
        if title.startswith("schemes/"):
            assert read_scheme(text, title).name == Path(title).stem
        elif title:
            TAKEN_TOML[title](text)
    else:
        shutil.copytree(CHECKOUT / "data_lake" / "reference", tmp_path / "reference")
        for of_page, _, name, scheme in BLOCKS:
            if of_page == page and name.startswith("schemes/"):
                (tmp_path / "reference" / name).write_text(scheme, encoding="utf-8")
        file = tmp_path / "reference" / title
        head, rows = text.split("\n", 1)
        own = file.read_text(encoding="utf-8").rstrip("\n")
        assert head in own.splitlines(), "the columns are those of the shipped file"
        file.write_text(f"{own}\n{rows}", encoding="utf-8")
        assert rows_read(title, tmp_path / "reference") >= len(rows.strip().splitlines())


def rows_read(title: str, reference: Path) -> int:
    """How many rows of the file the program reads; of a calendar, how many days of the new year it knows otherwise."""
    if title.startswith("calendar/"):
        years = reference / "calendar" / "years.csv"
        if "\nCN,2027," not in years.read_text(encoding="utf-8"):
            with years.open("a", encoding="utf-8") as written:
                written.write("CN,2027,the notice\n")
        assert covered_years("CN", reference)[-1] == 2027
        kinds = day_kinds("CN", 2027, 2027, reference=reference)
        otherwise = [day for day, kind in kinds.items() if kind.is_working_day != (day.weekday() < 5)]
        return len(otherwise) if title.endswith("CN.csv") else 1
    if title == "clock_rules.csv":
        return clock_rules(reference).filter(kind="site_survey").height
    return declared_scores(reference).filter(scheme="office_quarter").height


def test_a_block_that_the_program_would_refuse_is_seen() -> None:
    with pytest.raises(errors.LayoutError):
        taken_layout('format = "csv"\ncolour = "red"\n')
    with pytest.raises(errors.CallError):
        taken_settings("[clock]\ntick = 1\n")
    assert {title for _, kind, title, _ in BLOCKS if kind == "toml"} >= set(TAKEN_TOML)


CHINESE = sorted((CHECKOUT / "docs" / "zh").rglob("*.md"))


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.stem)
def test_a_page_in_chinese_gives_no_command_that_the_page_in_english_lacks(page: Path) -> None:
    other = CHECKOUT / "docs" / page.relative_to(CHECKOUT / "docs" / "zh")
    assert commands_of(page) - commands_of(other) <= {"efficacy schedule --print cron"}


def commands_of(page: Path) -> set[str]:
    """The lines of commands of a page, without what differs by language."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("efficacy ")]
    return {re.sub(r"\s+#.*|--language \w+|--reason \".*\"", "", line) for line in lines}


def test_the_reference_names_every_declaration() -> None:
    pages = {**declared.pages(), **programming.pages()}
    wanted = {
        "indicators": [one.name for one in INDICATORS],
        "honesty_checks": [*CHECKS, *(check.title["zh"] for check in CHECKS.values())],
        "rules": [*REASONS, "hearing", "green_lane"],
        "settings": [
            key.name for part in vars(Settings()).values() for key in dataclasses.fields(part)
        ],
        "layouts": [*keys.TOP_KEYS, *keys.SOURCE_KEYS, *itertools.chain(*keys.TABLE_COLUMNS.values())],
        "schedule": [*Schedule.model_fields],
        "commands": ["efficacy layout guess", "--edition", "TooFewCasesError"],
        "python": [*(f"ea.{name}" for name in ea.__all__), "Log.where", "Lake.publish"],
    }  # fmt: skip
    assert {page: [name for name in names if name not in pages[page]] for page, names in wanted.items()} == {
        page: [] for page in wanted
    }
    assert "| – |" not in pages["settings"], "every key has a comment in settings.toml"


def test_a_decision_is_in_the_list() -> None:
    files = [file.name for file in (CHECKOUT / "docs" / "decisions").glob("0*.md")]
    assert all(f"({name})" in declared.decisions() for name in files)
