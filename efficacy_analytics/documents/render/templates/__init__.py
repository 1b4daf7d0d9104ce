"""How the parts of a briefing look: HTML templates and the style sheet, filled with finished text only."""

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined


def filled(template: str, /, **values: Any) -> str:
    """The template of that name with its places filled; text is escaped."""
    return _environment().get_template(template).render(**values).strip() + "\n"


def source(name: str) -> str:
    """A file of this folder as it stands."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
