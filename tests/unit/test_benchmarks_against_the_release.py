"""A benchmark that lost more than a tenth against the last release is named; one that moved less is not."""

import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.releases import MOST_LOSS, RATIOS, VERDICTS, WHY_MORE, losses, ratios, release_table


def test_a_loss_of_more_than_a_tenth_is_named() -> None:
    assert MOST_LOSS == 0.1
    now = {**RATIOS, "publish": RATIOS["publish"] * 1.11, "event log": RATIOS["event log"] * 1.09}
    assert [loss.partition(":")[0] for loss in losses(now)] == ["publish"]
    assert "11% slower" in losses(now)[0]


def test_a_loss_is_told_with_what_the_task_does_more_than_at_the_release() -> None:
    rows = release_table({**RATIOS, VERDICTS: RATIOS[VERDICTS] * 1.5}).splitlines()
    assert [row for row in rows if WHY_MORE[VERDICTS] in row] == [row for row in rows if "+50%" in row] != []
    assert not any(WHY_MORE["publish"] in row for row in rows)


def test_what_was_not_measured_is_no_loss() -> None:
    assert losses({"publish": RATIOS["publish"]}) == []


def test_the_least_of_several_runs_counts() -> None:
    runs = [dict.fromkeys(RATIOS, 8.0), dict.fromkeys(RATIOS, 6.0)]
    assert set(ratios(runs, [2.0, 4.0]).values()) == {3.0}


@pytest.mark.parametrize("times", [1.05, 1.2])
def test_the_report_is_written_and_a_loss_ends_in_an_error(
    times: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {task: kept * times for task, kept in RATIOS.items()}
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--events", "1,10", "--lake", str(tmp_path)])
    monkeypatch.setattr(benchmarks, "REPORT", tmp_path / "benchmarks.md")
    monkeypatch.setattr(benchmarks, "_lake", lambda root, size: root)
    monkeypatch.setattr(benchmarks, "_measured", lambda *_: {})
    monkeypatch.setattr(benchmarks, "_against_release", lambda _: now)
    for part in ("_report", "_intake_table", "_measure_table", "_looks_table"):
        monkeypatch.setattr(benchmarks, part, lambda *_: "")
    if times <= 1 + MOST_LOSS:
        benchmarks.main()
    else:
        with pytest.raises(SystemExit, match="slower than the last release:\npublish: ") as ended:
            benchmarks.main()
        assert ended.value.code != 0
    assert f"{times - 1:+.0%} |" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
