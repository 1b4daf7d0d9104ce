"""What a snapshot keeps for its whole log is what would be computed, and narrower questions are computed."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.intake import ingest

from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.lake.contract.event_order import NOTED
from efficacy_analytics.mining.measures import directly_follows

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
case_id = "c"
activity = "a"
completed_at = "t"
[case]
department = "d"
"""
ROWS = """c,a,t,d
1,accept,2025-03-03 10:00:00,D1
1,review,2025-03-04 16:00:00,D1
1,decide,2025-03-07 09:30:00,D1
2,accept,2025-03-03 11:00:00,D2
2,review,2025-03-10 12:00:00,D2
2,review,2025-03-11 12:00:00,D2
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(LAYOUT)
    (tmp_path / "rows.csv").write_text(ROWS)
    ingest(tmp_path / "lake", [tmp_path / "rows.csv"], str(tmp_path / "own.toml"))
    return tmp_path / "lake"


def test_the_kept_pairs_are_the_computed_pairs(lake: Path) -> None:
    publish(lake)
    with open_log(lake) as whole, open_log(lake, Cohort(where="true")) as same:
        kept, computed = directly_follows(whole), directly_follows(same)
        assert (whole.plan[-1], same.plan[-1]) == ("directly_follows_kept", "directly_follows")
    assert_frame_equal(kept, computed)


def test_a_narrower_cohort_has_pairs_of_its_own(lake: Path) -> None:
    publish(lake)
    with open_log(lake, Cohort(department="D2")) as log:
        pairs = directly_follows(log).select("activity", "next_activity", "transition_count", "case_count").rows()
    assert pairs == [("accept", "review", 1, 1), ("review", "review", 1, 1)]


def test_a_delivery_without_the_order_of_its_events_is_refused_with_a_hint(lake: Path) -> None:
    [file] = lake.glob("accepted/*/events.parquet")
    pl.read_parquet(file).drop(NOTED).write_parquet(file)
    record = file.with_name("delivery.json")
    told = json.loads(record.read_text())
    record.write_text(json.dumps({key: value for key, value in told.items() if key != "sha256"}))
    with pytest.raises(CannotAnswerError, match="taken in by an earlier version"):
        publish(lake)
