"""The tables that judge: findings with their uncertainty."""

from efficacy_analytics.findings.catalogue.table import Table, lazily

FINDINGS = "efficacy_analytics.findings"

FINDING_TABLES = (
    Table(
        "on_time",
        "各部门按时办结率及其区间",
        "Share of cases on time per department, with its interval",
        lazily(f"{FINDINGS}.performance.on_time:on_time"),
    ),
    Table(
        "on_time_by_item",
        "各事项按时办结率及其区间",
        "Share of cases on time per item, with its interval",
        lazily(f"{FINDINGS}.performance.on_time:on_time", by="item"),
    ),
    Table(
        "on_time_by_month",
        "各受理月份按时办结率及其区间",
        "Share of cases on time per month of acceptance, with its interval",
        lazily(f"{FINDINGS}.performance.on_time:on_time", by="month"),
    ),
    Table(
        "bottlenecks",
        "堵点排名：各区段占全部等待时间的比重",
        "Segments ranked by their share of all waiting",
        lazily(f"{FINDINGS}.waiting.bottlenecks:bottlenecks"),
    ),
    Table(
        "bottlenecks_by_department",
        "各部门堵点排名：各区段占本部门等待时间的比重",
        "Segments ranked by their share of the waiting in their department",
        lazily(f"{FINDINGS}.waiting.bottlenecks:bottlenecks", by_department=True),
    ),
    Table(
        "contributions",
        "各区段等待与各环节办理占全程时间的比重",
        "What each segment's waiting and each step's service adds to the whole time",
        lazily(f"{FINDINGS}.waiting.contributions:contributions"),
    ),
    Table(
        "contributions_by_month",
        "各受理月份的区段等待与环节办理时间",
        "The contributions per month of acceptance",
        lazily(f"{FINDINGS}.waiting.contributions:contributions_by_month"),
    ),
    Table(
        "waiting_causes",
        "等待原因：停钟、申请人、积批、排队、插队、不在岗、其他",
        "Why files wait, between each pair of activities and of officers",
        lazily(f"{FINDINGS}.waiting.causes:waiting_causes"),
        is_in_runs=False,
    ),
    Table(
        "waiting_effects",
        "消除某一等待原因后的时间效率",
        "How much of the time would be work without each cause of waiting",
        lazily(f"{FINDINGS}.waiting.causes:waiting_effects"),
        is_in_runs=False,
    ),
    Table(
        "waiting_by_segment",
        "各区段的等待原因",
        "Why files wait, between each pair of activities",
        lazily(f"{FINDINGS}.waiting.causes:waiting_by_segment"),
        is_in_runs=False,
    ),
    Table(
        "limits",
        "各事项可保证的最短时限",
        "The shortest safe limit of each item, beside the limit in force",
        lazily(f"{FINDINGS}.limits.safe_limits:limits"),
    ),
    Table(
        "limit_backtests",
        "可保证时限的回测：以往各季度的承诺与实际",
        "How the rule for safe limits did when tried on the past",
        lazily(f"{FINDINGS}.limits.backtests:limit_backtests"),
    ),
    Table(
        "limit_bunching",
        "压线办结：时限前的堆积及其代价",
        "Cases that pile up just below the limit, and what holding them back costs",
        lazily(f"{FINDINGS}.limits.bunching:limit_bunching"),
    ),
    Table(
        "limit_plan",
        "压缩项目表：对全部事项同时成立的保证",
        "Which limits to shorten, with a guarantee for all items together",
        lazily(f"{FINDINGS}.limits.plan:limit_plan"),
    ),
    Table(
        "joint_handling",
        "环节联合办理可节省的天数及距法定上限的余量",
        "Groups of steps handled jointly: days saved, and slack under the law's ceiling",
        lazily(f"{FINDINGS}.redesign.joint_handling:joint_handling"),
        is_in_runs=False,
    ),
    Table(
        "project_chains",
        "项目全链条时限：逐项相加、压缩后、并联后",
        "The items of one project in series, with shorter limits, and side by side",
        lazily(f"{FINDINGS}.limits.project_chains:project_chains"),
        is_in_runs=False,
    ),
    Table(
        "parallel_steps",
        "可并联的环节及其可节省的天数",
        "Steps that could be done side by side, with the evidence and the days saved",
        lazily(f"{FINDINGS}.redesign.parallel_steps:parallel_steps"),
        is_in_runs=False,
    ),
    Table(
        "honesty",
        "各部门数据真实性得分及其构成",
        "How honest the records of each department are: one score and its make-up",
        lazily(f"{FINDINGS}.honesty.audit:honesty"),
    ),
    Table(
        "honesty_checks",
        "数据真实性逐项检查",
        "Each check of the records of each department",
        lazily(f"{FINDINGS}.honesty.audit:honesty_checks"),
    ),
    Table(
        "honesty_evidence",
        "数据真实性检查的例证",
        "The cases behind the checks of the records",
        lazily(f"{FINDINGS}.honesty.audit:honesty_evidence"),
        is_in_runs=False,
    ),
    Table(
        "limits_without_suspicious_stops",
        "剔除可疑停钟后的可保证时限",
        "The safe limits with suspicious clock stops put back",
        lazily(f"{FINDINGS}.honesty.limits_without_stops:limits_without_suspicious_stops"),
        is_in_runs=False,
    ),
    Table(
        "departments",
        "各部门与总体的比较",
        "Each department beside the whole, with intervals and no ranking",
        lazily(f"{FINDINGS}.performance.departments:departments"),
    ),
    Table(
        "indicators",
        "各部门效能指标",
        "The indicators of approval work per department",
        lazily(f"{FINDINGS}.performance.indicators:indicators"),
    ),
)
