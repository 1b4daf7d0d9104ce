"""Who tampers with the records is named by the check that is for it, and honest departments are left in peace."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.samples import sample
from support.tampered import BY_DEPARTMENT, PLANTED, tamper

from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.honesty.audit import honesty_checks
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.workflows import steps as pipeline

ALL = {row.department for row in departments()}
HONEST = ALL - set(PLANTED.values())
UNTOUCHED = HONEST - set(BY_DEPARTMENT.values())
Named = set[tuple[str, str]]


def named_in(folder: Path, cases: int, seed: int, *, is_tampered: bool) -> Named:
    """The departments named in a city, each with the check."""
    exports = pipeline.make_city(folder / "city", cases=cases, seed=seed)
    if is_tampered:
        tamper(exports)
    ingest(folder / "lake", [exports], "city")
    pipeline.publish(folder / "lake")
    with open_log(folder / "lake") as log:
        found = honesty_checks(log).filter(pl.col("verdict") == "stands_out")
    return set(found.select("department", "code").rows())


@pytest.mark.parametrize("seed", sample([3, 5], [5]))
def test_in_a_small_city_those_who_were_planted_are_named_and_nobody_else(seed, tmp_path):
    named = named_in(tmp_path, 8_000, seed, is_tampered=False)
    assert {("D14", "H01"), ("D14", "H02"), ("D12", "H13"), ("D12", "H16"), ("D03", "H17")} <= named
    assert {department for department, _ in named} == {"D14", "D12", "D03"}


def test_in_a_small_city_most_who_tamper_are_named(tmp_path):
    named = named_in(tmp_path, 5_000, 1, is_tampered=True)
    assert len({(department, code) for code, department in BY_DEPARTMENT.items()} & named) >= 12
    assert not {department for department, _ in named} & UNTOUCHED


def told(truth: Iterable[Named], named: Iterable[Named], honest: set[str], seeds: int) -> dict[str, tuple[float, ...]]:
    """Of each check: its recall, its precision, and in what share of seeds it named any honest department."""
    found, hit, false, spoilt = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for planted, seen in zip(truth, named, strict=True):
        found.update(code for _, code in planted)
        hit.update(code for _, code in planted & seen)
        wrong = [code for department, code in seen if department in honest]
        false.update(wrong)
        spoilt.update(set(wrong))
    return {
        code: (
            hit[code] / found[code] if found[code] else float("nan"),
            hit[code] / (hit[code] + false[code]) if hit[code] + false[code] else float("nan"),
            spoilt[code] / seeds,
        )
        for code in CHECKS
    }


@pytest.mark.deep
@pytest.mark.parametrize(("is_tampered", "cases"), [(False, 20_000), (True, 20_000), (False, 100_000)])
def test_over_twenty_seeds_no_check_names_honest_departments_and_most_find_what_was_planted(
    is_tampered, cases, tmp_path, capsys
):
    seeds = range(200, 220) if cases < 100_000 else range(200, 205)
    named = [named_in(tmp_path / str(seed), cases, seed, is_tampered=is_tampered) for seed in seeds]
    planted = {(department, code) for code, department in PLANTED.items()}
    if is_tampered:
        planted |= {(department, code) for code, department in BY_DEPARTMENT.items()}
    figures = told([planted] * len(seeds), named, UNTOUCHED if is_tampered else HONEST, len(seeds))
    with capsys.disabled():
        print(f"\n{cases} cases, {len(seeds)} seeds, tampered: {is_tampered}")
        for code, (recall, precision, spoilt) in figures.items():
            print(f"| {code} | {recall:.2f} | {precision:.2f} | {spoilt:.2f} |")
    assert all(spoilt <= 0.05 for _, _, spoilt in figures.values())
    assert all(recall >= 0.6 for recall, _, _ in figures.values() if recall == recall)
