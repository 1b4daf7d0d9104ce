"""A document is what it prints: other words of the office in the settings make another document, a revision."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables
from support.small_city import small_city

from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.main_figures import what_changed
from efficacy_analytics.documents.briefing.masthead import masthead
from efficacy_analytics.documents.briefing.office import office_mark, office_sha256
from efficacy_analytics.documents.render import reading
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.settings import BriefingSettings, set_by
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.vocabulary import LANGUAGES, Language
from efficacy_analytics.workflows import issues, steps
from efficacy_analytics.workflows.documents import write_documents
from efficacy_analytics.workflows.site import entries as site
from efficacy_analytics.workflows.site.entries import entries

WORDS = {
    "issuer_zh": "清江市政务服务局", "issuer_en": "Qingjiang Service Office",
    "editor_note_zh": "请各部门对照整改。", "editor_note_en": "To be acted on.",
    "report_to_zh": "市政府", "report_to_en": "the mayor", "send_to_zh": "各区", "send_to_en": "the districts",
    "issue_to_zh": "各部门", "issue_to_en": "all departments", "copies": 60,
}  # fmt: skip
NOT_PRINTED = {"languages", "formats"}


def said(folder: Path, **words: object) -> Path:
    """A settings file of those words of the office."""
    file = folder / f"{abs(hash(json.dumps(words)))}.toml"
    told = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in words.items()]
    file.write_text("\n".join(["[briefing]", *told]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def as_shipped(tmp_path: Path) -> Iterator[None]:
    with set_by(said(tmp_path)):
        yield


def texts(file: Path) -> str:
    return "\n".join(text for _, text in reading.texts(file.suffix[1:], file.read_bytes()))


@pytest.mark.parametrize("name", sorted(vars(BriefingSettings()).keys() - NOT_PRINTED))
def test_each_word_that_is_printed_makes_another_document(tmp_path: Path, name: str) -> None:
    shipped = office_sha256()
    assert office_mark() == ""
    with set_by(said(tmp_path, **{name: WORDS[name]})):
        assert office_sha256() != shipped
        assert office_mark() == office_sha256()[:8]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_is_printed_in_its_language_alone(tmp_path: Path, language: Language) -> None:
    document = document_of(invented_run(tmp_path), language=language)
    with set_by(said(tmp_path, **WORDS)):
        head = masthead(document.shown, document.parameters)
        foot = colophon(document.shown, document.parameters)
    printed = repr((head.issuer, head.editor_note, foot.sent, foot.copies))
    assert {name for name, word in WORDS.items() if str(word) in printed} == {
        name for name in WORDS if name.endswith(("copies", f"_{language}"))
    }


def test_what_is_not_printed_makes_no_other(tmp_path: Path) -> None:
    with set_by(said(tmp_path, languages=["en"], formats=["pdf"])):
        assert office_mark() == ""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[Path, str]]]:
    """One run issued twice with the words as shipped, twice with others, and twice with the first ones again.

    Returns:
        The lake, and each time the file and the hash of what it held then.
    """
    lake = tmp_path_factory.mktemp("issued")
    run = invented_run(lake)
    made: list[tuple[Path, str]] = []
    for words in ({}, WORDS, {}):
        with set_by(said(lake, **words)):
            for _ in range(2):
                (file,) = steps.issue(lake, run, languages=["zh"], formats=["xlsx"])
                made.append((file, file_sha256(file)))
    return lake, made


def test_other_words_are_a_revision_under_the_same_number_in_a_file_of_its_own(
    issued: tuple[Path, list[tuple[Path, str]]],
) -> None:
    lake, (first, first_again, second, second_again, *_) = issued
    assert (first_again, second_again) == (first, second)
    assert first[0] != second[0]
    assert file_sha256(first[0]) == first[1]
    before, after = texts(first[0]), texts(second[0])
    assert "行政效能办公室" in before
    assert "清江市政务服务局" in after
    assert "2025年第1期（第1次修订）" in after
    assert "本期为第1次修订：数字未变，文头或文尾的文字有更改。" in after
    (issue,) = issues.issues(lake)
    assert [[one["file"] for one in each["documents"]] for each in issue.revisions][:2] == [
        [first[0].relative_to(lake).as_posix()],
        [second[0].relative_to(lake).as_posix()],
    ]


def test_words_taken_back_are_a_third_revision_and_the_first_file_stays_as_it_was_issued(
    issued: tuple[Path, list[tuple[Path, str]]],
) -> None:
    lake, (first, _, second, _, third, third_again) = issued
    assert third_again == third
    assert len({first[0], second[0], third[0]}) == 3
    assert file_sha256(first[0]) == first[1]
    assert "第2次修订" in texts(third[0])
    (issue,) = issues.issues(lake)
    documents = [one for each in issue.revisions for one in each["documents"]]
    assert [lake / one["file"] for one in documents] == [first[0], second[0], third[0]]
    assert all(file_sha256(lake / one["file"]) == one["sha256"] for one in documents)


def test_figures_taken_back_are_a_revision_in_a_file_of_its_own(tmp_path: Path) -> None:
    tables = invented_tables()
    other = tables | {"log_summary": tables["log_summary"].with_columns(case_count=1207)}
    runs = [invented_run(tmp_path / "a"), invented_run(tmp_path / "b", other)]
    files = [steps.issue(tmp_path, run, languages=["en"], formats=["xlsx"])[0] for run in (*runs, runs[0])]
    assert len(set(files)) == 3
    (issue,) = issues.issues(tmp_path)
    documents = [one for each in issue.revisions for one in each["documents"]]
    assert all(file_sha256(tmp_path / one["file"]) == one["sha256"] for one in documents)


def test_a_number_of_one_s_own_is_printed_into_no_file_of_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = invented_run(tmp_path)
    monkeypatch.setattr(steps, "find", lambda *_, **__: run)
    monkeypatch.setattr(steps, "_departments", lambda _: [])

    def written(given: dict[str, str]) -> Path:
        (file,) = steps.brief_period(
            tmp_path, given, period="2025Q3", languages=["en"], edition="internal", formats=["xlsx"]
        )
        return file

    registered = written({})
    before = registered.read_bytes()
    own = [written({"issue": number}) for number in ("No. 26", "No. 27")]
    assert len({registered, *own}) == 3
    assert registered.read_bytes() == before


def test_a_number_of_before_the_words_were_kept_is_not_revised_for_them(tmp_path: Path) -> None:
    known = issues.Issue("internal-regular", 2025, 1, {}, [{"revision": 3, "content": "c"}])
    assert issues.revision_for(known, "c", office_sha256()) == 3
    assert issues.revision_for(known, "d", office_sha256()) == 4


@pytest.mark.parametrize(
    ("content", "office", "ends"),
    [
        ("c", "o", "issued again, nothing changed."),
        ("c", "p", "no figure changed, words of the head or the foot did."),
        ("d", "p", "Late from 8 to 9. Words of the head or the foot changed too."),
        ("d", "o", "Late from 8 to 9."),
    ],
)
def test_a_revision_says_whether_figures_or_words_changed(content: str, office: str, ends: str) -> None:
    before = {"content": "c", "office": "o", "figures": {"late_count": 8}}
    now = {"content": content, "office": office, "figures": {"late_count": 9 if content == "d" else 8}}
    assert what_changed(before, now, 2, "en").endswith(ends)


def test_a_document_of_other_words_is_told_to_be_one(tmp_path: Path) -> None:
    (file,) = steps.issue(tmp_path, invented_run(tmp_path), languages=["en"], formats=["xlsx"])
    with (
        set_by(said(tmp_path, **WORDS)),
        pytest.raises(CheckFailedError, match="other words of the office than the settings have"),
    ):
        steps.verify(tmp_path, [file])


def unnumbered(lake: Path, name: str, office: str, *, run: str) -> Path:
    """A page without a number, of words of the office that it may not tell."""
    cohort = {"accepted_from": None, "accepted_until": None}
    manifest = {"run": run, "cohort": cohort, "snapshot": {"as_on": "2025-10-01"}, "office_sha256": office or None}
    origin = {"kind": "compression", "manifest": manifest, "parameters": {"language": "zh", "edition": "internal"}}
    page = lake / "briefings" / f"{name}.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text(f'<script type="application/json" id="origin">{json.dumps(origin)}</script>', encoding="utf-8")
    return page


def test_of_documents_without_a_number_those_of_older_words_that_were_made_again_are_revised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, older = office_sha256(), "0" * 64
    for name, office, run in (
        ("now", now, "r"), ("older", older, "r"), ("oldest", "1" * 64, "r"), ("taken-back", "2" * 64, "r"),
        ("not-told", "", "r"), ("not-made-again", older, "other"), ("mended", older, "mended"),
    ):  # fmt: skip
        unnumbered(tmp_path, name, office, run=run)
    verified = {file_sha256(tmp_path / "briefings" / "mended.html"): "2025-10-02"}
    monkeypatch.setattr(site, "_withdrawn", lambda _: {"briefings/taken-back.html"})
    monkeypatch.setattr(site, "verified_hashes", lambda _: verified)
    states = {one.papers[0].file.stem: one.state for one in entries(tmp_path, ["internal"])}
    assert states == {
        "now": "unverified", "older": "revised", "oldest": "revised", "taken-back": "withdrawn",
        "not-told": "unverified", "not-made-again": "unverified", "mended": "verified",
    }  # fmt: skip


@pytest.mark.deep
def test_a_document_without_a_number_is_made_anew_and_the_former_told_as_revised(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(small_city()[0], lake)
    shutil.rmtree(lake / "briefings", ignore_errors=True)
    made = {"period": "2025", "languages": ["zh"], "formats": ["docx"]}
    (first,) = write_documents(lake, "compression", **made)  # type: ignore[arg-type]
    assert [one.state for one in entries(lake, ["internal"])] == ["unverified"]
    with set_by(said(tmp_path, **WORDS)):
        (second,) = write_documents(lake, "compression", **made)  # type: ignore[arg-type]
        assert second != first
        assert "清江市政务服务局" in texts(second)
        states = {one.papers[0].file: one.state for one in entries(lake, ["internal"])}
        assert states == {first: "revised", second: "unverified"}
        steps.verify(lake, [second])
        with pytest.raises(CheckFailedError, match="other words of the office"):
            steps.verify(lake, [first])
    steps.verify(lake, [first])
