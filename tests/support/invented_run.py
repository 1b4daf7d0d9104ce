"""A small run of invented findings, for tests of charts and briefings: eight departments, nine activities."""

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path

import polars as pl

from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.findings.performance.period_changes import SCHEMA
from efficacy_analytics.findings.runs import Run, open_run
from efficacy_analytics.settings import HonestySettings
from support.invented_like_work import like_work_tables

ACTIVITIES = (
    ("apply", "申请受理", "Accept the application"),
    ("check", "材料审核", "Check the materials"),
    ("supplement", "补正材料", "Supplement the materials"),
    ("visit", "现场踏勘", "Visit the site"),
    ("review", "专家评审", "Expert review"),
    ("cosign", "部门会签", "Countersign"),
    ("decide", "审批决定", "Decide"),
    ("certify", "制证", "Make the certificate"),
    ("deliver", "送达办结", "Deliver"),
)
PAIRS = (
    ("apply", "check", 1180, 7_200.0),
    ("check", "visit", 640, 180_000.0),
    ("check", "decide", 420, 90_000.0),
    ("check", "supplement", 130, 40_000.0),
    ("supplement", "check", 128, 600_000.0),
    ("visit", "review", 410, 1_100_000.0),
    ("visit", "decide", 225, 130_000.0),
    ("review", "cosign", 395, 260_000.0),
    ("cosign", "decide", 390, 70_000.0),
    ("decide", "certify", 980, 4_000.0),
    ("decide", "deliver", 55, 3_000.0),
    ("certify", "deliver", 975, 80_000.0),
)
DEPARTMENTS = (
    ("D01", "住房和城乡建设局", "Housing and Construction", 402, 0.861),
    ("D02", "市场监督管理局", "Market Regulation", 350, 0.972),
    ("D03", "自然资源和规划局", "Natural Resources", 120, 0.905),
    ("D04", "生态环境局", "Ecology and Environment", 96, 0.938),
    ("D05", "交通运输局", "Transport", 80, 0.951),
    ("D06", "水务局", "Water Affairs", 64, 0.984),
    ("D07", "卫生健康委员会", "Health Commission", 48, 0.917),
    ("D08", "农业农村局", "Agriculture", 40, 0.975),
)
OVERALL = 0.926
ITEMS = tuple((f"I{number:02}", f"第{number}类许可证核发", f"Permit of class {number}") for number in range(1, 15))
CLOCKS = ("mean", "median", "p90")


def invented_tables() -> dict[str, pl.DataFrame]:
    """The tables of the run by name."""
    return {
        "log_summary": _summary(),
        "activities": _activities(),
        "directly_follows": _pairs(),
        "bottlenecks": _bottlenecks(),
        "contributions": _contributions(),
        "on_time": _on_time(),
        "on_time_by_month": pl.DataFrame({"month": ["2025-07", "2025-08", "2025-09"], "case_count": [400, 400, 400]}),
        "departments": _departments(),
        "period_changes": _period_changes(),
        "limit_plan": _plan(),
        "limits": _limits(),
        "honesty": _honesty(),
        "honesty_checks": _honesty_checks(),
        "open_stock": _open_stock(),
        "open_flow": _open_flow(),
        "warnings": _warnings(),
        **like_work_tables(),
        "activity_names": _names("activity", ACTIVITIES),
        "department_names": _names("department", [entry[:3] for entry in DEPARTMENTS]),
        "item_names": _names("item", ITEMS),
    }


