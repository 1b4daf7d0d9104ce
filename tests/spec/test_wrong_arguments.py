"""Whatever is given to the front door, the answer is one sentence in the words of Python, never a fault from below."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.small_city import small_city

import efficacy_analytics as ea
from efficacy_analytics.errors import CallError, CannotAnswerError, EfficacyError, in_python
from efficacy_analytics.system.arguments import checked, is_of

WRONG: list[Any] = [
    None, -1, 0, 3, 1.5, float("nan"), 10**30, True, "", "nonsense", "a'b", "x\0y", "0.95", b"x", [], ["x"], [1],
    ("a",), {}, {"a": 1}, set(), object(), dt.date(2020, 1, 1), Path("/nope/x"), pl.DataFrame(),
]  # fmt: skip
Call = Callable[[Any, Any], Any]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written under a wrong name is not written into the checkout."""
    monkeypatch.chdir(tmp_path)


def something(wrong: Any, instead: Any) -> Any:
    """The value, or another one where it is nothing and would be answered with what is usual."""
    is_nothing = wrong is None or wrong is True or (hasattr(wrong, "__len__") and len(wrong) == 0)
    return instead if is_nothing and not isinstance(wrong, pl.DataFrame) else wrong


CALLS: dict[str, Call] = {
    "answer, name": lambda log, wrong: log.answer(wrong),
    "answer, most": lambda log, wrong: log.answer("variants", most=wrong),
    "ask": lambda log, wrong: log.ask(wrong),
    "table": lambda log, wrong: log.table(wrong),
    "readable": lambda log, wrong: log.readable(wrong),
    "names": lambda log, wrong: log.names(wrong),
    "shown": lambda log, wrong: log.shown(wrong),
    "shown, headings": lambda log, wrong: log.shown(pl.DataFrame(), headings=wrong),
    "in_words": lambda log, wrong: log.in_words(wrong),
    "where": lambda log, wrong: log.where(wrong),
    "where, accepted": lambda log, wrong: log.where(accepted=wrong),
    "where, late": lambda log, wrong: log.where(late=wrong),
    "where, passing": lambda log, wrong: log.where(passing=wrong),
    "where, having": lambda log, wrong: log.where(having=wrong),
    "where, variant": lambda log, wrong: log.where(variant=wrong),
    "where, a column": lambda log, wrong: log.where(channel=wrong),
    "where, no column": lambda log, wrong: log.where(nonsense=wrong),
    "by": lambda log, wrong: log.by(wrong),
    "compare": lambda log, wrong: log.compare(wrong),
    "compare, names": lambda log, wrong: log.compare(log, names=wrong),
    "sql": lambda log, wrong: log.sql(wrong),
    "sql, a parameter": lambda log, wrong: log.sql("select count(*) from cases where channel = $a", a=wrong),
    "case": lambda log, wrong: log.case(wrong),
    "indicator, name": lambda log, wrong: log.indicator(wrong, "avg(1)"),
    "indicator, by": lambda log, wrong: log.indicator("x_share", "avg(1)", by=wrong),
    "indicator, en": lambda log, wrong: log.indicator("x_share", "avg(1)", en=wrong),
    "cases_behind": lambda log, wrong: log.cases_behind(wrong, "decision"),
    "cases_behind, most": lambda log, wrong: log.cases_behind(most=wrong),
    "report, languages": lambda log, wrong: log.report(languages=something(wrong, ["nl"])),
    "event_density, bins": lambda log, wrong: log.event_density(time_bins=wrong),
    "event_density, against": lambda log, wrong: log.event_density(against=wrong),
    "spectrum, segments": lambda log, wrong: log.performance_spectrum(segments=wrong),
    "on_time, by": lambda log, wrong: log.on_time(by=wrong),
    "on_time, confidence": lambda log, wrong: log.on_time(confidence=wrong),
    "chart, an option": lambda log, wrong: log.chart.event_dots(against=wrong),
    "chart, save": lambda log, wrong: log.chart.event_dots().save(wrong),
    "map, causes": lambda log, wrong: log.chart.process_map(causes=something(wrong, 3)),
    "table, to_excel": lambda log, wrong: log.on_time().to_excel(wrong),
    "table, to_csv": lambda log, wrong: log.on_time().to_csv(wrong),
    "due": lambda log, wrong: ea.due(wrong, 5),
    "due, limit": lambda log, wrong: ea.due("2025-01-20", wrong),
    "due, stops": lambda log, wrong: ea.due("2025-01-20", 5, stops=wrong),
    "lake": lambda log, wrong: ea.Lake(something(wrong, "/nope")).log(),
    "log": lambda log, wrong: ea.Lake(log.lake).log(wrong),
    "log, department": lambda log, wrong: ea.Lake(log.lake).log(department=wrong),
    "log, language": lambda log, wrong: ea.Lake(log.lake).log(language=wrong),
    "ingest": lambda log, wrong: ea.Lake("/nope").ingest(wrong, "city"),
    "ingest, constants": lambda log, wrong: ea.Lake("/nope").ingest("/nope.csv", "city", constants=wrong),
    "find": lambda log, wrong: ea.Lake(log.lake).find("2031", nonsense=wrong),
    "brief": lambda log, wrong: ea.Lake(log.lake).brief("2031", languages=something(wrong, ["nl"])),
}


