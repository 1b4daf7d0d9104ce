"""A pattern that is tried before a format lets every text pass that the format reads."""

import datetime as dt
import random

import polars as pl

from efficacy_analytics.lake.cells.stamps import read_stamps
from efficacy_analytics.lake.guessing.stamps_of_samples import DATES, TIMES, shape_of

FORMS = [date + time for date in DATES for time in TIMES]


def test_every_text_that_a_format_reads_has_its_shape() -> None:
    draw = random.Random(7)
    texts = [_written(form, draw) for form in FORMS for _ in range(2)]
    texts += [text.replace(" 0", " ").replace("/0", "/") for text in texts] + [
        text.replace(" ", "  ") for text in texts
    ]
    column = pl.Series(texts)
    for form in FORMS:
        is_read = ~read_stamps(column, zone="UTC", time_format=form).unreadable
        assert is_read.sum() >= 2, f"{form} reads what is written in it"
        outside = column.filter(is_read & ~column.str.contains(shape_of(form)))
        assert outside.is_empty(), (form, outside.to_list())


def test_a_shape_is_narrow_enough_to_be_worth_its_while() -> None:
    column = pl.Series([f"{day:02}.03.2024" for day in range(1, 29)])
    left = [form for form in FORMS if column.str.contains(shape_of(form)).any()]
    assert "%d.%m.%Y" in left
    assert len(left) < len(FORMS) / 50


def _written(form: str, draw: random.Random) -> str:
    moment = dt.datetime(2024, 1, 1) + dt.timedelta(seconds=draw.randrange(10**8))
    return moment.strftime(form.replace("%.f", f".{draw.randrange(1000):03}"))
