"""What is left of a log that was closed."""

from typing import Any

from efficacy_analytics.errors import CallError


class ClosedSession:
    """A session that answers nothing and says why."""

    def close(self) -> None:
        """Closing twice is no fault."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise CallError("this log is closed.", hint="lake.log(…) opens it anew")
