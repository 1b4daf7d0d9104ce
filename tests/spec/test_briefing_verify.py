"""A briefing can be checked by anyone who has the lake: every figure is made again, and a changed one is named."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path

import pytest
from support.invented_page import page_of_the_small_city
from support.small_city import CASE_COUNT, small_city

from efficacy_analytics.documents.briefing import recomputed as again
from efficacy_analytics.documents.briefing import verify as verification
from efficacy_analytics.documents.briefing.document import Document, Part
from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError
from efficacy_analytics.settings import AS_SHIPPED, settings
from efficacy_analytics.system import bounds
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.workflows import verified
from efficacy_analytics.workflows.steps import verify as verify_all
from efficacy_analytics.workflows.verified import verified_hashes


@pytest.fixture(scope="module")
def text() -> str:
    return page_of_the_small_city()


def changed(folder: Path, text: str, old: str, new: str) -> Path:
    assert old in text
    file = folder / "changed.html"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_an_honest_page_agrees_in_every_table_and_part(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(text, encoding="utf-8")
    checks = {check.name: check.value_count for check in verify(page, small_city()[0])}
    shown = set(SECTIONS) - {"schemes", "department_times", "officers"}  # the small city tells nothing in these
    assert {f"part {name}" for name in ("masthead", *shown, "colophon")} <= set(checks)
    assert checks["table log_summary"] == 9  # its columns
    assert sum(checks.values()) > 1_000


def test_of_several_pages_all_that_were_changed_are_named_and_the_others_verified(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_again_once(monkeypatch, text)
    pages = [tmp_path / f"{number}.html" for number in range(3)]
    for page in pages:
        page.write_text(
            text.replace("行政效能简报</p>", "行政通报</p>") if page != pages[1] else text, encoding="utf-8"
        )
    with pytest.raises(
        CheckFailedError, match=r"2 of 3 documents do not agree: 0\.html: part 'masthead'.*2\.html: part"
    ):
        verify_all(small_city()[0], pages)


CHANGES: dict[str, tuple[Callable[[str], tuple[str, str]], str]] = {
    "a sentence": (lambda text: (f"本期收件 {CASE_COUNT} 件", "本期收件 900 件"), "part 'summary'.*900"),
    "a figure of a printed table": (
        lambda text: (_first_cell(text), _first_cell(text).replace("%", "‰")),
        "part 'departments'",
    ),
    "the number of refused rows": (lambda text: (_refused(text), "其中 1 行在接收时被退回"), "part 'masthead'"),
    "the name of the page": (lambda text: ("行政效能简报</p>", "行政通报</p>"), "part 'masthead'"),
    "a figure in the data": (
        lambda text: (f'"rows":[[{CASE_COUNT},', '"rows":[[900,'),
        "table 'log_summary', row 1, case_count",
    ),
    "two names of columns": (
        lambda text: ('"case_count":"Int64","event_count":"Int64"', '"event_count":"Int64","case_count":"Int64"'),
        "table 'log_summary' has other columns",
    ),
    "a figure of a chart": (lambda text: ('"interval":"', '"interval":"0'), "part"),
    "the snapshot's hash": (lambda text: (_hash(text), "f" * 64), "part 'colophon'|no snapshot"),
    "a sentence of one's own": (
        lambda text: ("</section>", "<div>交通运输局最差</div></section>"),
        "outside its figures.*交通运输局最差",
    ),
    "rows that a style hides": (lambda text: ("</style>", "td { display: none }</style>"), "outside its figures"),
    "a section that is hidden": (
        lambda text: ('<section class="briefing section"', '<section hidden class="briefing section"'),
        "outside its figures.*hidden",
    ),
    "a script that writes other figures": (
        lambda text: ("</main>", "</main><script>1</script>"),
        "outside its figures",
    ),
    "what it says it was asked for": (
        lambda text: ('"department":null', '"department":"D99"'),
        "asked for department D99",
    ),
    "the guarantee": (lambda text: ('"confidence":0.95', '"confidence":0.5'), "other settings of 'guarantee'"),
}


RECOMPUTED_ALIKE = (
    *("a sentence", "a figure of a printed table", "the name of the page", "a figure of a chart"),
    *("a sentence of one's own", "rows that a style hides", "a section that is hidden"),
    *("a script that writes other figures", "what it says it was asked for"),
)
"""Changes that leave the manifest: what is made again is made once for all of them."""


@cache
def recomputed(text: str) -> again.Recomputed:
    manifest = text[text.index('id="manifest">') + len('id="manifest">') :]
    return again.recomputed(json.loads(manifest[: manifest.index("</script>")]), small_city()[0], AS_SHIPPED)


class MadeOnce(Document):
    """A document whose sections are made once, however many pages are held against them."""

    @cached_property
    def made(self) -> dict[str, Part]:
        return {}

    def section(self, name: str) -> Part:
        if name not in self.made:
            self.made[name] = super().section(name)
        return self.made[name]


@cache
def made_again(text: str, parameters: BriefingParameters) -> Document:
    return MadeOnce(recomputed(text), parameters)


def made_again_once(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What is made again of this page is made once for all changes of it."""
    monkeypatch.setattr(verification, "recomputed", lambda *_: recomputed(text))
    monkeypatch.setattr(verification, "Document", lambda _, parameters: made_again(text, parameters))


