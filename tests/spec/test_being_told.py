"""Of what a run came to, somebody is told: once, over TLS, in both languages, and without anybody's data."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.operated import Office
from support.ports import free_port
from support.receivers import PASSWORD, USER, mail_server, web_server

from efficacy_analytics.errors import CallError, CannotAnswerError, InputRefusedError, NotToldError
from efficacy_analytics.event_log.snapshots import Snapshot
from efficacy_analytics.system.messages import MailServer, ask_for, send_mail
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.audit import audited_figures
from efficacy_analytics.workflows.operation.catalogue import runs

PERSON = "张三-110101199003070000"
JANUARY = {"A": ["2025-01-06", "2025-01-07", "2025-01-09"], "B": ["2025-01-20", "2025-01-21"]}
MAIL = """
[tell]
occasions = ["failed", "out_of_date", "done"]
timeout_seconds = 5

[tell.mail]
host = "localhost"
port = {port}
security = "{security}"
user = "{user}"
sender = "efficacy@localhost"
recipients = ["office@localhost", "head@localhost"]
ca_file = "{ca_file}"
attach = true
"""
SetUp = Callable[[str], Office]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose January is taken in and published, with no run on record and nothing in its inbox."""
    office = Office(tmp_path_factory.mktemp("delivered") / "lake").set_up()
    office.deliver("2025-02-05", JANUARY)
    office.run("nightly", "2025-02-05")
    for folder in ("operation", "inbox"):
        shutil.rmtree(office.lake / folder)
    return office


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, Any]]:
    """What the snapshots say in sum, by the hash of their content: no run on record knows it."""
    return {}


