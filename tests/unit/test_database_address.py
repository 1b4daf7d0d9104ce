"""An address says where a database is, and never what its password is."""

from pathlib import Path

import pytest

from efficacy_analytics.cli import options, secrets
from efficacy_analytics.errors import CallError
from efficacy_analytics.lake.database.address import address_named, address_of, is_address
from efficacy_analytics.lake.database.mysql.option_file import client_options

MYSQL_URL = "mysql://clerk:Geheim-77%25@db.example:3307/approvals?ssl-mode=VERIFY_CA&ssl-ca=/etc/ca.pem"
URL = "postgresql://clerk:Geheim-77%25@db.example:5433/approvals?sslmode=require&application_name=night"


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (URL, "db.example:5433/approvals"),
        ("postgres:///approvals", "localhost/approvals"),
        ("postgresql://?service=approvals", "service approvals"),
        ("postgresql://[::1]/a%20b", "::1/a b"),
        (MYSQL_URL, "db.example:3307/approvals"),
        ("mariadb:///approvals", "localhost/approvals"),
        ("mysql://[::1]/a%20b", "::1/a b"),
    ],
)
def test_the_label_names_host_and_database(url: str, label: str) -> None:
    assert is_address(url)
    assert address_of(url).label == label


def test_the_password_is_kept_apart() -> None:
    address = address_of(URL)
    assert address.secrets == {"password": "Geheim-77%"}
    assert address.parameters["user"] == "clerk"
    assert address.parameters["sslmode"] == "require"
    assert "Geheim" not in f"{address} {address!r} {address.label} {address.parameters}"
    assert address.hidden("said Geheim-77% twice: Geheim-77%") == "said *** twice: ***"


def test_the_parts_of_an_address_of_mysql_have_the_names_of_its_client() -> None:
    address = address_of(MYSQL_URL)
    assert address.parameters == {
        "user": "clerk",
        "host": "db.example",
        "port": "3307",
        "database": "approvals",
        "ssl-mode": "VERIFY_CA",
        "ssl-ca": "/etc/ca.pem",
    }
    assert address.secrets == {"password": "Geheim-77%"}
    assert "Geheim" not in f"{address} {address!r} {address.label} {address.url}"
    assert address_of(address.url).parameters == address.parameters
    assert address_of("mysql:///?user=clerk&password=Geheim-77%25&database=d").secrets == address.secrets


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:Geheim%zz@h/d",
        "postgresql://u:Geheim@h:1/d?nonsense=1",
        "Geheim",
        "mysql://u:Geheim%zz@h/d",
        "mysql://u:Geheim/1@h/d",
        "mysql://u:1/Geheim@h/d",
        "mysql://u:Ge#heim@h/d",
        "mysql://u:Geheim@h:port/d",
        "mysql://u:Geheim@h:99999/d",
        "mysql://u:Geheim@h/d?nonsense=1",
        "mysql://u:Geheim@h/d?ssl-mode=perhaps",
        "mysql://u:Geheim@h/",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(text: str) -> None:
    with pytest.raises(CallError) as fault:
        address_of(text)
    assert "Geheim" not in str(fault.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_password_with_signs_of_an_address_is_told_how_they_are_written(scheme: str) -> None:
    with pytest.raises(CallError) as fault:
        address_of(f"{scheme}://clerk:50%off@db.example/approvals")
    assert "% is written %25, @ is %40, / is %2F, # is %23" in fault.value.hint
    written = address_of(f"{scheme}://clerk:50%25off%40%2F%23@db.example/approvals")
    assert list(written.secrets.values()) == ["50%off@/#"]


def test_a_name_is_a_variable_before_it_is_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address_named("approvals").parameters == {"service": "approvals"}
    monkeypatch.setenv("approvals", URL)
    assert address_named("approvals") == address_of(URL)
    with pytest.raises(CallError) as fault:
        address_named(URL)
    assert "Geheim" not in str(fault.value)


@pytest.mark.parametrize(
    ("sources", "database"),
    [((), None), ((URL, "a.csv"), None), ((URL, URL), None), ((URL,), "OFFICE"), (("a.csv",), "OFFICE")],
)
def test_a_delivery_comes_from_files_or_from_one_database(sources: tuple[str, ...], database: str | None) -> None:
    with pytest.raises(CallError, match="from files and folders, or from one database") as fault:
        options.database_address(sources, database)
    assert "Geheim" not in str(fault.value)


def test_files_need_no_database() -> None:
    assert options.database_address(("a.csv", "b.csv"), None) is None


@pytest.mark.parametrize(("url", "variable"), [(URL, "PGPASSWORD"), (MYSQL_URL, "MYSQL_PWD")])
def test_a_password_of_the_command_line_moves_into_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str, variable: str
) -> None:
    begun: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(secrets.os, "execve", lambda *given: begun.append(given))
    monkeypatch.setattr(secrets.sys, "orig_argv", ["python", "-m", "efficacy_analytics", "ingest", url, "--quiet"])
    secrets.hide_passwords()
    words, environment = begun[0][1], begun[0][2]
    assert environment[variable] == "Geheim-77%"
    assert "Geheim" not in " ".join(words)
    assert (words[1:4], words[5]) == (["-m", "efficacy_analytics", "ingest"], "--quiet")
    assert address_of(words[4]).parameters == address_of(url).parameters
    monkeypatch.setattr(secrets.sys, "orig_argv", ["python", *words[1:]])
    secrets.hide_passwords()
    assert len(begun) == 1


OPTION_FILE = r"""
# of all programs
password = not-this-one
!include /etc/my.cnf
[mysqld]
password = nor-this
[client]
user=clerk   # who reads
ssl_mode = VERIFY_CA
password = "Geheim # \"77\" \\ "
ssl-ca='/etc/it''s.pem'
host =
skip-line-numbers
[mysql]
user = somebody
"""


def test_the_option_file_is_read_as_the_client_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    file.write_text(OPTION_FILE, encoding="utf-8")
    assert client_options(file) == {
        "user": "clerk",
        "ssl-mode": "VERIFY_CA",
        "password": 'Geheim # "77" \\ ',
        "ssl-ca": "'/etc/it''s.pem'",
        "host": "",
        "skip-line-numbers": "",
    }
    assert client_options(tmp_path / "none.cnf") == {}
    file.chmod(0o666)
    assert client_options(file) == {}
