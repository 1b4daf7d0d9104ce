"""What was published of a lake is kept, and an edition that would undo the protection of earlier ones is refused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.invented_run import invented_run

from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.settings import parsed
from efficacy_analytics.workflows.releases import PLACE, release, releases


def changed(run: Run, change: Callable[[dict[str, Any]], object]) -> Run:
    """The run with another manifest."""
    manifest = json.loads(json.dumps(run.manifest))
    change(manifest)
    (run.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return open_run(run.path)


def test_each_run_that_is_released_is_entered_once_and_its_key_is_not_told(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    release(tmp_path, run)
    release(tmp_path, run)
    (entry,) = releases(tmp_path)
    assert entry["run"] == run.name
    assert entry["cohort"] == {"accepted_from": "2025-07-01", "accepted_until": "2025-10-01"}
    assert run.manifest["snapshot"]["disclosure_key"] not in (tmp_path / PLACE).read_text(encoding="utf-8")


def test_a_least_number_that_is_no_multiple_of_those_before_is_refused(tmp_path: Path) -> None:
    """Counts moved to multiples of 5 and of 7 say together more than either; those of 10 follow from those of 5."""
    run = invented_run(tmp_path)
    release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=5)))
    with pytest.raises(CannotAnswerError, match="from 5 cases on, this one from 7"):
        release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=7)))


def test_a_smaller_least_number_than_before_is_refused_and_a_larger_one_is_not(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    release(tmp_path, run)
    release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=10)))
    with pytest.raises(CannotAnswerError, match="from 10 cases on, this one from 3"):
        release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=3)))
    assert len(list(releases(tmp_path))) == 2


@pytest.mark.parametrize(("earlier", "new", "hint"), [((10,), 0, "10"), ((5, 8), 8, "40"), ((4, 6), 6, "12")])
def test_exact_counts_after_moved_ones_are_refused_and_the_hint_is_taken(
    tmp_path: Path, earlier: tuple[int, ...], new: int, hint: str
) -> None:
    run = invented_run(tmp_path)
    lines = [{"run": "r", "fewest_cases": one, "key": next(releases_of(run, tmp_path))["key"]} for one in earlier]
    (tmp_path / PLACE).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with pytest.raises(CannotAnswerError) as fault:
        release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=new)))
    assert fault.value.hint == f"set disclosure.fewest_cases to {hint}"
    release(tmp_path, changed(run, lambda manifest: manifest["settings"]["disclosure"].update(fewest_cases=int(hint))))


def releases_of(run: Run, folder: Path) -> Iterator[dict[str, Any]]:
    """What the register says of a run that is released alone."""
    (folder / "alone").mkdir(exist_ok=True)
    release(folder / "alone", run)
    return releases(folder / "alone")


@pytest.mark.parametrize("line", ["[disclosure]\nfewest_cases = -10\n", "[engine]\nbucket_cases = 0\n"])
def test_a_number_that_can_be_none_is_refused_in_the_settings(line: str) -> None:
    with pytest.raises(CallError, match="or more, got"):
        parsed(line, "settings.toml")


def test_counts_that_would_be_moved_otherwise_than_before_are_refused(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    release(tmp_path, run)
    with pytest.raises(CannotAnswerError, match="oldest delivery"):
        release(tmp_path, changed(run, lambda manifest: manifest["snapshot"].update(disclosure_key="00" * 32)))


def test_a_damaged_register_is_told(tmp_path: Path) -> None:
    (tmp_path / PLACE).write_text("{\n")
    with pytest.raises(CheckFailedError, match="damaged"):
        release(tmp_path, invented_run(tmp_path))
