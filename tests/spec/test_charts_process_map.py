"""What a process map shows: the most used activities and paths, connected, readable, the same everywhere."""

import itertools
import json
import random
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from support.invented_run import invented_tables
from support.samples import sample

from efficacy_analytics.charts.maps.layout import dot
from efficacy_analytics.charts.maps.layout import placing as map_layout
from efficacy_analytics.charts.maps.layout.forward import forward_order
from efficacy_analytics.charts.maps.layout.label_places import (
    LABEL_HEIGHT,
    LABEL_WIDTH,
    MARK_SIZE,
    SIDES,
    Box,
    _from_the_middle,
    label_places,
)
from efficacy_analytics.charts.maps.layout.label_sizes import is_stacked, label_shapes, widest
from efficacy_analytics.charts.maps.layout.paths import CLOCK_COLUMNS, END, START
from efficacy_analytics.charts.maps.process_map import most_time, process_map
from efficacy_analytics.charts.maps.rows import STEPS, line_rows
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import names_in
from efficacy_analytics.errors import CannotAnswerError

Drawn = tuple[pl.DataFrame, pl.DataFrame]


def log_of(counts: dict[tuple[str, str], int], starts: dict[str, int], ends: dict[str, int]) -> Drawn:
    """The two tables of a log given as transitions, starts and ends."""
    pairs = pl.DataFrame(
        [(a, b, n, n, *[3600.0] * 6, *[2.0] * 3) for (a, b), n in counts.items()],
        schema=["activity", "next_activity", "transition_count", "case_count", *CLOCK_COLUMNS],
        orient="row",
    )
    names = sorted({name for pair in counts for name in pair} | set(starts) | set(ends))
    events = {name: starts.get(name, 0) + sum(n for (_, head), n in counts.items() if head == name) for name in names}
    activities = pl.DataFrame(
        [(name, events[name], events[name], starts.get(name, 0), ends.get(name, 0)) for name in names],
        schema=["activity", "event_count", "case_count", "start_case_count", "end_case_count"],
        orient="row",
    )
    return pairs, activities