def invented_run(folder: Path, tables: dict[str, pl.DataFrame] | None = None, **cohort: str | None) -> Run:
    """The run as a folder of Parquet files with its manifest; by default of the third quarter of 2025."""
    place = folder / "findings" / "a1b2c3d4e5f6"
    place.mkdir(parents=True)
    kept = {}
    for name, frame in (tables or invented_tables()).items():
        frame.write_parquet(place / f"{name}.parquet")
        kept[name] = {
            "rows": frame.height,
            "sha256": hashlib.sha256((place / f"{name}.parquet").read_bytes()).hexdigest(),
        }
    period = {"accepted_from": "2025-07-01", "accepted_until": "2025-10-01"}
    manifest = {
        "run": place.name,
        "snapshot": {
            "snapshot": "0f1e2d3c4b5a-1",
            "content_sha256": "0f1e2d3c4b5a" + "0" * 52,
            "disclosure_key": "5a" * 32,
            "as_on": "2025-10-15",
            "code_version": "0.1.0",
            "calendars": json.dumps(
                [{"calendar": "CN", "first_on": "2024-01-01", "last_on": "2026-12-31", "working_day_count": 748}]
            ),
        },
        "cohort": {**period, "department": None, "item": None, "where": None, **cohort},
        "settings": {
            "disclosure": {"fewest_cases": 5},
            "guarantee": {"share": 0.95, "confidence": 0.95},
            "map": {"most_nodes": 40},
            "bootstrap": {"replicates": 400, "seed": 20080501},
            "clock": {"calendar": "CN"},
            "honesty": dataclasses.asdict(HonestySettings()),
        },
        "code_version": "0.1.0",
        "tables": kept,
        "started_at": "2025-10-16T08:00:00+00:00",
        "ended_at": "2025-10-16T08:00:01+00:00",
    }
    (place / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return open_run(place)


def _names(code: str, rows: object) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=[code, "name_zh", "name_en"], orient="row")  # type: ignore[call-overload]


def _summary() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "case_count": [1200],
            "event_count": [6233],
            "activity_count": [len(ACTIVITIES)],
            "variant_count": [41],
            "resource_count": [63],
            "undated_case_count": [0],
            "first_at": ["2025-07-01T00:12:00Z"],
            "last_at": ["2025-10-15T08:55:00Z"],
        }
    )


def _activities() -> pl.DataFrame:
    counts = {"apply": 1200, "check": 1310, "supplement": 130, "visit": 640, "review": 410}
    counts |= {"cosign": 395, "decide": 1035, "certify": 980, "deliver": 1033}
    return pl.DataFrame(
        [(code, counts[code], min(counts[code], 1200), 0) for code, *_ in ACTIVITIES],
        schema=["activity", "event_count", "case_count", "repeating_case_count"],
        orient="row",
    ).with_columns(
        start_case_count=pl.when(pl.col("activity") == "apply").then(1200).otherwise(0),
        end_case_count=pl.when(pl.col("activity") == "deliver").then(1033).when(
            pl.col("activity") == "check"
        ).then(167).otherwise(0),
    )  # fmt: skip


def _pairs() -> pl.DataFrame:
    factors = {"mean": 1.4, "median": 1.0, "p90": 3.1}
    frame = pl.DataFrame(
        PAIRS, schema=["activity", "next_activity", "transition_count", "elapsed_seconds_median"], orient="row"
    ).with_columns(case_count=pl.col("transition_count") - 1)
    median = pl.col("elapsed_seconds_median")
    return frame.with_columns(
        *((median * factors[part]).alias(f"elapsed_seconds_{part}") for part in CLOCKS),
        *((median * factors[part] * 0.22).alias(f"open_seconds_{part}") for part in CLOCKS),
        *((median * factors[part] / 120_000).round(1).alias(f"counted_days_{part}") for part in CLOCKS),
    )


