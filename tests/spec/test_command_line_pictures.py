"""Pictures and models on the command line: what is written, and what is said when it cannot be."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.intake import ingest

from efficacy_analytics.cli import main
from efficacy_analytics.documents.pages.catalogue import PICTURES
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.catalogue import tables
from efficacy_analytics.workflows.steps import told_apart

EXPORT = """case,step,begun,ended,office,officer
A,acceptance,2025-03-03 09:00:00,2025-03-03 09:10:00,housing,H1
A,review,2025-03-04 10:00:00,2025-03-04 11:00:00,housing,H2
A,decision,2025-03-10 15:00:00,2025-03-10 15:30:00,housing,H1
B,acceptance,2025-04-01 09:00:00,2025-04-01 09:10:00,water,W1
B,review,2025-04-01 14:00:00,2025-04-01 14:20:00,water,W1
C,acceptance,2025-04-02 09:00:00,2025-04-02 09:10:00,water,W1
C,review,2025-04-02 14:00:00,2025-04-02 14:20:00,water,W1
C,decision,2025-04-07 14:00:00,2025-04-07 14:20:00,water,W2
"""
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"

[event]
case_id = "case"
activity = "step"
started_at = "begun"
completed_at = "ended"
resource = "officer"

[case]
department = "office"

[constants]
promised_limit = "3 working_days"
"""
CHOSEN = {"certificate": ["--department", "water"]}
Told = Callable[..., tuple[int, str, str]]
OURS = [name for name, entry in PICTURES.items() if entry.makes == "blocks"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "export.csv").write_text(EXPORT)
    (folder / "office.toml").write_text(LAYOUT)
    ingest(folder / "lake", [folder / "export.csv"], str(folder / "office.toml"))
    publish(folder / "lake")
    return folder / "lake"


