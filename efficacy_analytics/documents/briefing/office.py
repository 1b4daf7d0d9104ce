"""The office's own words in a document: head, editor's note, to whom it goes. They are part of what a document is."""

import hashlib
import json
from typing import Final

from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.settings import BriefingSettings, settings

NOT_PRINTED: Final = ("languages", "formats")
MARK_LENGTH: Final = 8


def office_in_force() -> BriefingSettings:
    """The words of the settings in force: the one place where documents ask for them."""
    return settings().briefing


def office_sha256(office: BriefingSettings | None = None) -> str:
    """A hash of all words that documents print of the settings, of both languages: they are one issue.

    Args:
        office: the words; by default those of the settings in force.
    """
    words = vars(office or office_in_force())
    printed = {name: value for name, value in words.items() if name not in NOT_PRINTED}
    return hashlib.sha256(json.dumps(printed, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def office_mark() -> str:
    """The part of a file's name that tells these words from others; empty for those that the program comes with."""
    own = office_sha256()
    return "" if own == office_sha256(BriefingSettings()) else own[:MARK_LENGTH]


def check_office(told: str | None) -> None:
    """The words of a document are those of the settings; one that does not tell them is compared letter by letter.

    Raises:
        CheckFailedError: they are others.
    """
    if told is not None and told != office_sha256():
        raise CheckFailedError(
            "the document was made with other words of the office than the settings have: "
            "issuer, editor's note, recipients or copies.",
            hint="verify it with the settings.toml it was made with, or make it again",
        )
