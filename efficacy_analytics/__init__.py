"""Analytics and process mining for administrative efficacy (行政效能).

>>> log = ea.Lake(lake.directory).log(department="D02", language="en")
>>> log.bottlenecks().columns[:3]
['rank', 'activity', 'next_activity']
>>> log.where(late=True)
log of ... cases of snapshot ... (department D02, where ("is_judged" = true
) and ("is_late" = true
))

What is public: `Lake` (deliveries, snapshots, documents), `Log` (the cases of one question), `Cohort`, `Run`,
`Document`, `due`, `study`, `settings`, `errors`. Each is imported when it is first used; all else is private to the
house.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from efficacy_analytics.settings import settings  # here, before its module would take the name

if TYPE_CHECKING:
    from efficacy_analytics import errors as errors
    from efficacy_analytics.event_log.cohort import Cohort as Cohort
    from efficacy_analytics.findings.runs import Run as Run
    from efficacy_analytics.workflows.finished import Document as Document
    from efficacy_analytics.workflows.lake import Lake as Lake
    from efficacy_analytics.workflows.lake import due as due
    from efficacy_analytics.workflows.log import Log as Log
    from efficacy_analytics.workflows.studies.study import study as study

__version__ = "0.2.0"
__all__ = ["Cohort", "Document", "Lake", "Log", "Run", "due", "errors", "settings", "study"]

_PLACES = {
    "Cohort": "event_log.cohort", "Document": "workflows.finished", "Lake": "workflows.lake", "Log": "workflows.log",
    "Run": "findings.runs", "due": "workflows.lake",
    "study": "workflows.studies.study",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module("efficacy_analytics.errors")
    if name not in _PLACES:
        raise AttributeError(f"efficacy_analytics has no {name!r}; public are: {', '.join(__all__)}")
    return getattr(import_module(f"efficacy_analytics.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
