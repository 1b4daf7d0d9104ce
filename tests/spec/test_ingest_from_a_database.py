"""From a database into the lake: what a pull brings is judged, kept and corrected like any delivery."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drawn_database import Server
from support.drawn_mariadb import STEPS_LAYOUT, MariaServer
from support.drawn_pulls import FILLED, STEPS, STEPS_TABLE
from support.intake import ingest_from

from efficacy_analytics.cli import main
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.intake.ingest import deliveries

pytestmark = pytest.mark.usefixtures("quick_pulls")


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


def test_a_query_of_the_layout_runs_only_once_somebody_has_confirmed_it(postgres: Server, tmp_path: Path) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=40))
    steps, query = STEPS.format(more=""), "select * from steps where event_id <= {}"
    layout, lake = tmp_path / "steps.toml", tmp_path / "lake"
    address = address_of(postgres.address(office))
    layout.write_text(steps.replace('table = "public.steps"', f'query = "{query.format(30)}"'))
    with pytest.raises(CallError, match=r"nobody confirmed.*event_id <= 30") as fault:
        ingest_from(lake, address, str(layout))
    assert "--confirm-query" in fault.value.hint
    assert not lake.exists()
    first = ingest_from(lake, address, str(layout), confirms_query=True)
    assert first is not None
    assert first.rows["events"]["received"] == 30
    assert ingest_from(lake, address, str(layout)) is None  # it was confirmed, and nothing is new
    layout.write_text(steps.replace('table = "public.steps"', f'query = "{query.format(40)}"'))
    with pytest.raises(CallError, match="event_id <= 40"):
        ingest_from(lake, address, str(layout))


ROUNDS = [pytest.param(False, id="in one pull"), pytest.param(True, id="one by one", marks=pytest.mark.deep)]
"""Whether changes of other cases come in one pull, or each in its own."""


def in_rounds(changes: list[list[str]], last: list[str], *, one_by_one: bool) -> Iterator[list[str]]:
    """What is done in the database before each pull but the first."""
    yield from changes if one_by_one else [[statement for change in changes for statement in change]]
    yield last


@pytest.mark.parametrize("one_by_one", ROUNDS)
@pytest.mark.parametrize(
    ("more", "gone"),
    [
        pytest.param('deleted = "is_deleted"', "update steps set is_deleted = true, updated_at = default", id="soft"),
        pytest.param('deletions = "by_key"', "delete from steps", id="hard", marks=pytest.mark.deep),
    ],
)
def test_what_is_published_after_the_pulls_is_what_stands_in_the_database(
    postgres: Server, tmp_path: Path, more: str, gone: str, one_by_one: bool
) -> None:
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=800))
    (tmp_path / "steps.toml").write_text(STEPS.format(more=more))
    lake, layout, address = tmp_path / "lake", str(tmp_path / "steps.toml"), address_of(postgres.address(office))
    ingest_from(lake, address, layout)
    for changes in in_rounds(
        [
            ["update steps set activity = '补正', updated_at = default where event_id % 9 = 0"],
            [f"{gone} where event_id % 7 = 0"],  # single steps
            [f"{gone} where case_id in ('C3', 'C4')"],  # whole cases
        ],
        ["insert into steps (event_id, case_id, activity, completed_at) values (9001, 'C3', '受理', now())"],
        one_by_one=one_by_one,
    ):
        postgres.execute(office, *changes)
        ingest_from(lake, address, layout)
        counted = "select case_id, count(*) from steps where is_deleted is distinct from true group by 1 order by 1"
        publish(lake)
        with open_log(lake) as log:
            cases = log.connection.sql("select case_id, event_count from cases order by case_id").fetchall()
        assert cases == postgres.execute(office, counted)


BACK = "insert into steps (event_id, case_id, activity, completed_at) values (99, 'C3', 'x', now())"
CASES = """
[table.cases]
table = "cases"
key = "case_id"
watermark = "updated_at"
deletions = "by_key"
case_id = "case_id"
department = "office"
"""


@pytest.mark.parametrize("one_by_one", ROUNDS)
def test_cases_and_their_steps_come_from_two_tables(postgres: Server, tmp_path: Path, one_by_one: bool) -> None:
    cases = "create table cases (case_id text primary key, office text, updated_at timestamptz not null default now())"
    filled = "insert into cases select distinct case_id, 'housing' from steps"
    office = postgres.new_database(STEPS_TABLE, FILLED.format(rows=80), cases, filled)
    (tmp_path / "steps.toml").write_text(STEPS.format(more='deletions = "by_key"') + CASES)
    lake, layout, address = tmp_path / "lake", str(tmp_path / "steps.toml"), address_of(postgres.address(office))
    ingest_from(lake, address, layout)
    for changes in in_rounds(
        [
            ["update cases set office = 'water', updated_at = default where case_id = 'C2'"],  # a case alone
            ["update steps set activity = '补正', updated_at = default where event_id = 9"],  # a step alone
            ["delete from cases where case_id = 'C3'", "delete from steps where case_id = 'C3'"],
            ["delete from cases where case_id = 'C4'"],  # its steps are left without it
        ],
        ["insert into cases values ('C3', 'roads')", BACK],
        one_by_one=one_by_one,
    ):
        postgres.execute(office, *changes)
        ingest_from(lake, address, layout)
        publish(lake)
        counted = """
            select case_id, office, count(completed_at) from cases left join steps using (case_id)
            group by case_id, office order by case_id
        """
        with open_log(lake) as log:
            found = log.connection.sql("select case_id, department, event_count from cases order by case_id").fetchall()
        assert found == postgres.execute(office, counted)


STAMPED = """
create table steps (
    event_id int primary key, case_id varchar(9), activity varchar(9), begun_at datetime, completed_at timestamp null,
    updated_at timestamp(6) not null default current_timestamp(6)
)
"""
STAMPS = """
insert into steps (event_id, case_id, activity, begun_at, completed_at) values
    (1, 'C1', 'x', '2024-03-29 10:00', '2024-03-29 10:00'), (2, 'C1', 'x', '2024-04-01 00:00', '2024-04-01 00:00'),
    (3, 'C2', 'x', '2024-04-01 10:00', null)
