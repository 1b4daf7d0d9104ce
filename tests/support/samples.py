"""How many of a long list the ordinary run takes; `make deep` takes the rest too."""

from collections.abc import Iterable
from typing import Any

import pytest


def seeds(ordinary: int, of: int) -> list[Any]:
    """The numbers from 0 on below `of`, those from `ordinary` on behind `deep`."""
    return sample(range(of), range(ordinary))


def sample(of: Iterable[Any], ordinary: Iterable[Any]) -> list[Any]:
    """The values of a list, those that are not among the ordinary ones behind `deep`; all ordinary ones are of it."""
    every, kept = list(of), list(ordinary)
    assert kept, "the ordinary run takes none"
    assert [one for one in kept if one not in every] == []
    rest = ((one, one if isinstance(one, tuple) else (one,)) for one in every)
    return [one if one in kept else pytest.param(*values, marks=pytest.mark.deep) for one, values in rest]
