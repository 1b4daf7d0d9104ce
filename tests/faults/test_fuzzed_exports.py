"""Whatever an export holds, it is refused with a clear word or taken in whole: no other fault, no hang, no wrong count.

A sample by hypothesis with a fixed seed runs with the ordinary tests; `make deep` fuzzes for ten minutes each, guided
by coverage. What earlier runs found stands in `FOUND`, as small as it could be made. How it is judged: `fuzzed_intake`.
"""

import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import fuzzed_csv, fuzzed_files, fuzzed_tables, fuzzed_xes
from support.fuzzed import Drawn
from support.fuzzed_intake import check_counts, check_refusal, in_time, taken_in, work_folder
from support.intake import ingest

from efficacy_analytics.cli import main
from efficacy_analytics.errors import EfficacyError, InputRefusedError, LayoutError
from efficacy_analytics.lake.guessing.guess import guessed_layout
from efficacy_analytics.lake.intake.ingest import refused_rows
from efficacy_analytics.lake.layouts.layout_files import parsed_layout
from efficacy_analytics.lake.readers import decompression as unpacked
from efficacy_analytics.lake.readers.workbook_safety import checked_workbook

DEEP_SECONDS = int(os.environ.get("EFFICACY_FUZZ_SECONDS", "600"))
ROWS = b"c,a,t\nA,review,2024-03-29 10:00\n"
CSV, XES = fuzzed_csv.LAYOUT, fuzzed_xes.LAYOUTS["standard"]
EVENT = (
    '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2024-03-29T10:00:00Z"/></event>'
)
LOG = '<log><trace><string key="concept:name" value="A"/>' + EVENT + "</trace></log>"


def drawn(examples: int):  # type: ignore[no-untyped-def]
    """So many examples, the same in every run."""
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None)


