"""What of an export was not used, or was taken otherwise than it stands: told by every command, never in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from efficacy_analytics.lake.contract.refusal_rules import GROUPS

NOTICES: Final[Mapping[str, Mapping[str, str]]] = {
    "texts_tidied": {
        "zh": "列“{subject}”有 {count} 个值去除了首尾空白或不可见字符",
        "en": "column '{subject}': blanks or invisible characters were taken away from {count} {count:value|values}",
    },
    "names_alike": {
        "zh": "“{subject}”有 {count} 个名称读来相同却并非同一名称，分别计算",
        "en": "column {subject}: {count} {count:name reads|names read} like another one of it, and "
        "{count:counts|count} apart",
    },
    "events_repeated": {
        "zh": "日志中有 {count} 个事件与同一办件较早的事件完全相同，予以保留",
        "en": "{count} {count:event|events} of the log {count:is|are} the same in every attribute as an earlier one of "
        "the case: {count:it stays|they stay}",
    },
    "steps_alike": {
        "zh": "{count} 个环节与同一办件的另一环节在环节、时间、经办人上完全相同："
        "若导出与其他表关联，同一办理会被重复计算",
        "en": "{count} {count:step is|steps are} the same as another of the case in activity, times and officer: where "
        "an export is joined with another table, one step stands there several times",
    },
    "steps_suspended": {
        "zh": "{count} 个环节曾被挂起，不计处理时间",
        "en": "{count} {count:step was|steps were} suspended: how long the work took is not counted for "
        "{count:it|them}",
    },
    "completion_refused": {
        "zh": "{count} 件的办结记录未被接收，不判定是否逾期",
        "en": "{count} {count:case stands|cases stand} whose completion was refused: {count:it is|they are} not judged",
    },
    "rows_refused": {
        "zh": "交来的 {of} 行中有 {count} 行{subject}，未予接收",
        "en": "{count} of {of} {of:row|rows} delivered {subject}: {count:it is|they are} refused",
    },
    "transitions_not_used": {
        "zh": "交来的 {of} 行中有 {count} 行只记录环节的中间状态（如分派、挂起、中止，或有始无终），不是已完成的环节，"
        "未作环节使用",
        "en": "{count} of {of} {of:row|rows} delivered {count:is a lifecycle transition|are lifecycle transitions} "
        "that {count:completes|complete} no step (assigned, suspended, aborted, or begun and never completed): "
        "not used as {count:a step|steps}",
    },
    "rows_corrected": {
        "zh": "退回的行中，{count} 行经改正后已接收",
        "en": "{count} refused {count:row was|rows were} corrected and taken in since",
    },
    "numbers_shared": {
        "zh": "{of} 行中有 {count} 行所载办件情况与同一编号较早的行不同：若各部门自行编号、号码相同，"
        '请在布局中把两列合为办件编号，如 case_id = ["部门", "编号"]',
        "en": "{count} of {of} {of:row|rows} {count:tells|tell} otherwise of {count:its case|their cases} than an "
        "earlier row of the same number: where departments number cases alike, name both columns in the "
        'layout, case_id = ["department", "number"]',
    },
    "placeholder_dates": {
        "zh": "“{subject}”有 {count} 个值不代表日期（如 1900-01-01、NULL），按空值处理",
        "en": "{count} of {subject} {count:stands|stand} for no date (1900-01-01, NULL or the like): read as empty",
    },
    "columns_not_placed": {
        "zh": "表“{subject}”有 {count} 列未被使用",
        "en": "table '{subject}': {count} {count:column is|columns are} not used",
    },
    "columns_lacking": {
        "zh": "“{subject}”缺少 {count} 个其他文件具有的列，按空值处理",
        "en": "'{subject}' lacks {count} {count:column|columns} of the other files: read as empty",
    },
    "headers_tidied": {
        "zh": "“{subject}”有 {count} 个列名含不可见字符，已按可见文字识别",
        "en": "'{subject}': {count} {count:header has|headers have} invisible characters or other blanks and "
        "{count:is read by its|are read by their} words",
    },
    "files_left_out": {
        "zh": "按要求未读取 {count} 个文件",
        "en": "{count} {count:file|files} of the delivery {count:is|are} left out, as asked for",
    },
    "sheets_not_read": {
        "zh": "工作簿“{subject}”有 {count} 个工作表未读取",
        "en": "workbook '{subject}': {count} {count:sheet is|sheets are} not read",
    },
    "files_not_read": {
        "zh": "文件夹中有 {count} 个文件未读取",
        "en": "{count} {count:file|files} of the folder {count:is|are} not read",
    },
    "status_unknown": {
        "zh": "状态“{subject}”（{count} 件）含义未知，按普通办件处理",
        "en": "status '{subject}' of {count} {count:case|cases} is not known: {count:it counts|they count} as "
        "any other case",
    },
    "stop_kind_unknown": {
        "zh": "特别程序“{subject}”（{count} 条）不在规则表中，未予扣除",
        "en": "{count} clock {count:stop|stops} of the kind '{subject}', which no rule names, "
        "{count:stops|stop} nothing",
    },
    "steps_superseded": {
        "zh": "来源“{subject}”：{cases} 件较早批次中的 {count} 个环节因较晚批次重新给出该件而不再使用；"
        "如各批次只补充环节，请在布局中写 adds = true",
        "en": "source '{subject}': {count} accepted {count:step|steps} of {cases} {cases:case|cases} {count:is|are} no "
        "longer used: a later delivery gives {cases:the case|the cases} anew without {count:it|them}; "
        "where exports only add steps, write adds = true in the layout",
    },
    "delivery_lost": {
        "zh": "批次 {subject} 的办件已全部由较晚批次给出，未被使用",
        "en": "nothing of delivery {subject} is used: later ones give its {count} {count:case|cases}",
    },
    "closed_days_unused": {
        "zh": "部门“{subject}”的 {count} 个自定休息日未用于任何办件",
        "en": "{count} closed {count:day|days} of '{subject}' {count:holds|hold} for no case",
    },
    "undated_cases": {
        "zh": "{count} 件没有任何日期，不属于任何时期",
        "en": "{count} {count:case has|cases have} no day at all and {count:belongs|belong} to no period",
    },
    "open_cases_alone": {
        "zh": "全部 {count} 件均在办，没有办结件：若导出时未含办结件，按时办结率不代表全部办件",
        "en": "{count} {count:case is|cases are} open and none is completed: where an export leaves completed cases "
        "out, shares on time say nothing of all cases",
    },
    "completed_by_last_step": {
        "zh": "{count} 件所在批次未提供办结日期，以最后一个环节为办结，均不视为在办",
        "en": "{count} {count:case has|cases have} no completion of {count:its|their} own: the last step counts as it, "
        "so {count:it is not|none of them is} open",
    },
    "accepted_by_application": {
        "zh": "{count} 件无受理日期，自申请之日起算",
        "en": "{count} {count:case has|cases have} no acceptance: {count:its clock starts|their clocks start} on "
        "the day of application",
    },
    "accepted_by_first_step": {
        "zh": "{count} 件无受理和申请日期，自首个环节之日起算",
        "en": "{count} {count:case has|cases have} neither acceptance nor application: "
        "{count:its clock starts|their clocks start} with the first step",
    },
    "no_ladder": {
        "zh": "本数据湖未申报预警规则（reference/warnings.csv）：有时限的在办件 {count} 件，均无提醒、黄牌或红牌",
        "en": "this lake declares no ladder of warnings (reference/warnings.csv): {count} open {count:case has|cases "
        "have} a limit and no reminder, yellow or red card",
    },
    "acceptance_unknown": {
        "zh": "{count} 件除办结外没有任何日期：不计其天数，也不以时限判定，仅以所给应办结日判定",
        "en": "{count} {count:case has|cases have} no day but that of {count:its|their} completion: "
        "{count:its|their} days stay uncounted, and only a due day that is given judges {count:it|them}",
    },
}


class Count(int):
    """A number in a sentence: `{count}` is its digits, `{count:case|cases}` the word for one or for another number."""

    def __format__(self, words: str) -> str:
        if not words:
            return f"{int(self):,}"
        one, _, other = words.partition("|")
        return one if self == 1 else other


@dataclass(frozen=True)
class Notice:
    """One thing that was not used or was taken otherwise.

    Attributes:
        code: which, a key of `NOTICES`.
        subject: what it is about: a column, a sheet, a status.
        count: how many rows, values or cases.
        cases: of how many cases, where rows are counted.
        of: of how many rows, where it is some of them.
        names: some of those concerned, to find them by.
    """

    code: str
    subject: str = ""
    count: int = 0
    cases: int = 0
    names: str = ""
    of: int = 0

    def words(self, language: str = "en") -> str:
        """The notice in words, in zh or en."""
        counts = {"count": Count(self.count), "cases": Count(self.cases), "of": Count(self.of)}
        subject = GROUPS[self.subject][language].format(**counts) if self.subject in GROUPS else self.subject
        said = NOTICES[self.code][language].format(subject=subject, **counts)
        return f"{said} ({self.names})" if self.names else said

    def sentence(self, language: str = "en") -> str:
        """The notice as a sentence of its own."""
        words = self.words(language)
        return f"{words}。" if language == "zh" else f"{words[:1].upper()}{words[1:]}."


def noticed(values: Iterable[Mapping[str, Any]]) -> list[Notice]:
    """Notices as they were written to a record or a table."""
    return [Notice(**value) for value in values]


def notice_lines(notices: Iterable[Notice], language: str = "en") -> list[str]:
    """The notices under one heading; nothing where there are none."""
    lines = [f"  {notice.words(language)}" for notice in notices]
    heading = {"zh": "未使用或另作处理：", "en": "not used, or taken otherwise"}[language]
    return [heading, *lines] if lines else []


def notice_sentence(notices: Iterable[Notice], language: str = "en") -> str:
    """The notices as one sentence."""
    words = [notice.words(language) for notice in notices]
    if language == "zh":
        return f"未使用或另作处理：{'；'.join(words)}。"
    return f"Not used, or taken otherwise: {'; '.join(words)}."
