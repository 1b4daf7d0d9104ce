"""Why the clock of a case was stopped, in the words of the file, and when that was keyed in."""

from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.city.records.steps import stamps
from efficacy_analytics.city.town.working_time import WALL_DAY, Whole

REASONS: Final[dict[str, tuple[str, ...]]] = {
    "supplement": (
        "申请材料不齐全",
        "申请表填写有误",
        "附图比例不符",
        "证明文件已过期",
        "缺少授权委托书",
        "复印件不清晰",
    ),
    "expert_review": ("方案须经专家论证", "首次采用新工艺", "跨区域影响须评审", "技术指标存疑", "按规定组织专家评审"),
    "hearing": ("利害关系人申请听证", "涉及重大公共利益", "申请人申请听证", "相邻权属有争议"),
    "suspension": (
        "等待司法裁决结果",
        "规划调整期间暂缓",
        "申请人书面请求中止",
        "需等待上级批复",
        "现场条件暂不具备",
        "涉及权属纠纷",
    ),
    "extension": ("案情复杂", "需征求相关部门意见", "材料数量较多", "需补充勘验"),
    "joint_extension": ("多部门意见尚未统一", "联合踏勘延后", "需补充联审意见"),
}
"""Ordinary reasons by kind of stop; the earlier ones are a little more usual."""
NEXT_DAY_SHARE: Final = 0.06
SOONEST_SECONDS, LATEST_SECONDS = 60, 5400


def reasons(kinds: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A reason for each stop, drawn among the ordinary ones of its kind."""
    draw = rng.random(kinds.len()) ** 1.25
    drawn = [REASONS[kind][int(place * len(REASONS[kind]))] for kind, place in zip(kinds, draw.tolist(), strict=True)]
    return pl.Series(drawn, dtype=pl.String)


def keyed_in(begun: Whole, last_second: int, rng: np.random.Generator) -> pl.Series:
    """Stamps of entry: within an hour and a half of the stop, or at the same hour of the next day."""
    soon = rng.integers(SOONEST_SECONDS, LATEST_SECONDS, size=len(begun))
    is_next_day = rng.random(len(begun)) < NEXT_DAY_SHARE
    return stamps(np.minimum(begun + np.where(is_next_day, WALL_DAY, soon), last_second))
