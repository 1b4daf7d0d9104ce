"""The typefaces of a printed document: which family plays which part, from what this machine has.

Official documents are set in 仿宋, 楷体, 黑体 and 小标宋. Of these only a sans-serif (Noto Sans CJK, SIL Open Font
License) comes with the program; it stands behind every other family, so that no character is ever a box. The families
chosen are kept with the document: on a machine without them the same document looks otherwise and says the same.
"""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from efficacy_analytics.charts.style import theme
from efficacy_analytics.errors import CannotAnswerError

if TYPE_CHECKING:
    import typst

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "body": ("FandolFang R", "FandolFang", "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC"),
    "kai": ("LXGW WenKai", "FandolKai", "KaiTi", "STKaiti", "Noto Serif CJK SC", "Source Han Serif SC"),
    "title": ("FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", "Source Han Serif SC", "FandolSong"),
}
"""Families by the part they play, the best first."""
LATIN: Final = "Libertinus Serif"
"""Comes with the typesetter."""


@dataclass(frozen=True)
class Typefaces:
    """What a document is set in.

    Attributes:
        families: by part (`body`, `kai`, `title`, `heading`), the first one first, the complete one last.
        folders: where their files lie.
        files: the files of the complete family and of the others, each with its place in its collection.
    """

    families: dict[str, list[str]]
    folders: tuple[str, ...]
    files: tuple[tuple[str, int], ...]


@cache
def typefaces() -> Typefaces:
    """The typefaces of this machine.

    Raises:
        CannotAnswerError: there is no complete Chinese typeface.
    """
    import typst

    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
    wanted = {family for families in PARTS.values() for family in families}
    there = {one.family for one in found} & wanted
    chosen = {part: [family for family in families if family in there][:1] for part, families in PARTS.items()}
    kept = {family for families in chosen.values() for family in families}
    folder = _folder([one.path for one in found if one.family in kept and one.path])
    folders = (str(folder), str(_complete().parent))
    fonts = of_folders(folders)
    if theme.FONT not in fonts.families():
        raise _missing()
    behind = {part: [*families, theme.FONT] for part, families in chosen.items()}
    used = {theme.FONT, *kept}
    files = {(one.family, one.path, one.index) for one in fonts.fonts() if one.family in used and one.path}
    first = {family: (path, index) for family, path, index in sorted(files, reverse=True)}
    return Typefaces({**behind, "heading": [theme.FONT]}, folders, tuple(sorted(first.values())))


@lru_cache(maxsize=4)
def of_folders(folders: tuple[str, ...]) -> "typst.Fonts":
    """The typesetter's own typefaces and those of folders."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))


def _complete() -> Path:
    try:
        import manimgx_fonts_cjk
    except ImportError:
        raise _missing() from None
    return Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"


def _missing() -> CannotAnswerError:
    return CannotAnswerError(
        "no Chinese typeface for a PDF is here.",
        hint="install the package manimgx-fonts-cjk, as requirements.lock has it",
    )


def _folder(files: Sequence[str]) -> Path:
    """The files alone in one folder: the typesetter takes folders, and would mix in whatever else lies there."""
    folder = Path(tempfile.mkdtemp(prefix="efficacy-typefaces-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for number, file in enumerate(sorted(set(files))):
        (folder / f"{number}{Path(file).suffix}").symlink_to(file)
    return folder


def family_names(families: dict[str, list[str]]) -> dict[str, Any]:
    """The first family of each part, as a document keeps them."""
    return {part: names[0] for part, names in sorted(families.items())}
