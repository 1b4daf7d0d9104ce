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
