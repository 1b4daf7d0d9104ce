"""Alignments of variants against pm4py's on the full log: the same fitness, variant by variant."""

import random
import time
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.mining.conformance.conformance import alignments, log_fitness, model_quality
from efficacy_analytics.mining.measures import variants
from efficacy_analytics.mining.models.discovery import process_tree, with_most_frequent
from efficacy_analytics.mining.models.petri_nets import heuristics_net, quiet_pm4py
from efficacy_analytics.mining.models.process_tree import SILENT, ProcessTree, leaf, node

pytestmark = pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn


def random_tree(draw: random.Random, names: list[str], depth: int) -> ProcessTree:
    if depth == 0 or len(names) == 1:
        return leaf(names[0]) if draw.random() < 0.85 else node("choice", leaf(names[0]), SILENT)
    cut = draw.randint(1, len(names) - 1)
    parts = [random_tree(draw, part, depth - 1) for part in (names[:cut], names[cut:])]
    operator = draw.choice(("sequence", "sequence", "choice", "parallel", "loop"))
    if operator == "loop" and draw.random() < 0.5:
        parts[1] = SILENT
    return node(operator, *parts)


def random_log(draw: random.Random) -> pl.DataFrame:
    sequences = {
        tuple(draw.choice("abcdefgx") for _ in range(draw.randint(1, 8))): draw.randint(1, 4) for _ in range(12)
    }
    return pl.DataFrame({"activities": [list(one) for one in sequences], "case_count": list(sequences.values())})


def full_log(frame: pl.DataFrame):
    rows = [
        {"case:concept:name": f"{place:05}-{copy:05}", "concept:name": step, "time:timestamp": number}
        for place, (steps, count) in enumerate(frame.select("activities", "case_count").rows())
        for copy in range(count)
        for number, step in enumerate(steps)
    ]
    stamped = pl.DataFrame(rows).with_columns(pl.from_epoch("time:timestamp").dt.replace_time_zone("UTC"))
    return stamped.to_pandas()


def pm4py_fitness(frame: pl.DataFrame, tree: ProcessTree) -> list[float]:
    """The fitness of each case's alignment on the full log, one for each variant in turn."""
    with quiet_pm4py() as pm4py:
        net = pm4py.convert_to_petri_net(pm4py.parse_process_tree(tree.text))
        each = [one["fitness"] for one in pm4py.conformance_diagnostics_alignments(full_log(frame), *net)]
    ends = frame["case_count"].cum_sum().to_list()
    assert len(each) == ends[-1]
    return [each[end - 1] for end in ends]


def assert_agreement(frame: pl.DataFrame, tree: ProcessTree) -> None:
    ours = alignments(frame, tree)["fitness"].to_list()
    assert ours == pytest.approx(pm4py_fitness(frame, tree), abs=1e-12)


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 150))])
def test_the_fitness_of_a_variant_is_that_of_its_cases(seed: int) -> None:
    draw = random.Random(seed)
    assert_agreement(random_log(draw), random_tree(draw, list("abcdefg"), 4))


@pytest.mark.parametrize("seed", range(3))
def test_precision_of_a_log_that_fits_is_that_of_pm4py(seed: int) -> None:
    frame = random_log(random.Random(seed)).head(6)
    tree = process_tree(frame, 0.0)
    with quiet_pm4py() as pm4py:
        net = pm4py.convert_to_petri_net(pm4py.parse_process_tree(tree.text))
        expected = pm4py.precision_alignments(full_log(frame), *net)
    quality = model_quality(frame, tree).row(0, named=True)
    assert quality["fitness_mean"] == 1.0
    assert quality["precision"] == pytest.approx(expected, abs=1e-12)


def test_a_net_that_is_no_tree_is_aligned_too() -> None:
    frame = pl.DataFrame({"activities": [list("abcd"), list("acbd"), list("ad")], "case_count": [5, 4, 3]})
    net = heuristics_net(frame)
    with quiet_pm4py() as pm4py:
        log = full_log(frame)
        each = pm4py.conformance_diagnostics_alignments(log, *pm4py.discover_petri_net_heuristics(log))
    assert log_fitness(alignments(frame, net))["fitness_mean"][0] == pytest.approx(
        sum(one["fitness"] for one in each) / len(each), abs=1e-12
    )


@pytest.fixture(scope="module")
def receipt(open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    lake = tmp_path_factory.mktemp("receipt")
    ingest(lake, [open_data / "receipt" / "receipt.xes.gz"], "receipt")
    publish(lake)
    with open_log(lake) as log:
        return variants(log)


def test_receipt_against_a_model_of_its_frequent_activities(receipt: pl.DataFrame) -> None:
    assert_agreement(receipt, process_tree(with_most_frequent(receipt, 6), 0.2))


def test_the_whole_of_receipt_is_aligned_within_its_time(receipt: pl.DataFrame) -> None:
    tree = process_tree(receipt, 0.2)
    begun = time.monotonic()
    fitness = log_fitness(alignments(receipt, tree, seconds=20)).row(0, named=True)
    assert time.monotonic() - begun < 20
    assert (fitness["covered_case_count"], fitness["is_partial"]) == (1434, False)


@pytest.mark.deep
def test_the_whole_of_receipt_agrees_with_pm4py(receipt: pl.DataFrame) -> None:
    assert_agreement(receipt, process_tree(receipt, 0.2))


@pytest.mark.deep
def test_bpic15_1_against_a_model_of_its_frequent_activities(open_data: Path, tmp_path: Path) -> None:
    ingest(tmp_path, [open_data / "bpic15" / "BPIC15_1.xes.gz"], "bpic15", constants={"department": "1"})
    publish(tmp_path)
    with open_log(tmp_path) as log:
        frame = variants(log)
    tree = process_tree(with_most_frequent(frame, 12), 0.2)
    ours = alignments(frame, tree, seconds=120)
    assert log_fitness(ours)["is_partial"][0] is False
    assert ours["fitness"].to_list() == pytest.approx(pm4py_fitness(frame, tree), abs=1e-12)
