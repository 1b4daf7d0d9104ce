"""Every picture's page carries what it was made from; `efficacy verify` draws it again and finds one changed digit."""

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from support.samples import sample
from support.small_city import small_city

from efficacy_analytics.documents.conditions import check_condition
from efficacy_analytics.documents.pages.catalogue import PICTURES, picture
from efficacy_analytics.documents.verify import verify
from efficacy_analytics.errors import CallError, CheckFailedError, DiffersError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.settings import MapSettings, Settings
from efficacy_analytics.workflows import steps as pipeline

COHORTS = {
    "certificate": Cohort(department="D02", item="D02001"),
    "difference": Cohort(department="D02", where="channel = 'window' or '</script>' = '3'"),
}
OPTIONS = {"dotted": {"by": "stage"}, "map": {"causes": True}, "difference": {"names": ("A <1>", "B")}}


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a picture, drawn when it is first asked for."""
    folder = tmp_path_factory.mktemp("pictures")
    return cache(lambda name: drawn(name, folder / f"{name}.html"))


def drawn(name: str, file: Path) -> Path:
    other = Cohort(department="D06") if name == "difference" else None
    chosen = COHORTS.get(name, Cohort())
    language = "en" if len(name) % 2 else "zh"
    lake = small_city()[0]
    return pipeline.draw(
        lake, picture(name), file, language=language, cohort=chosen, other=other, **OPTIONS.get(name, {})
    )


@pytest.mark.parametrize("name", sample(PICTURES, ["map", "difference", "certificate"]))
def test_the_page_of_a_picture_passes(page_of: Callable[[str], Path], name: str) -> None:
    assert verify(page_of(name), small_city()[0])[0].name == f"picture {name}"


def test_a_page_held_against_no_lake_or_an_empty_one_says_which_lake_is_asked_for(
    page_of: Callable[[str], Path], tmp_path: Path
) -> None:
    for folder, said in ((tmp_path / "nowhere", "there is no lake at"), (tmp_path, "nothing is published in")):
        with pytest.raises(CallError, match=rf"no snapshot '.*': {said} {re.escape(str(folder))}") as fault:
            verify(page_of("months"), folder)
        assert "--lake" in str(fault.value.hint)


@pytest.mark.parametrize(
    "where",
    [
        "exists (select * from cases a, cases b, cases c, cases d)",
        "repeat('x', 1000000000) = channel",
        "true) union all (select 1 from cases",
        "channel in (select department from cases)",
        "channel = 'window' group by all having (true",
    ],
)
def test_a_condition_of_a_stranger_that_does_more_than_compare_is_not_run(tmp_path: Path, where: str) -> None:
    with pytest.raises(CallError, match="not run for a stranger"):
        check_condition(tmp_path, where)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "conditions.txt").write_text(f"{where}\n")
    check_condition(tmp_path, where)


@pytest.mark.parametrize(
    "where",
    ["channel = 'window' or '</script>' = '3'", "not is_late and completed_on >= date '2024-01-01'",
     "item in ('A', 'B') and department like 'D%' or counted_days between 1 and -2", "channel is not null"],
)  # fmt: skip
def test_a_condition_that_compares_columns_with_values_is_run(tmp_path: Path, where: str) -> None:
    check_condition(tmp_path, where)


def test_a_page_with_a_condition_that_computes_is_refused_before_it_is_drawn(
    page_of: Callable[[str], Path], tmp_path: Path
) -> None:
    text = page_of("difference").read_text(encoding="utf-8")
    forged = text.replace("channel = 'window' or", "length(repeat('x', 9)) > 3 or")
    assert forged != text
    (tmp_path / "forged.html").write_text(forged, encoding="utf-8")
    with pytest.raises(CallError, match="not run for a stranger"):
        verify(tmp_path / "forged.html", small_city()[0])


@pytest.mark.parametrize("name", sample(["difference", "certificate", "honesty"], ["certificate"]))
def test_one_digit_changed_anywhere_is_found(page_of: Callable[[str], Path], name: str, tmp_path: Path) -> None:
    text = page_of(name).read_text(encoding="utf-8")
    figures = [found.start() for found in re.finditer(r"\d", text[text.index("<body") :])]
    place = text.index("<body") + random.Random(name).choice(figures)
    changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    (tmp_path / "changed.html").write_text(changed, encoding="utf-8")
    with pytest.raises((CheckFailedError, CallError)):
        verify(tmp_path / "changed.html", small_city()[0])


def test_the_figure_that_was_changed_is_named_as_a_reader_reads_it(
    page_of: Callable[[str], Path], tmp_path: Path
) -> None:
    text = page_of("months").read_text(encoding="utf-8")
    (tmp_path / "changed.html").write_text(text.replace("800 件办件", "801 件办件").replace("800 cases", "801 cases"))
    with pytest.raises(DiffersError, match=r"the page has “801 ") as fault:
        verify(tmp_path / "changed.html", small_city()[0])
    assert "800" not in str(fault.value)
    assert fault.value.made_again.startswith("800 ")


def test_a_page_made_with_other_settings_is_told_as_such(
    page_of: Callable[[str], Path],
) -> None:
    with pytest.raises(CheckFailedError, match="other settings of 'map'"):
        verify(page_of("map"), small_city()[0], in_force=Settings(map=MapSettings(most_nodes=12)))


def test_a_page_of_another_version_says_so(page_of: Callable[[str], Path], tmp_path: Path) -> None:
    text = page_of("months").read_text(encoding="utf-8")
    older = re.sub(r'"code_sha256": "\w+"', '"code_sha256": "0"', text)
    (tmp_path / "older.html").write_text(older, encoding="utf-8")
    with pytest.raises(CheckFailedError, match="another version"):
        verify(tmp_path / "older.html", small_city()[0])


@pytest.mark.parametrize("text", ["", "<html><body>3</body></html>", '<script id="picture-manifest">{}</script>'])
def test_what_is_no_page_of_ours_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text(text or "x")
    with pytest.raises(CallError, match="no briefing of ours"):
        verify(tmp_path / "other.html", small_city()[0])
