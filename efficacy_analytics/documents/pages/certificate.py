"""The certificate of one item's time limit (时限证书) as a page of its own: what it says stands in `certificates`."""

from efficacy_analytics.charts.style.names import names_in
from efficacy_analytics.documents.blocks import Block
from efficacy_analytics.documents.certificates import Evidence, certificate, one_item
from efficacy_analytics.engine.session import Session
from efficacy_analytics.vocabulary import TERMS, Language


def certificate_blocks(log: Session, language: Language) -> list[Block]:
    """The certificate of the one item of a cohort.

    Args:
        log: the engine of a cohort of one item of one department.
        language: "zh" or "en".

    Raises:
        CallError: the cohort holds several items, or none.
    """
    from efficacy_analytics.findings.limits.backtests import limit_backtests
    from efficacy_analytics.findings.limits.case_times import limit_time_counts
    from efficacy_analytics.findings.limits.safe_limits import limits

    row = one_item(limits(log))
    evidence = Evidence(
        limit=row,
        backtest=limit_backtests(log).row(0, named=True),
        times=limit_time_counts(log).select("needed_days", "case_count"),
        facts=log.run("snapshot_facts").row(0, named=True),
        confidence=log.settings.guarantee.confidence,
        share=log.settings.guarantee.share,
        item=_called(log, "item", row["item"], language),
        department=_called(log, "department", row["department"], language),
    )
    return certificate(evidence, language)


def _called(log: Session, code: str, value: str | None, language: Language) -> str:
    if value is None:
        return TERMS["none"][language]
    names = names_in(log.run(f"{code}_names"), code, language)
    return str(dict(names.rows()).get(value, value))