@pytest.fixture(autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of pseudonyms is the test's own."""
    monkeypatch.setenv("EFFICACY_KEY_FILE", str(tmp_path_factory.mktemp("key") / "pseudonym.key"))


CHANCE = st.binary(min_size=64, max_size=4096).map(Drawn) | st.integers(0, 2**32).map(random.Random)
PACKED = st.sampled_from(["", ".gz"])


@drawn(50)
@given(CHANCE, st.sampled_from(sorted(fuzzed_csv.LAYOUTS)), PACKED)
def test_a_csv_file_of_any_sort_is_refused_or_counted_right(chance: random.Random, layout: str, end: str) -> None:
    with work_folder() as folder:
        taken_in(folder, f"log.csv{end}", fuzzed_csv.csv_export(chance), fuzzed_csv.LAYOUTS[layout])


@drawn(50)
@given(CHANCE, st.sampled_from(sorted(fuzzed_xes.LAYOUTS)), PACKED)
def test_a_log_of_any_sort_is_refused_or_counted_right(chance: random.Random, layout: str, end: str) -> None:
    with work_folder() as folder:
        taken_in(folder, f"log.xes{end}", fuzzed_xes.xes_export(chance), fuzzed_xes.LAYOUTS[layout])


SOUND = {form: fuzzed_files.sound_file(form) for form in fuzzed_files.LAYOUTS}


@pytest.mark.parametrize("form", SOUND)
def test_the_files_to_be_damaged_are_taken_in_as_they_are(form: str) -> None:
    with work_folder() as folder:
        assert taken_in(folder, f"log.{form}", SOUND[form], fuzzed_files.LAYOUTS[form]) == "delivered"


@drawn(12)
@given(CHANCE, st.sampled_from(sorted(SOUND)))
def test_a_damaged_workbook_parquet_or_duckdb_file_is_refused_or_taken_in(chance: random.Random, form: str) -> None:
    _damaged(form, chance)


def _damaged(form: str, chance: random.Random) -> None:
    with work_folder() as folder:
        taken_in(folder, f"log.{form}", fuzzed_files.damaged(SOUND[form], chance), fuzzed_files.LAYOUTS[form])


@drawn(6)
@given(CHANCE, st.sampled_from(sorted(fuzzed_tables.LAYOUTS)))
def test_columns_of_any_type_are_refused_or_counted_right(chance: random.Random, form: str) -> None:
    _typed(form, chance)


def _typed(form: str, chance: random.Random) -> None:
    export = fuzzed_tables.export(form, chance)
    with work_folder() as folder:
        (folder / f"log.{form}").write_bytes(export.content)
        (folder / "own.toml").write_text(fuzzed_tables.LAYOUTS[form], encoding="utf-8")
        try:
            with in_time():
                delivery = ingest(folder / "lake", [folder / f"log.{form}"], str(folder / "own.toml"))
        except EfficacyError as fault:
            check_refusal(fault)
            _check_received(fault.problem, export.row_count)
        else:
            check_counts(delivery, folder / "lake")
            assert delivery.rows["events"]["received"] == export.row_count


def _check_received(problem: str, row_count: int) -> None:
    said = re.search(r"received: (\d+) events", problem)
    assert said is None or int(said[1]) == row_count, problem


@drawn(5)
@given(CHANCE)
def test_a_folder_of_annual_files_is_taken_in_whole_or_the_odd_ones_are_named(chance: random.Random) -> None:
    _annual(chance)


def _annual(chance: random.Random) -> None:
    with work_folder() as folder:
        (folder / "in").mkdir()
        count, odd = fuzzed_tables.annual_files(folder / "in", chance)
        columns = 'case_id = "Case No"\nactivity = "Step"\ncompleted_at = "Closed Date"\n'
        layout = f'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\n{columns}'
        (folder / "own.toml").write_text(layout, encoding="utf-8")
        try:
            with in_time():
                delivery = ingest(folder / "lake", [folder / "in"], str(folder / "own.toml"))
        except EfficacyError as fault:
            check_refusal(fault)
            _check_named(fault.problem, odd, count)
        else:
            assert not odd
            assert delivery.rows["events"]["accepted"] == count
            check_counts(delivery, folder / "lake")
        with in_time():
            _check_guess_of(folder / "in")


def _check_named(problem: str, odd: list[str], count: int) -> None:
    assert all(name in problem for name in odd), problem
    assert odd or not count, problem


def _check_guess_of(path: Path) -> None:
    try:
        proposal = guessed_layout(path)
    except EfficacyError as fault:
        check_refusal(fault)
    else:
        tomllib.loads(proposal)
        assert sum(line.startswith("#") for line in proposal.splitlines()) <= 30, proposal


@drawn(60)
@given(CHANCE, st.sampled_from(sorted(fuzzed_csv.LAYOUTS.values()) + sorted(fuzzed_files.LAYOUTS.values())))
def test_a_layout_however_misspelt_is_refused_or_used(chance: random.Random, sound: str) -> None:
    _misspelt(sound, chance)


def _misspelt(sound: str, chance: random.Random) -> None:
    layout = fuzzed_files.odd_layout(sound, chance)
    with work_folder() as folder:
        (folder / "log.csv").write_bytes(ROWS)
        (folder / "own.toml").write_text(layout, encoding="utf-8")
        try:
            with in_time():
                delivery = ingest(folder / "lake", [folder / "log.csv"], str(folder / "own.toml"))
        except EfficacyError as fault:
            check_refusal(fault)
            assert not (folder / "lake").exists()
        else:
            check_counts(delivery, folder / "lake")


@drawn(6)
@given(CHANCE, st.sampled_from(["csv", "xes", *SOUND]))
def test_a_layout_is_guessed_of_any_file_or_the_file_refused(chance: random.Random, form: str) -> None:
    with work_folder() as folder:
        _guess(folder / f"log.{form}", _any_file(form, chance))


def _any_file(form: str, chance: random.Random) -> bytes:
    match form:
        case "csv":
            return fuzzed_csv.csv_export(chance)
        case "xes":
            return fuzzed_xes.xes_export(chance)
        case _:
            return fuzzed_files.damaged(SOUND[form], chance)


def _guess(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with in_time():
        _check_guess_of(path)


FOUND = {
    "an encoding that packs": ("log.xes", b'<?xml version="1.0" encoding="zlib"?>' + LOG.encode(), "unknown encoding"),
    "an encoding of figures": ("log.xes", b'<?xml version="1.0" encoding="hex"?>' + LOG.encode(), "unknown encoding"),
    "an encoding of letters": ("log.xes", b'<?xml version="1.0" encoding="rot13"?>' + LOG.encode(), "unknown encoding"),
    "an encoding of hosts": ("log.xes", b'<?xml version="1.0" encoding="idna"?>' + LOG.encode(), "unknown encoding"),
    "an encoding named none": ("log.xes", b'<?xml version="1.0" encoding="undefined"?><log/>', "unknown encoding"),
    "an unknown one in UTF-16": ("log.xes", '<?xml encoding="klingon"?><log/>'.encode("utf-16"), "not well-formed"),
    "half a byte order mark": ("log.csv", b"\xef\xbb", "none of those"),
    "a header of two lines": ("log.csv", b'c,a,"\n2J\x1b[2J"\nA,b,c\n', "no column 't'"),
    "a header of a million signs": ("log.csv", b"c,a," + b"x" * 1_000_000 + b"\nA,b,c\n", "no column 't'"),
    "a row with a value called as a column": ("log.csv", "c,李四,1\n".encode(), "too few of those"),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_refused_in_one_short_line(name: str) -> None:
    file, content, problem = FOUND[name]
    with work_folder() as folder:
        taken_in(folder, file, content, XES if file.endswith("xes") else CSV)
        with pytest.raises(InputRefusedError) as fault:
            ingest(folder / "lake", [folder / file], str(folder / "own.toml"))
        assert problem in str(fault.value)
        assert "李四" not in str(fault.value)
        _guess(folder / file, content)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "GB18030"])
def test_the_text_of_a_refused_event_is_kept_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    """Was found: of a log in Latin letters the text was read as UTF-8, and its letters were lost."""
    text = LOG.format("Prüfung").replace("</trace>", f"{EVENT.format('Größe').replace('10:00', 'never')}</trace>")
    content = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    (tmp_path / "log.xes").write_bytes(content)
    (tmp_path / "own.toml").write_text(XES, encoding="utf-8")
    ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "own.toml"))
    assert "Größe" in refused_rows(tmp_path / "lake", with_original=True)["original"].item()


