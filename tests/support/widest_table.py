"""The widest table of all documents, that of the limits of items, with cells as long as they come."""

from efficacy_analytics.documents.blocks import Column, Table
from efficacy_analytics.vocabulary import Language

NAMES: dict[Language, list[str]] = {
    "zh": ["事项", "部门", "时限", "办结", "结论", "说明", "尚缺件数", "未及最近周数", "较低比例下可保证"],
    "en": [
        "Item",
        "Department",
        "Limit",
        "Completed",
        "Finding",
        "Reason",
        "Cases missing",
        "Last weeks not in this",
        "Can be promised for fewer",
    ],
}
CELLS: dict[Language, list[str]] = {
    "zh": [
        "建设项目环境影响评价审批（新办）",
        "人力资源和社会保障局",
        "20 个工作日",
        "1,064",
        "暂不下结论",
        "办件不足",
        "235",
        "13",
        "95%：17 个工作日",
    ],
    "en": [
        "Approval of environmental impact assessments (new)",
        "Human Resources and Social Security Bureau",
        "20 working days",
        "1,064",
        "cannot be said yet",
        "the limit itself is not safe yet",
        "235",
        "13",
        "95%: 17 working days",
    ],
}
"""A row of the widest table there is, that of the limits of items."""


def widest(language: Language) -> Table:
    """The table of the limits of items."""
    words = (0, 1, 4, 5)
    columns = [Column(name, str, is_figure=place not in words) for place, name in enumerate(NAMES[language])]
    return Table("表中各数", columns, [CELLS[language]] * 30)