def random_log(seed: int, size: int = 60) -> Drawn:
    drawn = random.Random(seed)
    names = [f"activity {number:02}" for number in range(size)]
    counts: dict[tuple[str, str], int] = {}
    for _ in range(300):
        at = drawn.randrange(size // 3)
        while at < size - 1 and drawn.random() > 0.05:
            to = min(max(at + drawn.choice((-2, 0, 1, 1, 1, 2, 3)), 0), size - 1)
            counts[names[at], names[to]] = counts.get((names[at], names[to]), 0) + 1
            at = to
    return log_of(counts, {names[0]: 200, names[3]: 100}, {names[-1]: 250, names[size // 2]: 50})


def timed_log(seed: int) -> Drawn:
    """A random log whose pairs take times of their own."""
    pairs, activities = random_log(seed, size=24)
    drawn = random.Random(seed)
    means = [drawn.lognormvariate(9, 1.5) for _ in range(pairs.height)]
    return pairs.with_columns(pl.Series("elapsed_seconds_mean", means)), activities


def invented() -> Drawn:
    tables = invented_tables()
    names = names_in(tables["activity_names"], "activity", "zh")
    return map_layout.map_layout(tables["directly_follows"], tables["activities"], names=names)


def reached(edges: pl.DataFrame, source: str, *, backwards: bool) -> set[str]:
    """Plain reading: everything a walk along the lines reaches."""
    pairs = [
        (START if tail is None else tail, END if head is None else head)
        for tail, head in edges.select("activity", "next_activity").rows()
    ]
    pairs = [(head, tail) for tail, head in pairs] if backwards else pairs
    found, waiting = {source}, [source]
    while waiting:
        at = waiting.pop()
        new = {head for tail, head in pairs if tail == at} - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("seed", range(4))
def test_however_far_the_slider_is_down_an_activity_shown_is_connected_with_start_and_end(seed: int) -> None:
    nodes, edges = map_layout.map_layout(*random_log(seed), most_nodes=60)
    for shown in (0.01, 0.2, 0.5, 0.9, 1.0):
        lines = edges.filter(pl.col("shown_from") < shown)
        boxes = nodes.filter((pl.col("shown_from") < shown) & (pl.col("kind") == "activity"))["activity"].to_list()
        assert boxes
        assert set(boxes) <= reached(lines, START, backwards=False)
        assert set(boxes) <= reached(lines, END, backwards=True)


def test_at_most_forty_activities_are_shown_and_they_are_the_most_frequent() -> None:
    pairs, activities = random_log(1)
    nodes, _ = map_layout.map_layout(pairs, activities)
    most = activities.sort("event_count", "activity", descending=[True, False]).head(40)["activity"]
    assert nodes.filter(pl.col("kind") == "activity").height <= 40
    assert set(nodes["activity"].drop_nulls()) <= set(most)


def test_the_slider_takes_the_less_used_lines_away_first() -> None:
    _, edges = invented()
    between = edges.drop_nulls(["activity", "next_activity"]).sort("shown_from")
    connecting_needs_it = between.filter(pl.col("transition_count") < 130)["shown_from"].min()
    assert between["shown_from"].is_sorted()
    assert between["transition_count"][0] == 1180  # apply → check, the most used of the invented pairs
    assert connecting_needs_it is not None
    assert connecting_needs_it > 0.9


def test_a_map_whose_counts_a_public_edition_moved_to_nothing_is_drawn() -> None:
    pairs, activities = random_log(1)
    for counts in (pl.when(pl.int_range(pl.len()) < 2).then(0).otherwise("transition_count"), pl.lit(0)):
        nodes, _ = map_layout.map_layout(pairs.with_columns(transition_count=counts.cast(pl.Int64)), activities)
        assert nodes.filter(pl.col("kind") == "activity").height > 1


def test_a_wide_name_makes_a_wide_box() -> None:
    nodes, _ = invented()
    widths = dict(nodes.select("name", "width").rows())
    assert widths["现场踏勘"] == widths["专家评审"] > widths["制证"]
    assert nodes.filter(pl.col("name") == "现场踏勘")["width"].item() == 8 * map_layout.CHARACTER_WIDTHS["right"] + 14


def test_no_label_covers_a_box_or_another_label() -> None:
    nodes, edges = map_layout.map_layout(*random_log(2))
    boxes = [Box(*row) for row in nodes.select("x", "y", "width", "height").rows()]
    labels = list(labels_of(edges, "right").values())
    assert len(labels) > 10
    assert not [1 for label in labels for box in boxes if _covers(label, box)]
    assert not [1 for number, label in enumerate(labels) for other in labels[:number] if _covers(label, other)]


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("seed", [2, 5])
def test_no_label_or_disc_lies_on_a_tip_a_box_or_another(seed: int, direction: str) -> None:
    nodes, edges = map_layout.map_layout(*timed_log(seed), direction=direction)
    words = list(labels_of(edges, direction).values())
    discs = [Box(x, y, MARK_SIZE - 2, MARK_SIZE - 2) for x, y in edges.select("mark_x", "mark_y").drop_nulls().rows()]
    boxes = [Box(*row) for row in nodes.select("x", "y", "width", "height").rows()]
    tips = [Box(x, y, 9, 9) for x, y in edges.select("tip_x", "tip_y").rows()]
    assert len(words) > 10
    assert 3 <= len(discs) <= 9
    shown = [*words, *discs]
    assert not [1 for one in shown for other in [*boxes, *tips] if _covers(one, other)]
    assert not [1 for number, one in enumerate(shown) for other in shown[:number] if _covers(one, other)]


def test_the_lines_that_hold_most_time_are_numbered_darkest_and_named() -> None:
    pairs, activities = timed_log(4)
    _, edges = map_layout.map_layout(pairs, activities)
    held = {
        (tail, head): count * mean
        for tail, head, count, mean in pairs.select(
            "activity", "next_activity", "transition_count", "elapsed_seconds_mean"
        ).rows()
    }
    most = sorted(held, key=lambda pair: -held[pair])[:3]
    rows = line_rows(edges, "en").filter(pl.col("elapsed_place").is_not_null()).sort("elapsed_place")
    assert rows.select("activity", "next_activity").rows() == most
    assert rows["mark_x"].null_count() == 0
    whole = sum(held.values())
    assert rows["elapsed_share"].to_list() == [f"{held[pair] / whole:.1%}" for pair in most]
    steps = line_rows(edges, "en").drop_nulls("elapsed_step")
    assert steps["elapsed_step"].to_list() == [
        sum(held[pair] / whole >= limit for limit in STEPS) for pair in steps.select("activity", "next_activity").rows()
    ]
    said = most_time(edges, "en")
    assert [said.index(f"{mark} from “{tail}” to “{head}”") for mark, (tail, head) in zip("①②③", most, strict=True)]


@pytest.mark.parametrize("transition_count", [9, 10])
def test_nobody_is_sent_to_look_first_where_no_line_was_taken_ten_times(transition_count: int) -> None:
    pairs, activities = timed_log(4)
    _, edges = map_layout.map_layout(
        pairs.with_columns(transition_count=pl.lit(transition_count, pl.Int64)), activities
    )
    said = most_time(edges, "en")
    assert said.startswith("Look first at") is (transition_count >= 10)
    assert ("too seldom to say where to look first" in said) is (transition_count < 10)


def test_the_steps_of_colour_are_told_apart_in_grey() -> None:
    """Lightness L* of each step: at least twelve from the next, and the last one far darker than the first."""
    steps = [lightness(colour) for colour in theme.TIME_SCALE]
    assert all(lighter - darker >= 12 for lighter, darker in pairwise(steps))
    assert steps[0] - steps[-1] > 65


def lightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return float(116 * luminance ** (1 / 3) - 16)


def test_no_box_covers_another() -> None:
    nodes, _ = map_layout.map_layout(*random_log(3))
    boxes = [Box(*row) for row in nodes.select("x", "y", "width", "height").rows()]
    assert not [1 for number, box in enumerate(boxes) for other in boxes[:number] if _covers(box, other)]


def test_the_map_runs_from_left_to_right_and_a_return_leads_back() -> None:
    nodes, edges = invented()
    place = dict(nodes.select("name", "x").rows())
    assert place["申请受理"] < place["材料审核"] < place["审批决定"] < place["送达办结"]
    supplement = edges.filter((pl.col("activity") == "supplement") & (pl.col("next_activity") == "check"))
    assert supplement["xs"].item()[0] > supplement["xs"].item()[-1]
    assert supplement["tip_x"].item() < supplement["xs"].item()[0]


def test_forward_is_the_way_most_transitions_go() -> None:
    counts = {("a", "b"): 9, ("b", "c"): 8, ("c", "a"): 2, ("c", "c"): 50, (START, "a"): 9, ("c", END): 6}
    assert forward_order(counts, ["c", "b", "a", END, START]) == [START, "a", "b", "c", END]


def test_the_layout_is_the_same_without_the_fonts_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    here = invented()
    monkeypatch.setenv("FONTCONFIG_FILE", "/dev/null")
    monkeypatch.setenv("LC_ALL", "C")
    dot._answer.cache_clear()
    elsewhere = invented()
    assert [frame.write_json() for frame in here] == [frame.write_json() for frame in elsewhere]


def test_a_layout_that_takes_too_long_is_tried_again_with_fewer_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def slow(graph: dict[str, Any], *, processor_seconds: float) -> dict[str, Any]:
        asked.append(len(graph["edges"]))
        if len(graph["edges"]) > 75:
            raise dot.LayoutTimeoutError
        return dot.laid_out(json.loads(json.dumps(graph)))

    monkeypatch.setattr(map_layout, "layout", slow)
    _, edges = map_layout.map_layout(*random_log(1))
    assert asked[0] > 75 >= asked[-1] == edges.height


def test_a_map_that_finds_no_layout_says_what_to_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> dict[str, Any]:
        raise dot.LayoutTimeoutError

    monkeypatch.setattr(map_layout, "layout", never)
    with pytest.raises(CannotAnswerError, match="found no layout") as fault:
        map_layout.map_layout(*random_log(1))
    assert fault.value.hint == "ask for fewer activities"


def dense(box_count: int) -> dict[str, Any]:
    """Boxes of which every fifth pair is joined: dot needs many seconds of the processor for a hundred of them."""
    names = [f"n{number}" for number in range(box_count)]
    pairs = [(tail, head) for tail, head in itertools.combinations(range(box_count), 2) if (tail * 7 + head) % 5 == 0]
    edges = [{"tail": names[tail], "head": names[head], "weight": 1, "is_back": False} for tail, head in pairs]
    nodes = [{"name": name, "width": 80, "height": 40, "rank": None} for name in names]
    return {"attributes": map_layout.GRAPHS["right"], "nodes": nodes, "edges": edges}


def test_a_layout_ends_when_it_has_used_up_its_time_of_the_processor() -> None:
    with pytest.raises(dot.LayoutTimeoutError, match="1 seconds of the processor"):
        dot.layout(dense(100), processor_seconds=1)
    assert len(dot.layout(dense(20), processor_seconds=5)["nodes"]) == 20


def test_a_log_of_one_activity_has_a_map_too() -> None:
    nodes, edges = map_layout.map_layout(*log_of({}, {"only": 5}, {"only": 5}))
    assert nodes["kind"].to_list() == ["activity", "start", "end"]
    assert set(edges.select("activity", "next_activity").rows()) == {(None, "only"), ("only", None)}


def test_a_clock_without_any_length_is_not_offered() -> None:
    nodes, edges = invented()
    spec = process_map(nodes, edges.drop("counted_days_median"), "en").to_dict()
    controls = {param["name"]: param for param in spec["params"]}
    assert controls["clock"]["bind"]["options"] == ["elapsed", "open"]


def test_a_log_without_any_activity_cannot_be_drawn() -> None:
    pairs, activities = log_of({}, {"only": 5}, {"only": 5})
    with pytest.raises(CannotAnswerError, match="no activity"):
        map_layout.map_layout(pairs, activities.head(0))


@pytest.mark.parametrize(
    ("language", "clock"),
    sample(itertools.product(["zh", "en"], ["elapsed", "open", "counted"]), [("zh", "elapsed"), ("en", "counted")]),
)
def test_the_map_says_in_the_readers_language_what_its_lines_mean(language: Any, clock: str) -> None:
    spec = process_map(*invented(), language, clock=clock).to_dict()
    text = json.dumps(spec, ensure_ascii=False)
    controls = {param["name"]: param for param in spec["params"]}
    assert controls["shown"]["bind"]["input"] == "range"
    assert controls["clock"]["value"] == clock
    assert controls["clock"]["bind"]["options"] == ["elapsed", "open", "counted"]
    assert ("显示的流转占比（%）" in text) == ("办公小时" in text) == (language == "zh")
    assert "申请受理" in text
    assert spec["description"]


def _covers(one: Box, other: Box) -> bool:
    """Whether two rectangles have a point in common."""
    return abs(one.x - other.x) * 2 < one.width + other.width and abs(one.y - other.y) * 2 < one.height + other.height


def labels_of(edges: pl.DataFrame, direction: str) -> dict[int, Box]:
    """What is written on a map, by the place of its line: as large as its widest words in Chinese."""
    found: dict[int, Box] = {}
    shapes = label_shapes(edges, "zh", direction)
    for number, row in enumerate(edges.select("label_x", "label_y", "label_align", "label_is_stacked").rows()):
        x, y, align, stacked = row
        if x is not None:
            width, height = next(size for at, size in enumerate(shapes[number]) if is_stacked(at, direction) == stacked)
            found[number] = Box(x + {"center": 0.0, "left": width / 2, "right": -width / 2}[align], y, width, height)
    return found


def points_within(edges: pl.DataFrame, direction: str) -> tuple[int, int]:
    """How many labels there are, and how many points of other lines lie in them."""
    labels = labels_of(edges, direction)
    lines = [_from_the_middle(list(zip(*line, strict=True))) for line in edges.select("xs", "ys").rows()]
    crossing = sum(
        _covers(label, Box(x, y, 0.0, 0.0))
        for number, label in labels.items()
        for other, line in enumerate(lines)
        if other != number
        for x, y in line
    )
    return len(labels), crossing


@pytest.mark.parametrize(
    ("seed", "direction"),
    sample(itertools.product(range(12), ["right", "down"]), [(0, "right"), (1, "down")]),
)
def test_no_label_of_a_crowded_map_is_crossed_by_the_line_of_another_pair(seed: int, direction: str) -> None:
    """Of forty boxes and more than eighty lines; a plain reading pixel by pixel, lines as wide as they are drawn."""
    pairs, activities = random_log(seed)
    drawn = random.Random(seed)
    means = [drawn.lognormvariate(9, 1.5) for _ in range(pairs.height)]
    _, edges = map_layout.map_layout(
        pairs.with_columns(pl.Series("elapsed_seconds_mean", means)), activities, direction=direction
    )
    labels = labels_of(edges, direction)
    lines = [by_pixels(list(zip(*line, strict=True))) for line in edges.select("xs", "ys").rows()]
    crossed = [
        (number, other)
        for number, label in labels.items()
        for other, (line, width) in enumerate(zip(lines, widest(edges), strict=True))
        if other != number and any(_covers(label, Box(x, y, width, width)) for x, y in line)
    ]
    assert edges.height > 80
    assert len(labels) > edges.height / 3
    assert crossed == []


def by_pixels(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points along a line, at most a pixel apart."""
    return [
        (x + (next_x - x) * step / parts, y + (next_y - y) * step / parts)
        for (x, y), (next_x, next_y) in pairwise(line)
        for parts in [1 + int(abs(next_x - x) + abs(next_y - y))]
        for step in range(parts + 1)
    ]


@pytest.mark.parametrize("slope", [0.0, 0.2, 0.5, 1.0, 2.0, 8.0])
def test_words_of_a_numbered_wide_line_are_not_hidden_by_it(slope: float) -> None:
    own, below, above = ([(float(x), slope * x + by) for x in range(0, 201, 5)] for by in (0.0, 26.0, -60.0))
    place, *_ = label_places([own, below, above], [], widths=[6.0, 2.0, 2.0], marked=[0])
    assert place.words is not None
    words = Box(place.words[0] + SIDES[place.align] * LABEL_WIDTH / 2, place.words[1], LABEL_WIDTH, LABEL_HEIGHT)
    assert [(x, y) for x, y in by_pixels(own) if _covers(words, Box(x, y, 6.0, 6.0))] == []


MOST_CROSSING = {"right": 300, "down": 400}
"""Where labels are placed without a look at other lines there are 525 and 528."""


@pytest.mark.parametrize("direction", ["right", "down"])
def test_lines_run_through_few_labels_of_others(direction: str) -> None:
    found = [
        points_within(map_layout.map_layout(*timed_log(seed), direction=direction)[1], direction) for seed in (2, 5)
    ]
    assert sum(count for count, _ in found) > 60
    assert sum(crossing for _, crossing in found) < MOST_CROSSING[direction]


def test_of_two_places_the_one_that_no_other_line_runs_through_is_taken() -> None:
    upright = [(100.0, float(y)) for y in range(0, 201, 10)]
    across = [(float(x), 100.0) for x in range(60, 141, 10)]
    place, _ = label_places([upright, across], [], size=(30.0, 20.0))
    assert place.words is not None
    assert abs(place.words[1] - 100) >= 10  # half its height away from where the other line crosses


def test_a_label_that_other_lines_cross_everywhere_is_left_out() -> None:
    line = [(float(x), 10.0) for x in range(0, 101, 10)]
    above, below = ([(x, y + by) for x, y in line] for by in (-3.0, 3.0))
    places = label_places([line, above, below], [], size=(30.0, 20.0))
    assert places[0].words is None
    assert [one.words is None for one in places[1:]] == [False, False]  # each beside its line, on the outer side


def test_the_disc_of_a_line_lies_nearer_to_it_than_to_any_other() -> None:
    """Three lines side by side, as between two activities with a way back; the middle one is numbered."""
    line = [(float(x), 20.0) for x in range(0, 201, 10)]
    above, below = ([(x, y + by) for x, y in line] for by in (-11.0, 11.0))
    _, place, _ = label_places([above, line, below], [], size=(30.0, 20.0), marked={1})
    assert place.mark is not None
    assert place.mark[1] == 20.0


def test_a_line_that_a_sentence_names_has_its_disc_even_where_there_is_no_room() -> None:
    line = [(float(x), 10.0) for x in range(0, 41, 10)]
    (place,) = label_places([line], [Box(20.0, 10.0, 200.0, 200.0)], marked={0})
    assert place.words is None
    assert place.mark == (20.0, 10.0)
