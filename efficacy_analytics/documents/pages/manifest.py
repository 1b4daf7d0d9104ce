"""What a picture's page carries of how it was made, so that it can be drawn again and compared."""

import json
from collections.abc import Mapping
from typing import Any, Final

from efficacy_analytics import __version__
from efficacy_analytics.charts.style.scripts import inside_script
from efficacy_analytics.engine.session import Session
from efficacy_analytics.system.code import code_sha256

PLACE: Final = "picture-manifest"
END: Final = "</body>"


def with_manifest(page: str, manifest: Mapping[str, Any]) -> str:
    """The page with its manifest inside, where no reader sees it."""
    body, end, rest = page.rpartition(END)
    told = inside_script(json.dumps(manifest, ensure_ascii=False, sort_keys=True, default=str))
    return f'{body}<script type="application/json" id="{PLACE}">{told}</script>\n{end}{rest}'


def manifest_of(
    picture: str,
    language: str,
    logs: Mapping[str, tuple[Session, Mapping[str, str | None]]],
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """All that decides what a picture shows.

    Args:
        picture: its name.
        language: the page's.
        logs: "log", and "other" for a comparison: the session, and what was chosen.
        options: the picture's own.
        settings: those in force that can decide a figure.
    """
    return {
        "picture": picture,
        "language": language,
        "groups": {
            name: {"snapshot": _snapshot(log), "cohort": {key: value for key, value in cohort.items() if value}}
            for name, (log, cohort) in logs.items()
        },
        "options": dict(options),
        "settings": dict(settings),
        "code_version": __version__,
        "code_sha256": code_sha256(),
    }


def _snapshot(log: Session) -> dict[str, str]:
    if "snapshot" not in log.tables():
        return {}
    facts = log.run("snapshot_facts").row(0, named=True)
    return {name: str(facts[name]) for name in ("snapshot", "content_sha256")}
