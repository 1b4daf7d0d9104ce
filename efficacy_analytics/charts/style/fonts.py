"""The typeface that goes with a page or a picture, cut down to the characters used.

A machine without Chinese fonts shows boxes; so a page carries its own glyphs, and a PNG is drawn with them.
The source is one variable collection (Noto Sans CJK, SIL Open Font License) from a data package.
"""

import atexit
import base64
import hashlib
import io
import shutil
import string
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE: Final = 2
"""Its place in the collection, after Japanese and Korean."""
ALWAYS: Final = string.ascii_letters + string.digits + string.punctuation + " –—…·×≤≥%‰±→，。；：、（）《》“”‘’"
PICTURE_WEIGHTS: Final = (400, 600)
FEATURES: Final = ["kern", "liga", "locl", "tnum", "palt", "calt"]
LEFT_OUT: Final = ["vhea", "vmtx", "VORG", "VVAR"]
"""Tables for vertical setting, which no page of ours uses."""


def subset_bytes(text: str) -> bytes:
    """The variable typeface with only the characters of `text` and the common ones, as WOFF.

    Returns:
        The file's content; the same for the same set of characters.
    """
    return _subset(frozenset(text + ALWAYS))


def data_address(text: str) -> str:
    """`subset_bytes` as an address that stands in a style sheet."""
    return "data:font/woff;base64," + base64.b64encode(subset_bytes(text)).decode("ascii")


def picture_family(text: str) -> str:
    """A family of static weights for the characters of `text`, known to vl-convert.

    vl-convert draws a variable typeface at its thinnest weight, so each weight is made a file of its own.

    Returns:
        The family's name, to be used as the font of a chart.
    """
    return _picture_family(frozenset(text + ALWAYS))


def picture_folder(family: str) -> Path:
    """The folder with the files of a family that `picture_family` gave in this process."""
    return _folders[family]


_folders: dict[str, Path] = {}


@cache
def _picture_family(characters: frozenset[str]) -> str:
    import vl_convert

    name = f"Efficacy{hashlib.sha256(''.join(sorted(characters)).encode()).hexdigest()[:8]}"
    folder = Path(tempfile.mkdtemp(prefix="efficacy-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for weight in PICTURE_WEIGHTS:
        (folder / f"{weight}.otf").write_bytes(_static(characters, weight, name))
    vl_convert.register_font_directory(str(folder))
    _folders[name] = folder
    return name


def _static(characters: frozenset[str], weight: int, family: str) -> bytes:
    """One weight as a typeface of its own, called by the family's name."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_cut(characters, weight)), recalcTimestamp=False)
    style = "Bold" if weight > 400 else "Regular"
    called = {1: family, 2: style, 4: f"{family} {weight}", 6: f"{family}-{weight}"}
    font["name"].names = []
    for number, text in called.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    return _saved(font)


@cache
def _subset(characters: frozenset[str]) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_cut(characters, None)), lazy=True, recalcTimestamp=False)
    font.flavor = "woff"
    return _saved(font)


def _cut(characters: frozenset[str], weight: int | None) -> bytes:
    """The typeface with these characters alone: of one weight, or variable where none is given."""
    import manimgx_fonts_cjk
    import uharfbuzz

    collection = Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(collection)), SIMPLIFIED_CHINESE)
    asked = uharfbuzz.SubsetInput()
    asked.unicode_set.update(map(ord, characters))
    asked.name_id_set.set({1, 4, 6})
    asked.layout_feature_tag_set.set(map(_tag, FEATURES))
    asked.drop_table_tag_set.update(map(_tag, LEFT_OUT))
    if weight is not None:
        asked.pin_axis_location(face, "wght", weight)
        asked.flags |= uharfbuzz.SubsetFlags.DOWNGRADE_CFF2
    return bytes(uharfbuzz.subset(face, asked).blob.data)


def _tag(name: str) -> int:
    """A four-letter name as the number that harfbuzz knows it by."""
    return int.from_bytes(name.encode("ascii"), "big")


def _saved(font: "TTFont") -> bytes:
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()
