"""The exported files of the demonstration city: the same again, complete, and dirty only where it is said."""

import datetime as dt
import hashlib
import json
import re
from pathlib import Path

import polars as pl
import pytest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT

COLUMNS = {
    "departments": "department,name_zh,name_en",
    "activities": "activity,stage,name_zh,name_en",
    "items": "item,department,name_zh,name_en,kind,statutory_length,statutory_unit,promised_length,promised_unit,"
    "valid_from,valid_until",
    "cases": "case_id,item,department,kind,channel,status,is_green_lane,applied_at,accepted_at,completed_at",
    "steps": "case_id,activity,department,resource,started_at,completed_at,recorded_at",
    "clock_stops": "case_id,kind,stopped_from_on,stopped_until_on,extension_days,reason,recorded_at",
}
STAMP = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("city")
    make_city(place, cases=3_000, seed=7)
    return place


@pytest.fixture(scope="module")
def table(folder):
    return lambda name: pl.read_csv(folder / f"{name}.csv", infer_schema=False)


def truth(folder: Path) -> dict:
    return json.loads((folder / "planted_truth.json").read_text(encoding="utf-8"))


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_cases_and_seed_give_the_same_bytes(tmp_path):
    make_city(tmp_path / "once", cases=800, seed=3)
    make_city(tmp_path / "again", cases=800, seed=3)
    assert digests(tmp_path / "once") == digests(tmp_path / "again")


def test_another_seed_gives_another_city(tmp_path):
    make_city(tmp_path / "three", cases=300, seed=3)
    make_city(tmp_path / "four", cases=300, seed=4)
    three, four = digests(tmp_path / "three"), digests(tmp_path / "four")
    assert {name for name in three if three[name] == four[name]} == {"departments.csv", "activities.csv"}


def test_every_file_has_its_columns(folder):
    found = {path.stem: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in folder.glob("*.csv")}
    assert found == COLUMNS


def planted(folder: Path, what: str) -> list[dict]:
    return [row for row in truth(folder)["legal"] if row["what"] == what]


def test_the_city_has_the_cases_asked_for_and_about_ten_steps_each(table, folder):
    (left_out,) = planted(folder, "closed_export")
    assert table("cases")["case_id"].n_unique() == table("cases").height == 3_000 - len(left_out["cases"])
    assert 9 < table("steps").height / 3_000 < 11


def test_the_catalogue_has_some_tens_of_departments_and_a_few_hundred_items_with_names_in_both_languages(table):
    items = table("items")
    assert table("departments").height == 24
    assert 290 <= items["item"].n_unique() <= 320
    names = items.unique("item")
    assert names["name_zh"].n_unique() == names["name_en"].n_unique() == names.height
    assert set(items["kind"]) == {"on_the_spot", "promised", "joint"}


def test_limits_that_change_follow_each_other_without_gap_and_only_the_planted_one_exceeds_the_statutory(table, folder):
    items = table("items")
    changing = items.filter(pl.len().over("item") == 2)
    assert changing.height > 0
    until, start = changing["valid_until"].drop_nulls(), changing.filter(pl.col("valid_until").is_null())["valid_from"]
    assert set(until) == set(start) == {"2025-01-01"}
    mixed = [item for row in planted(folder, "mixed_units") for item in row["items"]]
    (beyond,) = planted(folder, "beyond_statute")
    assert set(items.filter(pl.col("promised_unit") != pl.col("statutory_unit"))["item"]) >= set(mixed)
    longer = items.filter(pl.col("item").is_in(beyond["items"]))
    assert set(longer["statutory_unit"]) == {"calendar_days"}
    assert (longer["promised_length"] == longer["statutory_length"]).any()
    promised = items.filter(pl.col("promised_length").is_not_null() & ~pl.col("item").is_in(mixed))
    assert (promised["promised_length"].cast(pl.Int64) <= promised["statutory_length"].cast(pl.Int64)).all()


def test_every_key_of_a_clean_row_is_known(table, folder):
    dirty = {row["line"] - 2 for row in truth(folder)["dirty"] if row["file"] == "steps.csv"}
    steps = table("steps").with_row_index("place").filter(~pl.col("place").is_in(list(dirty)))
    cases, items = table("cases"), table("items")
    assert set(steps["case_id"]) == set(cases["case_id"])
    assert set(steps["activity"]) <= set(table("activities")["activity"])
    assert set(steps["department"]) | set(cases["department"]) <= set(table("departments")["department"])
    assert set(cases["item"]) <= set(items["item"])
    assert set(table("clock_stops")["case_id"]) <= set(cases["case_id"])


def test_only_the_listed_rows_are_dirty(table, folder):
    steps = table("steps").with_row_index("line", offset=2)
    started, completed = (
        pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False) for column in ("started_at", "completed_at")
    )
    rule = (
        pl.when(pl.col("activity").is_null())
        .then(pl.lit("activity_missing"))
        .when(completed.is_null())
        .then(pl.lit("completed_at_not_a_time"))
        .when(completed < started)
        .then(pl.lit("ends_before_start"))
        .when(~pl.col("case_id").is_in(table("cases")["case_id"].to_list()))
        .then(pl.lit("case_unknown"))
    )
    found = steps.select("line", rule=rule).filter(pl.col("rule").is_not_null())
    listed = [(row["line"], row["rule"]) for row in truth(folder)["dirty"] if row["file"] == "steps.csv"]
    assert found.rows() == listed
    assert len(listed) == 25  # 12 ends before start, 6 unreadable stamps, 4 without activity, 3 of an unknown case


