"""However a table changes and wherever a pull is cut, the pulls taken together are the table."""

import random
from pathlib import Path
from typing import Any

import pytest
from support import drawn_mariadb, drawn_pulls
from support.drawn_database import Server, Wire
from support.drawn_mariadb import MariaServer
from support.drawn_pulls import pull

from efficacy_analytics.errors import SourceUnreachableError
from efficacy_analytics.settings import settings

COLUMNS = ("event_id", "case_id", "activity", "is_deleted")
TEXTS = ("受理", "", None, 'a,"b"\n', "\\.", "NULL", "x")
Model = dict[str, tuple[Any, ...]]
AnyServer = Server | MariaServer
MORE = 'deletions = "by_key"\noverlap = "{overlap}"\nresource = "is_deleted"'
IN_THE_TABLE = {
    Server: "select event_id::text, case_id, activity, is_deleted::text, (updated_at at time zone 'UTC')::text || '+00'"
    " from steps",
    MariaServer: "select cast(event_id as char), case_id, activity, cast(is_deleted as char), "
    "concat(updated_at, '+00:00') from steps",
}


def literal_in(server: AnyServer, text: str | None) -> str:
    if text is None:
        return "null"
    return "'" + (text.replace("\\", "\\\\") if isinstance(server, MariaServer) else text).replace("'", "''") + "'"


def changes(server: AnyServer, draw: random.Random) -> list[str]:
    """Rows inserted, changed (some to what they are) and deleted, all stamped by the server's clock."""
    statements = []
    insert, unless = ("insert ignore", "") if isinstance(server, MariaServer) else ("insert", " on conflict do nothing")
    for _ in range(draw.randint(0, 60)):
        key, text = draw.randint(1, 400), draw.choice(TEXTS)
        literal = literal_in(server, text)
        kind = draw.choice(("insert", "insert", "update", "touch", "delete"))
        statements.append(
            {
                "insert": f"{insert} into steps (event_id, case_id, activity) "
                f"values ({key}, 'C{key % 9}', {literal}){unless}",
                "update": f"update steps set activity = {literal}, updated_at = default where event_id = {key}",
                "touch": f"update steps set activity = activity, updated_at = default where event_id = {key}",
                "delete": f"delete from steps where event_id = {key}",
            }[kind]
        )
    return statements


def applied(model: Model, rows: Any) -> None:
    """Takes the rows of a pull into the plain reading: the last of each key counts."""
    keys = rows["event_id"].to_list() if rows.height else []
    assert len(set(keys)) == len(keys)
    for row in rows.iter_rows(named=True):
        now = (*(row[column] for column in COLUMNS), row["updated_at"])
        if row["_is_deleted"] == "true":
            assert model.pop(row["event_id"]) == now  # a tombstone says what the row was
        else:
            assert model.get(row["event_id"]) != now  # what did not change is not delivered
            model[row["event_id"]] = now


def in_the_table(server: AnyServer, office: str) -> Model:
    return {row[0]: row for row in server.execute(office, IN_THE_TABLE[type(server)])}


@pytest.mark.parametrize(
    ("name", "seeds"),
    [
        pytest.param("postgres", range(3), id="PostgreSQL, few"),
        pytest.param("postgres", range(3, 60), id="PostgreSQL, many", marks=pytest.mark.deep),
        pytest.param("mariadb", range(1), id="MariaDB, one"),
        pytest.param("mariadb", range(1, 60), id="MariaDB, many", marks=pytest.mark.deep),
    ],
)
@pytest.mark.parametrize("overlap", ["0 seconds", "1 hour"])
def test_pulls_add_up_to_the_table(
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seeds: range,
    overlap: str,
) -> None:
    server: AnyServer = request.getfixturevalue(name)
    drawn = drawn_mariadb if isinstance(server, MariaServer) else drawn_pulls
    (tmp_path / "settings.toml").write_text("[database]\npart_rows = 20\nfirst_wait_seconds = 0.001\nmost_tries = 3\n")
    monkeypatch.setenv("EFFICACY_SETTINGS", str(tmp_path / "settings.toml"))
    settings.cache_clear()
    layout = drawn.layout_of_steps(MORE.format(overlap=overlap))
    for seed in seeds:
        draw, model = random.Random(seed), Model()
        office = server.new_database(drawn.STEPS_TABLE)
        for number in range(5):
            server.execute(office, *changes(server, draw), "select 1")
            wire = Wire(server.port, *(draw.randint(500, 20_000) for _ in range(draw.randint(0, 3))))
            address = server.address(office, port=wire.port)

            def told(message: str, *_: int, office: str = office, draw: random.Random = draw) -> None:
                if "trying again" in message:
                    server.execute(office, *changes(server, draw), "select 1")

            try:
                applied(model, pull(tmp_path / f"lake-{seed}", address, layout, on_progress=told))
            except SourceUnreachableError:  # given up: the next pull goes on, and catches up
                applied(model, pull(tmp_path / f"lake-{seed}", server.address(office), layout))
            wire.close()
            assert model == in_the_table(server, office), (seed, number)
    settings.cache_clear()
