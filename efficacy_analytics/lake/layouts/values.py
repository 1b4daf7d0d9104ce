"""What stands in a layout file, checked: known keys, tables and texts."""

from collections.abc import Mapping
from typing import Any

from efficacy_analytics.errors import LayoutError


def only_known(entry: Mapping[str, Any], known: tuple[str, ...], name: str, section: str) -> None:
    """Refuses a key that is not known in its section.

    Raises:
        LayoutError: names the key and the known ones.
    """
    for key in entry:
        if key not in known:
            place = f" in [{section}]" if section else ""
            raise LayoutError(f"layout '{name}' has an unknown key '{key}'{place}.", hint=f"known: {', '.join(known)}")


def table_of(entry: Any, name: str, section: str) -> dict[str, Any]:
    """The entry, if it is a table.

    Raises:
        LayoutError: it is none.
    """
    if not isinstance(entry, dict):
        raise LayoutError(f"layout '{name}': '{section}' must be a table.", hint=f"write [{section}]")
    return entry


def text_of(value: Any, name: str, key: str) -> str:
    """The value, if it is a text.

    Raises:
        LayoutError: it is none, or empty.
    """
    if not isinstance(value, str) or not value:
        raise LayoutError(f"layout '{name}': '{key}' must be a text, got {value!r}.", hint="put it in quotes")
    return value


def plain_text(entry: Mapping[str, Any], key: str, name: str, section: str) -> str | None:
    """The text under a key that may be absent.

    Raises:
        LayoutError: it is no text.
    """
    return text_of(entry[key], name, f"{section}.{key}" if section else key) if key in entry else None


def yes_or_no_of(value: Any, layout: str, key: str) -> bool:
    """A yes or no of a layout file.

    Raises:
        LayoutError: it is neither true nor false.
    """
    if not isinstance(value, bool):
        raise LayoutError(f"layout '{layout}': {key} is neither true nor false.", hint=f"write {key} = true")
    return value


def texts_of(value: Any, name: str, key: str) -> list[str]:
    """The value as a list of texts: a text alone is a list of one.

    Raises:
        LayoutError: it is none, or empty.
    """
    values = value if isinstance(value, list) and value else [value]
    return [text_of(one, name, key) for one in values]


def line_of(value: Any, name: str, key: str) -> int | None:
    """The number of a line, from 1; None where none is named.

    Raises:
        LayoutError: it is no such number.
    """
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise LayoutError(f"layout '{name}': '{key}' must be the number of a line, got {value!r}.", hint="lines begin at 1")
