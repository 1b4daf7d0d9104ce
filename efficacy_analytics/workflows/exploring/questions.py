"""The questions that notebooks ask, as their headings: each once, in both languages, with a note where one is needed.

A notebook shows a question by its name, `log.ask("why_do_files_wait")`, in the language of its log: a reader in one
language meets one language.
"""

from dataclasses import dataclass
from typing import Final

from efficacy_analytics.errors import CallError
from efficacy_analytics.vocabulary import Language, Words
from efficacy_analytics.workflows.exploring.asked import near


@dataclass(frozen=True)
class Question:
    """A heading in one language, with its note; a notebook shows both as Markdown.

    Attributes:
        text: the question.
        note: below it, in Markdown; empty for none.
        level: of the heading; 1 is the title of a notebook.
    """

    text: str
    note: str = ""
    level: int = 2

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"{'#' * self.level} {self.text}\n\n{self.note}".strip()


def asked(name: str, language: Language) -> Question:
    """The question of that name.

    Raises:
        CallError: there is none of that name.
    """
    if not isinstance(name, str) or name not in QUESTIONS:
        known = near(name, QUESTIONS) if isinstance(name, str) else ""
        raise CallError(f"there is no question {name!r}.{known}", hint='an answer is log.answer("bottlenecks")')
    said, note = QUESTIONS[name], NOTES.get(name)
    return Question(said[language], note[language] if note else "", 1 if name in TITLES else 2)


