"""Counts as they may be published: multiples of the least number, moved by a noise that belongs to the cell.

A cell is what a reader reads of a count: whose cases (department, item, activity …), of which period, counted as what
(`late_count` …). The noise z of a cell is drawn from a keyed hash of that name:

    shown = b * floor((n + z) / b), never below 0; 0 is shown as 0     b: the least number, `fewest`
    z = t + g - h,  t uniform on 0 … b - 1;  g, h geometric, P(g >= k) = 4^-k

- The same cell has the same noise in every table, edition and snapshot: what is published again tells nothing new, and
  an average over many days is an average of one draw.
- z has no bound within reach: it is above 20 once in 10^12 draws. So whatever is shown, and however many sums and
  differences of it are taken, every count but 0 stays possible: none can be worked out.
- Without t the mean of what is shown would differ from n; with it, it does not (but where it is cut off at 0).

Which rows are shown at all is settled in the same way: from `fewest` to 2 * `fewest` - 1 cases on, by row, so that a
row that comes or goes tells no count either.

Sources: B. Fraser and J. Wooton, "A proposed method for confidentialising tabular output to protect against
differencing", Joint UNECE/Eurostat work session on statistical data confidentiality, Geneva 2005 (noise by cell key);
Statistics Canada's random rounding of census counts to multiples of 5; A. Ghosh, T. Roughgarden and M. Sundararajan,
"Universally utility-maximizing privacy mechanisms", SIAM Journal on Computing 41(6), 2012 (the geometric mechanism).
"""

import datetime as dt
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

Name = Mapping[str, Any]
PERIOD: Final = ("accepted_from", "accepted_until")
PAIRS: Final = 64
"""Bits of a hash that a geometric draw takes, two by two."""


@dataclass(frozen=True)
class Noise:
    """What moves the counts of one lake.

    Attributes:
        key: the lake's secret; whoever has it can take the noise away.
        fewest: counts are shown as multiples of it; 1 or 0 shows them as they are.
        cohort: whose cases the tables are of, as a manifest has it.
    """

    key: bytes = field(repr=False)
    fewest: int
    cohort: Name = field(default_factory=dict)

    @property
    def of_history(self) -> "Noise":
        """The same for the cases of all periods."""
        return replace(self, cohort={key: value for key, value in self.cohort.items() if key not in PERIOD})

    def shown(self, count: int, measure: str, row: Name) -> int:
        """A count as it may be published.

        Args:
            count: the count itself.
            measure: what is counted.
            row: whose cases, beside what the cohort says.
        """
        if count <= 0 or self.fewest <= 1:
            return max(count, 0)
        moved = count + self._drawn(measure, row)
        return max(0, moved // self.fewest * self.fewest)

    def is_enough(self, count: int, measure: str, row: Name) -> bool:
        """Whether a group is large enough to be shown: of `fewest` cases, or up to twice as many, by its name."""
        if self.fewest <= 1:
            return count > 0
        more = int.from_bytes(self._hash(f"enough {measure}", row)[:8]) % self.fewest
        return count >= self.fewest + more

    def _drawn(self, measure: str, row: Name) -> int:
        bits = self._hash(measure, row)
        uniform = int.from_bytes(bits[:8]) % self.fewest
        return uniform + _geometric(int.from_bytes(bits[8:16])) - _geometric(int.from_bytes(bits[16:24]))

    def _hash(self, measure: str, row: Name) -> bytes:
        text = json.dumps([measure, self._name(row)], sort_keys=True, ensure_ascii=False, default=str)
        return hmac.digest(self.key, text.encode(), "sha256")

    def _name(self, row: Name) -> dict[str, Any]:
        """Whose cases: of the cohort and the row together, a month as the days from which and until it lasts."""
        name = {key: value for key, value in self.cohort.items() if value is not None} | dict(row)
        if month := name.get("month"):
            del name["month"]
            first = dt.date(int(month[:4]), int(month[5:7]), 1)
            until = (first + dt.timedelta(days=31)).replace(day=1)
            since, before = (self.cohort.get(edge) for edge in PERIOD)
            name["accepted_from"] = max(str(first), since or "")
            name["accepted_until"] = min(str(until), before or "9999")
        return name


def _geometric(bits: int) -> int:
    """How many pairs of bits are 0 before one is not: k or more with a chance of 4^-k."""
    zeros = (bits & -bits).bit_length() - 1 if bits else PAIRS
    return zeros // 2
