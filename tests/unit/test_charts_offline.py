"""Charts need no network, cannot break out of the page, and Chinese is drawn with real glyphs."""

import io
import json
import re
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.invented_run import invented_tables
from support.samples import sample

from efficacy_analytics.charts.bottlenecks import bottleneck_bars
from efficacy_analytics.charts.maps.difference.difference_map import difference_spec
from efficacy_analytics.charts.maps.process_map import map_spec
from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style.offline import BUNDLE_MARK, chart_html, library, save_picture
from efficacy_analytics.charts.style.scripts import drawable, drawable_json
from efficacy_analytics.vocabulary import LANGUAGES, Language

TABLES = invented_tables()


def test_the_library_is_one_script_that_loads_nothing() -> None:
    script = library()
    assert script.startswith(BUNDLE_MARK)
    assert script.count("</script") == 1
    assert not re.search(r"<script[^>]+src=|importScripts|@import", script)


def test_a_name_cannot_end_the_script_it_stands_in() -> None:
    evil = TABLES["bottlenecks"].with_columns(activity=pl.lit("</script><script>alert(1)</script>"))
    html = chart_html(bottleneck_bars(evil), name="chart-x")
    specification = html.split('-specification">')[1].split("</script>")[0]
    assert html.count("<script") == 2 + specification.count("<script")
    assert "</script><script>alert" in json.dumps(json.loads(specification.replace("<\\/", "</")))


def test_the_same_chart_gives_the_same_text() -> None:
    first, second = (chart_html(bottleneck_bars(TABLES["bottlenecks"]), name="chart-x") for _ in range(2))
    assert first == second


def test_the_typeface_of_a_page_has_its_characters_and_no_others() -> None:
    from fontTools.ttLib import TTFont

    content = fonts.subset_bytes("审批环节")
    characters = TTFont(io.BytesIO(content)).getBestCmap()
    assert {ord(character) for character in "审批环节A9%"} <= set(characters)
    assert ord("局") not in characters
    assert len(content) < 60_000
    assert content == fonts.subset_bytes("节环批审")


def test_a_picture_shows_chinese_without_a_font_of_the_machine(tmp_path: Path) -> None:
    from PIL import Image

    rows = pl.DataFrame({"words": ["一一", "警警"], "x": [50, 150]})
    text = alt.Chart(rows).mark_text(fontSize=30).encode(x=alt.X("x:Q").scale(None).axis(None), text="words")
    chart = alt.layer(text).properties(width=200).configure(**theme.config())
    picture = Image.open(save_picture(chart, tmp_path / "text.png", scale=2)).convert("L")
    middle = picture.width // 2
    few, many = (
        sum(picture.crop(side).histogram()[:128])
        for side in ((0, 0, middle, picture.height), (middle, 0, picture.width, picture.height))
    )
    assert 0 < few * 4 < many  # one stroke against twenty; boxes in place of glyphs would weigh the same
    assert "警警" in save_picture(chart, tmp_path / "text.svg").read_text(encoding="utf-8")


LETTERS = st.text(st.sampled_from('a\\u001f"\n\t\b\r\x00\x7f\x85\u2028 环<'), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.recursive(LETTERS | st.integers() | st.none(), lambda part: st.lists(part) | st.dictionaries(LETTERS, part)))
def test_what_is_written_for_a_drawing_is_what_can_be_drawn(value: Any) -> None:
    wanted = json.dumps(drawable(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert drawable_json(value) == wanted


@pytest.mark.parametrize("language", sample(LANGUAGES, ["zh"]))
def test_maps_are_drawn_by_the_schema_though_it_is_not_asked_each_time(language: Language) -> None:
    for spec in (map_spec(language, ("elapsed", "open"), has_causes=True), difference_spec(language, ("A", "B"))):
        alt.LayerChart.from_dict(spec, validate=True)
