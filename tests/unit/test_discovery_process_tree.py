"""Process trees as values, and the shape of their BPMN files."""

import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import polars as pl
import pytest

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.mining.models.bpmn import BOUNDS, DIAGRAM, LINES, MODEL, bpmn_file
from efficacy_analytics.mining.models.discovery import process_tree, with_most_frequent
from efficacy_analytics.mining.models.process_tree import SILENT, leaf, node

TREE = node(
    "sequence",
    leaf("receive"),
    node("choice", SILENT, leaf("supplement"), node("parallel", leaf("survey"), leaf("hearing"))),
    node("loop", node("sequence", leaf("review"), leaf("decide")), node("sequence", leaf("object"), leaf("answer"))),
)


def variants(*sequences: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"activities": [list(steps) for steps in sequences], "case_count": [3] * len(sequences)},
        schema={"activities": pl.List(pl.String), "case_count": pl.Int64},
    )


def test_a_tree_is_told_in_one_line():
    assert TREE.text == (
        "->( 'receive', X( 'supplement', +( 'hearing', 'survey' ), tau ), "
        "*( ->( 'review', 'decide' ), ->( 'object', 'answer' ) ) )"
    )


def test_the_order_of_choices_and_of_parallel_work_has_no_meaning():
    assert node("choice", leaf("a"), leaf("b")) == node("choice", leaf("b"), leaf("a"))
    assert node("sequence", leaf("a"), leaf("b")) != node("sequence", leaf("b"), leaf("a"))


def test_steps_in_either_order_are_parallel_and_a_step_left_out_is_a_choice():
    found = process_tree(variants("abcz", "acbz", "abz", "acz", "adz"), 0.0)
    assert found.text.startswith("->( 'a', ")
    assert process_tree(variants("abz", "az"), 0.0).text == "->( 'a', X( 'b', tau ), 'z' )"
    assert process_tree(variants("abz", "baz"), 0.0).text == "->( +( 'a', 'b' ), 'z' )"


def test_rows_of_the_same_variant_are_added_up():
    twice = pl.concat([variants("ab", "ac"), variants("ab")])
    assert process_tree(twice) == process_tree(variants("ab", "ac"))


def test_the_order_of_the_variants_does_not_matter():
    frame = variants("abcz", "acbz", "adz", "azz", "abcbcz")
    assert process_tree(frame.reverse()) == process_tree(frame)


def test_a_log_of_nothing_is_a_silent_tree():
    assert process_tree(variants()) == SILENT
    assert process_tree(variants("")) == SILENT


def test_a_threshold_that_is_no_share_is_a_wrong_call():
    with pytest.raises(CallError, match="between 0 and 1"):
        process_tree(variants("ab"), 20)


def test_hundreds_of_activities_are_too_many_for_one_model():
    frame = pl.DataFrame({"activities": [[f"a{number}" for number in range(101)]], "case_count": [1]})
    with pytest.raises(CannotAnswerError, match="101 activities"):
        process_tree(frame)
    assert process_tree(with_most_frequent(frame, 2)).text == "->( 'a0', 'a1' )"


def test_variants_that_become_alike_are_added_up():
    found = with_most_frequent(variants("abc", "ac", "acd", "d", ""), 2)
    assert found.rows() == [(["a", "c"], 9), ([], 6)]


def drawn(tmp_path, tree=TREE, **options) -> ET.Element:
    bpmn_file(tree, tmp_path / "process.bpmn", **options)
    return ET.parse(tmp_path / "process.bpmn").getroot()


def test_the_same_tree_gives_the_same_bytes(tmp_path):
    bpmn_file(TREE, tmp_path / "one.bpmn")
    bpmn_file(TREE, tmp_path / "two.bpmn")
    assert (tmp_path / "one.bpmn").read_bytes() == (tmp_path / "two.bpmn").read_bytes()


def test_every_activity_is_a_task_under_its_shown_name(tmp_path):
    root = drawn(tmp_path, names={"receive": "收件 <1>", "absent": "x"})
    tasks = [task.get("name") for task in root.iter(f"{{{MODEL}}}task")]
    assert sorted(tasks) == sorted(
        ["收件 <1>", "supplement", "survey", "hearing", "review", "decide", "object", "answer"]
    )


def test_every_flow_joins_two_shapes_and_says_so_at_both(tmp_path):
    root = drawn(tmp_path)
    nodes = {element.get("id"): element for element in root.find(f"{{{MODEL}}}process")}
    flows = root.findall(f".//{{{MODEL}}}sequenceFlow")
    assert len({flow.get("id") for flow in flows}) == len(flows)
    for flow in flows:
        leaving = [tag.text for tag in nodes[flow.get("sourceRef")].findall(f"{{{MODEL}}}outgoing")]
        arriving = [tag.text for tag in nodes[flow.get("targetRef")].findall(f"{{{MODEL}}}incoming")]
        assert flow.get("id") in leaving
        assert flow.get("id") in arriving


def test_no_shape_covers_another_and_every_line_is_level_or_upright(tmp_path):
    root = drawn(tmp_path)
    boxes = [
        tuple(int(box.get(side)) for side in ("x", "y", "width", "height")) for box in root.iter(f"{{{BOUNDS}}}Bounds")
    ]
    assert len(boxes) == 2 + 8 + 6  # start and end, tasks, three pairs of gateways
    for (x, y, wide, high), (other_x, other_y, other_wide, other_high) in combinations(boxes, 2):
        assert x + wide <= other_x or other_x + other_wide <= x or y + high <= other_y or other_y + other_high <= y
    for edge in root.iter(f"{{{DIAGRAM}}}BPMNEdge"):
        points = [(int(point.get("x")), int(point.get("y"))) for point in edge.iter(f"{{{LINES}}}waypoint")]
        assert len(points) >= 2
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))


def test_an_empty_process_leads_from_start_to_end(tmp_path):
    root = drawn(tmp_path, SILENT)
    (flow,) = root.iter(f"{{{MODEL}}}sequenceFlow")
    assert (flow.get("sourceRef"), flow.get("targetRef")) == ("startEvent_1", "endEvent_2")


def test_a_name_with_unprintable_signs_still_gives_a_readable_file(tmp_path):
    root = drawn(tmp_path, leaf("re\x00view\x1b"))
    assert [task.get("name") for task in root.iter(f"{{{MODEL}}}task")] == ["review"]
