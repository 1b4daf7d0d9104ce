"""What `~/.my.cnf` says under [client], read as MySQL's own client reads it.

Lines `name = value`; dashes and underscores are one; a value may stand in quotation marks, a `#` outside them begins a
comment, and backslashes are escapes. Files that it includes are not read, nor is `~/.mylogin.cnf`. A file that
everybody may write to is ignored, as the client does.
"""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from efficacy_analytics.errors import CallError

GROUP = "client"
ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "r": "\r", "\\": "\\", "s": " ", '"': '"', "'": "'"}
_LINE = re.compile(r"(?P<name>[^=#\s]+)\s*(?:=\s*(?P<value>.*))?")
_QUOTED = re.compile(r"""(?P<mark>["'])(?P<text>(?:\\.|(?!(?P=mark)).)*)(?P=mark)\s*(?:#.*)?""")


def client_options(file: Path | None = None) -> dict[str, str]:
    """The options of the group [client], by their names with dashes; none where there is no file.

    Args:
        file: in place of `~/.my.cnf`.

    Raises:
        CallError: the file is not text.
    """
    file = file or Path.home() / ".my.cnf"
    try:
        if file.stat().st_mode & stat.S_IWOTH:
            return {}
        text = file.read_text(encoding="utf-8")
    except OSError:
        return {}
    except UnicodeDecodeError:
        raise CallError(f"{file} is not text in UTF-8.", hint="write it anew") from None
    return dict(_options(text))


def _options(text: str) -> Iterator[tuple[str, str]]:
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]").strip()
        elif group == GROUP and not line.startswith(("#", ";", "!")) and (found := _LINE.fullmatch(line)):
            yield found["name"].lower().replace("_", "-"), _value(found["value"] or "")


def _value(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    bare = quoted["text"] if quoted else text.partition("#")[0].strip()
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), bare)
