"""No personal value of an export occurs in any byte the product writes or says, but in `exports/`.

Names, ID numbers and telephone numbers are planted in good rows and in every kind of bad row; the real command line
runs over them, and everything it leaves and says is searched, compressed columns too.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from support.spoken import spoken

from efficacy_analytics import cli
from efficacy_analytics.lake.contract.refusal_rules import REASONS

OFFICER, APPLICANT, IDENTITY, PHONE, REMARK = (
    "欧阳娜娜",
    "诸葛铁柱",
    "110105194912310021",
    "13912345678",
    "电话联系其妻司马相茹",
)
LATIN = "Zebediah Quux"
PLANTED = (OFFICER, APPLICANT, IDENTITY, PHONE, REMARK, "司马相茹", LATIN, "139-1234-5678", "１３９１２３４５６７８")

CSV_LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "weekdays"
personal = ["resource", "applicant", "identity", "remark"]
[event]
case_id = "case"
activity = "step"
started_at = "begun"
completed_at = "done"
resource = "officer"
[case]
department = "office"
item = "item"
accepted_at = "accepted"
promised_limit = "limit"
is_green_lane = "green"
[case_extra]
applicant = "applicant"
identity = "identity"
remark = "remark"
channel_text = "channel"
"""
HEADER = "case,step,begun,done,officer,office,item,accepted,limit,green,applicant,identity,phone,remark,channel"
XES_LAYOUT = """
format = "xes"
calendar = "weekdays"
personal = ["resource", "applicant", "identity"]
[case]
department = "office"
accepted_at = "accepted"
[case_extra]
applicant = "applicant"
identity = "identity"
"""


def row(case: str = "A1", **cells: str) -> str:
    """A row of the CSV, sound but for the cells given."""
    sound = {
        "case": case, "step": "review", "begun": "2024-03-04 09:00", "done": "2024-03-05 10:00", "officer": OFFICER,
        "office": "housing", "item": "permit", "accepted": "2024-03-04 09:00", "limit": "5 working_days", "green": "no",
        "applicant": APPLICANT, "identity": IDENTITY, "phone": PHONE, "remark": REMARK, "channel": "window",
    }  # fmt: skip
    return ",".join((sound | cells).values())


def good_rows() -> Iterator[str]:
    for number in range(1, 31):
        for day, step in enumerate(("application", "review", "decision"), start=4 + number % 5):
            yield row(f"A{number}", step=step, begun=f"2024-03-{day:02} 09:00", done=f"2024-03-{day:02} 11:00")


BAD_ROWS = {
    "field_count_differs": [row("B1") + f",{PHONE}", row("B2").replace(",", f",{OFFICER},", 1), f"{APPLICANT},{PHONE}"],
    "quotes_not_readable": [row("B3", remark=f'"{REMARK}"{PHONE}')],
    "case_id_missing": [row("")],
    "activity_missing": [row("B4", step="")],
    "completed_at_missing": [row("B5", begun="", done="")],
    "completed_at_not_a_time": [
        # a comma too many and a value too few: a name stands where a time should
        *(
            row("B6", done=text)
            for text in (OFFICER, PHONE, IDENTITY, "139-1234-5678", "１３９１２３４５６７８", LATIN)
        ),
    ],
    "started_at_not_a_time": [row("B7", begun=APPLICANT)],
    "accepted_at_not_a_time": [row("B8", accepted=IDENTITY)],
    "started_at_skipped_by_the_clock": [row("B9", begun="1986-05-04 02:30")],  # Shanghai's summer time of 1986
    "ends_before_start": [row("B10", done="2024-03-01 10:00")],
    "limit_not_readable": [row("B11", limit=PHONE), row("B11", limit=APPLICANT)],
    "is_green_lane_not_readable": [row("B12", green=LATIN)],
    "case_column_disagrees": [row("A1", applicant=LATIN, item="other")],
}


