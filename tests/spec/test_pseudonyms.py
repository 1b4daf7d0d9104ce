"""Persons come into the lake under a keyed pseudonym; the key stays outside, for its owner alone."""

import hashlib
import hmac
import json
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.intake import ingest

from efficacy_analytics.errors import CallError, EfficacyError, LayoutError
from efficacy_analytics.lake.intake.ingest import deliveries
from efficacy_analytics.lake.layouts.layout_files import layout_named, parsed_layout, with_constants
from efficacy_analytics.lake.privacy import key as pseudonym_key
from efficacy_analytics.lake.privacy.key import Key, key_of
from efficacy_analytics.lake.privacy.pseudonyms import key_for, pseudonym, pseudonymised
from efficacy_analytics.lake.privacy.refused_texts import without_personal
from efficacy_analytics.lake.readers.csv import Head
from efficacy_analytics.settings import CHECKOUT, PrivacySettings, Settings

KEY = Key(b"0123456789abcdef0123456789abcdef")
SM3 = replace(KEY, algorithm="hmac-sm3")
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
personal = ["resource", "applicant"]
[event]
case_id = "c"
activity = "a"
completed_at = "t"
resource = "r"
[case_extra]
applicant = "p"
"""
ROWS = """c,a,t,r,p
A,review,2024-03-29 10:00,Wang Wu,Li Si
A,decision,2024-03-29 11:00,Li Si,Li Si
B,review,2024-03-29 11:00,,
"""


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key of a test lies; not yet made."""
    place = tmp_path / "keys" / "pseudonym.key"
    monkeypatch.setenv("EFFICACY_KEY_FILE", str(place))
    return place


def delivered(tmp_path: Path, rows: str = ROWS, **asked: Any) -> Path:
    """The folder of the accepted rows of a delivery."""
    (tmp_path / "rows.csv").write_text(rows)
    (tmp_path / "own.toml").write_text(LAYOUT)
    return ingest(tmp_path / "lake", [tmp_path / "rows.csv"], str(tmp_path / "own.toml"), **asked).folder


# GB/T 32905-2016 (GM/T 0004-2012), annex A: the digests of its two examples.
@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_its_standard(message: bytes, digest: str) -> None:
    assert hashlib.new("sm3", message).hexdigest() == digest


