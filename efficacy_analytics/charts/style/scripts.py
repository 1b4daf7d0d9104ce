"""What stands inside the script elements of a page, and what a drawing library is given."""

import json
import re
from typing import Any, Final

UNDRAWABLE: Final = dict.fromkeys([*(set(range(32)) - {9, 10}), *range(127, 160), 0x2028, 0x2029], "�")

SUSPECT: Final = re.compile(r"\\[bfru]|[\x7f-\x9f\u2028\u2029]")
"""In JSON: what may be a character that cannot be drawn."""


def inside_script(text: str) -> str:
    """JSON that can neither end the script element it stands in nor begin a comment or a script there."""
    return text.replace("<", "\\u003c")


def drawable(value: Any) -> Any:
    """A specification or a part of it without control characters: some end a drawing library, some break its lines."""
    if isinstance(value, str):
        return value if value.isprintable() else value.translate(UNDRAWABLE)
    if isinstance(value, dict):
        return {drawable(key): drawable(part) for key, part in value.items()}
    return [drawable(part) for part in value] if isinstance(value, list | tuple) else value


def drawable_json(value: Any) -> str:
    """A specification that is `drawable`, as JSON in one order; what needs no change is not looked through."""
    text = _json(value)
    return _json(drawable(value)) if SUSPECT.search(text) else text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