def _bottlenecks() -> pl.DataFrame:
    total = (pl.col("elapsed_seconds_mean") * pl.col("transition_count")).alias("waiting_elapsed_seconds_total")
    named = [pl.col(f"elapsed_seconds_{part}").alias(f"waiting_elapsed_seconds_{part}") for part in CLOCKS]
    frame = _pairs().with_columns(total, *named).drop(pl.selectors.matches("^(elapsed|open|counted)_"))
    share = pl.col("waiting_elapsed_seconds_total") / pl.col("waiting_elapsed_seconds_total").sum()
    return (
        frame.with_columns(share_of_total=share)
        .sort("share_of_total", descending=True)
        .with_columns(
            rank=pl.int_range(1, pl.len() + 1),
            time_kind=pl.lit("waiting"),
            share_low=pl.col("share_of_total") * 0.93,
            share_high=pl.col("share_of_total") * 1.06,
            excess_days=pl.col("waiting_elapsed_seconds_total") / 86_400 * 0.3,
        )
    )


def _contributions() -> pl.DataFrame:
    """Each segment's waiting, and a service of each activity half as long as all of it."""
    waiting = _bottlenecks().select(
        pl.lit("waiting").alias("kind"),
        *("activity", "next_activity", "case_count"),
        pl.col("transition_count").alias("part_count"),
        *(pl.col(f"waiting_elapsed_seconds_{part}").alias(f"elapsed_seconds_{part}") for part in (*CLOCKS, "total")),
    )
    service = (
        waiting.group_by("activity", maintain_order=True)
        .first()
        .with_columns(
            kind=pl.lit("service"),
            next_activity=pl.lit(None, dtype=pl.String),
            elapsed_seconds_total=pl.col("elapsed_seconds_total") / 2,
        )
    )
    share = pl.col("elapsed_seconds_total") / pl.col("elapsed_seconds_total").sum()
    return (
        pl.concat([waiting, service.select(waiting.columns)])
        .with_columns(share_of_total=share)
        .sort("share_of_total", descending=True)
        .with_columns(
            rank=pl.int_range(1, pl.len() + 1),
            share_low=pl.col("share_of_total") * 0.93,
            share_high=pl.col("share_of_total") * 1.06,
            excess_days=pl.col("elapsed_seconds_total") / 86_400 * 0.3,
            tenth_less_elapsed_seconds=pl.col("elapsed_seconds_total") / 12_000,
            tenth_less_share=pl.col("share_of_total") / 10,
        )
    )


def _on_time() -> pl.DataFrame:
    rows = [(code, count, count - 20, 20, count - 12, share) for code, _, _, count, share in DEPARTMENTS]
    columns = ["department", "case_count", "completed_count", "open_count", "judged_count", "on_time_share"]
    share, judged = pl.col("on_time_share"), pl.col("judged_count")
    half = 1.96 * (share * (1 - share) / judged).sqrt()
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .with_columns(
            late_count=(judged * (1 - share)).round().cast(pl.Int64),
            withdrawn_count=pl.int_range(pl.len()) % 3,
            withdrawn_late_count=pl.lit(0),
            not_accepted_count=pl.lit(0),
            by_extension_count=pl.int_range(pl.len()) % 4,
            green_lane_count=pl.lit(0),
            ungrounded_stop_count=pl.int_range(pl.len()),
            statutory_judged_count=judged - 5,
            statutory_late_count=pl.lit(1),
            green_lane_judged_count=pl.lit(0),
            green_lane_late_count=pl.lit(0),
            not_judged_count=pl.int_range(pl.len()) % 2,
            on_time_share_low=share - half,
            on_time_share_high=pl.min_horizontal(share + half, pl.lit(1.0)),
        )
        .with_columns(
            late_with_grounded_stops_count=pl.col("late_count") + 1,
            not_yet_due_count=pl.col("case_count") - judged - pl.col("withdrawn_count") - pl.col("not_judged_count"),
            on_time_share_without_extensions=share - pl.col("by_extension_count") / judged,
            on_time_share_with_grounded_stops=share - 1 / judged,
            statutory_on_time_share=1 - 1 / (judged - 5),
            green_lane_on_time_share=pl.lit(None, pl.Float64),
        )
    )


