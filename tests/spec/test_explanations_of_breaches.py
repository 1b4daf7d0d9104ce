"""Why a case is late, in a sentence: its numbers are those of the attribution, and the applicant is charged nothing."""

import re

import polars as pl
import pytest
from support.small_city import small_city

from efficacy_analytics.documents.pages.supervision.explanations import breach_explanations
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.responsibility import breach_causes
from efficacy_analytics.vocabulary import Language

DAYS: dict[Language, str] = {
    "zh": r"(?:）|归于：|其余) ?([\d.]+) 天(?:——|归于)",
    "en": r"(?:\) |among: |; )([\d.]+) days?(?::| elsewhere)",
}


@pytest.fixture(scope="module")
def told() -> dict[str, pl.DataFrame]:
    with open_log(small_city()[0], Cohort()) as log:
        causes = breach_causes(log)
        made = {language: breach_explanations(log, causes, language) for language in ("zh", "en")}
        return {"causes": causes, **made}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_late_case_is_explained_and_its_parts_add_up_to_the_overrun(
    told: dict[str, pl.DataFrame], language: Language
) -> None:
    explained = told[language]
    assert explained["case_id"].to_list() == told["causes"]["case_id"].unique(maintain_order=True).to_list()
    assert explained.height > 30
    for row in explained.filter(pl.col("overrun_days") > 0).iter_rows(named=True):
        parts = [float(days) for days in re.findall(DAYS[language], row["explanation"])]
        assert parts, row["explanation"]
        assert sum(parts) == pytest.approx(row["overrun_days"], abs=0.05 * len(parts) + 1e-9), row["explanation"]


def test_the_step_with_the_most_days_of_the_overrun_stands_first(told: dict[str, pl.DataFrame]) -> None:
    first = told["causes"].sort("overrun_days", descending=True, maintain_order=True).unique(
        "case_id", keep="first", maintain_order=True
    )  # fmt: skip
    days = dict(first.select("case_id", "overrun_days").rows())
    for row in told["en"].filter(pl.col("overrun_days") > 0).iter_rows(named=True):
        stated = float(re.findall(DAYS["en"], row["explanation"])[0])
        assert stated == pytest.approx(days[row["case_id"]], abs=0.051)


def test_days_are_counted_in_words(told: dict[str, pl.DataFrame]) -> None:
    texts = " ".join(told["en"]["explanation"])
    assert " 1 days" not in texts
    assert "None" not in texts
    assert not re.search(r"\bnan\b", texts, re.IGNORECASE)
