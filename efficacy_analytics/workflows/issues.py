"""The register of issues: which document has which number of its year, how often it was revised, and what changed.

One small file an issue, `issues/<series>/<year>/<number>.json` of the lake. A number is given to a subject (whose
cases, of which period, for whom) before anything is written, and belongs to it for good: who runs it again, after a
kill too, gets the same one. The file of a number can be made once only, so that two at once never share one.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.snapshots import replaced
from efficacy_analytics.system.disk import read_record
from efficacy_analytics.vocabulary import Language, Words

FOLDER: Final = "issues"
DAMAGED: Final = "restore it from a copy of the lake: its number must not be given again"
REGULAR, SUPPLEMENT = "regular", "supplement"
WORDS: Final[dict[str, Words]] = {
    REGULAR: {"zh": "{year}年第{number}期", "en": "{year}, no. {number}"},
    SUPPLEMENT: {"zh": "{year}年增刊第{number}期", "en": "{year}, supplement {number}"},
    "revised": {"zh": "{issue}（第{revision}次修订）", "en": "{issue}, revision {revision}"},
}


@dataclass(frozen=True)
class Issue:
    """A number and all that was printed under it.

    Attributes:
        series: internal or public, regular or supplement: each is numbered by itself.
        year: of the day of issue.
        number: in the series and the year, from 1.
        subject: what it is about: kind, edition and cohort.
        revisions: in their order, each with `revision`, `run`, `content` (a hash of the tables shown), `figures` (the
            main ones), `office` (a hash of the
            office's words), `issued_on` and `documents` (`file`, `sha256`, `language`, `format`).
    """

    series: str
    year: int
    number: int
    subject: Mapping[str, Any]
    revisions: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    def words(self, revision: int, language: Language) -> str:
        """The number as it is printed."""
        kind = self.series.rpartition("-")[2]
        issue = WORDS[kind][language].format(year=self.year, number=self.number)
        return WORDS["revised"][language].format(issue=issue, revision=revision) if revision else issue


def issues(lake: Path) -> list[Issue]:
    """All issues of a lake, by series, year and number.

    Raises:
        CheckFailedError: a file of the register is damaged.
    """
    files = sorted((lake / FOLDER).glob("*/*/[0-9]*.json"))
    return sorted((_read(file) for file in files), key=lambda one: (one.series, one.year, one.number))


def number_for(lake: Path, subject: Mapping[str, Any], *, is_supplement: bool, day: dt.date) -> Issue:
    """The issue of a subject: that which it has, else the next number of the year.

    Args:
        lake: the lake's folder.
        subject: kind, edition and cohort, as plain values.
        is_supplement: whether it stands apart from the regular issues (增刊).
        day: of issue; its year counts where a number is given.

    Raises:
        CheckFailedError: a file of the register is damaged.
    """
    series = f"{subject['edition']}-{SUPPLEMENT if is_supplement else REGULAR}"
    wanted = json.loads(json.dumps(dict(subject), sort_keys=True, default=str))
    with _alone(lake):
        known = issues(lake)
        same = [one for one in known if one.subject == wanted]
        if same:
            return same[0]
        used = [one.number for one in known if (one.series, one.year) == (series, day.year)]
        return _taken(lake, Issue(series, day.year, max(used, default=0) + 1, wanted))


def revision_for(issue: Issue, content: str, office: str = "") -> int:
    """Which revision a content under the office's words is: that which printed it last, else the next one.

    Args:
        issue: the number.
        content: a hash of the tables shown.
        office: a hash of the office's words; a revision that does not tell its own counts as of the same.
    """
    if not issue.revisions:
        return 0
    last = issue.revisions[-1]
    is_same = last["content"] == content and last.get("office", office) == office
    return int(last["revision"]) + (not is_same)


def printed_before(issue: Issue, revision: int) -> Mapping[str, Any] | None:
    """The revision before one, as it was printed; none for the first."""
    earlier = [one for one in issue.revisions if int(one["revision"]) < revision]
    return earlier[-1] if earlier else None


def keep(lake: Path, issue: Issue, revision: Mapping[str, Any]) -> Issue:
    """Records what was printed under a number; documents of the same revision come together.

    Args:
        lake: the lake's folder.
        issue: the number.
        revision: as `Issue.revisions` has it.

    Raises:
        CheckFailedError: the register does not have the number.
    """
    with _alone(lake):
        known = _read(_file(lake, issue))
        same = [one for one in known.revisions if one["revision"] == revision["revision"]]
        others = [one for one in known.revisions if one["revision"] != revision["revision"]]
        documents = {one["file"]: one for former in same for one in former["documents"]}
        documents |= {one["file"]: one for one in revision["documents"]}
        merged = {**revision, "documents": [documents[name] for name in sorted(documents)]}
        ordered = sorted([*others, merged], key=lambda one: int(one["revision"]))
        made = replace(known, revisions=ordered)
        replaced(_file(lake, made), _text(made))
        return made


def _file(lake: Path, issue: Issue) -> Path:
    return lake / FOLDER / issue.series / str(issue.year) / f"{issue.number:04d}.json"


def _text(issue: Issue) -> str:
    return json.dumps(asdict(issue), ensure_ascii=False, indent=1, default=str) + "\n"


def _read(file: Path) -> Issue:
    values = read_record(file, hint=DAMAGED)
    try:
        return Issue(**values)
    except TypeError:
        raise CheckFailedError(f"{file} is damaged.", hint=DAMAGED) from None


def _taken(lake: Path, issue: Issue) -> Issue:
    """The number, once its file is there: made whole under another name and linked, which succeeds once only."""
    file = _file(lake, issue)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as opened:
            opened.write(_text(issue))
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return issue


@contextmanager
def _alone(lake: Path) -> Iterator[None]:
    """Holds the register for the moment it takes to read and to write it; others wait."""
    folder = lake / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
