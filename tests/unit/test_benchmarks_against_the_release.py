"""A benchmark that lost more than a tenth against the last release is named; one that moved less is not."""

from benchmarks.releases import RATIOS, losses, ratios


def test_a_loss_of_more_than_a_tenth_is_named() -> None:
    now = {**RATIOS, "publish": RATIOS["publish"] * 1.11, "event log": RATIOS["event log"] * 1.09}
    assert [loss.partition(":")[0] for loss in losses(now)] == ["publish"]
    assert "11% slower" in losses(now)[0]


def test_the_least_of_several_runs_counts() -> None:
    runs = [dict.fromkeys(RATIOS, 8.0), dict.fromkeys(RATIOS, 6.0)]
    assert set(ratios(runs, [2.0, 4.0]).values()) == {3.0}
