"""Who is told of a run, and of what: by mail, by webhook, by a heartbeat.

A message names the pipeline, the period, the run, the kind of a fault and the step. What a fault says in words, names
of files that were delivered, cases and persons stay in the lake: `efficacy runs NUMBER` shows them there. Documents are
attached where that is set and the edition is the public one; otherwise their names are given.

A run is to be told of from the moment its end is recorded until a server has taken the message, over any number of
later runs. A message has an identity of its own, so that one that was sent just before a power cut is known when it
comes again.
"""

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.system.log_lines import Tell as TellLine
from efficacy_analytics.system.messages import MailServer, ask_for, post_json, send_mail
from efficacy_analytics.vocabulary import LANGUAGES, Language, Words
from efficacy_analytics.workflows.operation.catalogue import RunRecord, keep
from efficacy_analytics.workflows.operation.schedule_file import Mail, Tell

PASSWORD: Final = "EFFICACY_SMTP_PASSWORD"
STATES: Final[dict[str, Words]] = {
    "done": {"zh": "已完成", "en": "done"},
    "unchanged": {"zh": "无需处理", "en": "nothing to do"},
    "failed": {"zh": "失败", "en": "failed"},
    "killed": {"zh": "被中断", "en": "killed"},
}
LINES: Final[dict[str, Words]] = {
    "run": {
        "zh": "流水线 {pipeline}，期间 {period}，第 {number} 次运行：{state}，退出码 {exit_code}。",
        "en": "Pipeline {pipeline}, period {period}, run {number}: {state}, exit code {exit_code}.",
    },
    "fault": {"zh": "出错步骤：{step}；类型：{fault}。", "en": "Step: {step}; kind of fault: {fault}."},
    "refused": {"zh": "未能接收的批次：{count}。", "en": "Deliveries that could not be taken in: {count}."},
    "out_of_date": {
        "zh": "迟到或更正的数据涉及已发布的期间：{periods}。修订：efficacy catch-up --revise",
        "en": "Late or corrected data touch published periods: {periods}. To revise: efficacy catch-up --revise",
    },
    "documents": {"zh": "文件：{names}", "en": "Documents: {names}"},
    "more": {"zh": "详情请在服务器上运行：efficacy runs {number}", "en": "More on the machine: efficacy runs {number}"},
}


def occasions_of(record: RunRecord) -> set[str]:
    """Of what kind of occasion a run is: failed, out_of_date, done."""
    failed = {"failed"} if record.state in ("failed", "killed") or record.refused else set()
    done = {"done"} if record.state == "done" and not failed else set()
    return failed | done | ({"out_of_date"} if record.out_of_date else set())


def facts_of(record: RunRecord) -> dict[str, Any]:
    """What is told of a run, as a webhook gets it: no words of a fault, no names of what was delivered."""
    facts: dict[str, Any] = {
        name: getattr(record, name)
        for name in ("number", "pipeline", "period", "department", "state", "exit_code", "step", "fault", "started_at")
    }
    periods = sorted({f"{mark['pipeline']} {mark['period']}" for mark in record.out_of_date})
    documents = [Path(one["file"]).name for one in record.documents if "file" in one]
    return facts | {"refused_count": len(record.refused), "out_of_date": periods, "documents": documents}


def message_text(record: RunRecord, language: Language) -> str:
    """What is told of a run in words."""
    facts = facts_of(record)
    chosen = {
        "run": True,
        "fault": record.fault is not None,
        "refused": bool(record.refused),
        "out_of_date": bool(facts["out_of_date"]),
        "documents": bool(facts["documents"]),
        "more": True,
    }
    given = facts | {
        "state": STATES.get(record.state, {}).get(language, record.state),
        "count": len(record.refused),
        "periods": ", ".join(facts["out_of_date"]),
        "names": ", ".join(facts["documents"]),
        "step": record.step or "–",
    }
    return "\n".join(LINES[name][language].format(**given) for name, is_told in chosen.items() if is_told)


def mail_of(record: RunRecord, lake: Path, asked: Mail) -> EmailMessage:
    """The mail about a run, in both languages."""
    message = EmailMessage()
    state = STATES.get(record.state, {"zh": record.state, "en": record.state})
    message["Subject"] = (
        f"[efficacy] {record.pipeline} {record.period}: {state['zh']} / {state['en']} ({record.number})"
    )
    message["From"], message["To"] = asked.sender, ", ".join(asked.recipients)
    message["Message-ID"] = f"<{_identity(record, lake)}@efficacy>"
    message.set_content("\n\n".join(message_text(record, language) for language in LANGUAGES) + "\n")
    for one in record.documents if asked.attach else ():
        file = lake / one.get("file", "")
        if one.get("edition") == "public" and file.is_file():
            message.add_attachment(file.read_bytes(), maintype="text", subtype="html", filename=file.name)
    return message


def _identity(record: RunRecord, lake: Path) -> str:
    """The same for the same run of the same lake, whenever it is told."""
    text = f"{lake.resolve()}\n{record.number}\n{record.started_at}"
    return f"run-{record.number}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def tell_all(lake: Path, records: list[RunRecord], tell: Tell, say: TellLine) -> list[RunRecord]:
    """Tells of every run that is still to be told of; what a server does not take now stays for the next time.

    Args:
        lake: the lake's folder.
        records: the runs of the lake.
        tell: who is told of what.
        say: the log.

    Returns:
        The runs, as they are recorded now.
    """
    away: set[str] = set()
    return [_told(lake, record, tell, say, away) if record.to_tell else record for record in records]


def _told(lake: Path, record: RunRecord, tell: Tell, say: TellLine, away: set[str]) -> RunRecord:
    channels: Mapping[str, Callable[[], None] | None] = {
        "mail": _mailing(record, lake, tell) if tell.mail else None,
        "webhook": _posting(record, tell) if tell.webhook else None,
    }
    for name in record.to_tell:
        send = channels.get(name) if occasions_of(record) & set(tell.occasions) else None
        if send is None or (name not in away and _sent(send, name, record, say, away)):
            record = keep(lake, dataclasses.replace(record, to_tell=[one for one in record.to_tell if one != name]))
    return record


def _mailing(record: RunRecord, lake: Path, tell: Tell) -> Callable[[], None]:
    asked = tell.mail
    assert asked is not None
    server = MailServer(
        asked.host, asked.port, asked.security, asked.user, os.environ.get(PASSWORD, ""), asked.ca_file,
        tell.timeout_seconds,
    )  # fmt: skip
    return lambda: send_mail(server, mail_of(record, lake, asked))


def _posting(record: RunRecord, tell: Tell) -> Callable[[], None]:
    return lambda: post_json(tell.webhook, facts_of(record), timeout_seconds=tell.timeout_seconds)


def _sent(send: Callable[[], None], name: str, record: RunRecord, say: TellLine, away: set[str]) -> bool:
    """Whether a server took the message; one that is away is not asked again in this run."""
    try:
        send()
    except EfficacyError as fault:
        away.add(name)
        say(f"run {record.number}: not told by {name}: {fault.problem}", run=record.number, not_told_by=name)
        return False
    return True


def heartbeat(record: RunRecord, tell: Tell, say: TellLine) -> None:
    """Asks for the heartbeat's address after a run that went well; whoever expects it there notices silence."""
    if tell.heartbeat and record.state in ("done", "unchanged") and not record.refused:
        try:
            ask_for(tell.heartbeat, timeout_seconds=tell.timeout_seconds)
        except EfficacyError as fault:
            say(f"run {record.number}: no heartbeat: {fault.problem}", run=record.number, not_told_by="heartbeat")
