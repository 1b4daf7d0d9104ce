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
        is_in_runs=False,
    ),
    Table(
        "open_flow",
        "逐日收件、办结与存量",
        "Arrivals, departures and stock, day by day",
        f"{SUPERVISION}.board:open_flow",
        is_in_runs=False,
    ),
    Table(
        "warnings",
        "预警：到期提醒、黄牌、红牌",
        "Warnings: reminders, yellow and red cards",
        f"{SUPERVISION}.warnings:warnings",
        is_in_runs=False,
    ),
)
