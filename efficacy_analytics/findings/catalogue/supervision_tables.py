"""The tables of what is still open: while it can still help."""

from efficacy_analytics.findings.catalogue.table import Table

SUPERVISION = "efficacy_analytics.findings.supervision"

SUPERVISION_TABLES = (
    Table(
        "open_cases",
        "在办件：已计时、剩余、所处阶段、该谁办、预警颜色",
        "Open cases: days counted and left, where each lies, whose turn it is, its colour",
        f"{SUPERVISION}.board:open_cases",
        is_in_runs=False,
    ),
    Table(
        "open_stock",
        "在办件存量：按部门、阶段和已办时间",
        "The stock of open cases by department, stage and age",
        f"{SUPERVISION}.board:open_stock",
        is_of_history=True,
    ),
    Table(
        "open_flow",
        "逐日收件、办结与存量",
        "Arrivals, departures and stock, day by day",
        f"{SUPERVISION}.board:open_flow",
        is_of_history=True,
    ),
    Table(
        "warnings",
        "预警：到期提醒、黄牌、红牌",
        "Warnings: reminders, yellow and red cards",
        f"{SUPERVISION}.warnings:warnings",
        is_of_history=True,
    ),
    Table(
        "breach_chances",
        "在办件逾期的可能及督办顺序",
        "The chance that each open case breaks its limit, the likeliest first",
        f"{SUPERVISION}.chances.chances:breach_chances",
        is_in_runs=False,
    ),
    Table(
        "chance_trials",
        "逾期可能的算法：试算结果与所采用者",
        "How each way to a chance of breach did when tried, and which one holds",
        f"{SUPERVISION}.chances.chances:chance_trials",
        is_in_runs=False,
    ),
    Table(
        "chance_evaluation",
        "逾期可能的事后检验：以往某日的预测与此后的事实",
        "Chances of breach as told on a day of the past, scored on what happened",
        f"{SUPERVISION}.chances.evaluation:chance_evaluation",
        is_in_runs=False,
    ),
    Table(
        "remaining_time_error",
        "剩余时间中位数法的误差",
        "The error of the median remaining time at the same number of events",
        f"{SUPERVISION}.chances.remaining_time:remaining_time_error",
        is_in_runs=False,
    ),
    Table(
        "breach_causes",
        "逾期责任：超期天数归于哪一环节、哪一部门、何种原因",
        "Whose days made a case late: the overrun by step, department and cause",
        f"{SUPERVISION}.responsibility:breach_causes",
        is_in_runs=False,
    ),
    Table(
        "breach_causes_by_step",
        "逾期责任汇总：按部门、环节和原因",
        "Whose days made cases late, added up by department, step and cause",
        f"{SUPERVISION}.responsibility:breach_causes_by_step",
        is_in_runs=False,
    ),
    Table(
        "audit_sample",
        "抽查样本：按部门和风险分层随机抽取",
        "Cases to look at by hand: a random sample by department and risk",
        f"{SUPERVISION}.sampling:audit_sample",
        is_in_runs=False,
    ),
    Table(
        "disguised_approvals",
        "变相审批：名为备案而办理过程像审批的事项",
        "Items that are filed by name and examined like approvals",
        f"{SUPERVISION}.disguise:disguised_approvals",
        is_in_runs=False,
    ),
    Table(
        "item_differences",
        "同一事项在各部门的差异：名称、时限、收费",
        "In what the same item differs between departments: name, limit, fee",
        f"{SUPERVISION}.unification:item_differences",
        is_in_runs=False,
    ),
)