# GM/T 0042-2015, annex D.3: key, message, code.
@pytest.mark.parametrize(
    ("secret", "message", "code"),
    [
        (
            bytes(range(1, 33)),
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        ),
        (bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"),
        (b"\x0b" * 32, b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"),
    ],
)
def test_keyed_sm3_gives_the_codes_of_its_standard(secret: bytes, message: bytes, code: str) -> None:
    assert Key(secret, "hmac-sm3").digest(message) == code


def test_keyed_sha256_gives_the_code_of_its_standard() -> None:
    code = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"  # RFC 4231, test case 6: key of 131 bytes
    assert Key(b"\xaa" * 131).digest(b"Test Using Larger Than Block-Size Key - Hash Key First") == code


@pytest.mark.parametrize("key", [KEY, SM3], ids=lambda key: key.algorithm)
def test_a_pseudonym_is_the_head_of_the_keyed_hash(key: Key) -> None:
    whole = hmac.new(key.secret, "王五".encode(), pseudonym_key.ALGORITHMS[key.algorithm]).hexdigest()
    assert pseudonym("王五", key) == f"p-{whole[:16]}"


@given(st.text(min_size=1))
def test_a_text_that_looks_like_a_pseudonym_is_a_text_unless_its_delivery_was_refused_with_it(text: str) -> None:
    once = pseudonym(text, KEY)
    assert pseudonym(once, KEY) != once
    assert pseudonym(once, replace(KEY, known=frozenset([once]))) == once


def test_no_export_can_pass_one_person_off_as_another_by_a_pseudonym(tmp_path: Path, key_file: Path) -> None:
    delivered(tmp_path)
    wang = pseudonym("Wang Wu", key_of(tmp_path / "lake"))
    forged = delivered(tmp_path, f"c,a,t,r,p\nC,review,2024-04-01 10:00,{wang},\n")
    assert pl.read_parquet(forged / "events.parquet")["resource"].to_list() != [wang]


def test_what_is_accepted_or_refused_of_persons_is_for_its_owner_alone(tmp_path: Path, key_file: Path) -> None:
    accepted = delivered(tmp_path, "c,a,t,r,p\nC,review,2024-04-01 10:00,Li Si,\nC,review,never,Li Si,\n")
    for folder in (accepted, tmp_path / "lake" / "refused" / accepted.name):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_corrected_row_keeps_the_pseudonym_that_its_refused_one_had(tmp_path: Path, key_file: Path) -> None:
    first = delivered(tmp_path, "c,a,t,r,p\nC,review,2024-04-01 10:00,Li Si,\nC,done,never,Wang Wu,\n")
    key = key_for(layout_named(str(tmp_path / "own.toml"), tmp_path / "lake"), tmp_path / "lake", corrects=first.name)
    assert key is not None
    wang = pseudonym("Wang Wu", key)
    assert wang in key.known
    assert pseudonym(wang, key) == wang
    assert pseudonym("Li Si", key) not in key.known


def test_spaces_around_and_wide_digits_make_no_other_person() -> None:
    assert pseudonym(" １１０１０５１９４９ ", KEY) == pseudonym("1101051949", KEY) != pseudonym("1101051948", KEY)


def test_the_same_person_is_the_same_in_every_column_and_empty_stays_empty() -> None:
    frame = pl.DataFrame(
        {"resource": ["王五", None, "王五"], "applicant": ["李四", "王五", None], "item": ["王五"] * 3}
    )
    made = pseudonymised(frame, ["resource", "applicant", "absent"], KEY)
    wang, li = pseudonym("王五", KEY), pseudonym("李四", KEY)
    assert made["resource"].to_list() == [wang, None, wang]
    assert made["applicant"].to_list() == [li, wang, None]
    assert made["item"].to_list() == ["王五"] * 3


def test_without_a_key_nothing_is_changed() -> None:
    frame = pl.DataFrame({"resource": ["王五"]})
    assert pseudonymised(frame, ["resource"], None) is frame


def test_a_hundred_thousand_persons_take_less_than_two_seconds() -> None:
    frame = pl.DataFrame({"applicant": [f"person {number}" for number in range(100_000)]})
    begun = time.process_time()
    assert pseudonymised(frame, ["applicant"], KEY)["applicant"].n_unique() == 100_000
    assert time.process_time() - begun < 2


def test_a_key_is_made_when_first_needed_and_only_its_owner_can_read_it(tmp_path: Path, key_file: Path) -> None:
    delivered(tmp_path)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert len(bytes.fromhex(key_file.read_text())) == 32
    assert [path.name for path in key_file.parent.iterdir()] == ["pseudonym.key"]
    assert key_of(tmp_path / "lake") == key_of(tmp_path / "lake")


def test_a_delivery_without_personal_columns_needs_no_key(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "own.toml").write_text(LAYOUT.replace('personal = ["resource", "applicant"]', ""))
    delivery = ingest(tmp_path / "lake", [tmp_path / "rows.csv"], str(tmp_path / "own.toml"))
    assert not key_file.exists()
    assert delivery.pseudonyms == {}
    assert stat.S_IMODE(next((tmp_path / "lake" / "exports").glob("*/*.csv")).stat().st_mode) == 0o444


def test_the_record_knows_the_key_by_its_fingerprint_alone(tmp_path: Path, key_file: Path) -> None:
    record = (delivered(tmp_path) / "delivery.json").read_text()
    key = key_of(tmp_path / "lake")
    assert json.loads(record)["pseudonyms"] == {"algorithm": "hmac-sha256", "key_fingerprint": key.fingerprint}
    assert key.secret.decode() not in record
    assert key.secret.decode() not in repr(key)


def test_accepted_rows_have_pseudonyms_that_agree_across_tables_and_deliveries(tmp_path: Path, key_file: Path) -> None:
    first = delivered(tmp_path)
    second = delivered(tmp_path, "c,a,t,r,p\nC,review,2024-04-01 10:00,Li Si,Wang Wu\n")
    key = key_of(tmp_path / "lake")
    wang, li = pseudonym("Wang Wu", key), pseudonym("Li Si", key)
    assert pl.read_parquet(first / "events.parquet")["resource"].to_list() == [wang, li, None]
    assert pl.read_parquet(first / "cases.parquet")["applicant"].to_list() == [li, None]
    assert pl.read_parquet(second / "events.parquet")["resource"].to_list() == [li]
    assert pl.read_parquet(second / "cases.parquet")["applicant"].to_list() == [wang]


def test_the_export_itself_is_for_its_owner_alone(tmp_path: Path, key_file: Path) -> None:
    delivered(tmp_path)
    folder = next((tmp_path / "lake" / "exports").iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o400]


def test_another_key_is_noticed_unless_it_is_meant(tmp_path: Path, key_file: Path) -> None:
    delivered(tmp_path)
    key_file.unlink()
    with pytest.raises(CallError, match="the same person would be two") as fault:
        delivered(tmp_path)
    assert fault.value.exit_code == 2
    assert "--other-key" in fault.value.hint
    assert len(deliveries(tmp_path / "lake")) == 1
    delivered(tmp_path, allow_other_key=True)
    delivered(tmp_path, "c,a,t,r,p\nC,review,2024-04-01 10:00,Li Si,Wang Wu\n")  # from then on the new key is known
    assert len({tuple(one.pseudonyms.values()) for one in deliveries(tmp_path / "lake")}) == 2


SM3 = Settings(privacy=PrivacySettings(algorithm="hmac-sm3"))


def test_another_algorithm_is_another_key(tmp_path: Path, key_file: Path) -> None:
    delivered(tmp_path)
    with pytest.raises(CallError, match="hmac-sm3"):
        delivered(tmp_path, in_force=SM3)


def test_officers_of_own_office_hours_are_not_named_in_the_record(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    hours = '[office_hours.resource."Wang Wu"]\nworkdays = ["10:00-12:00"]\n'
    (tmp_path / "own.toml").write_text(LAYOUT + hours)
    delivery = ingest(tmp_path / "lake", [tmp_path / "rows.csv"], str(tmp_path / "own.toml"))
    assert list(delivery.office_hours["resource"]) == [pseudonym("Wang Wu", key_of(tmp_path / "lake"))]
    assert "Wang Wu" not in (delivery.folder / "delivery.json").read_text()


def others_read(place: Path, lake: Path) -> None:
    place.write_text("0" * 64)
    place.chmod(0o640)


def is_short(place: Path, lake: Path) -> None:
    place.write_text("0" * 31 + "\n")
    place.chmod(0o600)


def is_folder(place: Path, lake: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(others_read, "mode 0640"), (is_short, "too short: 31 bytes"), (is_folder, "is no file")],
)
def test_a_key_file_that_is_not_safe_is_refused(tmp_path: Path, key_file: Path, spoil, said: str) -> None:  # type: ignore[no-untyped-def]
    key_file.parent.mkdir()
    spoil(key_file, tmp_path / "lake")
    with pytest.raises(CallError, match=said) as fault:
        delivered(tmp_path)
    assert fault.value.exit_code == 2
    assert fault.value.hint
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("form", ["in the lake", "by a link into the lake", "in the checkout"])
def test_a_key_beside_the_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    inside = CHECKOUT / "own.key" if form == "in the checkout" else tmp_path / "lake" / "own.key"
    place = inside
    if form == "by a link into the lake":
        place = tmp_path / "link.key"
        place.symlink_to(inside)
    monkeypatch.setenv("EFFICACY_KEY_FILE", str(place))
    with pytest.raises(CallError, match="lies inside the"):
        delivered(tmp_path)
    assert not inside.exists()


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('["resources"]', "'resources' cannot be personal"),
        ('["completed_at"]', "'completed_at' cannot be personal"),
        ('["activity"]', "'activity' cannot be personal"),
        ('"resource"', "must be a list"),
    ],
)
def test_a_layout_is_refused_where_it_calls_personal_what_cannot_be(declared: str, said: str) -> None:
    with pytest.raises(LayoutError, match=said):
        parsed_layout(LAYOUT.replace('["resource", "applicant"]', declared), "own")


