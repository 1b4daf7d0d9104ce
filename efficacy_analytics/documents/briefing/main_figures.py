"""The main figures of a briefing, kept with its number: of a revision it is told what became of them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.evidence import tables_kept, tables_shown
from efficacy_analytics.documents.totals import late_count, overall_share, total_of
from efficacy_analytics.findings.catalogue.tables import RUN_TABLES
from efficacy_analytics.vocabulary import Language, Words, heading

NOTE: Final[dict[str, Words]] = {
    "changed": {"zh": "本期为第{revision}次修订，主要数字的更动：{changes}。",
                "en": "Revision {revision}. Main figures that changed: {changes}."},
    "unchanged": {"zh": "本期为第{revision}次修订：主要数字未变，其余表中有更正。",
                  "en": "Revision {revision}: no main figure changed, others were corrected."},
    "words": {"zh": "本期为第{revision}次修订：数字未变，文头或文尾的文字有更改。",
              "en": "Revision {revision}: no figure changed, words of the head or the foot did."},
    "words_too": {"zh": "文头或文尾的文字也有更改。", "en": " Words of the head or the foot changed too."},
    "again": {"zh": "本期为第{revision}次修订：内容未变，重新印发。",
              "en": "Revision {revision}: issued again, nothing changed."},
    "one": {"zh": "{figure}由 {old} 改为 {new}", "en": "{figure} from {old} to {new}"},
}  # fmt: skip


def main_figures(findings: Findings) -> dict[str, float | None]:
    """Cases, completed, open, late, and the share on time, as the edition shows them."""
    counts = ("completed_count", "open_count", "late_count", "judged_count")
    totals = {name: total_of(findings, "on_time", name) for name in counts}
    return {
        "case_count": findings.table("log_summary")["case_count"][0],
        "completed_count": totals["completed_count"],
        "open_count": totals["open_count"],
        "late_count": late_count(totals),
        "on_time_share": overall_share(findings),
    }


def content_hash(findings: Findings) -> str:
    """A hash of the tables that every briefing shows: the same where no figure changed.

    What is computed only where it is asked for, as the causes of waiting, makes no other issue of a briefing.
    """
    shown = tables_kept(findings, [name for name in tables_shown(findings) if name in RUN_TABLES])
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def what_changed(before: Mapping[str, Any], now: Mapping[str, Any], revision: int, language: Language) -> str:
    """What a revision says of itself: the main figures that are others than before, else what else is.

    Args:
        before: the revision before: `content` (the hash of its tables), `figures` (the main ones) and `office` (the
            hash of the office's words; one that does not tell it counts as of the same).
        now: the same of this one.
        revision: its number.
        language: of the sentence.
    """
    has_other_words = before.get("office", now["office"]) != now["office"]
    if before["content"] == now["content"]:
        return NOTE["words" if has_other_words else "again"][language].format(revision=revision)
    old, new = before["figures"], now["figures"]
    pairs = {name: (_written(name, old.get(name), language), _written(name, new[name], language)) for name in new}
    changes = [
        NOTE["one"][language].format(figure=heading(name, language), old=before, new=after)
        for name, (before, after) in pairs.items()
        if before != after
    ]
    kind = "changed" if changes else "unchanged"
    told = NOTE[kind][language].format(revision=revision, changes=figures.listed(changes, language))
    return told + (NOTE["words_too"][language] if has_other_words else "")


def _written(name: str, value: float | None, language: Language) -> str:
    return figures.share(value, language) if name.endswith("_share") else figures.count(value, language)