def event(*, at: str = "2024-03-05T10:00:00+08:00", step: str = "review", transition: str = "complete") -> str:
    return (
        f'<event><string key="concept:name" value="{step}"/><date key="time:timestamp" value="{at}"/>'
        f'<string key="org:resource" value="{OFFICER}"/><string key="lifecycle:transition" value="{transition}"/>'
        f'<string key="phone" value="{PHONE}"><string key="of" value="{LATIN}"/></string>'
        f"<!-- {REMARK} -->{LATIN}</event>"
    )


def trace(case: str, events: str, accepted: str = "2024-03-04T09:00:00+08:00") -> str:
    return (
        f'<trace><string key="concept:name" value="{case}"/><string key="applicant" value="{APPLICANT}"/>'
        f'<string key="identity" value="{IDENTITY}"/><string key="phone" value="{PHONE}"/><!-- {REMARK} -->'
        f'<string key="office" value="housing"/><date key="accepted" value="{accepted}"/>{events}</trace>'
    )


XES_RULES = {
    "completed_at_not_a_time": trace("B1", event(at=IDENTITY) + event(at=OFFICER)),
    "activity_missing": trace("B2", event(step="")),
    "transition_not_kept": trace("B3", event(transition="suspend")),
    "start_without_complete": trace("B4", event(transition="start")),
    "case_id_missing": trace("", event()) + event(),
    "accepted_at_not_a_time": trace("B5", event(), accepted=PHONE),
    "case_refused": trace("B6", event(), accepted=APPLICANT),
    "case_id_twice": trace("A1", ""),
}


def csv_export(folder: Path) -> str:
    bad = [text for rows in BAD_ROWS.values() for text in rows]
    (folder / "rows.csv").write_text("\n".join([HEADER, *good_rows(), *bad]) + "\n", encoding="utf-8")
    (folder / "own.toml").write_text(CSV_LAYOUT)
    return "rows.csv"


def xes_export(folder: Path) -> str:
    steps = event(step="application", at="2024-03-04T10:00:00+08:00") + event() + event(step="decision")
    good = "".join(trace(f"A{number}", steps) for number in range(1, 31))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<log>{good}{"".join(XES_RULES.values())}</log>\n'
    (folder / "log.xes").write_text(text, encoding="utf-8")
    (folder / "own.toml").write_text(XES_LAYOUT)
    return "log.xes"


def table_export(folder: Path, name: str) -> str:
    """The rows that have as many values as the header, as a workbook or a Parquet file."""
    bad = [text for rule, rows in BAD_ROWS.items() if "quotes" not in rule for text in rows]
    cells = [text.split(",") for text in (*good_rows(), *bad) if text.count(",") == HEADER.count(",")]
    table = pl.DataFrame(cells, schema=HEADER.split(","), orient="row").select(pl.all().replace("", None))
    if name.endswith(".xlsx"):
        table.write_excel(folder / name)
    else:
        table.write_parquet(folder / name)
    form = {"xlsx": "excel", "parquet": "parquet"}[name.rpartition(".")[2]]
    (folder / "own.toml").write_text(CSV_LAYOUT.replace('"csv"', f'"{form}"'))
    return name


def told_by(folder: Path, *arguments: str, code: int = 0) -> bytes:
    """What a command of the real command line says, on both streams."""
    keys = {"EFFICACY_KEY_FILE": str(folder / "keys" / "own.key"), "EFFICACY_LAKE": "lake"}
    done = spoken(arguments, folder=folder, **keys)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout + done.stderr


def texts_in(file: Path) -> Iterator[str]:
    """Every text in a Parquet or DuckDB file, unpacked, nested ones too."""
    if file.suffix == ".parquet":
        yield str(pl.read_parquet(file).to_dicts())
    if file.suffix == ".duckdb":
        with duckdb.connect(file, read_only=True) as kept:
            for (name,) in kept.execute("select table_name from duckdb_tables()").fetchall():
                yield str(kept.execute(f'select * from "{name}"').fetchall())


