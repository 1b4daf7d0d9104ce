"""The wait that must be cut against trying every wait and every number of days, on random logs."""

import random

import polars as pl
import pytest
from support.drawn import log_of
from support.drawn_paths import clocked, plain_steps, random_rows, working_days
from support.samples import seeds

from efficacy_analytics.findings.limits.waits_to_cut import limit_steps


@pytest.mark.parametrize("seed", seeds(3, of=20))
def test_the_cut_is_the_smallest_that_is_enough(seed: int) -> None:
    draw = random.Random(seed)
    rows, target, allowed = random_rows(draw), draw.randint(0, 8), draw.randint(0, 2)
    steps = plain_steps(rows)
    accepted = {case: draw.choice(found)[2] for case, found in steps.items()}
    with log_of(rows) as log:
        counted = clocked(log, rows, target, accepted)
        log.connection.execute(
            "create or replace temp view cohort_cases as"
            " select * replace ('D' as department), 'I' as item, true as is_under_clock,"
            " counted_days as needed_days from cases"
        )
        asked = {"department": ["D"], "item": ["I"], "target_days": [target], "allowed_count": [allowed]}
        found = limit_steps(log, pl.DataFrame(asked))
    waits: dict[tuple[str, str], dict[str, int]] = {}
    for case, path in steps.items():
        for number in range(1, len(path)):
            before, now = path[number - 1], path[number]
            if before[2] >= accepted[case]:
                of_pair = waits.setdefault((before[0], now[0]), {})
                of_pair[case] = of_pair.get(case, 0) + working_days(before[2], now[1])
    expected = {}
    over = [case for case, days in counted.items() if days > target]
    for pair, of_case in waits.items():
        for cut in range(1, 200):
            left = [
                case
                for case in over
                if not (counted[case] - target <= cut and of_case.get(case, 0) >= counted[case] - target)
            ]
            if len(over) > allowed and len(left) <= allowed:
                expected[pair] = cut
                break
    assert {
        (row["activity"], row["next_activity"]): row["needed_days"] for row in found.iter_rows(named=True)
    } == expected