TITLES: Final = ("tour", "event_log", "process_map", "waiting_time", "time_limits", "departments", "open_cases")
"""Of notebooks."""
QUESTIONS: Final[dict[str, Words]] = {
    "tour": {"zh": "头十分钟能问出什么？", "en": "What can be asked in the first ten minutes?"},
    "where_do_cases_wait_most": {"zh": "哪里等得最久？", "en": "Where do cases wait most?"},
    "how_do_cases_run": {"zh": "办件怎样流转？", "en": "How do cases run?"},
    "which_cases_are_on_that_line": {"zh": "这条线上是哪些办件？", "en": "Which cases are on that line?"},
    "how_long_did_they_wait": {"zh": "它们等得多久？", "en": "How long did they wait?"},
    "what_happened_to_the_one_that_waited_longest_and_who_held_it": {
        "zh": "等得最久的一件经过了什么，在谁手中？",
        "en": "What happened to the one that waited longest, and who held it?",
    },
    "where_do_two_groups_differ": {"zh": "两组办件的流转差在哪里？", "en": "Where do two groups differ?"},
    "and_where_there_is_no_table_for_it": {"zh": "没有现成的表怎么办？", "en": "And where there is no table for it?"},
    "and_an_indicator_of_ones_own": {"zh": "自己的指标怎么算？", "en": "And an indicator of one's own?"},
    "after_tour": {"zh": "接下来", "en": "Next"},
    "event_log": {"zh": "事件日志里有什么？", "en": "What is in the event log?"},
    "how_many_cases_how_many_events": {"zh": "有多少办件，多少环节？", "en": "How many cases, how many events?"},
    "can_the_records_be_believed": {"zh": "数据可信吗？", "en": "Can the records be believed?"},
    "which_activities_are_most_frequent_and_how_long_do_they_take": {
        "zh": "哪些环节最常见，各用多少时间？",
        "en": "Which activities are most frequent, and how long do they take?",
    },
    "which_ways_do_cases_take": {"zh": "办件走过哪些路线？", "en": "Which ways do cases take?"},
    "how_many_cases_has_each_department_and_how_many_on_time": {
        "zh": "各部门的办件量与按时办结率如何？",
        "en": "How many cases has each department, and how many on time?",
    },
    "and_by_month_of_acceptance": {"zh": "各受理月份如何？", "en": "And by month of acceptance?"},
    "after_event_log": {"zh": "接下来", "en": "Next"},
    "process_map": {"zh": "办件怎样流转，在哪里等待？", "en": "How do cases run, and where do they wait?"},
    "between_which_steps_does_the_time_lie": {
        "zh": "时间集中在哪些环节之间？",
        "en": "Between which steps does the time lie?",
    },
    "what_are_the_figures_of_each_segment": {
        "zh": "各区段的数字是多少？",
        "en": "What are the figures of each segment?",
    },
    "which_cases_are_behind_a_path_longest_wait_first_internal": {
        "zh": "一条流转背后是哪些办件（只供内部）？",
        "en": "Which cases are behind a path, longest wait first (internal)?",
    },
    "what_happened_to_the_one_that_waited_longest": {
        "zh": "其中等得最久的一件经过了什么？",
        "en": "What happened to the one that waited longest?",
    },
    "when_do_steps_happen": {"zh": "环节落在何时？", "en": "When do steps happen?"},
    "and_counted_from_the_start_of_each_case": {
        "zh": "自受理起又落在何时？",
        "en": "And counted from the start of each case?",
    },
    "how_often_does_each_activity_follow_another": {
        "zh": "每一对直接后继各有多少？",
        "en": "How often does each activity follow another?",
    },
    "after_process_map": {"zh": "接下来", "en": "Next"},
    "waiting_time": {"zh": "时间花在哪里，为什么等待？", "en": "Where does the time go, and why do files wait?"},
    "what_does_each_part_add_to_the_whole_time": {
        "zh": "各部分占全程时间多少？",
        "en": "What does each part add to the whole time?",
    },
    "what_are_the_figures_of_each_part": {"zh": "各部分的数字是多少？", "en": "What are the figures of each part?"},
    "why_do_files_wait": {"zh": "为什么等待？", "en": "Why do files wait?"},
    "which_segment_waits_for_which_cause": {"zh": "各区段各因什么等待？", "en": "Which segment waits for which cause?"},
    "what_would_removing_a_cause_do": {"zh": "消除某一原因会怎样？", "en": "What would removing a cause do?"},
    "how_do_cases_pass_each_segment_and_is_first_come_first_served": {
        "zh": "办件怎样通过各区段，是否先来先办？",
        "en": "How do cases pass each segment, and is first come first served?",
    },
    "in_which_month_does_which_step_wait_long": {
        "zh": "哪个月、哪个环节等得久？",
        "en": "In which month does which step wait long?",
    },
    "after_waiting_time": {"zh": "接下来", "en": "Next"},
    "time_limits": {
        "zh": "哪些时限可以压缩，凭什么保证？",
        "en": "Which time limits can be shorter, and with what guarantee?",
    },
    "what_is_the_safe_limit_of_each_item": {
        "zh": "每个事项可保证的时限是多少？",
        "en": "What is the safe limit of each item?",
    },
    "how_far_is_it_from_the_limit_in_force": {
        "zh": "与现行时限相差多少？",
        "en": "How far is it from the limit in force?",
    },
    "would_the_rule_have_held_in_the_past": {
        "zh": "这一规则在以往经得起检验吗？",
        "en": "Would the rule have held in the past?",
    },
    "do_cases_pile_up_below_their_limit": {"zh": "是否压着时限办？", "en": "Do cases pile up below their limit?"},
    "which_can_be_shortened_with_a_guarantee_for_all_items_together": {
        "zh": "全部事项一起保证，可压缩哪些？",
        "en": "Which can be shortened with a guarantee for all items together?",
    },
    "what_would_any_target_cost": {"zh": "任一目标的代价是什么？", "en": "What would any target cost?"},
    "which_limits_for_a_total_that_is_set": {
        "zh": "按一个总目标，各事项缩多少？",
        "en": "Which limits, for a total that is set?",
    },
    "and_if_one_step_changed": {"zh": "若改变一个环节会怎样？", "en": "And if one step changed?"},
    "which_steps_could_be_done_side_by_side": {
        "zh": "哪些环节可以并联？",
        "en": "Which steps could be done side by side?",
    },
    "after_time_limits": {"zh": "接下来", "en": "Next"},
    "departments": {
        "zh": "各部门办得怎样，差别有多少是办件本身造成的？",
        "en": "How do departments compare, and how much of the difference is their work?",
    },
    "can_the_raw_shares_on_time_be_told_apart": {
        "zh": "原始按时办结率能分出高低吗？",
        "en": "Can the raw shares on time be told apart?",
    },
    "who_has_more_late_cases_than_its_work_explains": {
        "zh": "与同类办件相比，谁的逾期多于预期？",
        "en": "Who has more late cases than its work explains?",
    },
    "what_are_the_figures_of_each_department": {
        "zh": "各部门的数字是多少？",
        "en": "What are the figures of each department?",
    },
    "which_ranks_can_be_told": {"zh": "哪些名次可以认定？", "en": "Which ranks can be told?"},
    "which_orders_are_made_by_the_work": {
        "zh": "哪些先后是办件构成造成的？",
        "en": "Which orders are made by the work?",
    },
    "does_the_model_agree_with_what_happened": {
        "zh": "模型与实际相符吗？",
        "en": "Does the model agree with what happened?",
    },
    "who_takes_longer_for_the_same_items": {
        "zh": "办理同样的事项，谁用的时间更长？",
        "en": "Who takes longer for the same items?",
    },
    "does_it_matter_who_decides": {
        "zh": "由谁决定，有没有关系？",
        "en": "Does it matter who decides?",
    },
    "why_did_the_late_share_change": {"zh": "逾期率为什么变化？", "en": "Why did the late share change?"},
    "since_when_did_late_cases_rise": {"zh": "逾期自何时起上升？", "en": "Since when did late cases rise?"},
    "after_departments": {"zh": "接下来", "en": "Next"},
    "open_cases": {
        "zh": "还有什么没办完，该先办哪些？",
        "en": "What is still open, and what should be attended to first?",
    },
    "how_many_cases_are_open_in_each_department_and_how_urgent_are_they": {
        "zh": "各部门有多少在办件，预警如何？",
        "en": "How many cases are open in each department, and how urgent are they?",
    },
    "do_arrivals_and_departures_balance": {
        "zh": "收件、办结与存量是否平衡？",
        "en": "Do arrivals and departures balance?",
    },
    "who_should_act_on_what_today": {"zh": "今天谁该办什么？", "en": "Who should act on what today?"},
    "which_cases_are_open_and_where_do_they_lie": {
        "zh": "在办的有哪些，各到哪一步？",
        "en": "Which cases are open, and where do they lie?",
    },
    "which_cases_are_likely_to_be_late_and_did_such_chances_hold": {
        "zh": "哪些办件可能逾期？算法经得起检验吗？",
        "en": "Which cases are likely to be late, and did such chances hold?",
    },
    "whose_days_made_cases_late": {"zh": "逾期归于哪一环节？", "en": "Whose days made cases late?"},
    "after_open_cases": {"zh": "接下来", "en": "Next"},
}  # fmt: skip
NOTES: Final[dict[str, Words]] = {
    "tour": {
        "zh": (
            "从空白到办件：哪里等得最久、是哪些办件、在谁手中；再比较两组，写一句自己的 SQL。按 Shift+Enter 逐格运行。"
        ),
        "en": (
            "From nothing to the cases: where they wait most, which ones, in whose hands; then two groups "
            "compared, and SQL of one's own. Shift+Enter runs a cell."
        ),
    },
    "how_do_cases_run": {
        "zh": "点一条线或一个方框：下方即说明选中几件，下一格用 `process.selected`。",
        "en": (
            "Click a line or a box: below the map it says how many cases that is, and `process.selected` is theirs."
        ),
    },
    "which_cases_are_on_that_line": {
        "zh": "不点也可以按代码选。",
        "en": "Chosen by code where nothing was clicked.",
    },
    "how_long_did_they_wait": {
        "zh": "单件只供内部。",
        "en": "Single cases are internal.",
    },
    "where_do_two_groups_differ": {
        "zh": "`cases` 的任何一列都可分组，自己的列也一样。",
        "en": "Any column of `cases` parts groups, one that only your layout has as well.",
    },
    "and_where_there_is_no_table_for_it": {
        "zh": "自己写一句 SQL，只看得到本日志的办件；结果仍是 polars 表。",
        "en": "One query of one's own sees the cases of this log alone; the result is a polars frame.",
    },
    "after_tour": {
        "zh": (
            '表：`.frame` 是原始 polars 表，`.explain()` 说明各列，`.to_excel("x.xlsx")` 存为工作簿；图：'
            '`.save("x.png")`；简报：`log.report()`。\n\n- [01_event_log](01_event_log.ipynb)：'
            "日志里有什么\n- [02_process_map](02_process_map.ipynb)：流程图与办件\n- "
            "[03_waiting_time](03_waiting_time.ipynb)：为什么等待\n- [04_time_limits](04_time_limits.ipynb)："
            "哪些时限可压缩\n- [05_departments](05_departments.ipynb)：部门比较\n"
            "- [06_open_cases](06_open_cases.ipynb)：在办件与预警"
        ),
        "en": (
            "A table: `.frame` is the polars frame, `.explain()` says what its columns are, "
            '`.to_excel("x.xlsx")` saves it; a chart: `.save("x.png")`; a briefing: `log.report()`.\n\n- '
            "[01_event_log](01_event_log.ipynb): what the log holds\n- "
            "[02_process_map](02_process_map.ipynb): the map and its cases\n- "
            "[03_waiting_time](03_waiting_time.ipynb): why files wait\n- "
            "[04_time_limits](04_time_limits.ipynb): which limits can be shorter\n- "
            "[05_departments](05_departments.ipynb): departments compared\n- "
            "[06_open_cases](06_open_cases.ipynb): what is open, and warnings"
        ),
    },
    "event_log": {
        "zh": "先看规模，再看环节、变体与办件。",
        "en": "Its size first, then activities, variants and cases.",
    },
    "after_event_log": {
        "zh": (
            "- [02_process_map](02_process_map.ipynb)：办件怎样流转\n- "
            "[05_departments](05_departments.ipynb)：部门之间的比较"
        ),
        "en": (
            "- [02_process_map](02_process_map.ipynb): how cases run\n- "
            "[05_departments](05_departments.ipynb): departments compared"
        ),
    },
    "process_map": {
        "zh": (
            "按部门、事项、期间取办件：改上面的参数后全部重跑。线越粗次数越多，颜色越深等待越长；"
            "环节很多时先看阶段，再逐个打开。"
        ),
        "en": (
            "Choose cases by department, item and period above, then run all. Wider lines are used more, "
            "darker ones wait longer; a log of very many activities shows its stages first."
        ),
    },
    "which_cases_are_behind_a_path_longest_wait_first_internal": {
        "zh": "参数 `behind_from`、`behind_to` 填环节代码；留空取等待占比最高的区段。",
        "en": (
            "The parameters `behind_from` and `behind_to` take codes of activities; empty: the segment that "
            "holds most of the waiting."
        ),
    },
    "after_process_map": {
        "zh": (
            "- [03_waiting_time](03_waiting_time.ipynb)：为什么在那里等\n- "
            "[04_time_limits](04_time_limits.ipynb)：改变一处等待能省多少"
        ),
        "en": (
            "- [03_waiting_time](03_waiting_time.ipynb): why files wait there\n- "
            "[04_time_limits](04_time_limits.ipynb): what a change there would save"
        ),
    },
    "waiting_time": {
        "zh": "先看各部分占全程的比重，再看等待的原因与消除的效果，最后打开等得最久的办件。",
        "en": (
            "First what each part adds to the whole, then why files wait and what removing a cause would do, "
            "then the cases."
        ),
    },
    "what_does_each_part_add_to_the_whole_time": {
        "zh": "各部分之和等于全程时间。可节省：各件超出最好四分之一部门中位数的部分之和。",
        "en": (
            "The parts add up to the throughput. Excess: what cases take above the median of the best "
            "quarter of departments."
        ),
    },
    "after_waiting_time": {
        "zh": (
            "- [04_time_limits](04_time_limits.ipynb)：少等之后时限能缩多少\n- "
            "[05_departments](05_departments.ipynb)：等待与部门\n- "
            '`log.where(department="D02").chart.process_map()`：只看一个部门'
        ),
        "en": (
            "- [04_time_limits](04_time_limits.ipynb): what limits could be with less waiting\n- "
            "[05_departments](05_departments.ipynb): waiting and departments\n- "
            '`log.where(department="D02").chart.process_map()`: one department alone'
        ),
    },
    "time_limits": {
        "zh": "先看有保证的时限，再看任一目标的代价，最后看须先改哪一处等待、哪些环节可并联。",
        "en": (
            "First the limits with a guarantee, then what any target would cost, then which wait must change "
            "and what could be parallel."
        ),
    },
    "what_is_the_safe_limit_of_each_item": {
        "zh": "样本不足即不下结论，并写明尚缺件数。",
        "en": "Too few cases are a refusal, with the number missing.",
    },
    "what_would_any_target_cost": {
        "zh": "滑块给出按时办结率的目标；只依据以往办件，不含保证。",
        "en": "The slider sets the share on time; by past cases only, without a guarantee.",
    },
    "and_if_one_step_changed": {
        "zh": "沿原路径重算，不模拟排队。",
        "en": "Past paths walked again; queues are not modelled.",
    },
    "after_time_limits": {
        "zh": (
            "- [03_waiting_time](03_waiting_time.ipynb)：须先改的那处等待为何而等\n- "
            "[02_process_map](02_process_map.ipynb)：打开那条线上的办件\n- `log.report()`：写成简报"
        ),
        "en": (
            "- [03_waiting_time](03_waiting_time.ipynb): why files wait where a change must come first\n- "
            "[02_process_map](02_process_map.ipynb): open the cases on that line\n- `log.report()`: a "
            "briefing of it"
        ),
    },
    "departments": {
        "zh": "先看原始率及区间，再看同类办件比较：预期逾期是居中的部门办同样的件会有的；名次只给可能范围。",
        "en": (
            "Raw shares with intervals first, then on like work: what is to be expected follows from the "
            "cases as the middle department handles them, and ranks are given as ranges."
        ),
    },
    "after_departments": {
        "zh": (
            "- [01_event_log](01_event_log.ipynb)：先看数据可信与否\n- "
            '[03_waiting_time](03_waiting_time.ipynb)：一个部门在哪里等\n- `log.by("department")`：'
            "每个部门一个日志"
        ),
        "en": (
            "- [01_event_log](01_event_log.ipynb): first whether the records can be believed\n- "
            "[03_waiting_time](03_waiting_time.ipynb): where one department waits\n- "
            '`log.by("department")`: a log for each department'
        ),
    },
    "open_cases": {
        "zh": "办件所处位置以最近完成的环节为准；停钟期间不到期。含办件编号与经办人，内部使用。",
        "en": (
            "A case lies where its last step was completed; nothing falls due while the clock stands still. "
            "With case numbers and officers: for internal use."
        ),
    },
    "after_open_cases": {
        "zh": (
            "- [03_waiting_time](03_waiting_time.ipynb)：它们为什么等\n- "
            "[05_departments](05_departments.ipynb)：逾期与部门\n- `log.case(编号)`：打开一件"
        ),
        "en": (
            "- [03_waiting_time](03_waiting_time.ipynb): why they wait\n- "
            "[05_departments](05_departments.ipynb): late cases and departments\n- `log.case(number)`: one "
            "of them opened"
        ),
    },
}
