"""From a database into the lake: what a pull brings is judged, kept and corrected like any delivery."""

from pathlib import Path

import pytest
from drawn_database import Server
from drawn_pulls import FILLED, STEPS, STEPS_TABLE

from efficacy_analytics.lake import layout_keys
from efficacy_analytics.lake.address import address_of
from efficacy_analytics.lake.pull import ingest_from
from efficacy_analytics.lake.store import deliveries

pytestmark = [
    pytest.mark.usefixtures("quick_pulls"),
    pytest.mark.skipif("parquet" not in layout_keys.FORMATS, reason="the Parquet reader is not there yet"),
]


def test_two_pulls_are_two_deliveries_and_nothing_new_is_none(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=4000))
    (tmp_path / "steps.toml").write_text(STEPS.format(more='deleted = "is_deleted"'))
    lake, layout, address = tmp_path / "lake", str(tmp_path / "steps.toml"), address_of(postgres.address(office))
    first = ingest_from(lake, address, layout)
    assert first is not None
    assert first.rows["events"] == {"received": 4000, "accepted": 4000, "refused": 0, "refused_by_rule": {}}
    assert ingest_from(lake, address, layout) is None

    changed = "update steps set activity = '补正', updated_at = default where event_id <= 100"
    postgres.execute(office, changed, "update steps set is_deleted = true where event_id <= 10")
    second = ingest_from(lake, address, layout)
    assert second is not None
    assert second.rows["events"]["received"] == 100
    assert [one.delivery for one in deliveries(lake)] == [first.delivery, second.delivery]
    assert {path.name for path in lake.iterdir()} == {"exports", "accepted"}
