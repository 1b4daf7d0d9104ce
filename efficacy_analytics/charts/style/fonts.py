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
LEFT_OUT: Final = ["vhea", "vmtx", "VORG", "VVAR"]
"""Tables for vertical setting, which no page of ours uses."""


def subset_bytes(text: str) -> bytes:
    """The variable typeface with only the characters of `text` and the common ones, as WOFF.

    Returns:
        The file's content; the same for the same set of characters.
    """
    return _subset(frozenset(text + ALWAYS), "woff")


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


@cache
def _picture_family(characters: frozenset[str]) -> str:
    import vl_convert

    name = f"Efficacy{hashlib.sha256(''.join(sorted(characters)).encode()).hexdigest()[:8]}"
    folder = Path(tempfile.mkdtemp(prefix="efficacy-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    variable = _subset(characters, None)
    for weight in PICTURE_WEIGHTS:
        (folder / f"{weight}.ttf").write_bytes(_static(variable, weight, name))
    vl_convert.register_font_directory(str(folder))
    return name


def _static(variable: bytes, weight: int, family: str) -> bytes:
    """One weight as a TrueType file, each outline drawn afresh at that weight."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    source = TTFont(io.BytesIO(variable))
    outlines = source.getGlyphSet(location={"wght": weight})
    pens = {name: TTGlyphPen(None) for name in source.getGlyphOrder()}
    for name, pen in pens.items():
        outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(source.getGlyphOrder())
    builder.setupCharacterMap(source.getBestCmap())
    builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    builder.setupHorizontalMetrics({name: (round(outlines[name].width), 0) for name in pens})
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    names = {"familyName": family, "styleName": "Bold" if weight > 400 else "Regular"}
    builder.setupNameTable(names | {"fullName": f"{family} {weight}", "psName": f"{family}-{weight}"})
    builder.setupOS2(usWeightClass=weight)
    builder.setupPost()
    return _saved(builder.font)


@cache
def _subset(characters: frozenset[str], flavor: str | None) -> bytes:
    import manimgx_fonts_cjk
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.name_IDs = [1, 4, 6]
    options.layout_features = ["kern", "liga", "locl", "tnum", "palt", "calt"]
    options.drop_tables += LEFT_OUT
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    with (Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc").open("rb") as collection:
        font = TTFont(collection, fontNumber=SIMPLIFIED_CHINESE, lazy=True, recalcTimestamp=False)
        cutter.subset(font)
        font.flavor = flavor
        return _saved(font)


def _saved(font: "TTFont") -> bytes:
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()
