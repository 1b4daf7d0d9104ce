"""Is a picture's page as it was drawn? It is drawn again from the snapshot it names, and compared letter by letter.

A picture follows from its snapshot, its cohort, its options, the settings and the code; the same of these make the same
bytes. So a page that differs was changed, or made by another version.
"""

import datetime as dt
import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import lxml.html

from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.briefing.evidence import DECIDING_SETTINGS
from efficacy_analytics.documents.conditions import check_condition
from efficacy_analytics.documents.pages.catalogue import deciding_settings, drawn_page, picture
from efficacy_analytics.documents.pages.manifest import PLACE
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CheckFailedError, DiffersError
from efficacy_analytics.event_log.build import at_hand
from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.event_log.snapshots import open_snapshot
from efficacy_analytics.settings import Settings
from efficacy_analytics.system.code import code_sha256

CARRIED: Final = re.compile(rf'<script type="application/json" id="{PLACE}">(.*?)</script>', re.DOTALL)
READ: Final = ".//h1 | .//h2 | .//p | .//td | .//th | .//caption | .//figcaption | .//li | .//dt | .//dd | .//text"
AROUND: Final = 40
"""Letters before and after a difference that are told with it."""


def is_picture(text: str) -> bool:
    """Whether a page carries a picture's manifest."""
    return CARRIED.search(text) is not None


def verify_picture(text: str, lake: Path, in_force: Settings) -> list[Check]:
    """Draws the picture again and compares the whole page.

    Args:
        text: the page.
        lake: the lake that holds the snapshot, or both of a comparison.
        in_force: the settings of now.

    Returns:
        One check: how many letters agree.

    Raises:
        CallError: the lake never had a snapshot that the page names, or there is no such picture.
        CheckFailedError: the page differs, with the place; or it was made with other settings.
    """
    manifest = picture_manifest(text)
    with ExitStack() as opened:
        logs = {name: _opened(lake, group, opened, in_force) for name, group in manifest["groups"].items()}
        _check_settings(manifest["settings"], deciding_settings(logs["log"][0].settings))
        again = drawn_page(
            logs["log"][0],
            picture(manifest["picture"]),
            manifest["language"],
            cohort=logs["log"][1].as_dict(),
            other=logs["other"][0] if "other" in logs else None,
            other_cohort=logs["other"][1].as_dict() if "other" in logs else None,
            **{name: _tuples(value) for name, value in manifest["options"].items()},
        )
    if again != text:
        problem, made_again = _difference(text, again)
        raise DiffersError(problem, made_again=made_again, hint=_hint(manifest))
    return [Check(f"picture {manifest['picture']}", len(again), "letters", is_whole=True)]


def picture_manifest(text: str) -> dict[str, Any]:
    """The manifest that the page of a picture carries.

    Raises:
        CheckFailedError: it cannot be read.
    """
    found = CARRIED.findall(text)
    try:
        told = json.loads(found[0])
        if len(found) == 1 and {"picture", "language", "groups", "options", "settings"} <= set(told):
            manifest: dict[str, Any] = told
            return manifest
    except ValueError:
        pass
    raise CheckFailedError("the manifest that the page carries cannot be read.", hint="draw the picture again")


def _check_settings(had: dict[str, Any], mine: dict[str, Any]) -> None:
    for name in DECIDING_SETTINGS:
        if mine[name] != had.get(name):
            raise CheckFailedError(
                f"the page was made with other settings of '{name}'.", hint="use the settings.toml it was made with"
            )


def _opened(lake: Path, group: dict[str, Any], opened: ExitStack, in_force: Settings) -> tuple[Session, Cohort]:
    name = group["snapshot"].get("snapshot")
    if not isinstance(name, str):
        raise CheckFailedError("the page names no snapshot.", hint="draw the picture again")
    snapshot = opened.enter_context(at_hand(lake, name, in_force=in_force))
    log = opened.enter_context(open_snapshot(snapshot, in_force=in_force))
    cohort = _cohort(group["cohort"])
    check_condition(lake, cohort.where)
    choose(log, cohort)
    return log, cohort


def _cohort(told: dict[str, str]) -> Cohort:
    days = [dt.date.fromisoformat(told[key]) if key in told else None for key in ("accepted_from", "accepted_until")]
    return Cohort(days[0], days[1], told.get("department"), told.get("item"), told.get("where"))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _difference(had: str, has: str) -> tuple[str, str]:
    """The first text that differs as a reader reads it, else the place in the file; and what stands there anew."""
    for old, new in zip(_texts(had), _texts(has), strict=False):
        if old != new:
            return f"the page has “{_cut(old)}”, and other than drawn again.", _cut(new)
    place = next(
        (at for at, pair in enumerate(zip(had, has, strict=False)) if pair[0] != pair[1]), min(map(len, (had, has)))
    )
    old, new = (text[max(0, place - AROUND) : place + AROUND] for text in (had, has))
    return f"the page differs from letter {place + 1:,}: “{_cut(old)}”.", _cut(new)


def _texts(page: str) -> list[str]:
    parsed = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(huge_tree=True))
    return [" ".join(element.text_content().split()) for element in parsed.xpath(READ)]


def _hint(manifest: dict[str, Any]) -> str:
    if manifest.get("code_sha256") != code_sha256():
        return f"the page was made by another version ({manifest.get('code_version')}); draw it again to compare"
    return "the page was changed; `efficacy picture` draws it again"


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "…"


def read(document: Path) -> str:
    """The text of a page.

    Raises:
        CallError: there is no such file, or it is no text.
    """
    try:
        return document.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CallError(f"there is no file {document}.", hint="give a page that a command printed") from None
    except UnicodeDecodeError:
        raise CallError(f"{document} is no page of ours: it is not UTF-8.", hint="give a page of ours") from None
