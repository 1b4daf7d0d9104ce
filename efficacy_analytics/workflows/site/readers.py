"""Who may read a site that is served: everybody on this machine, holders of a token, or whom a proxy names.

A token is told once, when it is made; the lake keeps its hash, `site_tokens.json`, readable by its owner alone.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from efficacy_analytics.errors import CallError
from efficacy_analytics.system.disk import read_record

PLACE: Final = "site_tokens.json"
TOKEN_BYTES: Final = 32
LONGEST_NAME: Final = 100
EVERYBODY: Final = "everybody on this machine"


@dataclass(frozen=True)
class Readers:
    """Who may read.

    Attributes:
        tokens: the hash of each reader's token, by name.
        user_header: the header in which a proxy names the reader; none without a proxy.
        proxies: the addresses from which the header is believed.
        is_local: whether the site is served on this machine alone.
    """

    tokens: Mapping[str, str] = field(default_factory=dict)
    user_header: str | None = None
    proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    is_local: bool = True

    def check(self) -> None:
        """Refuses a site that anybody in the network could read.

        Raises:
            CallError: it is served beyond this machine, without tokens and without a proxy.
        """
        if not (self.is_local or self.tokens or self.user_header):
            raise CallError(
                "beyond this machine a site is served to readers with a token, or behind a proxy that names them.",
                hint="`efficacy site --new-token NAME`, or --user-header; a public site: on any web server",
            )

    def reader(self, headers: Mapping[str, str], peer: str) -> str | None:
        """The name of whoever asks; none where nobody is known by what was sent.

        Args:
            headers: of the request, their names in small letters; one that came twice is not among them.
            peer: the address it came from.
        """
        if self.user_header:
            name = (headers.get(self.user_header.lower()) or "").strip()
            return name[:LONGEST_NAME] if name and peer in self.proxies else None
        if self.tokens:
            return self._holder(_token(headers.get("authorization") or ""))
        return EVERYBODY if self.is_local else None

    def _holder(self, token: str) -> str | None:
        sha256 = _sha256(token)
        holders = [name for name, kept in sorted(self.tokens.items()) if hmac.compare_digest(kept, sha256)]
        return holders[0] if holders else None


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def new_token(lake: Path, name: str) -> str:
    """Makes a reader's token, which takes the place of a former one; it is told here and nowhere else.

    Args:
        lake: the lake's folder.
        name: of the reader, for the log of who opened what.

    Raises:
        CallError: there is no lake, or the name is empty, too long, or holds what is no letter, digit, blank, `.`, `-`
            or `_`.
    """
    if not name or len(name) > LONGEST_NAME or not all(one.isalnum() or one in " .-_" for one in name):
        raise CallError(f"'{name}' is no name of a reader.", hint="letters, digits, blanks, '.', '-' and '_'")
    if not lake.is_dir():
        raise CallError(f"there is no lake {lake}.", hint="give the folder of a lake: --lake DIR")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _keep(lake, {**tokens_of(lake), name: _sha256(token)})
    return token


def remove_token(lake: Path, name: str) -> None:
    """Takes a reader's token back.

    Raises:
        CallError: there is no reader of that name.
    """
    known = dict(tokens_of(lake))
    if known.pop(name, None) is None:
        raise CallError(f"no reader '{name}' has a token.", hint=f"there are: {', '.join(sorted(known)) or 'none'}")
    _keep(lake, known)


def tokens_of(lake: Path) -> dict[str, str]:
    """The hash of each reader's token, by name."""
    file = lake / PLACE
    return read_record(file, hint="remove it, and make the tokens again") if file.is_file() else {}


def _keep(lake: Path, tokens: Mapping[str, str]) -> None:
    draft = lake / f".{PLACE}.draft"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(tokens, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    draft.replace(lake / PLACE)


def _token(authorization: str) -> str:
    """The token that a request brings: as a bearer, or as the password of a browser's own form."""
    kind, _, sent = authorization.partition(" ")
    if kind.lower() == "bearer":
        return sent.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(sent, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return ""


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