@pytest.mark.parametrize(
    "line", ['delimiter = "，"', 'delimiter = "\\u0000"', 'encoding = "hex"', 'encoding = "utf-7"']
)
def test_a_layout_cannot_ask_for_what_no_reader_reads(line: str) -> None:
    with pytest.raises(LayoutError):
        parsed_layout(f"{line}\n{CSV}", "own")


def test_a_parquet_file_whose_text_is_no_text_is_refused() -> None:
    content = SOUND["parquet"].replace(b"review", b"rev\xc3ew")
    assert content != SOUND["parquet"]
    with work_folder() as folder:
        assert taken_in(folder, "log.parquet", content, fuzzed_files.LAYOUTS["parquet"]) != "delivered"


def test_a_parquet_file_of_which_some_columns_have_no_rows_is_refused() -> None:
    """Was found: the columns needed were whole, one of the others was not, and refused rows were kept without text."""
    content = fuzzed_files.damaged(SOUND["parquet"], random.Random(106_015))
    with work_folder() as folder:
        assert "is broken" in taken_in(folder, "log.parquet", content, fuzzed_files.LAYOUTS["parquet"])


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_cell_that_says_it_stands_in_the_last_corner_is_refused_before_memory_is_asked_for(quote: str) -> None:
    """Was found: the row said 2, its cell XFD1048576, and a reader that asked for 550 GB ended the process."""
    far = f"<c r={quote}XFD1048576{quote}".encode()
    content = fuzzed_files.with_part_changed(SOUND["xlsx"], b'<c r="A2"', far)
    assert content != SOUND["xlsx"]
    with work_folder() as folder:
        (folder / "log.xlsx").write_bytes(content)
        with pytest.raises(InputRefusedError, match="unpacks to more than a lake takes"):
            checked_workbook(folder / "log.xlsx")
        _guess(folder / "log.xlsx", content)


WIDE_CELLS = {
    "a day": "２０２４-03-29,,",
    "a time": "2024-03-29 1０:00,,",
    "an offset": "2024-03-29 10:00:00+0８:00,,",
    "seconds": "2024-03-29 10:00:０1Z,,",
    "a day of serials": "2024-03-29,,４５３８０",
}


