"""A figure follows from its snapshot alone: what changes in the lake, or is pruned, changes no page and no run."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from support.intake import ingest
from support.invented_page import page_of

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.documents.pages.catalogue import picture
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.build import at_hand
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.inputs import inputs_now
from efficacy_analytics.event_log.snapshots import current_snapshot, snapshots
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.findings.runs import Run, find
from efficacy_analytics.lake.delivery import deliveries
from efficacy_analytics.settings import CHECKOUT, set_by, settings
from efficacy_analytics.workflows import steps as pipeline

READERS = (
    "rules",
    "applicant_stations",
    "conformance_summary",
    "limits",
    "project_chains",
    "ping_pong",
    "honesty",
    "warnings",
    "scheme_scores",
)
"""Tables that depend on what the office keeps by hand."""
ADDED = {
    "activity_roles.csv": "acceptance,applicant",
    "chains.csv": "added,1,D03001,D03,,5,4,添,added",
    "clock_rules.csv": "added,stops,,,添,added,添,added,true",
    "procedures.csv": "added,,D03001,,1,acceptance,false,false,",
    "scores.csv": "township_image,D03,2025H1,daily,50,,添",
    "rules.csv": "added,absence,acceptance,,,,,添,added,添,added",
    "stage_limits.csv": ",acceptance,,,99,working_days,,,添,added,添,added",
    "warnings.csv": "added,case,reminder,working_days_left,9,,D03001,,,,添,added,添,added",
    "calendar/CN.csv": "2025-03-05,false,添,添",
    "calendar/office_hours.csv": "NL,workdays,09:00-10:00,添",
    "calendar/years.csv": "CN,2027,添",
    "calendar/departments/closed_days.csv": "CN,D03,2025-03-07,添,添",
    "calendar/departments/office_hours.csv": "CN,D03,workdays,09:00-10:00,添",
}
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "c"
activity = "a"
completed_at = "t"
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of a small city with reference files of its own, published."""
    folder = tmp_path_factory.mktemp("whole")
    make_city(folder / "city", cases=150, seed=11, items_per_department=2)
    ingest(folder / "lake", [folder / "city"], "city", delivered_on=dt.date(2025, 7, 1))
    shutil.copytree(CHECKOUT / "data_lake" / "reference", folder / "lake" / "reference")
    head = (CHECKOUT / "data_lake" / "reference" / "chains.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "lake" / "reference" / "chains.csv").write_text(f"{head}\nkept,1,D01001,D01,,9,8,存,kept\n")
    pipeline.publish(folder / "lake")
    return folder / "lake"


@pytest.fixture
def lake(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture(scope="module")
def pruned_original(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a page of a snapshot that was pruned since, and beside it the page."""
    folder = tmp_path_factory.mktemp("pruned")
    shutil.copytree(original, folder / "lake")
    drawn(folder / "lake")
    (folder / "keep.toml").write_text("[lake]\nkeep_snapshots = 1\n")
    with set_by(folder / "keep.toml"):
        pipeline.publish(folder / "lake", as_on=dt.date(2025, 8, 1))
    return folder / "lake"


@pytest.fixture
def pruned(pruned_original: Path, tmp_path: Path) -> Path:
    shutil.copytree(pruned_original.parent, tmp_path / "own")
    return tmp_path / "own" / "lake"


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Sets how many snapshots are kept."""

    def keeping(count: int) -> None:
        (tmp_path / "keep.toml").write_text(f"[lake]\nkeep_snapshots = {count}\n")
        monkeypatch.setenv("EFFICACY_SETTINGS", str(tmp_path / "keep.toml"))
        settings.cache_clear()

    yield keeping
    settings.cache_clear()


def briefed(lake: Path) -> Path:
    """A briefing of the current snapshot."""
    page = lake.parent / "page.html"
    page.write_text(page_of(pipeline.find(lake, Cohort())), encoding="utf-8")
    return page


def drawn(lake: Path) -> Path:
    """A page of the current snapshot whose figures are few: the months of the log."""
    return pipeline.draw(lake, picture("months"), lake.parent / "months.html", language="en", cohort=Cohort())


def found(lake: Path, names: Sequence[str] = READERS) -> Run:
    """A run of tables, by default of those that depend on reference files."""
    with open_log(lake) as log:
        return find(log, lake, Cohort().as_dict(), tables={name: TABLES[name] for name in names})


def add_a_row_to_each_reference_file(lake: Path) -> None:
    files = {file.relative_to(lake / "reference").as_posix() for file in (lake / "reference").rglob("*.csv")}
    assert files == set(ADDED)
    for name, row in ADDED.items():
        with (lake / "reference" / name).open("a", encoding="utf-8") as file:
            file.write(f"{row}\n")


@pytest.mark.parametrize("made", [drawn, pytest.param(briefed, marks=pytest.mark.deep)])
def test_a_row_added_to_each_reference_file_changes_nothing_until_it_is_published(
    lake: Path, made: Callable[[Path], Path]
) -> None:
    page, before, rules = made(lake), found(lake), found(lake, ["rules"])
    add_a_row_to_each_reference_file(lake)
    assert verify(page, lake)
    same = found(lake)
    assert (same.name, same.manifest["tables"]) == (before.name, before.manifest["tables"])  # hashes of the files
    pipeline.publish(lake)
    other = found(lake, ["rules"])
    assert other.name != rules.name
    assert other.manifest["tables"]["rules"]["rows"] == rules.manifest["tables"]["rules"]["rows"] + 1
    assert verify(page, lake)


@pytest.mark.parametrize("name", sorted(ADDED))
def test_a_row_added_to_a_single_reference_file_is_another_content(lake: Path, name: str) -> None:
    before = inputs_now(lake, deliveries(lake), None, settings().clock).content_sha256
    assert before == current_snapshot(lake).content_sha256
    with (lake / "reference" / name).open("a", encoding="utf-8") as file:
        file.write(f"{ADDED[name]}\n")
    assert inputs_now(lake, deliveries(lake), None, settings().clock).content_sha256 != before


@pytest.mark.parametrize(
    "name",
    ["rules.csv", *(pytest.param(name, marks=pytest.mark.deep) for name in sorted(ADDED) if name != "rules.csv")],
)
def test_a_row_added_to_a_single_reference_file_makes_another_snapshot(lake: Path, name: str) -> None:
    before = current_snapshot(lake)
    with (lake / "reference" / name).open("a", encoding="utf-8") as file:
        file.write(f"{ADDED[name]}\n")
    assert pipeline.publish(lake).content_sha256 != before.content_sha256


@pytest.mark.parametrize("count", [3, pytest.param(10, marks=pytest.mark.deep)])
def test_publishes_of_unchanged_data_are_one_snapshot(lake: Path, keep: Callable[[int], None], count: int) -> None:
    keep(3)
    page = drawn(lake)
    first = current_snapshot(lake)
    assert {pipeline.publish(lake) for _ in range(count)} == {first}
    assert snapshots(lake) == [first.name]
    assert verify(page, lake)


def test_what_was_published_before_is_current_again_without_being_built(lake: Path) -> None:
    first = current_snapshot(lake)
    assert pipeline.publish(lake, as_on=dt.date(2025, 8, 1)) != first
    assert pipeline.publish(lake) == first == current_snapshot(lake)
    assert len(snapshots(lake)) == 2


@pytest.mark.parametrize("count", [3, pytest.param(20, marks=pytest.mark.deep)])
def test_a_page_verifies_after_further_deliveries(lake: Path, tmp_path: Path, keep, count: int) -> None:
    keep(1)
    page, first = drawn(lake), current_snapshot(lake)
    (tmp_path / "further.toml").write_text(LAYOUT)
    for number in range(count):
        (tmp_path / "further.csv").write_text(f"c,a,t\n{number},accept,2025-07-{number + 1:02} 10:00:00\n")
        day = dt.date(2025, 7, number + 2)
        ingest(lake, [tmp_path / "further.csv"], str(tmp_path / "further.toml"), delivered_on=day)
        if number % 10 == 9 or number == count - 1:
            pipeline.publish(lake)
    assert len(deliveries(lake)) == count + 1
    assert first.name not in snapshots(lake)
    add_a_row_to_each_reference_file(lake)  # the files as they were are kept
    before = sorted(lake.rglob("*"))
    assert verify(page, lake)
    assert sorted(lake.rglob("*")) == before  # what was made again is gone, and was never in the lake


def test_a_pruned_snapshot_made_again_holds_the_same_in_every_table(original: Path, pruned: Path) -> None:
    with open_log(original) as log:
        names = sorted(log.tables() - {"cohort_cases", "cohort_events", "cohort_undated", "cohort_asked"})
        before = {name: log.connection.sql(f'select * from "{name}" order by all').pl() for name in names}
    first = current_snapshot(original).name
    assert first not in snapshots(pruned)
    with at_hand(pruned, first) as again, open_log_of(again) as log:
        for name, frame in before.items():
            assert log.connection.sql(f'select * from "{name}" order by all').pl().equals(frame), name


def open_log_of(snapshot):
    from efficacy_analytics.event_log.snapshots import open_snapshot

    return open_snapshot(snapshot)


def test_a_pruned_snapshot_of_which_a_delivery_is_gone_says_so(pruned: Path) -> None:
    [delivery] = deliveries(pruned)
    delivery.folder.rename(pruned.parent / "away")
    with pytest.raises(CheckFailedError, match=f"delivery {delivery.delivery}"):
        verify(pruned.parent / "months.html", pruned)


def test_a_snapshot_there_never_was_is_told_of(lake: Path) -> None:
    with pytest.raises(CallError, match="no snapshot 'current'"), at_hand(lake, "current"):
        pass


def test_a_snapshot_of_another_version_is_not_read(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("efficacy_analytics.event_log.snapshots.SCHEMA_VERSION", 0)
    with pytest.raises(CannotAnswerError, match="another version"):
        open_log(lake)


def test_a_run_names_the_deliveries_its_figures_come_from(lake: Path) -> None:
    [delivery] = deliveries(lake)
    assert found(lake, ["log_summary"]).manifest["deliveries"] == [
        {
            "delivery": delivery.delivery,
            "source": "city",
            "layout": "city",
            "delivered_on": "2025-07-01",
            "files": [{"name": file["name"], "sha256": file["sha256"]} for file in delivery.files],
        }
    ]