"""


def test_a_mysql_database_is_taken_in_and_published_by_the_command_line(
    mariadb: MariaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A DATETIME is what the clock of the office showed, a TIMESTAMP an instant: written at one moment they agree."""
    office = mariadb.new_database(STAMPED, "set time_zone = '+08:00'", STAMPS)
    (tmp_path / "steps.toml").write_text(STEPS_LAYOUT.format(more='started_at = "begun_at"\ndeletions = "by_key"'))

    def told(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["efficacy", *words, "--lake", str(tmp_path / "lake"), "--quiet"])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        return capsys.readouterr().out

    pull = ("ingest", mariadb.address(office), "--layout", str(tmp_path / "steps.toml"))
    assert "events: 3 received = 3 accepted + 0 refused" in told(*pull)
    assert told(*pull) == "nothing new\n"
    mariadb.execute(office, "delete from steps where event_id = 3", "insert into steps select 4, 'C1', 'y', "
                    "begun_at, completed_at + interval 1 hour, now(6) from steps where event_id = 2")  # fmt: skip
    assert "events: 2 received = 2 accepted + 0 refused" in told(*pull)
    told("publish")
    with open_log(tmp_path / "lake") as log:
        stamps = "select activity, epoch(started_at), epoch(completed_at) from event_log order by event_number"
        found = log.connection.sql(stamps).fetchall()
    first, second = 1711677600, 1711900800  # 2024-03-29 02:00 and 2024-03-31 16:00 UTC
    assert found == [("x", first, first), ("x", second, second), ("y", second, second + 3600)]