def found_in(folder: Path, told: bytes) -> list[str]:
    """Where a planted value occurs, outside `exports/`."""
    contents: list[tuple[str, str]] = [("what was said", told.decode())]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        place = str(file.relative_to(folder))
        if place in ("rows.csv", "log.xes", "rows.xlsx", "rows.parquet") or place.startswith("lake/exports/"):
            continue
        contents += [(place, place), (place, file.read_bytes().decode("utf-8", "replace"))]
        contents += [
            (place, file.read_bytes().decode("utf-16-le", "replace")),
            *((place, text) for text in texts_in(file)),
        ]
    forms = {form for value in PLANTED for form in (value, value.encode("unicode_escape").decode())}
    return sorted({f"{place}: {value}" for place, text in contents for value in forms if value in text})


def taken_in(folder: Path, file: str) -> bytes:
    """What is said while an export is taken in, its refused rows are shown, and it is published."""
    lake = ["--lake", "lake"]
    told = told_by(folder, "ingest", file, "--layout", "own.toml", *lake)
    exported = next((folder / "lake" / "exports").rglob(file)).read_text(encoding="utf-8")
    assert all(value in exported for value in (OFFICER, APPLICANT, IDENTITY, PHONE, REMARK, LATIN))
    told += told_by(folder, "refused", "--with-original", "--format", "json", *lake)
    return told + told_by(folder, "publish", *lake) + told_by(folder, "status", *lake)


def refused_originals(lake: Path) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in sorted((lake / "refused").glob("*/*.parquet")))


@pytest.mark.slow
def test_no_planted_value_occurs_anywhere_but_in_exports(tmp_path: Path) -> None:
    lake = ["--lake", "lake"]
    told = taken_in(tmp_path, csv_export(tmp_path))
    told += told_by(tmp_path, "brief", "--language", "zh", "--causes", *lake)
    for form in ("table", "json", "csv"):
        told += told_by(tmp_path, "show", "cases", "--format", form, *lake)
    told += told_by(tmp_path, "show", "single_points", "--format", "parquet", "--output", "officers.parquet", *lake)
    told += told_by(tmp_path, "picture", "map", *lake)
    told += told_by(tmp_path, "show", "cases", "--department", "nowhere", *lake, code=4)
    assert found_in(tmp_path, told) == []


@pytest.mark.parametrize("name", ["rows.xlsx", "rows.parquet"])
def test_no_planted_value_of_a_workbook_or_a_parquet_file_is_kept(tmp_path: Path, name: str) -> None:
    told = told_by(tmp_path, "ingest", table_export(tmp_path, name), "--layout", "own.toml", "--lake", "lake")
    told += told_by(tmp_path, "refused", "--with-original", "--format", "json", "--lake", "lake")
    assert refused_originals(tmp_path / "lake").height > len(BAD_ROWS)
    assert found_in(tmp_path, told) == []


def test_rows_to_correct_are_written_in_clear_for_their_owner_and_never_into_the_lake(tmp_path: Path) -> None:
    told = told_by(tmp_path, "ingest", csv_export(tmp_path), "--layout", "own.toml", "--lake", "lake")
    delivery = next((tmp_path / "lake" / "accepted").iterdir()).name
    asked = ("refused", "--lake", "lake", "--to-correct", delivery)
    told += told_by(tmp_path, *asked, "lake/corrected", code=2) + told_by(tmp_path, *asked, "corrected")
    file = tmp_path / "corrected" / "rows.csv"
    assert OFFICER in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    assert found_in(tmp_path, told) == []


def test_no_planted_value_of_a_log_of_traces_is_kept(tmp_path: Path) -> None:
    told = taken_in(tmp_path, xes_export(tmp_path))
    told += told_by(tmp_path, "show", "waiting_causes", "--format", "json", "--lake", "lake")
    assert found_in(tmp_path, told) == []


