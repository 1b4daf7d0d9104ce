"""What stands inside the script elements of a page, and what a drawing library is given."""

from typing import Any, Final

UNDRAWABLE: Final = dict.fromkeys([*(set(range(32)) - {9, 10}), *range(127, 160), 0x2028, 0x2029], "�")


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
