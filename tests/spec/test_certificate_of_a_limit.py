"""The certificate of an item's limit: every number is one a reader finds in the snapshot; the same page every time."""

import datetime as dt
import random
import re
from math import ceil
from pathlib import Path

import lxml.html
import pytest
from chinese_calendar import is_workday
from scipy.stats import beta, binom
from support.intake import ingest

from efficacy_analytics.documents.pages.catalogue import PICTURES, write_picture
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.snapshots import current_snapshot
from efficacy_analytics.findings.limits.safe_limits import limits

LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[event]
case_id = "case"
activity = "step"
completed_at = "ended"
[case]
department = "office"
item = "item"
[constants]
promised_limit = "20 working_days"
"""
COUNT = 400


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """One item with 400 completed cases, another with 3; the counted days of the first."""
    folder, draw = tmp_path_factory.mktemp("certificate"), random.Random(7)
    rows, days = ["case,step,ended,office,item"], []
    for number in range(COUNT + 3):
        begins = dt.date(2024, 1, 8) + dt.timedelta(days=number // 2)
        ends = begins + dt.timedelta(days=draw.choice((1, 2, 3, 3, 5, 8)))
        item = "permit" if number < COUNT else "rare"
        rows += [f"{number},{step},{day} 10:00:00,D1,{item}" for step, day in (("accept", begins), ("decide", ends))]
        if number < COUNT:
            span = [begins + dt.timedelta(days=n) for n in range(1, (ends - begins).days + 1)]
            days.append(sum(map(is_workday, span)))
    (folder / "export.csv").write_text("\n".join(rows) + "\n")
    (folder / "office.toml").write_text(LAYOUT)
    ingest(folder / "lake", [folder / "export.csv"], str(folder / "office.toml"))
    publish(folder / "lake")
    return folder / "lake", sorted(days)


def page(lake: Path, file: Path, **chosen: str) -> str:
    cohort = Cohort(**chosen)
    with open_log(lake, cohort) as log:
        write_picture(log, PICTURES["certificate"], file, "en", cohort=cohort.as_dict())
    return file.read_text(encoding="utf-8")


def test_every_number_is_that_of_the_snapshot(lake: tuple[Path, list[int]], tmp_path: Path) -> None:
    """The k-th smallest of n is safe when P(Binomial(n, 0.99) < k) >= 0.95; no case of 400 is above 20 days.

    The last four weeks, 56 cases, may be slower, and times may grow: the limit leaves room for both.
    """
    folder, days = lake
    rank = next(k for k in range(1, COUNT + 1) if binom.cdf(k - 1, COUNT, 0.99) >= 0.95)
    with open_log(folder, Cohort(item="permit")) as log:
        row = limits(log).row(0, named=True)
    assert row["steady_days"] == days[rank - 1]
    safe = row["safe_days"]
    assert safe >= ceil((sorted(days)[ceil(0.99 * COUNT) - 1] - 0.5) * row["recent_pace_high"])
    above = sum(day > safe for day in days)
    text = re.sub(r"<[^>]+>", " ", page(folder, tmp_path / "one.html", item="permit"))
    told = " ".join(text.split())
    snapshot = current_snapshot(folder)
    assert f"with 95% confidence at least 99% of future cases are done within {safe} working days" in told
    assert f"Days saved {20 - safe} working days" in told
    assert f"Cases used {COUNT}" in told
    assert f"Limit if nothing changed lately {row['steady_days']} working days" in told
    assert f"Last weeks slower by at most (times) × {row['recent_pace_high']:.2f}" in told
    worth = row["effective_count"]  # independent cases: Clopper and Pearson's bound is that of so many
    assert row["breach_share_high"] == pytest.approx(beta.ppf(0.95, 1, worth), rel=0.01)
    over = above * worth / COUNT
    assert row["safe_breach_share_high"] == pytest.approx(beta.ppf(0.95, over + 1, worth - over), rel=0.01)
    assert f"Worth independent cases {worth}" in told
    assert f"Over the safe limit {above}" in told
    assert all(
        f"Breach rate at most {row[name]:.1%}" in told for name in ("breach_share_high", "safe_breach_share_high")
    )
    assert snapshot.name in told
    assert snapshot.content_sha256 in told


def test_no_two_figures_of_a_certificate_have_one_name(lake: tuple[Path, list[int]], tmp_path: Path) -> None:
    """“Breach rate at most” once stood before the rate under the limit in force and before that under the safe one."""
    made = lxml.html.fromstring(page(lake[0], tmp_path / "one.html", item="permit"))
    names = [row.text_content().strip() for row in made.xpath("//table//tr/td[1]")]
    assert len(names) > 10
    assert len(set(names)) == len(names)


def test_two_certificates_are_the_same_bytes(lake: tuple[Path, list[int]], tmp_path: Path) -> None:
    pages = [page(lake[0], tmp_path / f"{number}.html", item="permit") for number in range(2)]
    assert pages[0] == pages[1]


def test_too_few_cases_are_a_refusal_with_the_number_missing(lake: tuple[Path, list[int]], tmp_path: Path) -> None:
    """99 % at 95 % needs 299 cases (the least n with 1 - 0.99 ** n >= 0.95); there are 3."""
    text = page(lake[0], tmp_path / "rare.html", item="rare")
    assert "the data cannot support a guarantee (too few cases, 296 cases missing)" in text


def test_a_certificate_is_for_one_item(lake: tuple[Path, list[int]], tmp_path: Path) -> None:
    with pytest.raises(CallError, match="one item of one department; the cohort has 2"):
        page(lake[0], tmp_path / "both.html")
