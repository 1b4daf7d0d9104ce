"""A site that is served: its own files and no others, to those who may read; who opened what is internal is kept."""

import base64
import http.client
import json
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.published import published

from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.workflows.site.build import build_site
from efficacy_analytics.workflows.site.readers import (
    PLACE,
    Readers,
    is_loopback,
    new_token,
    remove_token,
    tokens_of,
)
from efficacy_analytics.workflows.site.serve import LOG, SiteServer

INTERNAL, PUBLIC = "/documents/inner-0-en.html", "/documents/public-0-en.html"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with an internal and a public document, and its site."""
    lake = tmp_path_factory.mktemp("served")
    published(lake, "inner-0", "2025-10-12")
    published(lake, "public-0", "2025-10-12", edition="public")
    build_site(lake)
    (lake / "secret.html").write_text("secret")
    (lake / "site" / "documents" / "link-zh.html").symlink_to(lake / "secret.html")
    (lake / "site" / "documents" / "notes.txt").write_text("notes")
    return lake


@contextmanager
def served(lake: Path, **readers: object) -> Iterator[SiteServer]:
    with SiteServer(lake, lake / "site", "127.0.0.1", 0, Readers(**readers)) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def answer(server: SiteServer, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    got = connection.getresponse()
    content = got.read()
    connection.close()
    return got.status, content, dict(got.getheaders())


def opened(lake: Path) -> list[dict[str, str]]:
    files = sorted((lake / LOG).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_index_and_the_documents_are_given_as_they_were_built(lake: Path) -> None:
    with served(lake) as server:
        for path, file in (("/", "index.html"), ("/definitions.html", "definitions.html"), (INTERNAL, INTERNAL[1:])):
            status, content, headers = answer(server, path)
            assert (status, content) == (200, (lake / "site" / file).read_bytes())
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
        assert answer(server, INTERNAL, "HEAD")[:2] == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        *("/documents", "/documents/", "/documents/.", "/documents/..", "/.", "/efficacy-site.json"),
        *("/../secret.html", "/documents/../../secret.html", "/documents/..%2f..%2fsecret.html", "/%2e%2e/secret.html"),
        *("/documents/%2e%2e/%2e%2e/secret.html", "/documents/..\\..\\secret.html", "/documents//etc/passwd"),
        *(
            "/documents/link-zh.html",
            "/documents/notes.txt",
            "/documents/inner-0-en.html%00.html",
            "/documents/%ff.html",
        ),
        *("/site_tokens.json", "/site_log/2026-01.jsonl", "http://elsewhere/documents/../../secret.html"),
    ],
)
def test_nothing_outside_the_site_and_no_list_of_it_is_given(lake: Path, path: str) -> None:
    with served(lake) as server:
        status, content, _ = answer(server, path)
    assert (status, content) in ((404, b"Not Found\n"), (421, b"Misdirected Request\n"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_can_be_written(lake: Path, method: str) -> None:
    with served(lake) as server:
        assert answer(server, INTERNAL, method)[0] == 501


def test_with_tokens_the_public_may_read_what_is_public_and_holders_the_rest(lake: Path) -> None:
    token = new_token(lake, "Li Na")
    basic = base64.b64encode(f"anything:{token}".encode()).decode()
    with served(lake, tokens=tokens_of(lake)) as server:
        assert answer(server, PUBLIC)[0] == answer(server, "/definitions.html")[0] == 200
        for path in ("/", INTERNAL, "/documents/nowhere.html"):
            status, content, headers = answer(server, path)
            assert (status, content) == (401, b"Unauthorized\n")
            assert headers["WWW-Authenticate"].startswith("Basic")
        assert answer(server, INTERNAL, Authorization=f"Bearer {token}")[0] == 200
        assert answer(server, INTERNAL, Authorization=f"Basic {basic}")[0] == 200
        for wrong in (f"Bearer {token}x", "Bearer ", "Basic !", f"Basic {token}", tokens_of(lake)["Li Na"]):
            assert answer(server, INTERNAL, Authorization=wrong)[0] == 401
    remove_token(lake, "Li Na")
    assert tokens_of(lake) == {}


def test_a_token_is_kept_as_a_hash_that_its_owner_alone_can_read(lake: Path) -> None:
    told = CliRunner().invoke(app, ["site", "--new-token", "王芳", "--lake", str(lake)])
    file = lake / PLACE
    assert told.exit_code == 0
    assert told.stdout.strip() not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert new_token(lake, "王芳") != told.stdout.strip()
    remove_token(lake, "王芳")
    with pytest.raises(CallError, match="no reader '王芳'"):
        remove_token(lake, "王芳")
    with pytest.raises(CallError, match="no name of a reader"):
        new_token(lake, "a\nb")
    with pytest.raises(CallError, match="there is no lake"):
        new_token(lake / "elsewhere", "Li Na")


def test_a_proxy_names_the_reader_and_nobody_else_does(lake: Path) -> None:
    with served(lake, user_header="X-Remote-User") as server:
        assert answer(server, INTERNAL)[0] == answer(server, INTERNAL, X_Remote_User=" ")[0] == 401
        assert answer(server, INTERNAL, x_remote_user="zhang", Host="efficacy.city.example")[0] == 200
        assert opened(lake)[-1]["reader"] == "zhang"
        with socket.create_connection(("127.0.0.1", server.server_address[1])) as line:
            names = "X-Remote-User: zhang\r\nX-Remote-User: chief\r\n"
            line.sendall(f"GET {INTERNAL} HTTP/1.1\r\nHost: localhost\r\n{names}\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 401")
    with served(lake, user_header="X-Remote-User", proxies=frozenset({"10.0.0.1"})) as server:
        assert answer(server, INTERNAL, X_Remote_User="zhang")[0] == 401


def test_who_opened_an_internal_document_is_kept_and_a_public_one_is_not(lake: Path) -> None:
    before = len(opened(lake))
    token = new_token(lake, "Li Na")
    with served(lake, tokens=tokens_of(lake)) as server:
        for path in (INTERNAL, PUBLIC, "/", "/documents/nowhere.html"):
            answer(server, path, Authorization=f"Bearer {token}")
    remove_token(lake, "Li Na")
    new = opened(lake)[before:]
    assert [(one["reader"], one["document"], one["address"]) for one in new] == [
        ("Li Na", INTERNAL.removeprefix("/"), "127.0.0.1")
    ]
    assert stat.S_IMODE((lake / LOG).stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (lake / LOG).iterdir()} == {0o600}


def test_where_the_log_cannot_be_kept_nothing_internal_is_given_out(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SiteServer, "log_opened", full)
    with served(lake) as server:
        assert answer(server, INTERNAL)[:2] == (503, b"Service Unavailable\n")
        assert answer(server, PUBLIC)[0] == 200


def test_a_page_of_a_stranger_that_points_here_is_given_nothing(lake: Path) -> None:
    """A name of the stranger's that leads to this machine (DNS rebinding) shows in the header Host."""
    with served(lake) as server:
        assert answer(server, INTERNAL, Host="evil.example:8760")[0] == 421
        assert answer(server, INTERNAL, Host="localhost:8760")[0] == 200


