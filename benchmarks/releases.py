"""Our own last release, as ratios to a bare DuckDB query of the same run: seconds of another day are no measure."""

from collections.abc import Mapping, Sequence

LAST_RELEASE = "0.1.0"
AT_EVENTS = 10_000_000
RATIOS = {"publish": 1.97, "event log": 1.00, "map, elapsed": 0.090}
"""Seconds of each task at that release over those of the bare query beside it, from its docs/benchmarks.md."""
MOST_LOSS = 0.1
PAIRS = 3


def ratios(ours: Sequence[Mapping[str, float]], bare: Sequence[float]) -> dict[str, float]:
    """Each task's seconds over those of the bare query, the least of each of several runs in turn."""
    return {task: min(one[task] for one in ours) / min(bare) for task in RATIOS}


def losses(now: Mapping[str, float]) -> list[str]:
    """The tasks that are slower than at the last release by more than a tenth, each as a sentence."""
    return [
        f"{task}: {now[task]:.3f} times a bare query, {kept:.3f} at {LAST_RELEASE}: {now[task] / kept - 1:.0%} slower"
        for task, kept in RATIOS.items()
        if now[task] > kept * (1 + MOST_LOSS)
    ]


def release_table(now: Mapping[str, float]) -> str:
    """The comparison as the report shows it."""
    lines = [
        f"## Against our release {LAST_RELEASE}, {AT_EVENTS:,} events",
        "",
        f"Seconds over those of a bare window query in the same run, the least of {PAIRS} runs in turn.",
        "",
        "| task | then | now | change |",
        "|---|---:|---:|---:|",
        *(f"| {task} | {kept:.3f} | {now[task]:.3f} | {now[task] / kept - 1:+.0%} |" for task, kept in RATIOS.items()),
    ]
    return "\n".join(lines) + "\n"
