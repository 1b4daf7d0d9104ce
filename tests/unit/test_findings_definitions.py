"""docs/definitions.md says what the code does."""

from efficacy_analytics.findings.limits.safe_limits import REASONS
from efficacy_analytics.findings.performance.indicators import INDICATORS
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.statistics.tolerance import fewest_cases

TEXT = (CHECKOUT / "docs" / "definitions.md").read_text(encoding="utf-8")
WORDS = {"counted": "counted", "against": "against", "left_out": "–"}


def test_each_indicator_stands_there_as_it_counts():
    for indicator in INDICATORS:
        (line,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{indicator.name}`")]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2:] == [
            WORDS[getattr(indicator, kind)]
            for kind in ("open", "overdue_open", "withdrawn", "withdrawn_late", "green_lane", "extended", "refused")
        ]


def test_each_kind_and_reason_of_a_limit_stands_there():
    for kind, reasons in REASONS.items():
        assert f"| `{kind}` |" in TEXT
        assert all(f"| `{reason}` |" in TEXT for reason in reasons)


def test_the_fewest_cases_stand_there():
    numbers = ", ".join(str(fewest_cases(0.95, 0.95, longer_count=longer)) for longer in range(5))
    assert f"| 95% at 95% | {numbers} |" in TEXT
