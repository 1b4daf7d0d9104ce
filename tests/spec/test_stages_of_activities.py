"""Which stage an activity belongs to: the log's own, else what its code tells."""

import datetime as dt

import pytest
from support.drawn import drawn_log

from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.mining.stages import activity_stages, stage_follows, stages, stages_by_code


@pytest.mark.parametrize(
    ("activity", "stage"),
    [
        # codes of BPIC15
        pytest.param("01_HOOFD_010", "01_HOOFD", id="all that stands before the number"),
        pytest.param("01_HOOFD_030_2", "01_HOOFD", id="of two numbers the first divides"),
        pytest.param("01_HOOFD_101b", "01_HOOFD", id="a letter behind the number does not matter"),
        pytest.param("08_AWB45_005", "08_AWB45", id="a digit inside a word is no number of its own"),
        pytest.param("08_AWB45_WAW_010", "08_AWB45_WAW", id="a stem may have several words"),
        pytest.param("11_AH_II_040_d", "11_AH_II", id="a roman number belongs to the stem"),
        pytest.param("99_NOCODE_01", "99_NOCODE", id="a short number"),
        pytest.param("site_inspection", "site_inspection", id="a code without number is a stage of its own"),
        pytest.param("T02 Check receipt of form 3", "T02 Check receipt of form 3", id="words are no code"),
        pytest.param("2024-05", "2024-05", id="a stem holds a letter"),
    ],
)
def test_the_code_tells_the_stage_where_the_log_does_not(activity: str, stage: str) -> None:
    assert stages_by_code([activity]) == {activity: stage}


def test_a_stem_of_too_many_activities_is_divided_by_the_first_digit_of_their_numbers() -> None:
    codes = ["01_HOOFD_010", "01_HOOFD_030_1", "01_HOOFD_101b", "01_HOOFD_7", "02_DRZ_010"]
    divided = stages_by_code(codes, most_activities=3)
    assert [divided[code] for code in codes] == [
        "01_HOOFD_0xx", "01_HOOFD_0xx", "01_HOOFD_1xx", "01_HOOFD_7", "02_DRZ",
    ]  # fmt: skip
    assert set(stages_by_code(codes, most_activities=4).values()) == {"01_HOOFD", "02_DRZ"}


def test_of_several_stages_of_one_activity_the_most_frequent_holds() -> None:
    log = drawn_log("""
        case | activity | stage | completed
        A    | look     | back  | 2024-04-01 09:00
        B    | look     | front | 2024-04-01 09:00
        C    | look     | back  | 2024-04-01 09:00
        C    | A_10     |       | 2024-04-01 10:00
    """)
    assert dict(activity_stages(log).rows()) == {"look": "back", "A_10": "A"}


def test_events_of_one_stage_in_a_row_are_one_visit_and_the_gap_starts_at_its_last_completion() -> None:
    log = drawn_log("""
        case | activity | stage | started          | completed
        A    | apply    | front | 2024-04-01 09:00 | 2024-04-01 16:00
        A    | accept   | front | 2024-04-01 10:00 | 2024-04-01 11:00
        A    | review   | back  | 2024-04-02 09:00 | 2024-04-02 10:00
    """)
    row = stage_follows(log).row(0, named=True)
    assert (row["stage"], row["next_stage"], row["transition_count"]) == ("front", "back", 1)
    assert row["elapsed_seconds_median"] == 17 * 3600  # from 16:00 to 9:00 of the next day
    assert row["open_seconds_median"] == 3600  # the office is open until 17:00, and again from 9:00
    assert dict(stages(log).select("stage", "visit_count").rows()) == {"front": 1, "back": 1}


def test_another_cohort_of_the_same_log_has_visits_of_its_own() -> None:
    log = drawn_log("""
        case | activity | stage | completed
        A    | apply    | front | 2024-04-01 09:00
        A    | review   | back  | 2024-04-01 10:00
        B    | apply    | front | 2024-05-01 09:00
        B    | decide   | end   | 2024-05-01 10:00
    """)
    assert set(stage_follows(log)["next_stage"]) == {"back", "end"}
    assert set(stages(log)["stage"]) == {"front", "back", "end"}
    choose(log, Cohort(accepted_from=dt.date(2024, 5, 1)))
    assert set(stage_follows(log)["next_stage"]) == {"end"}
    choose(log, Cohort(accepted_until=dt.date(2024, 5, 1)))
    assert set(stage_follows(log)["next_stage"]) == {"back"}
