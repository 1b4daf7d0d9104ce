"""Deliveries that correct single rows of earlier ones: what they rest on, and when they are the delivery they were."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from efficacy_analytics.errors import CallError
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.layouts.layout import Layout

Described = Sequence[Mapping[str, str | int]]


def base_of(
    layout: Layout, taken_in: Sequence[Delivery], *, delivered_on: dt.date, corrects: str | None
) -> list[Delivery]:
    """The deliveries whose rows a delivery corrects: those of its source, or none where it gives whole cases.

    Args:
        layout: the layout of the delivery.
        taken_in: the deliveries of the lake, in the order in which they count.
        delivered_on: the day it counts from.
        corrects: the delivery whose refused rows these are.

    Raises:
        CallError: there is no such delivery of this source, or a later one counts already.
    """
    before = [one for one in taken_in if one.source == layout.source]
    if corrects is not None and corrects not in [one.delivery for one in before]:
        raise CallError(
            f"there is no delivery '{corrects}' of {layout.source} to correct.",
            hint="`efficacy status` lists the deliveries; use the same layout and the same --set as for the first",
        )
    if corrects is None and not layout.is_keyed and not layout.adds:
        return []
    if before and delivered_on < before[-1].delivered_on:
        raise CallError(
            f"rows of {layout.source} cannot be corrected as of {delivered_on}: a delivery of "
            f"{before[-1].delivered_on} counts already.",
            hint="give a later --delivered-on; rows are corrected in the order in which they come",
        )
    return before


def check_not_from_elsewhere(layout: Layout, taken_in: Sequence[Delivery], described: Described) -> None:
    """Refuses a file whose very bytes came in before as another source: its cases would be there twice.

    Raises:
        CallError: a file of the delivery came in before under another source.
    """
    hashes = {str(file["sha256"]) for file in described if file["bytes"]}
    for before in taken_in:
        same = [str(file["name"]) for file in before.files if file["sha256"] in hashes]
        known, named = (source.partition("/")[0] for source in (before.source, layout.source))
        if same and known != named:  # one layout for two departments says so itself
            raise CallError(
                f"{same[0]} came in before, as delivery {before.delivery} of the source '{known}'; by this layout it "
                f"would be the source '{named}', and its cases would be there twice.",
                hint=f'write source = "{known}" in the layout; or, if it is another source indeed, give --other-source',
            )


def check_order(layout: Layout, taken_in: Sequence[Delivery], *, delivered_on: dt.date) -> None:
    """Refuses a delivery of whole cases that would stay hidden behind a correction of a later day.

    Raises:
        CallError: rows of its source were corrected as of a later day.
    """
    later = [
        one for one in taken_in if one.source == layout.source and one.corrects and one.delivered_on > delivered_on
    ]
    if later:
        raise CallError(
            f"{layout.source} was corrected as of {later[-1].delivered_on}: one of {delivered_on} comes too late.",
            hint="give a later --delivered-on",
        )


def name_of(
    layout: Layout, described: Described, base: Sequence[Delivery], corrects: str | None, pseudonyms: Mapping[str, str]
) -> str:
    """The name of a delivery, by its content: the same content is the same delivery.

    A correction that was undone since is a new one: where other corrections of the source followed, the last of them
    is part of the content. So is the key of its pseudonyms.
    """
    content: list[object] = [layout.content(), [[file["table"], file["sha256"]] for file in described]]
    content += [corrects] * (corrects is not None) + [dict(pseudonyms)] * bool(pseudonyms)
    is_last_again = base and _came_in(base[-1]) == content[1] and base[-1].corrects == corrects
    if is_last_again and base[-1].layout_content == layout.content() and dict(base[-1].pseudonyms) == dict(pseudonyms):
        return base[-1].delivery
    called = re.sub(r"^\.+", "_", layout.name)  # a hidden folder is none of the lake's
    name = f"{called}-{_hash(content)}"
    if base and name in [one.delivery for one in base[:-1]]:
        return f"{called}-{_hash([*content, base[-1].delivery])}"
    return name


def _came_in(delivery: Delivery) -> list[list[str]]:
    return [[file["table"], file["sha256"]] for file in delivery.files]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