def test_a_personal_column_has_no_constant_value() -> None:
    layout = parsed_layout(LAYOUT.replace('resource = "r"\n', ""), "own")
    with pytest.raises(LayoutError, match="'resource' is personal"):
        with_constants(layout, {"resource": "Wang Wu"})


def test_the_original_of_a_workbook_or_database_row_keeps_no_person() -> None:
    layout = replace(parsed_layout(LAYOUT, "own"), format="parquet")
    text = json.dumps({"c": "A", "a": "review", "t": "never", "r": "Wang Wu", "p": None, "phone": 13912345678})
    rows = pl.DataFrame({"source_file": ["rows.parquet"] * 2, "source_line": [7, 8], "original": [text, "no row"]})
    kept = without_personal(rows, layout, "events", KEY, delivery="own-1", headers={})["original"]
    assert json.loads(kept[0]) == {
        "c": "A",
        "a": "review",
        "t": pseudonym("never", KEY),  # no time: it may be a name
        "r": pseudonym("Wang Wu", KEY),
        "p": None,
        "phone": pseudonym("13912345678", KEY),
    }
    assert kept[1] == "withheld: line 8 of exports/own-1/rows.parquet"


@pytest.mark.parametrize(
    "text",
    ["2024-03-29 10:00:00", "2024/3/29", "29.03.2024 9:05", "20240329101500", "2024年3月29日 10:05", "45380.5", "是",
     "2024-03-29T10:00:00.123+08:00", "20 working_days", "20个工作日", ""],
)  # fmt: skip
def test_what_looks_like_a_time_a_limit_or_a_yes_can_be_seen_by_who_corrects_it(text: str) -> None:
    assert seen_in_a_stamp(text)