@pytest.fixture(scope="module")
def log() -> ea.Log:
    return ea.Lake(small_city()[0]).log(language="en")


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_argument_ends_in_an_error_of_ours_or_in_an_answer(log: ea.Log, name: str) -> None:
    for wrong in WRONG:
        with suppress(EfficacyError):
            CALLS[name](log, wrong)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda log: log.answer("variants", most=-1), "most is a number of sentences from 1 on, not -1"),
        (lambda log: log.answer("variants", most="2"), "most of answer is a whole number, not '2'"),
        (lambda log: log.limits(share="0.95"), "option 'share' of table 'limits' is a number, not '0.95'"),
        (lambda log: log.limits(share=95.0), "a share between 0 and 1, not 95.0"),
        (lambda log: log.bottlenecks(replicates=0), "a whole number from 1 on, not 0"),
        (lambda log: log.where(passing=("a",)), "passing takes two activities"),
        (lambda log: log.names("desk"), "no names of 'desk'"),
        (lambda log: log.chart.process_map(causes="yes"), "causes of process_map is True or False, not 'yes'"),
        (lambda log: ea.Lake(log.lake).find(departement="D01"), "not chosen by 'departement'"),
    ],
)
def test_it_names_the_argument_what_it_is_and_what_was_given(
    log: ea.Log, call: Callable[[ea.Log], Any], problem: str
) -> None:
    with pytest.raises(CallError, match=re.escape(problem)):
        call(log)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda lake: lake.log(where="channel ="), ["where cannot be read", "`log.cases()`"]),
        (lambda lake: ea.Lake(lake.directory / "empty").log(), ["`lake.ingest()`", "`lake.publish()`"]),
        (lambda lake: ea.Lake(lake.directory / "empty").status(), ["`lake.ingest(path, layout)`"]),
    ],
)
def test_a_person_in_python_is_told_no_words_of_the_command_line(call: Callable[[Any], Any], said: list[str]) -> None:
    with pytest.raises((CallError, CannotAnswerError)) as fault:
        call(ea.Lake(small_city()[0]))
    assert all(words in str(fault.value) for words in said)
    assert not re.search(r"`efficacy |--\w", str(fault.value))
    assert re.search(r"`efficacy |--where", fault.value.told())
    assert fault.value._render_traceback_() == str(fault.value).splitlines()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('leave such cases out by --where "event_count <= 9"', 'leave such cases out by log.where("event_count <= 9")'),
        ("choose with --item CODE and --department CODE", "choose with item=… and department=…"),
        ("see `efficacy show directly_follows`", "see `log.directly_follows()`"),
        ("give one: --parameter issued_on=2025-10-17", 'give one: issued_on="2025-10-17"'),
        ("state a limit with --set promised_limit=…", 'state a limit with constants={"promised_limit": "…"}'),
        ("`efficacy runs` lists them", "`efficacy runs` lists them"),
    ],
)
def test_commands_and_options_are_methods_and_arguments(told: str, said: str) -> None:
    assert in_python(told) == said


def test_what_is_declared_is_what_is_taken() -> None:
    taken = [
        (3, int), (3, float), (True, bool), ("a", str | None), (None, str | None), (["a"], Sequence[str]),
        (("a", "b"), tuple[str, str]), ({"a": "b"}, Mapping[str, str]), (3, Any), (dt.date(2020, 1, 1), dt.date | str),
    ]  # fmt: skip
    refused = [
        (True, int), (True, float), ("3", int), (float("nan"), float), (2**70, int), ("ab", Sequence[str]),
        ([1], Sequence[str]), (("a",), tuple[str, str]), ({"a": 1}, Mapping[str, str]), (None, str),
    ]  # fmt: skip
    assert [pair for pair in taken if not is_of(*pair)] == []
    assert [pair for pair in refused if is_of(*pair)] == []


def test_a_call_that_fits_is_left_alone() -> None:
    @checked
    def said(name: str, *, most: int = 1, **further: Any) -> tuple[Any, ...]:
        return name, most, further

    assert said("a", most=2, other=object) == ("a", 2, {"other": object})
    with pytest.raises(TypeError, match="missing"):
        said()  # type: ignore[call-arg]
