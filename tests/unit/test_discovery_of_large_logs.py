"""Logs with many activities: the most frequent ones with the share they cover, or stages."""

import polars as pl
import pytest

from efficacy_analytics.mining.models.discovery import by_stage, discovered_model

VARIANTS = pl.DataFrame({"activities": [["a", "b", "c"], ["a", "c"], ["a", "x", "y", "c"]], "case_count": [5, 3, 2]})


@pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn
def test_a_model_of_the_frequent_activities_says_what_share_of_the_events_it_covers() -> None:
    model = discovered_model(VARIANTS, noise_threshold=0.0, most_activities=3)
    assert model.tree.text == "->( 'a', X( 'b', tau ), 'c' )"
    assert (model.activity_count, model.kept_activity_count) == (5, 3)
    assert model.event_share == pytest.approx(25 / 29)  # of 15 + 6 + 8 events, x and y twice each are left out


def test_steps_of_one_stage_in_a_row_are_one() -> None:
    staged = by_stage(VARIANTS, {"a": "front", "b": "front", "x": "back", "y": "back"})
    assert staged.rows() == [(["front", "c"], 8), (["front", "back", "c"], 2)]