@pytest.mark.parametrize("cell", WIDE_CELLS)
def test_digits_of_another_script_are_refused_with_their_row_and_no_further(tmp_path: Path, cell: str) -> None:
    """Was found: +0８:00 was taken for an offset, and the whole delivery ended in a fault of the engine."""
    (tmp_path / "own.toml").write_text(f'{CSV}[case]\nstatutory_limit = "l"\ndue_on = "d"\n', encoding="utf-8")
    rows = f"c,a,t,l,d\nA,review,2024-03-29 10:00,,\nB,review,{WIDE_CELLS[cell]}\n"
    (tmp_path / "log.csv").write_text(rows, encoding="utf-8")
    delivery = ingest(tmp_path / "lake", [tmp_path / "log.csv"], str(tmp_path / "own.toml"))
    assert (delivery.rows["events"]["accepted"], delivery.rows["events"]["refused"]) == (1, 1)


@pytest.mark.parametrize("number", range(36))
def test_the_command_line_refuses_the_worst_in_one_line_and_a_hint(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(number)
    form = ("csv", "xes", *SOUND)[number % 5]
    layout = {"csv": CSV, "xes": XES, **fuzzed_files.LAYOUTS}[form]
    with work_folder() as folder:
        (folder / "own.toml").write_text(layout, encoding="utf-8")
        (folder / f"log.{form}").write_bytes(_any_file(form, chance))
        call = [
            "ingest",
            str(folder / f"log.{form}"),
            "--layout",
            str(folder / "own.toml"),
            "--lake",
            str(folder / "lake"),
        ]
        monkeypatch.setattr(sys, "argv", ["efficacy", *call])
        with pytest.raises(SystemExit) as end:
            main()
        lines = capsys.readouterr().err.strip().splitlines()
        assert end.value.code in (0, None, 2, 3), lines
        if end.value.code:
            assert [line.partition(":")[0] for line in lines[-2:]] in (
                ["InputRefusedError", "Hint"],
                ["LayoutError", "Hint"],
            )
            assert not (folder / "lake").exists()


def test_a_fault_let_through_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken on purpose: every encoding is believed to fit, so that bytes which are no text reach the decoder."""
    monkeypatch.setattr(unpacked, "_decodes", lambda path, encoding: True)
    with work_folder() as folder, pytest.raises(UnicodeDecodeError):
        taken_in(folder, "log.csv", ROWS + b"\xff\xff,b,2024-03-29\n", CSV)


@pytest.mark.deep
@pytest.mark.parametrize("form", ["csv", "xes"])
def test_ten_minutes_guided_by_coverage_find_nothing(tmp_path: Path, form: str) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed (pip install atheris)")
    tests = Path(__file__).parents[1]
    limit = f"-max_total_time={DEEP_SECONDS}"
    command = [sys.executable, "-m", "support.guided_fuzzing", form, str(tmp_path), limit]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tests)
    told = json.loads((tmp_path / "outcome.json").read_text(encoding="utf-8"))
    print(json.dumps(told, ensure_ascii=False, indent=1), *run.stderr.splitlines()[-3:], sep="\n")
    assert run.returncode == 0, run.stderr[-2000:]
    assert told["findings"] == {}


ALL_LAYOUTS = (*fuzzed_csv.LAYOUTS.values(), *fuzzed_xes.LAYOUTS.values(), *fuzzed_files.LAYOUTS.values())


def _any_guess(chance: random.Random) -> None:
    form = chance.choice(("csv", "xes", *SOUND))
    typed = form in fuzzed_tables.LAYOUTS and chance.random() < 0.5
    with work_folder() as folder:
        _guess(folder / f"log.{form}", fuzzed_tables.export(form, chance).content if typed else _any_file(form, chance))


BY_CHANCE = {
    **{f"damaged {form}": lambda chance, form=form: _damaged(form, chance) for form in SOUND},
    **{f"typed {form}": lambda chance, form=form: _typed(form, chance) for form in fuzzed_tables.LAYOUTS},
    "layouts": lambda chance: _misspelt(chance.choice(ALL_LAYOUTS), chance),
    "guesses": _any_guess,
    "annual files": _annual,
}


@pytest.mark.deep
@pytest.mark.parametrize("kind", BY_CHANCE)
def test_ten_minutes_of_chance_find_nothing(kind: str) -> None:
    first = int(os.environ.get("EFFICACY_FUZZ_SEED", "0"))
    ends, seed = time.monotonic() + DEEP_SECONDS, first
    while time.monotonic() < ends:
        try:
            BY_CHANCE[kind](random.Random(seed))
        except BaseException as fault:
            fault.add_note(f"{kind}, seed {seed}")
            raise
        seed += 1
    print(f"{kind}: {seed - first:,} inputs from seed {first}")
