"""A lake whose own reference folder holds layouts alone declares no ladder of warnings, and says so."""

import datetime as dt
import json
from pathlib import Path

import pytest
from support.intake import ingest
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.cli import main
from efficacy_analytics.documents.blocks import sentences
from efficacy_analytics.documents.briefing.sections.open_work import SECTION
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows.steps import kept_notices

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
calendar = "weekdays"
[event]
case_id = "case"
activity = "step"
completed_at = "done"
[case]
accepted_at = "taken"
completed_at = "ended"
[constants]
promised_limit = "5 working_days"
"""
ROWS = "case,step,done,taken,ended\nA,take,2024-03-04,2024-03-04,\nB,take,2024-03-04,2024-03-04,2024-03-05\n"
TOLD = {"zh": "未申报预警规则", "en": "declares no ladder of warnings"}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    layout = tmp_path / "lake" / "reference" / "layouts" / "hall.toml"
    layout.parent.mkdir(parents=True)
    layout.write_text(LAYOUT)
    (tmp_path / "log.csv").write_text(ROWS)
    ingest(tmp_path / "lake", [tmp_path / "log.csv"], "hall")
    publish(tmp_path / "lake", as_on=dt.date(2024, 5, 31))
    return tmp_path / "lake"


def test_publishing_counts_the_open_cases_of_which_nobody_is_warned(lake: Path) -> None:
    assert ("no_ladder", 1) in [(notice["code"], notice["count"]) for notice in kept_notices(lake)]


def test_warnings_asked_for_are_refused_with_what_to_do(
    lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["efficacy", "warn", "--lake", str(lake), "--quiet"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 4
    assert "warnings.csv" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_briefing_does_not_say_that_there_is_no_warning_by_a_ladder_that_is_none(
    language: Language, tmp_path: Path
) -> None:
    tables = invented_tables()
    run = invented_run(tmp_path, tables | {"warnings": tables["warnings"].clear()})
    run.manifest["snapshot"]["notices"] = json.dumps([{"code": "no_ladder", "count": 12}])
    told = " ".join(sentences(list(SECTION.blocks(run, language))))
    assert TOLD[language] in told
    assert "12" in told
    assert SECTION.sentences["no_warning"][language] not in told
