"""The site: every finished document in one index, the newest first, each with its state; found by what it covers."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.published import published

from efficacy_analytics.documents.briefing.evidence import json_inside_page, manifest_kept
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.runs import open_run
from efficacy_analytics.workflows.site.build import build_site
from efficacy_analytics.workflows.verified import mark_verified


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with an issue that was revised, a verified one, one that was changed by hand, and a public one."""
    lake = tmp_path_factory.mktemp("lake")
    published(lake, "july-0", "2025-08-03")
    published(lake, "july-1", "2025-08-20", revision=1, revision_note="更正。")
    for file in published(lake, "august-0", "2025-09-03"):
        mark_verified(lake, file)
    changed = published(lake, "september-0", "2025-10-09")[0]
    changed.write_text(changed.read_text(encoding="utf-8").replace("<body>", "<body>！"), encoding="utf-8")
    published(lake, "public-0", "2025-10-12", edition="public")
    (lake / "briefings" / "of_another.html").write_text("<html></html>")
    (lake / "briefings" / "broken.xlsx").write_bytes(b"PK\x03\x04")
    return lake


def index_of(page: Path) -> list[dict[str, Any]]:
    found = re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert found is not None
    told: list[dict[str, Any]] = json.loads(found[1])["entries"]
    return told


def test_the_newest_stands_first_and_each_tells_its_state(lake: Path, tmp_path: Path) -> None:
    entries = index_of(build_site(lake, tmp_path / "site"))
    assert [(one["issued_on"], one["state"], one["issue"]["zh"]) for one in entries] == [
        ("2025-10-12", "unverified", "2025年第1期"),
        ("2025-10-09", "changed", "2025年第3期"),
        ("2025-09-03", "verified", "2025年第2期"),
        ("2025-08-20", "unverified", "2025年第1期（第1次修订）"),
        ("2025-08-03", "revised", "2025年第1期"),
    ]


def test_a_document_is_one_entry_with_all_its_languages_and_formats(lake: Path, tmp_path: Path) -> None:
    site = build_site(lake, tmp_path / "site").parent
    links = index_of(site / "index.html")[2]["links"]
    assert links == {
        language: {form: f"documents/august-0-{language}.{form}" for form in ("html", "xlsx")}
        for language in ("zh", "en")
    }
    for file in (file for files in links.values() for file in files.values()):
        assert (site / file).read_bytes() == (lake / "briefings" / Path(file).name).read_bytes()


def test_departments_and_items_are_found_in_both_languages(lake: Path, tmp_path: Path) -> None:
    names = index_of(build_site(lake, tmp_path / "site"))[2]["names"]
    assert {"水务局", "Water Affairs", "第1类许可证核发", "Permit of class 1"} <= set(names)


def test_a_page_of_a_department_is_found_by_its_own_name_alone(lake: Path, tmp_path: Path) -> None:
    shutil.copytree(lake, tmp_path / "lake")
    run = open_run(tmp_path / "lake" / "findings" / "a1b2c3d4e5f6")
    told = {"kind": "department", "manifest": manifest_kept(run)}
    told["parameters"] = checked_document({"about": "D06"}).model_dump(mode="json", exclude={"lake", "run"})
    page = f'<title>一 · 水务局</title><script type="application/json" id="origin">{json_inside_page(told)}</script>'
    (tmp_path / "lake" / "briefings" / "department-zh.html").write_text(page, encoding="utf-8")
    (entry,) = [one for one in index_of(build_site(tmp_path / "lake")) if one["kind"] == "department"]
    assert {"水务局", "Water Affairs"} <= set(entry["names"])
    assert not {"交通运输局", "Transport"} & set(entry["names"])


def test_a_public_site_holds_nothing_of_the_internal_edition(lake: Path, tmp_path: Path) -> None:
    site = build_site(lake, tmp_path / "site", editions=["public"]).parent
    assert {file.name.split("-")[0] for file in (site / "documents").iterdir()} == {"public"}
    assert [one["edition"] for one in index_of(site / "index.html")] == ["public"]


def test_the_same_lake_gives_the_same_bytes_and_a_new_site_takes_the_place_of_the_old(
    lake: Path, tmp_path: Path
) -> None:
    site = build_site(lake, tmp_path / "site").parent
    first = {file.relative_to(site): file.read_bytes() for file in site.rglob("*") if file.is_file()}
    (site / "documents" / "left.html").write_text("of yesterday")
    build_site(lake, site)
    assert {file.relative_to(site): file.read_bytes() for file in site.rglob("*") if file.is_file()} == first
    assert [file.name for file in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_holds_something_else_is_left_alone(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine")
    with pytest.raises(CallError, match="something else than a site"):
        build_site(lake, tmp_path / "letters")
    assert (tmp_path / "letters" / "mine.txt").read_text() == "mine"


def test_an_empty_lake_has_an_empty_site(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    assert index_of(build_site(tmp_path / "lake")) == []


def test_a_run_that_is_gone_leaves_its_documents_in_the_index(lake: Path, tmp_path: Path) -> None:
    shutil.copytree(lake, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "findings")
    entries = index_of(build_site(tmp_path / "copy"))
    assert len(entries) == 5
    assert entries[0]["title"] == {
        "zh": "2025年第三季度行政审批效能分析",
        "en": "Approvals in the third quarter of 2025",
    }


def test_definitions_are_told_in_both_languages(lake: Path, tmp_path: Path) -> None:
    text = (build_site(lake, tmp_path / "site").parent / "definitions.html").read_text(encoding="utf-8")
    assert "<td>按时办结率</td>" in text
    assert "<code>on_time_share</code>" in text
