"""How start and complete events of a log become activity instances, and what becomes of the others."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.intake.ingest import Delivery, refused_rows

LAYOUT = 'format = "xes"\ntime_zone = "Asia/Shanghai"\n'


def log(*events: str, case: str = "A") -> str:
    """An XES log of one case; an event is drawn as "activity transition day", on a line of its own from line 3."""
    rows = []
    for event in events:
        activity, transition, day = event.split()
        mark = "" if transition == "-" else f'<string key="lifecycle:transition" value="{transition}"/>'
        rows.append(
            f'<event><string key="concept:name" value="{activity}"/>{mark}'
            f'<date key="time:timestamp" value="2024-03-{day}T09:00:00+08:00"/></event>'
        )
    return "\n".join(["<log>", f'<trace><string key="concept:name" value="{case}"/>', *rows, "</trace></log>"])


def taken(folder: Path, text: str) -> tuple[Delivery, list[tuple[str, str | None, str]], list[tuple[int, str]]]:
    """The delivery, its instances as (activity, day of start, day of completion), its refusals as (line, rule)."""
    (folder / "log.toml").write_text(LAYOUT)
    (folder / "log.xes").write_text(text)
    delivery = ingest(folder / "lake", [folder / "log.xes"], str(folder / "log.toml"))
    day = [pl.col(column).dt.strftime("%d") for column in ("started_local", "completed_local")]
    events = pl.read_parquet(delivery.folder / "events.parquet").select("activity", *day).rows()
    return delivery, events, refused_rows(folder / "lake").select("source_line", "rule").rows()


def test_a_start_and_its_complete_are_one_instance(tmp_path: Path) -> None:
    delivery, events, _ = taken(tmp_path, log("review start 01", "review complete 03", "decision complete 04"))
    assert events == [("review", "01", "03"), ("decision", None, "04")]
    assert delivery.rows["events"] == {"received": 3, "accepted": 3, "refused": 0, "refused_by_rule": {}}
    assert delivery.written["events"] == 2


def test_of_several_starts_the_oldest_is_completed_first(tmp_path: Path) -> None:
    _, events, _ = taken(
        tmp_path, log("a start 01", "a start 02", "b start 02", "a complete 03", "a complete 04", "b complete 05")
    )
    assert events == [("a", "01", "03"), ("a", "02", "04"), ("b", "02", "05")]


def test_a_complete_never_takes_a_later_start(tmp_path: Path) -> None:
    _, events, refused = taken(tmp_path, log("a complete 01", "a start 02", "a complete 03", "a start 04"))
    assert events == [("a", None, "01"), ("a", "02", "03")]
    assert refused == [(6, "start_without_complete")]


def test_a_schedule_is_no_instance_other_transitions_are_refused_and_none_at_all_is_a_complete(tmp_path: Path) -> None:
    delivery, events, refused = taken(
        tmp_path, log("a schedule 01", "a START 02", "a COMPLETE 03", "a suspend 04", "b - 05")
    )
    assert events == [("a", "02", "03"), ("b", None, "05")]
    assert refused == [(6, "transition_not_kept")]
    assert delivery.rows["events"]["accepted"] == 4
    assert delivery.written["events"] == 2


def test_both_events_of_a_refused_instance_are_refused(tmp_path: Path) -> None:
    delivery, _, refused = taken(tmp_path, log("a start 09", "b complete 01", "a complete 03"))
    assert refused == [(3, "ends_before_start"), (5, "ends_before_start")]
    assert delivery.rows["events"]["accepted"] == 1


def test_who_completed_an_activity_is_its_resource_else_who_started_it(tmp_path: Path) -> None:
    def by(who: str) -> str:
        return f'<string key="org:resource" value="{who}"/></event>'

    lines = log("a start 01", "a complete 02", "b start 03", "b complete 04").split("\n")
    for line, who in ((2, "Li"), (3, "Wang"), (4, "Zhao")):
        lines[line] = lines[line].replace("</event>", by(who))
    delivery, _, _ = taken(tmp_path, "\n".join(lines))
    assert pl.read_parquet(delivery.folder / "events.parquet")["resource"].to_list() == ["Wang", "Zhao"]


def test_only_attributes_of_the_event_and_the_trace_themselves_count(tmp_path: Path) -> None:
    inner = '<string key="concept:name" value="inner"/><event/>'
    text = log("a complete 01").replace('value="A"/>', f'value="A"/><list key="more">{inner}</list>')
    delivery, events, _ = taken(tmp_path, text.replace("</event>", f'<list key="more">{inner}</list></event>', 1))
    assert events == [("a", None, "01")]
    assert pl.read_parquet(delivery.folder / "cases.parquet")["case_id"].to_list() == ["A"]


def test_a_case_without_events_and_an_event_without_a_case(tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2024-03-01"/></event>'
    text = f'<log>\n<trace><string key="concept:name" value="A"/></trace>\n{event}\n<trace>{event}</trace>\n'
    text += f'<trace><string key="concept:name" value="B"/>\n{event}</trace></log>'
    delivery, events, refused = taken(tmp_path, text)
    assert len(events) == 1
    assert sorted(refused) == [(3, "case_id_missing"), (4, "case_id_missing"), (4, "case_id_missing")]
    assert {table: rows["accepted"] for table, rows in delivery.rows.items()} == {"events": 1, "cases": 2}


def test_the_order_of_the_log_breaks_ties_in_time(tmp_path: Path) -> None:
    delivery, events, _ = taken(tmp_path, log("c complete 01", "a complete 01", "b complete 01"))
    assert [activity for activity, _, _ in events] == ["c", "a", "b"]
    assert pl.read_parquet(delivery.folder / "events.parquet")["source_order"].to_list() == [0, 1, 2]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="plain"),
        pytest.param(b"\xef\xbb\xbf", id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>", id="byte order mark and declaration"),
    ],
)
@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.xes-standard.org/"'])
def test_namespace_and_byte_order_mark_may_be_there_or_not(tmp_path: Path, head: bytes, namespace: str) -> None:
    (tmp_path / "log.toml").write_text(LAYOUT)
    (tmp_path / "log.xes").write_bytes(head + log("审查 complete 01").replace("<log", f"<log{namespace}").encode())
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "log.toml"))
    assert delivery.activity_order == ["审查"]


def test_a_log_in_gb18030_is_read_by_its_declaration(tmp_path: Path) -> None:
    (tmp_path / "log.toml").write_text(LAYOUT)
    text = '<?xml version="1.0" encoding="GB18030"?>' + log("审查 complete 01", "受理 suspend 02")
    (tmp_path / "log.xes").write_bytes(text.encode("gb18030"))
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "log.toml"))
    assert delivery.activity_order == ["审查"]
    original = refused_rows(tmp_path / "lake", with_original=True)["original"].item()
    assert original.startswith("<event>")
    assert 'value="受理"' in original
    assert original.endswith("</event>")
