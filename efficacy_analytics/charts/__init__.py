"""Finished tables as pictures."""

import sys
from types import ModuleType

GRAMMAR = "rfc3987_syntax"


def _import_jsonschema() -> None:
    """Imports jsonschema, with which altair checks specifications, without the grammar of internet addresses.

    Building the grammar takes two to three seconds of every start, and no chart has such an address. So jsonschema
    is given a stand-in that builds it when an address is first checked; whoever imports the grammar gets it whole.
    """
    if "jsonschema" in sys.modules or GRAMMAR in sys.modules:
        return
    stand_in = ModuleType(GRAMMAR)
    stand_in.is_valid_syntax = _is_valid_syntax  # type: ignore[attr-defined]
    sys.modules[GRAMMAR] = stand_in
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[GRAMMAR]


def _is_valid_syntax(rule: str, text: str) -> bool:
    from rfc3987_syntax import is_valid_syntax

    return bool(is_valid_syntax(rule, text))


_import_jsonschema()
