"""What exports call the status of a case: the words that change what becomes of it, and those that change nothing."""

import polars as pl

WITHDRAWN, NOT_ACCEPTED = "withdrawn", "not_accepted"
MEANT: dict[str, tuple[str, ...]] = {
    WITHDRAWN: (
        "withdrawn", "withdrawn by applicant", "cancelled", "canceled", "void", "voided",
        "撤回", "已撤回", "申请人撤回", "撤销申请", "撤件", "作废", "已作废",
        "ingetrokken", "zurückgezogen", "ritirata", "ritirato",
    ),
    NOT_ACCEPTED: (
        "not_accepted", "not accepted", "rejected at intake", "inadmissible",
        "不予受理", "不受理", "退件", "已退件", "niet ontvankelijk", "unzulässig", "irricevibile",
    ),
}  # fmt: skip
"""Status in the lake to the words of exports for it, in small letters."""
ORDINARY = (
    "open", "closed", "completed", "complete", "done", "in progress", "pending", "granted", "approved", "refused",
    "denied", "rejected", "issued", "finaled", "resolved",
    "办结", "已办结", "在办", "办理中", "准予许可", "不予许可", "通过", "不通过", "受理", "已受理", "待办",
    "afgehandeld", "verleend", "geweigerd", "abgeschlossen", "erteilt", "abgelehnt",
    "chiusa", "aperta", "rilasciata", "respinta",
)  # fmt: skip
"""Words of cases that count as any other."""


def with_status(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of cases, their status in the lake's word where the export's is known to mean withdrawn or not accepted."""
    word = pl.col("status").str.to_lowercase()
    meant = {said: status for status, words in MEANT.items() for said in words}
    if not rows["status"].null_count() < rows.height:
        return rows
    is_meant = word.is_in(list(meant))
    return rows.with_columns(status=pl.when(is_meant).then(word.replace(meant)).otherwise("status"))
