"""Files of one header, such as one a year, are one table; the one of them whose header was misprinted is told."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from efficacy_analytics.lake.guessing.samples import Sample

ENOUGH_ALIKE_SHARE = 0.5


@dataclass
class OddFiles:
    """What the headers of some files have otherwise than those of most.

    Attributes:
        called: a column of most files to what a file seems to call it, with that file.
        lacking: a column of most files to the files that have nothing like it.
        added: a column of single files to these files.
    """

    called: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    lacking: dict[str, list[str]] = field(default_factory=dict)
    added: dict[str, list[str]] = field(default_factory=dict)


def alike_as_one(samples: Sequence[Sample]) -> tuple[list[Sample], OddFiles]:
    """The samples, those of files of one header as one, where most files have it and all others nearly.

    Args:
        samples: those of the files of a folder.
    """
    odd = OddFiles()
    if len(samples) < 2 or any("file" not in sample.place for sample in samples):
        return list(samples), odd
    headers = {sample.place["file"]: frozenset(sample.rows.columns) for sample in samples}
    common, count = Counter(headers.values()).most_common(1)[0]
    others = {file: header for file, header in headers.items() if header != common}
    are_near = all(len(header & common) >= ENOUGH_ALIKE_SHARE * len(header | common) for header in others.values())
    if count * 2 <= len(samples) or not are_near:
        return list(samples), odd
    for file, header in others.items():
        _compare(file, common, header, odd)
    first = next(sample for sample in samples if frozenset(sample.rows.columns) == common)
    rows = pl.concat([_as_common(sample, odd) for sample in samples], how="diagonal").select(first.rows.columns)
    untidy = tuple(dict.fromkeys(name for sample in samples for name in sample.untidy))
    return [replace(first, rows=rows, place={}, untidy=untidy)], odd


def _compare(file: str, common: frozenset[str], header: frozenset[str], odd: OddFiles) -> None:
    new = sorted(header - common)
    for name in sorted(common - header):
        like = difflib.get_close_matches(name.lower(), [one.lower() for one in new], 1)
        found = next((one for one in new if like and one.lower() == like[0]), None)
        if found is None:
            odd.lacking.setdefault(name, []).append(file)
        else:
            new.remove(found)
            odd.called.setdefault(name, []).append((found, file))
    for name in new:
        odd.added.setdefault(name, []).append(file)


def _as_common(sample: Sample, odd: OddFiles) -> pl.DataFrame:
    """The rows of a file under the names of most files."""
    file = sample.place["file"]
    named = {other: name for name, others in odd.called.items() for other, one in others if one == file}
    return sample.rows.rename(named)