def test_stamps_are_local_and_lie_in_the_period(table):
    stamps = table("steps")["recorded_at"]
    assert stamps.str.contains(STAMP).all()
    assert stamps.min() >= "2024-01-01 00:00:00"
    completed = table("steps").filter(pl.col("completed_at") != "2024-02-30 10:00:00")["completed_at"]
    assert completed.max() < "2025-07-01 00:00:00"


def test_officers_work_only_in_office_hours_of_working_days(table):
    office = table("steps").filter(pl.col("resource").str.contains(r"^D\d\d-"))
    clock = set(office["completed_at"].str.slice(11))
    assert all("09:00:00" <= time <= "12:00:00" or "13:30:00" <= time <= "17:00:00" for time in clock)
    days = set(office["completed_at"].str.slice(0, 10))
    assert "2024-02-10" not in days  # the first day of the year of the dragon
    assert "2024-02-04" in days  # a Sunday worked in exchange for the Spring Festival


def test_nobody_is_named(table):
    resources = set(table("steps")["resource"].drop_nulls())
    assert all(re.fullmatch(r"applicant|experts|D\d\d-(\d{2,3}|P\d+)", code) for code in resources)


def test_what_happens_after_the_end_of_the_period_is_not_exported_yet(table):
    cases = table("cases")
    is_open = cases["completed_at"].is_null()
    assert 0 < is_open.sum() < 200
    assert cases.filter(is_open)["applied_at"].max() > "2025-06-25"
    assert table("clock_stops").filter(pl.col("kind") == "suspension")["stopped_until_on"].null_count() > 0


def test_some_starts_were_not_kept_and_some_were_filled_with_the_completion(table):
    office = table("steps").filter(pl.col("resource").str.contains(r"^D\d\d-"))
    assert 0.01 < office["started_at"].null_count() / office.height < 0.05
    assert 0.01 < (office["started_at"] == office["completed_at"]).sum() / office.height < 0.05


def test_extensions_are_ten_days_and_fifteen_for_joint_handling(table):
    stops = table("clock_stops").filter(pl.col("extension_days").is_not_null())
    assert set(stops.select("kind", "extension_days").rows()) == {("extension", "10"), ("joint_extension", "15")}


def test_progress_is_told_from_the_beginning_to_the_end(tmp_path):
    told: list[tuple[str, int, int]] = []
    make_city(tmp_path, cases=200, seed=1, on_progress=lambda *progress: told.append(progress))
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2]


@pytest.mark.parametrize(("cases", "seed"), [(99, 1), (1000, -1)])
def test_a_city_too_small_or_without_a_seed_is_refused_with_a_hint(cases, seed, tmp_path):
    with pytest.raises(CallError) as refusal:
        make_city(tmp_path / "city", cases=cases, seed=seed)
    assert refusal.value.hint
    assert not (tmp_path / "city").exists()


def test_what_is_answered_late_was_received_in_the_morning_of_a_working_day_seven_to_fourteen_before(tmp_path):
    make_city(tmp_path, cases=6_000, seed=7)
    late = next(row["cases"] for row in truth(tmp_path)["legal"] if row["what"] == "answered_late")
    read = {name: pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False) for name in ("cases", "clock_stops")}
    stamp = pl.col("applied_at").str.to_datetime("%Y-%m-%d %H:%M:%S")
    cases = read["cases"].filter(pl.col("case_id").is_in(late)).with_columns(stamp)
    answers = read["clock_stops"].filter(kind="supplement").select("case_id", pl.col("stopped_from_on").str.to_date())
    table = calendar_table("CN", 2023, 2026, reference=CHECKOUT / "data_lake" / "reference")
    working = table.filter("is_working_day")["day"].sort()
    taken = []
    for received, answered in cases.join(answers, on="case_id").select("applied_at", "stopped_from_on").iter_rows():
        assert received.date() in working
        assert dt.time(9, 30) <= received.time() < dt.time(11, 30)
        taken.append(working.is_between(received.date(), answered, closed="right").sum())
    assert len(taken) == len(late)
    assert (min(taken), max(taken)) == (7, 14)


def test_without_the_shapes_of_the_law_the_rest_is_the_same(tmp_path):
    make_city(tmp_path / "with", cases=800, seed=3)
    make_city(tmp_path / "without", cases=800, seed=3, legal_shapes=())
    shown, plain = (pl.read_csv(tmp_path / name / "cases.csv", infer_schema=False) for name in ("with", "without"))
    legal = truth(tmp_path / "with")["legal"]
    touched = {case for row in legal for case in row["cases"]}
    assert {row["what"] for row in legal} == {
        "withdrawn_late",
        "answered_late",
        "mixed_units",
        "beyond_statute",
        "closed_export",
    }
    assert truth(tmp_path / "without")["legal"] == []
    same = plain.filter(~pl.col("case_id").is_in(list(touched)))
    assert shown.filter(~pl.col("case_id").is_in(list(touched))).equals(same)
    with pytest.raises(CallError, match="no shape"):
        make_city(tmp_path / "city", cases=300, legal_shapes=("flooded",))
