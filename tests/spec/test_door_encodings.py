"""The encoding of a file is told by what comes out; where it changes, the line is named."""

import gzip
from pathlib import Path

import pytest

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.decompression import encoding_of, opened_text

HEAD = "编号,环节,经办人\n"
CHINESE = [f"A{n},受理审查,张伟\n" for n in range(1, 4)]


def file(folder: Path, *parts: bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(b"".join(parts))
    return path


def gb(text: str) -> bytes:
    return text.encode("gb18030")


MIXED = {
    "a line in UTF-8 among GB18030": (
        [gb(HEAD), gb(CHINESE[0]), CHINESE[1].encode(), gb(CHINESE[2])],
        "line 3 in UTF-8",
    ),
    # 4 characters of 3 bytes: 6 pairs that GB18030 reads without a fault
    "one that GB18030 reads too": ([gb(HEAD), gb(CHINESE[0]), "A2,审查申请,1\n".encode()], "line 3 in UTF-8"),
    "a line in GB18030 among UTF-8": ([HEAD.encode(), CHINESE[0].encode(), gb(CHINESE[1])], "line 3 in GB18030"),
    "a line of the West among UTF-8": (
        ["no,step\n1,Prüfung\n".encode(), "2,Käse\n".encode("cp1252")],
        "line 2 in UTF-8, line 3 in another",
    ),
    "a line of the West among GB18030": ([gb(HEAD), gb(CHINESE[0]), "A2,Prüfung,1\n".encode("cp1252")], "line 3"),
}


@pytest.mark.parametrize("kind", MIXED)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_two_encodings_is_refused_with_the_line(tmp_path: Path, kind: str, packed: bool) -> None:
    parts, told = MIXED[kind]
    content = gzip.compress(b"".join(parts)) if packed else b"".join(parts)
    with pytest.raises(InputRefusedError, match=told):
        encoding_of(file(tmp_path, content))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_that_ends_within_a_character_says_so(tmp_path: Path, encoding: str) -> None:
    whole = (HEAD + "".join(CHINESE[:2])).rstrip("\n").encode(encoding)
    with pytest.raises(InputRefusedError, match="ends within a character, on line 3"):
        encoding_of(file(tmp_path, whole[:-1]))


WESTERN = {
    "German": "no,step,who\n1,Prüfung,Käß\n2,Übergabe an Bürgeramt,Möß\n",
    "French": "no,étape\n1,décision\n2,réception\n",
    "Dutch": "no,stap\n1,Beëindiging\n2,reünie\n",
    "Italian": "no,fase\n1,è stato\n2,qualità alta\n",
    "Spanish": "no,paso\n1,señal\n2,resolución\n",
}


@pytest.mark.parametrize("language", WESTERN)
def test_words_of_the_west_are_never_read_as_chinese(tmp_path: Path, language: str) -> None:
    path = file(tmp_path, WESTERN[language].encode("cp1252"))
    with pytest.raises(InputRefusedError) as fault:
        encoding_of(path)
    assert "line" in fault.value.problem
    assert 'encoding = "cp1252"' in fault.value.hint
    with opened_text(path, ["cp1252"]) as text:  # named, it is taken at its word
        assert text.read(2**20).decode() == WESTERN[language]


def test_big5_is_told_from_gb18030(tmp_path: Path) -> None:
    text = "案號,步驟,承辦人\nA1,受理申請,陳小姐\nA2,審查,黃先生\n"
    with pytest.raises(InputRefusedError) as fault:
        encoding_of(file(tmp_path, text.encode("big5")))
    assert 'encoding = "big5"' in fault.value.hint
    assert encoding_of(file(tmp_path, gb(text))) == "gb18030"  # the same characters in GB18030 are none


SOUND = [
    "编号,环节\nA1,受理A座\nA2,VIP客户\nA3,IT部\n",
    "编号,姓名\n1,朱镕基\n2,陶喆\n3,李昇\n",  # characters beyond GB 2312
    "no,step\n1,receive\n2,受理\n",
    "编号,金额\n1,¥100\n2,㈱\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_chinese_with_latin_letters_and_rare_characters_is_read_as_it_is(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        with opened_text(file(tmp_path, text.encode(encoding))) as read:
            assert read.read(2**20).decode() == text


def test_an_encoding_that_is_named_and_does_not_fit_names_the_line(tmp_path: Path) -> None:
    path = file(tmp_path, HEAD.encode(), gb(CHINESE[0]))
    with pytest.raises(InputRefusedError, match=r"line 2 cannot be read in UTF-8"):
        encoding_of(path, ["utf-8"])