def _departments() -> pl.DataFrame:
    number = pl.int_range(pl.len())
    return _on_time().with_columns(
        overall_on_time_share=pl.lit(OVERALL),
        is_separable=(pl.col("on_time_share_high") < OVERALL) | (pl.col("on_time_share_low") > OVERALL),
        throughput_elapsed_seconds_median=(3 + number) * 86_400.0 + 4_000,
        counted_days_median=(2.0 + number),
        bottleneck_activity=pl.lit("visit"),
        bottleneck_next_activity=pl.lit("review"),
        bottleneck_time_kind=pl.lit("waiting"),
        bottleneck_share=0.4 + number / 50,
    )


def _period_changes() -> pl.DataFrame:
    """The third quarter of 2025 beside the second and that of 2024; its cases are nearly all done."""
    spans = {"this": "2025-07-01", "before": "2025-04-01", "year_before": "2024-07-01"}
    ends = {"this": "2025-10-01", "before": "2025-07-01", "year_before": "2024-10-01"}
    days = {"this": 6.5, "before": 7.0, "year_before": 9.25}
    counts = {"this": (1200, 86, 1104), "before": (1000, 91, 980), "year_before": (1250, 150, 1200)}
    chances = {"this": (None, None), "before": (0.22, 0.31), "year_before": (0.001, 0.0004)}
    rows = [
        {
            "period": name, "accepted_from": dt.date.fromisoformat(first),
            "accepted_until": dt.date.fromisoformat(ends[name]), "is_whole": True, "is_total": True,
            "gap_from": None, "gap_until": None, "department": None,
            "case_count": counts[name][0], "completed_count": counts[name][0] - 40,
            "open_count": 40, "withdrawn_count": 0, "judged_count": counts[name][2], "late_count": counts[name][1],
            "on_time_share": 1 - counts[name][1] / counts[name][2], "on_time_p": chances[name][0],
            "throughput_elapsed_seconds_median": days[name] * 86_400, "throughput_p": chances[name][1],
        }
        for name, first in spans.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def _plan() -> pl.DataFrame:
    """The limits as a plan: two steps to be cut, on all items that need a change."""
    is_free, needs = pl.col("kind") == "free", pl.col("kind") == "needs_change"
    return (
        _limits()
        .filter(pl.col("reason").ne_missing("no_limit"))
        .with_columns(
            proposed_days=pl.coalesce("safe_days", "limit_days"),
            saved_days=pl.coalesce("saved_days", pl.lit(0)),
            case_count=pl.col("completed_count") + pl.col("open_count"),
            breach_count=pl.lit(2),
            item_count=pl.len(),
            step_activity=pl.when(needs).then(pl.lit("visit")),
            step_next_activity=pl.when(needs).then(pl.lit("review")),
            step_needed_days=pl.when(needs).then(3),
            breach_share_high=pl.when(is_free).then(0.021).otherwise(0.12),
        )
        .with_columns(saved_share=pl.col("saved_days") / pl.col("limit_days"))
        .sort("saved_days", "department", "item", descending=[True, False, False])
    )


def _limits() -> pl.DataFrame:
    kinds = ["free"] * 11 + ["needs_change", "refused", "refused"]
    reasons = [None] * 11 + ["above_limit", "too_few_cases", "no_limit"]
    number = pl.int_range(pl.len())
    free = pl.col("kind") == "free"
    return pl.DataFrame(
        {"item": [code for code, *_ in ITEMS], "kind": kinds, "reason": reasons}
    ).with_columns(
        department=pl.concat_str(pl.lit("D0"), (number % 8 + 1).cast(pl.String)),
        statutory_days=pl.lit(20),
        promised_days=pl.lit(15),
        limit_days=pl.lit(15),
        limit_unit=pl.lit("working_days"),
        statutory_unit=pl.lit("working_days"),
        completed_count=300 - 20 * number,
        used_count=300 - 20 * number,
        open_count=pl.lit(3),
        on_time_share=pl.lit(0.97),
        safe_days=pl.when(free).then(5 + number % 6),
        saved_days=pl.when(free).then(10 - number % 6),
        missing_count=pl.when(pl.col("reason") == "too_few_cases").then(31),
        backtest_verdict=pl.when(number < 4).then(pl.lit("passed")).otherwise(pl.lit("not_testable")),
    )  # fmt: skip


def _honesty() -> pl.DataFrame:
    """D03 dated stops back; the others lost nothing, and D08 has too little to go by."""
    rows = [
        (code, cases, None if code == "D08" else 91.5 if code == "D03" else 100.0, "H13 H16" if code == "D03" else "",
         17, 19, on_time, 12 if code == "D03" else 0, 0.86 if code == "D03" else on_time, 0)
        for code, _, _, cases, on_time in DEPARTMENTS
    ]  # fmt: skip
    columns = (
        *("department", "case_count", "score", "stands_out", "made_count", "check_count", "on_time_share"),
        *("suspicious_count", "on_time_share_without_suspicious_stops", "refused_completion_count"),
    )
    return pl.DataFrame(rows, schema=columns, orient="row")


def _honesty_checks() -> pl.DataFrame:
    """Every check of every department: nothing, but for what D03 did, and no times of entry anywhere."""
    rows = []
    for code, *_ in DEPARTMENTS:
        for check in CHECKS.values():
            is_made = check.code not in ("H01", "H02", "H03")
            is_named = code == "D03" and check.code in ("H13", "H16")
            verdict = "cannot_be_checked" if not is_made else "stands_out" if is_named else "not_unusual"
            rows.append(
                {
                    "department": code, "code": check.code, "check": check.name, "severity": check.severity,
                    "count": 12.0 if is_named else 0.0, "of_count": 60 if is_made else 0,
                    "share": 0.2 if is_named else 0.0 if is_made else None, "share_low": 0.12 if is_named else 0.0,
                    "expected_share": None, "usual_share": 0.01, "constant_days": None, "stop_kind": None,
                    "verdict": verdict, "obstacle": None if is_made else "no_entry_times", "weight": check.weight,
                    "points_lost": (5.0 if is_named else 0.0) if is_made else None,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _open_stock() -> pl.DataFrame:
    """Forty open cases of each department but the last two, more red ones of the first."""
    counts = ("office", "applicant", "elsewhere", "green", "reminder", "yellow", "red", "stopped", "no_limit")
    rows = []
    for place, (code, *_) in enumerate(DEPARTMENTS[:6]):
        for stage, open_for in (("review", "11-20"), ("decision", "61+")):
            colours = (12 - place, 1, 1, 6 - place, 0, place * 2)
            turns = (14, 4, 2)
            rows.append((code, stage, open_for, 20, *turns, *colours))
    schema = ["department", "stage", "open_for", "case_count", *(f"{name}_count" for name in counts)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _open_flow() -> pl.DataFrame:
    """Eight arrivals each day, seven departures until the last four weeks and nine in them."""
    days = [dt.date(2025, 7, 1) + dt.timedelta(number) for number in range(107)]
    departures = [7] * (len(days) - 28) + [9] * 28
    arrivals = pl.Series([197, *[8] * (len(days) - 1)])
    return pl.DataFrame({"day": days, "arrival_count": arrivals, "departure_count": departures}).with_columns(
        stock_count=(pl.col("arrival_count") - pl.col("departure_count")).cum_sum()
    )


def _warnings() -> pl.DataFrame:
    """Of each department as many red cards as its place leaves, two yellow ones and a reminder."""
    rows = [
        (level, "case", code, number)
        for place, (code, *_) in enumerate(DEPARTMENTS[:6])
        for level, count in (("red", 2 * (6 - place)), ("yellow", 2), ("reminder", 2))
        for number in range(count)
    ]
    return pl.DataFrame(rows, schema=["level", "scope", "department", "case_key"], orient="row")