def test_each_kind_of_bad_row_is_refused_by_its_rule_and_keeps_what_is_not_personal(tmp_path: Path) -> None:
    told_by(tmp_path, "ingest", csv_export(tmp_path), "--layout", "own.toml", "--lake", "lake", "--quiet")
    refused = refused_originals(tmp_path / "lake")
    assert set(refused["rule"]) == set(BAD_ROWS) <= set(REASONS)
    by_rule = {rule: list(texts) for rule, texts in refused.group_by("rule").agg("original").iter_rows()}
    for rule in ("field_count_differs", "quotes_not_readable"):
        assert all(re.fullmatch(r"withheld: line \d+ of exports/own-\w+/rows.csv", text) for text in by_rule[rule])
    hidden = r"p-[0-9a-f]{16}"
    assert re.fullmatch(
        rf"B10,review,2024-03-04 09:00,2024-03-01 10:00,{hidden},housing,permit,2024-03-04 09:00,5 working_days,no,"
        rf"{hidden},{hidden},{hidden},{hidden},window",
        by_rule["ends_before_start"][0],
    )
    applicant = pl.read_parquet(next((tmp_path / "lake" / "accepted").glob("*/cases.parquet")))["applicant"][0]
    assert f",{applicant}," in by_rule["ends_before_start"][0]


def test_each_kind_of_bad_event_is_refused_by_its_rule_with_its_attributes_alone(tmp_path: Path) -> None:
    told_by(tmp_path, "ingest", xes_export(tmp_path), "--layout", "own.toml", "--lake", "lake", "--quiet")
    refused = refused_originals(tmp_path / "lake")
    assert set(XES_RULES) <= set(refused["rule"])
    one = refused.filter(pl.col("rule") == "transition_not_kept")["original"][0]
    hidden = r"p-[0-9a-f]{16}"
    assert re.fullmatch(
        r'<event><string key="concept:name" value="review"/>'
        r'<date key="time:timestamp" value="2024-03-05T10:00:00\+08:00"/>'
        rf'<string key="org:resource" value="{hidden}"/><string key="lifecycle:transition" value="suspend"/>'
        rf'<string key="phone" value="{hidden}"/>',
        one,
    )


FAULTS = {
    "no header": (row() + "\n", 3),
    "a quote that never ends": (f"{HEADER}\n{row(remark=chr(34) + REMARK)}\n", 3),
    "nothing accepted": (f"{HEADER}\n{row(done=OFFICER)}\n", 3),
    "stamps without a zone": (f"{HEADER}\n{row()}\n", 3),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_export_that_is_refused_whole_leaves_and_says_nothing_of_a_person(tmp_path: Path, fault: str) -> None:
    content, code = FAULTS[fault]
    (tmp_path / "rows.csv").write_text(content, encoding="utf-8")
    without = (
        CSV_LAYOUT.replace('time_zone = "Asia/Shanghai"\n', "") if fault == "stamps without a zone" else CSV_LAYOUT
    )
    (tmp_path / "own.toml").write_text(without)
    told = told_by(tmp_path, "ingest", "rows.csv", "--layout", "own.toml", "--lake", "lake", code=code)
    assert found_in(tmp_path, told) == []
    assert not list((tmp_path / "lake").rglob("*"))


def test_a_fault_nobody_foresaw_is_told_without_what_a_library_says_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError(f"conversion failed for value {IDENTITY} of {APPLICANT}")

    monkeypatch.setattr("efficacy_analytics.workflows.status.status_lines", fails)
    monkeypatch.setattr(sys, "argv", ["efficacy", "status", "--lake", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert re.search(r"EfficacyError: an unexpected ValueError in cli/data.py:\d+.\nHint: ", told)
    assert IDENTITY not in told
    assert APPLICANT not in told
