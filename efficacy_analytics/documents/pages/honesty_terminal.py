"""The honesty of the records as a page on the terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.honesty import NO_SCORE, check_names, counted_sentences, finding_sentence, untold
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import named, names_in
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.catalogue import CHECKS, OBSTACLES, VERDICTS
from efficacy_analytics.system.tabulate import drawn
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, Language, Words

WORDS: Final[dict[str, Words]] = {
    "title": {"zh": "数据真实性（数据截至 {as_on}）", "en": "How honest the records are (as on {as_on})"},
    "department": {"zh": "部门", "en": "department"},
    "score": {"zh": "得分", "en": "score"},
    "made": {"zh": "已查", "en": "checked"},
    "stands_out": {"zh": "须说明", "en": "to be explained"},
    "check": {"zh": "检查", "en": "check"},
    "count": {"zh": "件数", "en": "count"},
    "share": {"zh": "占比", "en": "share"},
    "usual": {"zh": "通常", "en": "usual"},
    "verdict": {"zh": "结论", "en": "verdict"},
    "points": {"zh": "扣分", "en": "points lost"},
    "nothing": {"zh": "没有部门须就数据作出说明。", "en": "No department has anything to explain."},
    "none_named": {
        "zh": "没有部门须就数据作出说明；下列记录件数虽少，仍予列明。",
        "en": "No department is asked for an explanation; what follows is counted all the same.",
    },
    "innocent": {"zh": "  也可能因为：{}", "en": "  It may be innocent: {}"},
    "cases": {"zh": "  例如办件：{}", "en": "  For example the cases {}"},
    "without_stops": {
        "zh": "  剔除可疑停钟（{stops} 次）后，按时办结率由 {share} 降为 {without_stops}。",
        "en": "  Without its {stops} suspicious clock {stops:stop|stops}, the share on time falls from {share} to "
        "{without_stops}.",
    },
    "not_made": {"zh": "无法检查：{}", "en": "Cannot be checked: {}"},
    "why": {"zh": "{}（{}）", "en": "{} ({})"},
    "left_out": {
        "zh": "不计的非个人账号：{accounts} 个（{reasons}），共 {steps} 个环节。",
        "en": "Accounts that no single officer can be are left out: {accounts} ({reasons}), with steps: {steps}.",
    },
    "note": {
        "zh": "检查提出的是问题，不是结论。单个部门的逐项结果：--department 代码；全部例证：efficacy show "
        "honesty_evidence。",
        "en": "A check asks a question, it is no verdict. One department check by check: --department CODE; all "
        "evidence: "
        "efficacy show honesty_evidence.",
    },
}
ACCOUNTS: Final[dict[str, Words]] = {
    "too_many_steps": {"zh": "办理量非一人能及 {}", "en": "more steps than a person can do: {}"},
    "by_night": {"zh": "只在夜间 {}", "en": "by night only: {}"},
    "round_the_clock": {"zh": "昼夜不停 {}", "en": "round the clock: {}"},
    "several_at_once": {"zh": "数人共用 {}", "en": "shared by several people: {}"},
}
MOST_CASES: Final = 3


def honesty_page(
    log: Session,
    checks: pl.DataFrame,
    scores: pl.DataFrame,
    evidence: pl.DataFrame,
    language: Language,
    *,
    department: str | None = None,
) -> str:
    """The audit as text: scores, each finding with an innocent reason and some cases, what was not checked.

    Args:
        log: the engine of the cohort, for names.
        checks: the table `honesty_checks`.
        scores: the table `honesty`.
        evidence: the table `honesty_evidence`.
        language: "zh" or "en".
        department: the code of the one department to tell of, check by check.
    """
    if department is not None:
        checks, scores = (frame.filter(pl.col("department") == department) for frame in (checks, scores))
    as_on = log.run("snapshot_facts")["as_on"].item()
    names = dict(names_in(log.run("department_names"), "department", language).rows())
    lines = [
        WORDS["title"][language].format(as_on=as_on),
        "",
        drawn(_scores(in_names(log, scores, language), language)),
        *([] if department is None else [drawn(_checks(checks, language))]),
        *_findings(checks, scores, evidence, names, asdict(log.settings.honesty), language),
        *_not_made(checks, language),
        *(f"{sentence}\n" for sentence in (*untold(checks, language), *left_out(log, language))),
        WORDS["note"][language],
    ]
    return "\n".join(lines) + "\n"


def left_out(log: Session, language: Language) -> list[str]:
    """How many accounts that no single officer can be are left out of the checks, why, and how many steps they did.

    Args:
        log: the engine of a cohort; the accounts are those of the whole snapshot.
        language: "zh" or "en".
    """
    from efficacy_analytics.mining.organisation.accounts import REASONS, machine_accounts

    found = machine_accounts(log)
    counts = dict(found["reason"].value_counts().rows())
    if not counts:
        return []
    told = [ACCOUNTS[reason][language].format(counts[reason]) for reason in REASONS if reason in counts]
    return [
        WORDS["left_out"][language].format(
            accounts=figures.count(found.height, language),
            reasons=figures.listed(told, language),
            steps=figures.count(sum(found["step_count"].to_list()), language),
        )
    ]


def in_names(log: Session, table: pl.DataFrame, language: Language) -> pl.DataFrame:
    """A table with the names of its departments."""
    return named(table, "department", names_in(log.run("department_names"), "department", language))


def _scores(scores: pl.DataFrame, language: Language) -> pl.DataFrame:
    rows = [
        (
            row["department"] if row["department"] is not None else DEPARTMENT_NOT_STATED[language],
            NO_SCORE[language] if row["score"] is None else f"{row['score']:.1f}",
            f"{row['made_count']} / {row['check_count']}",
            check_names(row["stands_out"], language),
        )
        for row in scores.sort("score", "department", nulls_last=True).iter_rows(named=True)
    ]
    heads = [WORDS[name][language] for name in ("department", "score", "made", "stands_out")]
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _checks(checks: pl.DataFrame, language: Language) -> pl.DataFrame:
    rows = [
        (
            f"{row['code']} {CHECKS[row['code']].title[language]}",
            f"{figures.count(round(row['count']), language)} / {figures.count(row['of_count'], language)}",
            figures.share(row["share"], language),
            figures.share(row["usual_share"] if row["usual_share"] is not None else row["expected_share"], language),
            VERDICTS[row["verdict"]][language],
            "" if row["points_lost"] is None else f"{row['points_lost']:.1f} / {row['weight']}",
        )
        for row in checks.iter_rows(named=True)
    ]
    heads = [WORDS[name][language] for name in ("check", "count", "share", "usual", "verdict", "points")]
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _findings(
    checks: pl.DataFrame,
    scores: pl.DataFrame,
    evidence: pl.DataFrame,
    names: Mapping[str, str],
    told_settings: Mapping[str, Any],
    language: Language,
) -> Iterator[str]:
    found = checks.filter(pl.col("verdict") == "stands_out")
    by_name = pl.col("department").replace(dict(names))
    counted = counted_sentences(checks.with_columns(by_name), scores.with_columns(by_name), language)
    if found.is_empty():
        yield WORDS["none_named" if counted else "nothing"][language] + "\n"
    for row in found.iter_rows(named=True):
        told = {**row, "department": names.get(row["department"], row["department"])}
        yield f"{row['code']} {finding_sentence(told, told_settings, language)}"
        yield WORDS["innocent"][language].format(CHECKS[row["code"]].innocent[language])
        if row["code"] == "H16":
            yield _without_stops(scores.filter(pl.col("department").eq_missing(pl.lit(row["department"]))), language)
        cases = _cases(evidence, row)
        if cases:
            yield WORDS["cases"][language].format(figures.listed(cases, language))
        yield ""
    yield from (f"{sentence}\n" for sentence in counted)


def _cases(evidence: pl.DataFrame, row: Mapping[str, Any]) -> list[str]:
    of_row = (pl.col("code") == row["code"]) & pl.col("department").eq_missing(pl.lit(row["department"]))
    behind = evidence.filter(of_row)
    if row["code"] == "H14":
        behind = behind.filter(pl.col("measure") == row["constant_days"])
    if row["stop_kind"] is not None:
        behind = behind.filter(pl.col("activity") == row["stop_kind"])
    return behind["case_id"].unique(maintain_order=True).head(MOST_CASES).to_list()


def _without_stops(score: pl.DataFrame, language: Language) -> str:
    row = score.row(0, named=True)
    return WORDS["without_stops"][language].format(
        stops=figures.count(row["suspicious_count"], language),
        share=figures.share(row["on_time_share"], language),
        without_stops=figures.share(row["on_time_share_without_suspicious_stops"], language),
    )


def _not_made(checks: pl.DataFrame, language: Language) -> Iterator[str]:
    """Checks that no department shown can be put to, each with why."""
    made = set(checks.filter(pl.col("verdict") != "cannot_be_checked")["code"].to_list())
    why = dict(checks.filter(pl.col("obstacle").is_not_null()).select("code", "obstacle").rows())
    told = [
        WORDS["why"][language].format(f"{code} {CHECKS[code].title[language]}", OBSTACLES[why[code]][language])
        for code in CHECKS
        if code not in made and code in why
    ]
    if told:
        yield WORDS["not_made"][language].format(figures.listed(told, language)) + "\n"