@pytest.fixture(autouse=True)
def audited_once(figures: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a snapshot that several tests start from, the figures are computed once."""

    def known(snapshot: Snapshot) -> dict[str, Any]:
        if snapshot.content_sha256 not in figures:
            figures[snapshot.content_sha256] = audited_figures(snapshot)
        return figures[snapshot.content_sha256]

    monkeypatch.setattr(steps, "audited_figures", known)


@pytest.fixture
def set_up(delivered: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Sets an office up whose schedule says who is told."""
    monkeypatch.setenv("EFFICACY_SMTP_PASSWORD", PASSWORD)

    def made(more: str) -> Office:
        office = delivered.moved_to(tmp_path / "lake")
        with (office.lake / "schedule.toml").open("a") as file:
            file.write(more)
        return office

    return made


def mail(port: int, tmp_path: Path, security: str = "none", user: str = "") -> str:
    return MAIL.format(port=port, security=security, user=user, ca_file=tmp_path / "localhost.pem")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the server does not count "tls" as such
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_over_tls_with_a_login(set_up: SetUp, tmp_path: Path, security: str) -> None:
    with mail_server(security, tmp_path) as (box, port):
        set_up(mail(port, tmp_path, security, USER)).run("quick", "2025-01")
    (message,) = box.messages
    assert (box.were_secret, box.logins) == ([True], [USER])
    assert message["Subject"] == "[efficacy] quick 2025-01: 已完成 / done (1)"
    assert message["To"] == "office@localhost, head@localhost"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    with mail_server("starttls", tmp_path) as (box, port):
        with pytest.raises(NotToldError, match="SSLCertVerificationError"):
            send_mail(MailServer("localhost", port, "starttls", USER, PASSWORD), _message())
        assert (box.messages, box.logins) == ([], [])


def test_a_password_never_goes_in_clear_to_another_machine() -> None:
    with pytest.raises(CallError, match=r"the password for mail\.invalid would be sent in clear"):
        send_mail(MailServer("mail.invalid", 25, "none", USER, PASSWORD), _message())


def _message() -> object:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"] = "a@localhost", "b@localhost"
    return message


def test_a_mail_says_what_came_out_in_both_languages(set_up: SetUp, tmp_path: Path) -> None:
    with mail_server("none", tmp_path) as (box, port):
        set_up(mail(port, tmp_path)).run("quick", "2025-01")
    text = box.messages[0].get_content()
    assert "流水线 quick，期间 2025-01，第 1 次运行：已完成，退出码 0。" in text
    assert "Pipeline quick, period 2025-01, run 1: done, exit code 0." in text
    assert "efficacy runs 1" in text
    assert "counts-2025-01-" in text


@pytest.mark.parametrize(("edition", "count"), [("public", 2), ("internal", 0)])
def test_only_documents_of_the_public_edition_are_attached(
    set_up: SetUp, tmp_path: Path, edition: str, count: int
) -> None:
    with mail_server("none", tmp_path) as (box, port):
        office = set_up(mail(port, tmp_path))
        file = office.lake / "schedule.toml"
        file.write_text(f'edition = "{edition}"\n' + file.read_text())
        office.run("quick", "2025-01")
    names = [part.get_filename() for part in box.messages[0].walk() if part.get_filename()]
    assert len(names) == count


def test_nobodys_data_leave_the_lake(set_up: SetUp, tmp_path: Path) -> None:
    with mail_server("none", tmp_path) as (box, port), web_server() as (asked, address):
        more = mail(port, tmp_path).replace("timeout_seconds", f'webhook = "{address}/hook"\ntimeout_seconds')
        office = set_up(more)
        office.deliver(f"2025-02-06-{PERSON}", f"case,step,ended,accepted,decided\n{PERSON},review,never,x,y\n")
        with pytest.raises(InputRefusedError):
            office.run("nightly", "2025-02-06")
    told = [message.as_string() + message.get_content() for message in box.messages] + [str(body) for _, body in asked]
    assert len(told) == 2
    assert PERSON in runs(office.lake)[0].refused[0]["entry"]
    assert [text for text in told if PERSON in text or "张三" in text or "never" in text] == []
    assert "Deliveries that could not be taken in: 1." in told[0]


def test_a_failure_is_told_once_though_the_server_was_away(set_up: SetUp, tmp_path: Path) -> None:
    port = free_port()
    office = set_up(mail(port, tmp_path))
    with pytest.raises(CannotAnswerError):
        office.run("quick", "2025-07")
    assert [one.to_tell for one in runs(office.lake)] == [["mail"]]
    with mail_server("none", tmp_path) as (box, other):
        file = office.lake / "schedule.toml"
        file.write_text(file.read_text().replace(f"port = {port}", f"port = {other}"))
        box.is_refusing = True
        office.run("nightly", "2025-02-06")
        assert box.messages == []
        box.is_refusing = False
        office.run("nightly", "2025-02-07")
        office.run("nightly", "2025-02-08")
    subjects = [message["Subject"] for message in box.messages]
    assert [subject for subject in subjects if "failed" in subject] == ["[efficacy] quick 2025-07: 失败 / failed (1)"]
    assert len({message["Message-ID"] for message in box.messages}) == len(subjects) == 4


def test_what_nobody_asked_for_is_not_told(set_up: SetUp, tmp_path: Path) -> None:
    with mail_server("none", tmp_path) as (box, port):
        office = set_up(mail(port, tmp_path).replace(', "done"', ""))
        office.run("quick", "2025-01")
        assert box.messages == []
        office.deliver("2025-02-20", JANUARY | {"L": ["2025-01-08"]})
        office.run("nightly", "2025-02-20")
    assert [message["Subject"] for message in box.messages] == ["[efficacy] nightly 2025-02-20: 已完成 / done (2)"]
    assert "published periods: quick 2025-01" in box.messages[0].get_content()


def test_a_webhook_gets_the_facts_and_a_heartbeat_is_asked_for_after_good_runs_alone(set_up: SetUp) -> None:
    with web_server() as (asked, address):
        office = set_up(f'[tell]\noccasions = ["failed"]\nwebhook = "{address}/hook"\nheartbeat = "{address}/alive"\n')
        office.run("nightly", "2025-02-06")
        assert asked == [("/alive", None)]
        asked.clear()
        with pytest.raises(CannotAnswerError):
            office.run("quick", "2025-07")
    ((path, facts),) = asked
    assert path == "/hook"
    assert (facts["pipeline"], facts["period"], facts["state"], facts["exit_code"]) == ("quick", "2025-07", "failed", 4)
    assert (facts["step"], facts["fault"]) == ("check covered", "CannotAnswerError")
    assert "problem" not in facts


def test_a_server_of_the_web_that_fails_is_named_without_its_address() -> None:
    with web_server() as (_, address), pytest.raises(NotToldError, match=r"localhost did not take .* 500") as fault:
        ask_for(f"{address}/broken", timeout_seconds=5)
    assert "broken" not in str(fault.value)
    with pytest.raises(CallError, match="'file' is no scheme"):
        ask_for("file:///etc/passwd", timeout_seconds=5)
