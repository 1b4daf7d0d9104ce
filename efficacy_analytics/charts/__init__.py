"""Finished tables as pictures."""

import sys

# Altair checks specifications with jsonschema, which loads a grammar of internet addresses that no chart has: three
# seconds of every start. Marked as not installed, it is left out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
