"""The process map and the difference map as pages: whole, the same for the same log, and without a network."""

import json
import re

import pytest
from support.drawn import drawn_log

from efficacy_analytics.charts.maps.views import MOST_BOXES
from efficacy_analytics.documents.pages.maps import difference_page, difference_tables, log_map, map_page, map_tables

STEPS = "\n".join(
    f"case {case} | {activity} | {resource} | 2024-04-{day + case:02} {hour} | 2024-04-{day + case:02} {until}"
    for case in range(3)
    for activity, resource, day, hour, until in (
        ("apply", "R", 1, "09:00", "09:30"),
        ("review", "S", 2, "10:00", "11:00"),
        ("decide", "S", 8, "15:00", "16:00"),
    )
)
DRAWING = "case | activity | resource | started | completed\n" + STEPS


def carried(page: str) -> dict:
    """What the page draws from."""
    return json.loads(re.search(r'id="process-map-views">(.*?)</script>', page, re.DOTALL).group(1))


@pytest.fixture(scope="module")
def page() -> str:
    return map_page(drawn_log(DRAWING), language="en")


def test_a_page_opens_in_the_language_asked_for_and_carries_both(page: str) -> None:
    book = carried(page)
    assert '<html lang="en">' in page
    assert book["language"] == "en"
    assert set(book["specs"]) == set(book["views"][0]["pictures"]) == {"zh", "en"}
    assert "3 cases, 9 events, 3 activities" in page
    assert "3 件办件，9 条环节记录，3 种环节" in book["introduction"]["zh"]


def test_a_page_asks_nothing_of_a_network(page: str) -> None:
    own = re.sub(r"<script data-efficacy.*?</script>", "", page, flags=re.DOTALL)  # the library is tried in a browser
    outside = [found for found in re.findall(r'(?:src|href)="([^"]*)"', own) if not found.startswith("data:")]
    assert outside == []
    assert "default-src 'none'" in page


def test_the_same_log_makes_the_same_page(page: str) -> None:
    assert map_page(drawn_log(DRAWING), language="en") == page


def test_a_map_holds_aggregates_only(page: str) -> None:
    assert "case 1" not in json.dumps(carried(page))


def test_causes_are_told_where_they_are_asked_for() -> None:
    told = log_map(drawn_log(DRAWING), language="en", causes=True)
    assert {row["path"] for row in told.views[0].pictures["en"].datasets["bars"]} == {
        "apply → review",
        "review → decide",
    }
    assert "bars" not in log_map(drawn_log(DRAWING), language="en").views[0].pictures["en"].datasets


def test_a_difference_page_names_both_groups() -> None:
    slower = DRAWING.replace("10:00", "10:30")
    page = difference_page(drawn_log(DRAWING), drawn_log(slower), names=("<2023>", "2024"), language="zh")
    lines = carried(page)["views"][0]["pictures"]["zh"]["datasets"]["lines"]
    row = next(row for row in lines if (row["name"], row["next_name"]) == ("apply", "review"))
    assert (row["elapsed_a"], row["elapsed_b"], row["elapsed_difference"]) == ("24.5 小时", "25 小时", "+30 分钟")
    assert "&lt;2023&gt;：3 件办件" in page
    assert "<2023>：3" not in page.split('id="process-map-views"')[0]


def of_activities(first: int, until: int) -> str:
    """A case whose steps have so many names."""
    steps = (
        f"c | step {number} | R | 2024-04-01 {number // 60:02}:{number % 60:02} | 2024-04-01 {number // 60:02}:"
        f"{number % 60:02}"
        for number in range(first, until)
    )
    return "case | activity | resource | started | completed\n" + "\n".join(steps)


@pytest.mark.parametrize("count", [MOST_BOXES, MOST_BOXES + 1])
def test_two_logs_that_name_together_more_activities_than_a_picture_holds_are_compared_by_stages(count: int) -> None:
    both = drawn_log(of_activities(0, 25)), drawn_log(of_activities(15, count))
    assert (difference_tables(*both).stages is None) == (count <= MOST_BOXES)
    tables = map_tables(drawn_log(of_activities(0, count)))
    assert (tables.stages is None) == (count <= MOST_BOXES)
