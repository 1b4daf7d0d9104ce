"""Our own last release, as ratios to a bare DuckDB query of the same run: seconds of another day are no measure."""

from collections.abc import Mapping, Sequence

LAST_RELEASE = "0.1.0"
AT_EVENTS = 10_000_000
IN_TURN = {"publish": 1.97, "event log": 1.00, "map, elapsed": 0.090}
VERDICTS, XES = "verdicts of ten million cases", "intake of an XES log"
RATIOS = {**IN_TURN, VERDICTS: 1.66, XES: 0.419}
"""Seconds of each task at that release over those of the bare query beside it, from its docs/benchmarks.md; of the
intake of an event log over those of pm4py's reader."""
WHY_MORE = {
    VERDICTS: "one verdict a case then; now also by the statute alone, without extensions, with grounded stops alone, "
    "and the shortest limit that the case would have kept",
    XES: "events that look alike are held against their text, and what is not read is told",
    "publish": "cases have verdicts by the statute, without extensions and with grounded stops, and their classes",
}
"""What a task does that it did not at that release."""
MOST_LOSS = 0.1
PAIRS = 3


def ratios(ours: Sequence[Mapping[str, float]], bare: Sequence[float]) -> dict[str, float]:
    """Each task's seconds over those of the bare query, the least of each of several runs in turn."""
    return {task: min(one[task] for one in ours) / min(bare) for task in IN_TURN}


def losses(now: Mapping[str, float]) -> list[str]:
    """The tasks that are slower than at the last release by more than a tenth, each as a sentence."""
    return [
        f"{task}: {now[task]:.3f} times its measure, {kept:.3f} at {LAST_RELEASE}: {now[task] / kept - 1:.0%} slower"
        for task, kept in RATIOS.items()
        if task in now and now[task] > kept * (1 + MOST_LOSS)
    ]


def release_table(now: Mapping[str, float]) -> str:
    """The comparison as the report shows it."""
    lines = [
        f"## Against our release {LAST_RELEASE}, {AT_EVENTS:,} events",
        "",
        f"Seconds over those of a bare window query in the same run, the least of {PAIRS} runs in turn (one run of the",
        "verdicts); of the intake of an event log processor seconds over those of pm4py's reader.",
        "",
        "| task | then | now | change | |",
        "|---|---:|---:|---:|---|",
        *(_row(task, kept, now[task]) for task, kept in RATIOS.items() if task in now),
    ]
    return "\n".join(lines) + "\n"


def _row(task: str, kept: float, now: float) -> str:
    why = WHY_MORE.get(task, "") if now > kept * (1 + MOST_LOSS) else ""
    return f"| {task} | {kept:.3f} | {now:.3f} | {now / kept - 1:+.0%} | {why} |"