def test_beyond_this_machine_nobody_is_served_without_a_token_or_a_proxy(lake: Path) -> None:
    with pytest.raises(CallError, match="beyond this machine"):
        SiteServer(lake, lake / "site", "0.0.0.0", 0, Readers(is_local=False))
    told = CliRunner().invoke(app, ["site", "--serve", "--host", "0.0.0.0", "--lake", str(lake)])
    assert isinstance(told.exception, CallError)
    assert [is_loopback(host) for host in ("localhost", "127.8.8.8", "::1", "0.0.0.0", "10.0.0.5", "host")] == [
        *(True, True, True, False, False, False)
    ]


def test_a_folder_that_is_no_site_and_a_port_that_is_taken_are_told(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="is no site"):
        SiteServer(lake, tmp_path, "127.0.0.1", 0, Readers())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EfficacyError, match="cannot be listened on"):
            SiteServer(lake, lake / "site", "127.0.0.1", taken.getsockname()[1], Readers())


def test_the_command_serves_until_it_is_stopped(lake: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "efficacy_analytics", "site", "--serve", "--port", "0", "--output"]
    with subprocess.Popen(
        [*command, str(tmp_path / "site"), "--lake", str(lake), "--quiet"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        index, address = process.stdout.readline().strip(), process.stdout.readline().strip()
        port = int(address.rstrip("/").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == Path(index).read_bytes()
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 128 + signal.SIGTERM