@pytest.fixture
def told(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Calls the command line on a copy of the lake; gives exit code, stdout and stderr."""
    shutil.copytree(built, tmp_path / "lake")

    def call(*words: object) -> tuple[int, str, str]:
        given = [*map(str, words), "--lake", str(tmp_path / "lake"), "--quiet"]
        monkeypatch.setattr("sys.argv", ["efficacy", *given])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


def test_alone_the_pictures_are_listed_in_both_languages(told: Told) -> None:
    lines = told("picture")[1].splitlines()
    assert [line.split()[0] for line in lines] == list(PICTURES)
    assert all(" · " in line for line in lines)


@pytest.mark.parametrize("name", OURS)
def test_a_picture_is_a_page_that_needs_nothing_else(told: Told, tmp_path: Path, name: str) -> None:
    code, out, err = told("picture", name, "--language", "en", *CHOSEN.get(name, []))
    assert (code, out.strip()) == (
        0,
        str(tmp_path / "lake" / "pictures" / f"{name}{'-water' * (name in CHOSEN)}-en.html"),
    ), err
    page = Path(out.strip()).read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert PICTURES[name].en in page
    cases = "2 cases, 5 steps, 2025-04-01 to 2025-04-07," if name in CHOSEN else "3 cases, 8 steps, 2025-03-03"
    assert cases in page


def test_a_cohort_is_told_in_the_page_and_in_its_name(told: Told) -> None:
    file = told("picture", "variants", "--department", "water", "--accepted-from", "2025-04-02")[1].strip()
    assert file.endswith("variants-2025-04-02-water-zh.html")
    assert (
        "1 件办件，3 条环节记录，2025-04-02 至 2025-04-07，受理日期不早于 2025-04-02，部门 water。"
        in Path(file).read_text()
    )


def test_one_chart_can_be_a_picture_file(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "months.svg"
    assert told("picture", "months", "--clock", "open", "--output", file)[0] == 0
    assert file.read_text().startswith("<svg")


def test_a_spectrum_can_be_of_chosen_segments(told: Told) -> None:
    page = Path(told("picture", "spectrum", "--segment", "acceptance", "review", "--language", "en")[1].strip())
    assert "acceptance → review" in page.read_text()
    assert "review → decision" not in page.read_text()


def test_two_groups_are_called_by_what_differs() -> None:
    lakes = (Path("one"), Path("other"))
    all_of_it, housing = Cohort(), Cohort(department="housing")
    assert told_apart(housing, Cohort(department="water"), lakes) == ("housing", "water")
    assert told_apart(all_of_it, all_of_it, lakes) == ("one", "other")
    spring, summer = (Cohort(dt.date(2025, first, 1), dt.date(2025, first + 3, 1)) for first in (3, 6))
    assert told_apart(spring, summer, lakes) == ("2025-03-01–2025-06-01", "2025-06-01–2025-09-01")


def test_the_difference_of_two_departments_is_a_page(told: Told) -> None:
    code, out, err = told("picture", "difference", "--department", "housing", "--against-department", "water")
    assert code == 0, err
    assert out.strip().endswith("difference-housing-water-zh.html")
    assert "housing" in Path(out.strip()).read_text()


WRONG = [
    pytest.param(["picture", "sunset"], 2, "there is no picture 'sunset'", id="an unknown picture"),
    pytest.param(["picture", "causes", "--by", "stage"], 2, "takes no --by", id="an option of another picture"),
    pytest.param(["picture", "months", "--by", "desk"], 2, "not grouped by 'desk'", id="an unknown level"),
    pytest.param(["picture", "months", "--output", "x.gif"], 2, "not written as '.gif'", id="an unknown form"),
    pytest.param(["picture", "months", "--output", "x.png"], 2, "has 2 charts", id="two charts in one file"),
    pytest.param(["picture", "difference"], 2, "compares two groups", id="nothing to compare with"),
    pytest.param(["picture", "months", "--against-item", "X"], 4, "no case belongs", id="an empty other group"),
    pytest.param(["picture", "months", "--against-department", "water"], 2, "shows one group", id="one group too many"),
    pytest.param(["picture", "spectrum", "--segment", "a", "b"], 2, "no case passes", id="a segment nobody passes"),
    pytest.param(["model", "--output", "x.bpmn", "--noise-threshold", "2"], 2, "between 0 and 1", id="too much noise"),
    pytest.param(["model", "--output", "x.bpmn", "--by", "desk"], 2, "not made by 'desk'", id="a model by nothing"),
    pytest.param(["show", "cases", "--seconds", "3"], 2, "takes no --seconds", id="a time box for a plain table"),
    pytest.param(
        ["show", "waiting_causes", "--hours", "summer"],
        2,
        "'hours' of table 'waiting_causes' is not 'summer'",
        id="unknown hours",
    ),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
def test_what_cannot_be_is_said_with_a_hint(told: Told, words: list[str], code: int, said: str) -> None:
    found, out, err = told(*words)
    assert (found, out) == (code, ""), err
    assert said in err
    assert "Hint: " in err
    assert "Traceback" not in err


def test_a_model_is_written_as_bpmn_and_its_quality_told(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "model.bpmn"
    code, out, err = told("model", "--output", file, "--noise-threshold", "0", "--language", "en")
    assert code == 0, err
    assert out.splitlines() == [
        str(file),
        "activities: 3 of 3, 100% of the steps",
        "aligned: 3 of 3 cases",
        "fitness: 1.000 (100% of the cases fit)",  # without noise every case fits
        "precision: 1.000",  # acceptance, review, then a decision or the end: all of it happens
    ]
    assert "bpmn" in file.read_text()[:300]


def test_the_time_of_conformance_can_be_boxed(told: Told) -> None:
    assert told("show", "conformance", "--seconds", "5")[0] == 0


def test_causes_are_kept_by_a_run_that_is_asked_for_them(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: tables.RUN_TABLES[name] for name in ("on_time", "bottlenecks")}
    monkeypatch.setattr(tables, "RUN_TABLES", few)
    plain, kept = (Path(told("find", *words)[1].strip()) for words in ([], ["--causes"]))
    assert not (plain / "waiting_by_segment.parquet").exists()
    assert (kept / "waiting_by_segment.parquet").exists()


@pytest.mark.parametrize("words", [["--hours", "discovered"], []])
def test_causes_rest_on_the_hours_asked_for(told: Told, words: list[str]) -> None:
    assert told("show", "waiting_by_segment", *words)[0] == 0
