"""`efficacy honesty`: a page in the reader's language, one department check by check, a table for scripts."""

import json

import pytest
from support.samples import sample
from support.small_city import small_city

from efficacy_analytics.cli import main
from efficacy_analytics.findings.honesty.catalogue import CHECKS


@pytest.fixture
def told(monkeypatch, capsys):
    """Calls the command on the small city; gives exit code, stdout and stderr."""

    def call(*words):
        lake, _ = small_city()
        monkeypatch.setattr("sys.argv", ["efficacy", "honesty", *words, "--lake", str(lake), "--quiet"])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


PAGES = [("zh", "数据真实性", "检查提出的是问题，不是结论"), ("en", "How honest the records are", "it is no verdict")]


@pytest.mark.parametrize(("language", "title", "question"), sample(PAGES, PAGES[:1]))
def test_the_page_is_in_the_language_asked_for(told, language, title, question):
    code, out, err = told("--language", language)
    assert (code, err) == (0, "")
    assert title in out
    assert question in out


def test_one_department_is_told_check_by_check(told):
    code, out, _ = told("--department", "D14", "--language", "en")
    assert code == 0
    assert all(f"{check} {CHECKS[check].title['en']}" in out for check in CHECKS)
    assert "Housing" not in out


def test_a_script_gets_every_check_of_every_department(told):
    code, out, _ = told("--format", "json")
    rows = json.loads(out)
    assert code == 0
    assert {row["code"] for row in rows} == set(CHECKS)
    assert len(rows) == 24 * len(CHECKS)


def test_a_department_without_records_is_refused_with_those_there_are(told):
    code, _, err = told("--department", "D99")
    assert code == 2
    assert "no department 'D99'" in err
    assert "D01, D02" in err
