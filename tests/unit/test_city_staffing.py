"""The officers of the city's desks: as many as keep a desk as busy as is said of it, whatever the number of files."""

from dataclasses import replace

import numpy as np
import pytest

from efficacy_analytics.city.handling.applications import drawn_applications
from efficacy_analytics.city.handling.flow import drawn_flow
from efficacy_analytics.city.handling.staffing import PART_TIME_BUSY_SHARE, USUAL_BUSY_SHARE, staffed
from efficacy_analytics.city.town.working_time import BEFORE_LUNCH, working_time


@pytest.mark.parametrize("times", [1, 600])
def test_no_desk_that_is_not_short_of_officers_has_fewer_or_more_than_its_work_takes(times: int) -> None:
    time, draw = working_time(), np.random.default_rng(5)
    flow = drawn_flow(drawn_applications(400, time, draw), draw)
    flow = replace(flow, work=replace(flow.work, length=flow.work.length * times))
    _, staff = staffed(flow, time, np.random.default_rng(6))
    kinds = set()
    for desk in staff:
        if desk.long_queue:  # one that is planted short-handed
            continue
        busy = flow.work.length[flow.work.desk == desk.desk].sum() / time.horizon
        share, there = USUAL_BUSY_SHARE, 1.0
        if desk.is_part_time:
            assert {until - begun for begun, until in desk.officers[0]} == {BEFORE_LUNCH}
            share, there = PART_TIME_BUSY_SHARE, len(desk.officers[0]) * BEFORE_LUNCH / time.horizon
        count = len(desk.officers)
        assert busy / (count * there) <= share
        assert count == 1 or busy / ((count - 1) * there) > share
        kinds.add((desk.is_part_time, count > 1))
    assert (True, times > 1) in kinds
    assert (False, times > 1) in kinds