def _first_cell(text: str) -> str:
    section = text[text.index('data-section="departments"') :]
    start = section.index("%</td>")
    return section[section.rindex("<td", 0, start) : start + 6]


def _refused(text: str) -> str:
    found = re.search(r"其中 [\d,]+ 行在接收时被退回", text)
    assert found
    return found[0]


def _hash(text: str) -> str:
    return str(small_city()[1].manifest["snapshot"]["content_sha256"])


@pytest.mark.parametrize("what", CHANGES)
def test_a_page_changed_by_hand_is_found_out(
    tmp_path: Path, text: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, words = CHANGES[what]
    if what in RECOMPUTED_ALIKE:
        made_again_once(monkeypatch, text)
    with pytest.raises(CheckFailedError, match=words) as fault:
        verify(changed(tmp_path, text, *change(text)), small_city()[0])
    assert fault.value.exit_code == 5
    assert fault.value.hint


def as_of_another_version(text: str) -> str:
    return re.sub(r'"code_sha256":"\w+"', '"code_sha256":"0"', text, count=1)


@pytest.mark.parametrize("place", ["</header>", "</section>", "</footer>"])
def test_what_is_put_on_a_page_that_claims_another_version_is_found_wherever_it_stands(
    tmp_path: Path, text: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = as_of_another_version(text)
    made_again_once(monkeypatch, forged)
    with pytest.raises(CheckFailedError, match="12 号部门全部按时"):
        verify(changed(tmp_path, forged, place, f"{place}<div><b>12 号部门全部按时</b></div>"), small_city()[0])


def test_a_page_of_another_version_agrees_in_what_it_says_and_is_not_marked_as_verified(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, page = small_city()[0], tmp_path / "page.html"
    made_again_once(monkeypatch, text)
    page.write_text(as_of_another_version(text), encoding="utf-8")
    assert "was not compared" in str(verify_all(lake, [page])[-1])
    assert file_sha256(page) not in verified_hashes(lake)
    page.write_text(text, encoding="utf-8")
    verify_all(lake, [page])
    assert file_sha256(page) in verified_hashes(lake)


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (None, CallError, "there is no file"),
        ("<html><body>another page</body></html>", CallError, "no briefing of ours"),
        ('<script type="application/json" id="manifest">{</script>', CheckFailedError, "cannot be read"),
    ],
)
def test_what_is_no_briefing_is_told(
    tmp_path: Path, content: str | None, kind: type[EfficacyError], words: str
) -> None:
    file = tmp_path / "other.html"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(kind, match=words):
        verify(file, small_city()[0])


def test_a_snapshot_that_is_no_more_is_told(tmp_path: Path, text: str) -> None:
    name = json.dumps(small_city()[1].manifest["snapshot"]["snapshot"])
    with pytest.raises(CallError, match="no snapshot 'gone-1'"):
        verify(changed(tmp_path, text, f'"snapshot":{name}', '"snapshot":"gone-1"'), small_city()[0])


def test_a_message_tells_a_figure_of_the_lake_only_where_that_is_asked_for(tmp_path: Path, text: str) -> None:
    """A stranger's page with figures made up would else bring the true ones back."""
    page = changed(tmp_path, text, f'"rows":[[{CASE_COUNT},', '"rows":[[900,')
    with pytest.raises(CheckFailedError, match="case_count: the page has 900") as fault:
        verify_all(small_city()[0], [page])
    assert str(CASE_COUNT) not in str(fault.value)
    with pytest.raises(CheckFailedError, match=f"Made again: “{CASE_COUNT}”"):
        verify_all(small_city()[0], [page], tells_figures=True)


def test_a_page_of_a_cohort_without_cases_does_not_tell_which_there_are(tmp_path: Path, text: str) -> None:
    page = tmp_path / "later.html"
    page.write_text(text.replace('"accepted_from":null', '"accepted_from":"2031-01-01"'), encoding="utf-8")
    with pytest.raises(CheckFailedError, match="no case of the snapshot") as fault:
        verify_all(small_city()[0], [page])
    assert "D01" not in str(fault.value)


@pytest.fixture
def no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No time for a check, whose end is the error alone, however busy the machine."""
    (tmp_path / "settings.toml").write_text("[verify]\nmost_seconds = 0.0\n")
    monkeypatch.setenv("EFFICACY_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setattr(bounds, "GRACE_SECONDS", 600.0)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("no_time")
def test_a_check_ends_at_the_time_and_the_size_that_are_set(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"  # an honest one: whoever missed the bound would find no fault in it
    page.write_text(text, encoding="utf-8")
    with pytest.raises(CallError, match="took more time than is set") as fault:
        verify_all(small_city()[0], [page])
    assert fault.value.exit_code == 2
    monkeypatch.setattr(verified, "LARGEST_BYTES", 10)
    with pytest.raises(CallError, match="larger than any document"):
        verify_all(small_city()[0], [page])
