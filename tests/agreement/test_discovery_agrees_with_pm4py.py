"""The process tree from variants against pm4py on the full log, and the BPMN file read back by pm4py."""

import os
import random
import subprocess
import sys
import warnings
from pathlib import Path

import polars as pl
import pytest

from efficacy_analytics.mining.models.bpmn import bpmn_file
from efficacy_analytics.mining.models.discovery import from_pm4py, process_tree

PERMITS = {
    ("apply", "check", "decide", "deliver"): 40,
    ("apply", "decide", "check", "deliver"): 30,
    ("apply", "refuse"): 20,
    ("apply", "check", "supplement", "check", "decide", "deliver"): 15,
    ("apply", "check", "supplement", "check", "supplement", "check", "decide", "deliver"): 3,
}


@pytest.fixture(scope="module")
def pm4py():
    sys._pm4py_welcome_shown = True  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py

        yield pm4py


def frame(variants: dict[tuple[str, ...], int]) -> pl.DataFrame:
    return pl.DataFrame({"activities": [list(steps) for steps in variants], "case_count": list(variants.values())})


def full_log(variants: dict[tuple[str, ...], int]):
    rows = [
        {
            "case:concept:name": f"{number}-{copy}",
            "concept:name": step,
            "time:timestamp": f"2024-01-01T00:00:{place:02}Z",
        }
        for number, (steps, count) in enumerate(variants.items())
        for copy in range(count)
        for place, step in enumerate(steps)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("time:timestamp").str.to_datetime(time_zone="UTC")).to_pandas()


def random_variants(seed: int) -> dict[tuple[str, ...], int]:
    """Variants of a process with a choice, parallel work and a loop, whose steps are drawn."""
    draw = random.Random(seed)
    variants: dict[tuple[str, ...], int] = {}
    for _ in range(60):
        middle = draw.sample(["b", "c", "d"], 3) if draw.random() < 0.7 else ["e"]
        again = ["f", "g"] * draw.choice((0, 0, 1, 2))
        steps = ("a", *middle, "g", *again, "h")
        variants[steps] = variants.get(steps, 0) + draw.randint(1, 9)
    return variants


@pytest.mark.parametrize("noise_threshold", [0.0, 0.2])
@pytest.mark.parametrize("variants", [PERMITS, random_variants(1), random_variants(2)], ids=["permits", "one", "two"])
def test_the_tree_of_the_variants_is_that_of_the_full_log(pm4py, variants, noise_threshold):
    expected = pm4py.discover_process_tree_inductive(full_log(variants), noise_threshold=noise_threshold)
    assert process_tree(frame(variants), noise_threshold) == from_pm4py(expected)


def test_the_bpmn_file_allows_every_variant(pm4py, tmp_path):
    variants = random_variants(3)
    bpmn_file(process_tree(frame(variants), 0.0), tmp_path / "process.bpmn")
    net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(tmp_path / "process.bpmn")))
    fitness = pm4py.fitness_token_based_replay(full_log(variants), *net)
    assert fitness["percentage_of_fitting_traces"] == 100.0


def test_the_bpmn_file_allows_no_variant_the_tree_excludes(pm4py, tmp_path):
    bpmn_file(process_tree(frame(PERMITS), 0.0), tmp_path / "process.bpmn")
    net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(tmp_path / "process.bpmn")))
    other = {("apply", "decide", "refuse"): 1, ("check", "decide", "deliver"): 1}
    fitness = pm4py.fitness_token_based_replay(full_log(other), *net)
    assert fitness["percentage_of_fitting_traces"] == 0.0


@pytest.mark.deep
@pytest.mark.parametrize("hash_seed", ["1", "2", "77"])
def test_every_process_finds_the_same_tree(hash_seed):
    names = [f"{letter}{number}" for letter in "ehxqz" for number in range(4)]
    draw = random.Random(4)
    variants = [draw.sample(names, draw.randint(3, 12)) for _ in range(80)]
    code = (
        "import polars as pl; from efficacy_analytics.mining.models.discovery import process_tree; "
        f"frame = pl.DataFrame({{'activities': {variants}, 'case_count': [1] * {len(variants)}}}); "
        "print(process_tree(frame).text)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    here = pl.DataFrame({"activities": variants, "case_count": [1] * len(variants)})
    assert done.stdout.strip() == process_tree(here).text
    assert done.stderr == ""