@pytest.mark.parametrize(
    "text",
    ["Wang Wu", "王五", "13912345678", "19912345678", "139-1234-5678", "139 1234 5678", "0571-8888-6666",
     "110105194912310021", "11010519491231002X", "１３９１２３４５６７８", "2024-03-29 Wang Wu", "20241399"],
)  # fmt: skip
def test_what_may_be_a_name_or_a_number_of_a_person_cannot(text: str) -> None:
    assert not seen_in_a_stamp(text)


def seen_in_a_stamp(text: str) -> bool:
    """Whether a text in the column of a stamp stays in the original of a refused row."""
    layout = parsed_layout(LAYOUT, "own")
    rows = pl.DataFrame(
        {"source_file": ["rows.csv"], "source_line": [2], "original": [f"A,review,{text},Wang Wu,Li Si"]}
    )
    kept = without_personal(
        rows, layout, "events", KEY, delivery="own-1", headers={"rows.csv": Head("", ["c", "a", "t", "r", "p"], ",")}
    )
    return f",{text}," in kept["original"][0]


def test_a_key_file_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "no folder").touch()
    monkeypatch.setenv("EFFICACY_KEY_FILE", str(tmp_path / "no folder" / "own.key"))
    with pytest.raises(EfficacyError, match="cannot be"):
        delivered(tmp_path)
    assert not (tmp_path / "lake").exists()


def test_of_many_that_make_a_key_at_once_all_use_the_first(tmp_path: Path, key_file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from efficacy_analytics.lake.privacy.key import key_of; "
        "print(key_of(Path(sys.argv[1])).fingerprint)"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lake")], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    assert len({maker.communicate()[0] for maker in makers}) == 1
    assert [path.name for path in key_file.parent.iterdir()] == ["pseudonym.key"]


def test_where_openssl_has_no_sm3_that_is_said(tmp_path: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    with pytest.raises(CallError, match="has no SM3"):
        delivered(tmp_path, in_force=SM3)
    assert not key_file.exists()


def test_the_number_of_a_case_may_be_personal_too_and_still_joins_its_steps(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "steps.csv").write_text("c,a,t\nID 110105,review,2024-03-29 10:00\nID 220106,review,2024-03-29 10:00\n")
    (tmp_path / "cases.csv").write_text("c,d\nID 110105,housing\n")
    (tmp_path / "own.toml").write_text(
        'format = "csv"\ntime_zone = "Asia/Shanghai"\npersonal = ["case_id"]\n'
        '[table.events]\nfile = "steps.csv"\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
        '[table.cases]\nfile = "cases.csv"\ncase_id = "c"\ndepartment = "d"\n'
    )
    paths = [tmp_path / "steps.csv", tmp_path / "cases.csv"]
    folder = ingest(tmp_path / "lake", paths, str(tmp_path / "own.toml")).folder
    number = pseudonym("ID 110105", key_of(tmp_path / "lake"))
    assert pl.read_parquet(folder / "cases.parquet")["case_id"].to_list() == [number]
    assert pl.read_parquet(folder / "events.parquet")["case_id"].to_list() == [number]
    refused = pl.read_parquet(next((tmp_path / "lake" / "refused").glob("*/events.parquet")))
    assert refused["rule"].to_list() == ["case_unknown"]
    assert "220106" not in refused["original"][0]
