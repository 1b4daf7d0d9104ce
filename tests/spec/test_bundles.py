"""A stranger makes a document again from one file, on another machine; a row that was changed is named."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support.invented_page import page_of_the_small_city
from support.small_city import small_city

from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.kinds import KINDS, document_content
from efficacy_analytics.documents.pages.catalogue import picture
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.settings import CHECKOUT, BriefingSettings, Settings, parsed, settings, settings_text
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.workflows.bundle import LIST, bundle, reproduce
from efficacy_analytics.workflows.steps import draw


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "briefing.html"
    file.write_text(page_of_the_small_city(), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def archive(page: Path) -> Path:
    return bundle(small_city()[0], page)


def changed(archive: Path, folder: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of a bundle with other contents."""
    target = folder / "changed.zip"
    with zipfile.ZipFile(archive) as had, zipfile.ZipFile(target, "w") as has:
        for name in had.namelist():
            has.writestr(name, change(name, had.read(name)))
    return target


def drawn_months(file: Path) -> Path:
    return draw(small_city()[0], picture("months"), file.with_suffix(".html"), language="en", cohort=Cohort())


def written_quarterly(file: Path) -> Path:
    content = document_content(KINDS["quarterly"], small_city()[1], checked_document({"language": "en"}))
    file.with_suffix(".xlsx").write_bytes(rendered(content, "xlsx"))
    return file.with_suffix(".xlsx")


def written_briefing(file: Path) -> Path:
    file.with_suffix(".html").write_text(page_of_the_small_city(), encoding="utf-8")
    return file.with_suffix(".html")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (drawn_months, "picture months"),
        pytest.param(written_quarterly, "the whole xlsx", marks=pytest.mark.deep),
        pytest.param(written_briefing, "the whole page", marks=pytest.mark.deep),
    ],
)
def test_a_document_is_made_again_in_another_place_language_and_zone(
    tmp_path: Path, made: Callable[[Path], Path], said: str
) -> None:
    file = made(tmp_path / "made")
    archive = bundle(small_city()[0], file)
    away = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C", "TZ": "America/St_Johns"}
    away["OPENBLAS_CORETYPE"] = "Nehalem"  # sums in another order, as on an older processor
    call = [sys.executable, "-m", "efficacy_analytics", "reproduce", str(archive), "--output", "again", "--quiet"]
    run = subprocess.run(
        call, cwd=tmp_path, env={**away, "PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, check=True
    )
    assert said in run.stdout
    assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("made", [drawn_months, pytest.param(written_quarterly, marks=pytest.mark.deep)])
def test_a_picture_and_a_document_in_another_form_are_made_again_too(
    tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    file = made(tmp_path / "made")
    again, checks = reproduce(bundle(small_city()[0], file), tmp_path / "again")
    assert again.read_bytes() == file.read_bytes()
    assert any(check.is_whole for check in checks)


def test_a_bundle_has_the_same_bytes_each_time_and_holds_neither_exports_nor_a_key(archive: Path, page: Path) -> None:
    lake = small_city()[0]
    assert bundle(lake, page, archive.with_name("twice.zip")).read_bytes() == archive.read_bytes()
    names = zipfile.ZipFile(archive).namelist()
    assert {name.split("/")[0] for name in names} == {
        "document",
        "lake",
        "program",
        "settings.toml",
        "datacite.json",
        LIST,
    }
    assert {name.split("/")[1] for name in names if name.startswith("lake/")} == {"accepted", "published"}
    assert not any(name.endswith((".duckdb", ".key")) for name in names)


def test_its_list_says_what_every_file_is_and_what_made_the_document(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        graph = {one["@id"]: one for one in json.loads(opened.read(LIST))["@graph"]}
        assert {name for name in opened.namelist() if name != LIST} == {
            name for name, one in graph.items() if one["@type"] == "File"
        }
    assert graph["#made"]["result"] == {"@id": "document/briefing.html"}
    assert graph[LIST]["conformsTo"]["@id"].startswith("https://w3id.org/ro/crate/")


def test_a_row_that_was_changed_is_named_with_its_file(archive: Path, tmp_path: Path) -> None:
    def other(name: str, content: bytes) -> bytes:
        return content[:-9] + b"x" + content[-8:] if name.endswith("events.parquet") else content

    with pytest.raises(CheckFailedError, match=r"lake/accepted/city-\w+/events\.parquet is not as it was bundled"):
        reproduce(changed(archive, tmp_path, other), tmp_path / "again")


def test_a_row_changed_with_all_its_hashes_is_named_by_the_first_table_that_differs(
    archive: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as opened:
        name = next(one for one in opened.namelist() if one.endswith("cases.parquet"))
        (tmp_path / "had.parquet").write_bytes(opened.read(name))
    rows = pl.read_parquet(tmp_path / "had.parquet")
    kept = rows.filter(pl.int_range(pl.len()) > 0)
    assert kept.height == rows.height - 1
    later = (
        rows.with_columns(completed_on=pl.col("completed_on") + pl.duration(days=90))
        if "completed_on" in rows
        else kept
    )
    later.write_parquet(tmp_path / "has.parquet")
    old, new = (file_sha256(tmp_path / one) for one in ("had.parquet", "has.parquet"))

    def other(member: str, content: bytes) -> bytes:
        if member == name:
            return (tmp_path / "has.parquet").read_bytes()
        content = content.replace(old.encode(), new.encode()) if member.endswith(".json") else content
        (tmp_path / "now").write_bytes(content)
        hashes[member] = file_sha256(tmp_path / "now")
        return content

    def listed(member: str, content: bytes) -> bytes:
        if member != LIST:
            return content
        told = json.loads(content)
        for one in told["@graph"]:
            if one["@type"] == "File" and one["@id"] in hashes:
                one["sha256"] = hashes[one["@id"]]
        return json.dumps(told).encode()

    hashes: dict[str, str] = {name: new}
    (tmp_path / "second").mkdir()
    forged = changed(changed(archive, tmp_path, other), tmp_path / "second", listed)
    with pytest.raises(CheckFailedError, match=r"table '\w+', row \d+, \w+: the page has .*Made again: “"):
        reproduce(forged, tmp_path / "again")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a\\b"])
def test_a_bundle_lays_nothing_outside(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        archive.writestr(LIST, json.dumps({"@graph": []}))
        archive.writestr(name, "x")
    with pytest.raises(CheckFailedError, match="outside"):
        reproduce(tmp_path / "own.zip", tmp_path / "again")


def test_what_is_no_bundle_and_what_may_not_be_bundled_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.zip").write_bytes(b"PK\x05\x06")
    with pytest.raises(CallError, match="is no bundle"):
        reproduce(tmp_path / "own.zip", tmp_path / "again")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr(LIST, json.dumps({"@graph": []}))
    with pytest.raises(CallError, match="holds 0 documents"):
        reproduce(tmp_path / "empty.zip", tmp_path / "again")
    public = tmp_path / "public.html"
    public.write_text(page_of_the_small_city(edition="public"), encoding="utf-8")
    with pytest.raises(CannotAnswerError, match="rows that are not public"):
        bundle(small_city()[0], public)


def test_settings_are_read_back_as_they_were_written() -> None:
    own = Settings(briefing=BriefingSettings(issuer_zh='“引号”与 "quotes"\\', languages=("en",)))
    assert parsed(settings_text(own), "own") == own
    assert parsed(settings_text(settings()), "own").briefing == settings().briefing
