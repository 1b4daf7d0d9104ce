"""The layouts of the national standard and of the national upload tables, each tried on an invented export."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.intake.ingest import Delivery

UPLOAD = {
    "up_pro_accept": """
        project_no|task_code|project_type|org_name|handle_user_name|apply_date|accept_date|promise_date|cd_time
        P1|T1|2|住建局|甲|2024-03-28 09:00:00|2024-03-29 09:00:00|2024-04-10 00:00:00|2024-03-29 23:00:00
        P2|T2|1|住建局|甲|2024-03-29 09:00:00|2024-03-29 09:30:00||2024-04-02 23:00:00
    """,
    "up_pro_process": """
        project_no | process_name | event_start_time    | event_end_time      | handle_user_name | cd_time
        P1         | 审查         | 2024-03-29 10:00:00 | 2024-04-01 15:00:00 | 乙               | 2024-04-01 23:00:00
        P1         | 决定         | 2024-04-02 10:00:00 | 2024-04-02 10:00:00 | 丙               | 2024-04-02 23:00:00
        P9         | 审查         | 2024-04-02 10:00:00 | 2024-04-02 11:00:00 | 丙               | 2024-04-02 23:00:00
    """,
    "up_pro_special_procedure": """
        project_no | special_name | special_time        | end_time
        P1         | 专家评审     | 2024-03-29 12:00:00 | 2024-04-01 12:00:00
        P1         | 延长审批     | 2024-04-01 12:00:00 | 2024-04-01 12:00:00
    """,
    "up_pro_result": """
        project_no | result_date         | result_type | handle_user_name | satisfaction | cd_time
        P1         | 2024-04-02 16:00:00 | 1           | 丙               | 5            | 2024-04-02 23:00:00
        P2         | 2024-03-29 10:00:00 | 1           | 甲               |              | 2024-04-02 23:00:00
    """,
}  # fmt: skip
STANDARD = {
    "事项信息": """
        实施编码|事项名称|实施主体|办件类型代码|法定办结时限|法定办结时限单位|承诺办结时限|承诺办结时限单位
        T1|施工许可|住建局|2|20|工作日|8|工作日
    """,
    "申请信息": """
        办件编号 | 办件类型代码 | 实施编码 | 申报来源 | 申请时间
        P1       | 2            | T1       | 1        | 2024-03-28 09:00:00
    """,
    "受理信息": """
        办件编号 | 受理单位 | 受理人员 | 受理时间            | 承诺办结时间
        P1       | 住建局   | 甲       | 2024-03-29 09:00:00 | 2024-04-11
    """,
    "办理信息": """
        办件编号|环节名称|环节处理人|环节开始时间|环节结束时间|处理单位|环节办理状态|特别程序种类|特别程序开始时间|特别程序结束时间
        P1|审查|乙|2024-03-29 10:00:00|2024-04-01 15:00:00|住建局|2|1|2024-04-01|
        P1|决定|丙|2024-04-02 10:00:00|2024-04-02 10:00:00|住建局|2|||
        P1|送达|丙|2024-04-02 17:00:00|2024-04-02 17:00:00|住建局|1|||
    """,
    "办结信息": """
        办件编号 | 办结时间            | 办结结果
        P1       | 2024-04-02 16:00:00 | 1
    """,
    "评价信息": """
        办件编号 | 评价时间            | 满意度
        P1       | 2024-04-03 09:00:00 | 4
    """,
    "咨询投诉信息": """
        投诉编号 | 办件编号 | 处理单位 | 诉求类型 | 提交时间            | 答复时间 | 超期天数
        C1       | P1       | 住建局   | 2        | 2024-04-01 09:00:00 |          | 3
    """,
    "电子监察信息": """
        监察编号 | 监察规则编号 | 办件编号 | 监察预警类型代码 | 状态产生时间        | 责任部门
        S1       | R7           | P1       | 1                | 2024-04-01 00:00:00 | 住建局
    """,
}  # fmt: skip


def taken(folder: Path, layout: str, tables: dict[str, str]) -> Delivery:
    """The drawn tables as CSV files, taken in."""
    export = folder / "export"
    export.mkdir()
    for name, table in tables.items():
        lines = [",".join(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]
        (export / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="gb18030")
    return ingest(folder / "lake", [export], layout, constants={"calendar": "weekdays"})


def accepted(delivery: Delivery, table: str, *columns: str) -> list[tuple[object, ...]]:
    frame = pl.read_parquet(delivery.folder / f"{table}.parquet")
    return frame.with_columns(pl.selectors.datetime().dt.strftime("%d %H:%M")).select(columns).rows()


def counts(delivery: Delivery) -> dict[str, tuple[object, object, object]]:
    return {table: (rows["received"], rows["accepted"], rows["refused"]) for table, rows in delivery.rows.items()}


@pytest.fixture
def upload(tmp_path: Path) -> Delivery:
    """The national upload tables, taken in."""
    return taken(tmp_path, "national_upload", UPLOAD)


@pytest.fixture
def standard(tmp_path: Path) -> Delivery:
    """The tables of the standard, taken in."""
    return taken(tmp_path, "gbt39046", STANDARD)


def test_upload_tables_come_in_whole(upload: Delivery) -> None:
    assert counts(upload) == {
        "events": (7, 7, 0),  # 2 acceptances, 3 steps, 2 results
        "clock_stops": (2, 2, 0),
        "surveys": (1, 1, 0),
    }


def test_a_case_of_the_upload_tables_is_made_of_its_acceptance_and_its_result(upload: Delivery) -> None:
    columns = ("case_id", "item", "kind", "applied_at", "accepted_at", "completed_at", "status")
    assert accepted(upload, "cases", *columns) == [
        ("P1", "T1", "promised", "28 01:00", "29 01:00", "02 08:00", "1"),
        ("P2", "T2", "on_the_spot", "29 01:00", "29 01:30", "29 02:00", "1"),
        ("P9", None, None, None, None, None, None),  # a step whose acceptance was not uploaded
    ]


def test_the_time_of_upload_is_when_a_step_was_recorded(upload: Delivery) -> None:
    assert ("P2", "受理", "02 15:00") in accepted(upload, "events", "case_id", "activity", "recorded_at")


def test_special_procedures_become_stops_of_our_kinds(upload: Delivery) -> None:
    assert [kind for (kind,) in accepted(upload, "clock_stops", "kind")] == ["expert_review", "extension"]


def test_the_tables_of_the_standard_come_in_whole(standard: Delivery) -> None:
    assert counts(standard) == {
        "events": (7, 7, 0),  # application, acceptance, 3 steps, completion, supervision
        "items": (1, 1, 0),
        "clock_stops": (1, 1, 0),  # of three steps one has a special procedure
        "surveys": (1, 1, 0),
        "complaints": (1, 1, 0),
    }


def test_a_pending_step_is_under_way_though_its_start_stands_as_its_end(standard: Delivery) -> None:
    assert accepted(standard, "steps_under_way", "activity") == [("送达",)]
    assert ("决定", "02 02:00", "02 02:00") in accepted(standard, "events", "activity", "started_at", "completed_at")


def test_a_case_of_the_standard_is_made_of_all_its_tables(standard: Delivery) -> None:
    columns = ("case_id", "department", "item", "kind", "channel", "applied_at", "accepted_at", "completed_at")
    assert accepted(standard, "cases", *columns) == [
        ("P1", "住建局", "T1", "promised", "window", "28 01:00", "29 01:00", "02 08:00")
    ]
