"""What the audit says of real public logs: what they show, and that it does not claim to know what they leave out."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.honesty.audit import honesty, honesty_checks

Audit = Callable[..., tuple[pl.DataFrame, pl.DataFrame]]


@pytest.fixture
def audited(open_data: Path, tmp_path: Path) -> Audit:
    """Takes a log in; gives its checks and its scores."""

    def audit(file: str, layout: str, **constants: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        ingest(tmp_path, [open_data / file], layout, constants=constants)
        publish(tmp_path)
        with open_log(tmp_path) as log:
            checks = honesty_checks(log)
            return checks, honesty(log)

    return audit


def test_nearly_half_the_stamps_of_a_dutch_municipality_are_at_midnight_and_nobody_is_named_for_it(audited):
    checks, scores = audited("bpic15/BPIC15_1.xes.gz", "bpic15", department="M")
    (midnight,) = checks.filter(pl.col("code") == "H04").select("count", "of_count", "verdict").rows()
    assert midnight == (23_990, 52_217, "not_compared")  # 52,217 events, as published with the log
    assert scores["made_count"].to_list() == [8]
    assert scores["stands_out"].to_list() == [""]


def test_departments_of_receipt_get_no_score_for_want_of_columns(audited):
    checks, scores = audited("receipt/receipt.xes.gz", "receipt")
    assert scores["score"].is_null().all()
    assert set(checks.filter(pl.col("code") == "H19")["obstacle"]) == {"days_elsewhere"}
    assert "stands_out" not in set(checks["verdict"])


@pytest.mark.deep
def test_a_log_of_days_without_open_fines_can_be_asked_one_thing_only(audited):
    checks, scores = audited("road_fines/Road_Traffic_Fine_Management_Process.xes.gz", "road_fines")
    assert checks.filter(pl.col("verdict") != "cannot_be_checked")["code"].to_list() == ["H18"]
    assert set(checks.filter(pl.col("code").is_in(["H04", "H05", "H06", "H07"]))["obstacle"]) == {"days_only"}
    assert scores["score"].is_null().all()
