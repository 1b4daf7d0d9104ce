"""What of the deliveries a snapshot does not use, or takes otherwise than it stands: one list, kept with it.

It names no case: documents for the public carry it.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from efficacy_analytics.clock.holiday_sources import departments_with_closed_days
from efficacy_analytics.engine.session import Session
from efficacy_analytics.lake.contract.key_texts import read_alike
from efficacy_analytics.lake.contract.refusal_rules import GROUPS, group_of
from efficacy_analytics.lake.contract.status_words import MEANT, ORDINARY
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.notices import Notice, noticed
from efficacy_analytics.lake.superseded import superseded

FEW = 3
OF_FORM = ("columns_not_placed", "columns_lacking", "headers_tidied", "sheets_not_read")
"""What intake tells of the form of an export: of the same columns, headers or sheets it is true once."""


def snapshot_notices(engine: Session, chosen: Sequence[Delivery], reference: Path) -> list[Notice]:
    """The notices of a snapshot that is being built: its cases are joined, its accepted rows still staged.

    Args:
        engine: the building engine.
        chosen: the deliveries, in the order in which they count.
        reference: the folder of what the office keeps by hand.
    """
    of_intake = told_once(
        [notice for one in chosen for notice in noticed(one.notices) if notice.code != "completion_refused"]
    )
    words = json.dumps([*MEANT, *ORDINARY], ensure_ascii=False)
    counted = [Notice(code, subject, count) for code, subject, count in engine.run("build_notices", words=words).rows()]
    rows = engine.sql("select calendar, department from own_calendars").rows()
    closed = [
        Notice("closed_days_unused", f"{calendar}/{department}", count)
        for calendar, department, count in departments_with_closed_days(reference)
        if (calendar, department) not in rows
    ]
    unused = [replace(notice, names="") for notice in superseded(chosen)]
    lost = {notice.subject for notice in unused if notice.code == "delivery_lost"}
    refused = refused_rows([one for one in chosen if one.delivery not in lost])
    return [*refused, *of_intake, *unused, *counted, *closed, *_alike(engine)]


def told_once(notices: Sequence[Notice]) -> list[Notice]:
    """Notices of many deliveries, each told once: rows and values added up, the same columns of the same table once.

    Args:
        notices: in the order of the deliveries.
    """
    told: dict[tuple[str, str, frozenset[str]], Notice] = {}
    for one in notices:
        is_of_form = one.code in OF_FORM
        key = (one.code, one.subject, frozenset(one.names.split(", ")) if is_of_form else frozenset())
        before = told.get(key)
        if before is None:
            told[key] = one
        elif not is_of_form:
            told[key] = replace(
                before, count=before.count + one.count, cases=before.cases + one.cases, of=before.of + one.of
            )
    return list(told.values())


def refused_rows(deliveries: Sequence[Delivery]) -> list[Notice]:
    """How many rows of deliveries were refused, by kind of reason, and how many of them were corrected since.

    Events of a log that only tell of the lifecycle of a step are no faults, and are told apart.

    Refused rows that come again as corrections are counted once, with the delivery that they correct.

    Args:
        deliveries: those that a snapshot uses.

    Returns:
        `rows_refused` for each kind of reason there is, with the rows received as `of`; `transitions_not_used`, with
        the same; then `rows_corrected`.
    """
    first = [table for one in deliveries if one.corrects is None for table in one.rows.values()]
    received = sum(int(table["received"]) for table in first)
    counts: Counter[str | None] = Counter()
    for table in first:
        for rule, count in table["refused_by_rule"].items():
            counts[group_of(rule)] += count
    told = [Notice("rows_refused", group, counts[group], of=received) for group in GROUPS if counts[group]]
    if counts[None]:
        told.append(Notice("transitions_not_used", "", counts[None], of=received))
    corrected = sum(int(table["accepted"]) for one in deliveries if one.corrects for table in one.rows.values())
    return told + [Notice("rows_corrected", "", corrected)] * bool(corrected)


def _alike(engine: Session) -> list[Notice]:
    """Departments and items of different names that a reader takes for one."""
    told = []
    for column in ("department", "item"):
        names = engine.sql(f"select distinct {column}::varchar as name from cases where {column} is not null")["name"]
        groups = read_alike(names)
        called = ", ".join(" = ".join(f"'{name}'" for name in group) for group in groups[:FEW])
        told += [Notice("names_alike", column, sum(map(len, groups)), names=called)] if groups else []
    return told


def as_json(notices: Sequence[Notice]) -> str:
    """The notices as the snapshot keeps them."""
    return json.dumps([asdict(notice) for notice in notices], ensure_ascii=False)
