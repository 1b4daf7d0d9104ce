"""The key of the pseudonyms: a file outside the lake that only its owner can read, made when it is first needed.

Whoever has the key can tell whether a person occurs in the lake; whoever has the lake alone cannot. So the key lies
neither in the lake nor in the checkout, and a delivery's record names only its fingerprint.
"""

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.settings import AS_SHIPPED, CHECKOUT, PrivacySettings

ALGORITHMS = {"hmac-sha256": "sha256", "hmac-sm3": "sm3"}
FEWEST_BYTES = 32
PLACE = "EFFICACY_KEY_FILE"
ONLY_MINE = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Key:
    """A secret and how it is used; it shows neither in a message nor in a traceback.

    Attributes:
        secret: the content of the key file.
        algorithm: one of `ALGORITHMS`.
        known: pseudonyms that a delivery may bring back as such.
    """

    secret: bytes = field(repr=False)
    algorithm: str = "hmac-sha256"
    known: frozenset[str] = frozenset()

    def digest(self, message: bytes) -> str:
        """The keyed hash of a message, in hexadecimal digits."""
        return hmac.digest(self.secret, message, ALGORITHMS[self.algorithm]).hex()

    @property
    def fingerprint(self) -> str:
        """Tells keys apart, and says nothing of the key."""
        return self.digest(b"\x00fingerprint of the key")[:16]

    def record(self) -> dict[str, str]:
        """What a delivery's record keeps of the key."""
        return {"algorithm": self.algorithm, "key_fingerprint": self.fingerprint}


def key_of(lake: Path, asked: PrivacySettings = AS_SHIPPED.privacy) -> Key:
    """The key that the setting or `$EFFICACY_KEY_FILE` names; made there if there is none yet.

    Raises:
        CallError: the file lies in the lake or the checkout, others can read it, it is too short, or the algorithm is
            unknown or not to be had.
    """
    algorithm = _checked_algorithm(asked.algorithm)
    place = Path(os.environ.get(PLACE) or asked.key_file).expanduser()
    _refuse_inside(place, lake)
    if not place.exists():
        _make(place)
    return Key(_read(place), algorithm)


def check_same_key(key: Key, before: Mapping[str, str]) -> None:
    """Refuses a key other than that of the delivery before: the same person would be two.

    Args:
        key: the key of now.
        before: what that delivery's record keeps of its key; empty where there is none.

    Raises:
        CallError: it is another key or algorithm.
    """
    if before and dict(before) != key.record():
        raise CallError(
            f"the delivery before has pseudonyms of another key ({before['algorithm']} {before['key_fingerprint']}) "
            f"than this one ({key.algorithm} {key.fingerprint}): the same person would be two.",
            hint=f"name the earlier key by {PLACE} or [privacy] key_file, or say --other-key if that is meant",
        )


def _checked_algorithm(name: str) -> str:
    if name not in ALGORITHMS:
        raise CallError(f"[privacy] algorithm '{name}' is unknown.", hint=f"one of: {', '.join(ALGORITHMS)}")
    if ALGORITHMS[name] not in hashlib.algorithms_available:
        raise CallError(
            f"{name} cannot be had: the OpenSSL of this Python has no {ALGORITHMS[name].upper()}.",
            hint="use hmac-sha256, or a Python with OpenSSL 1.1.1 or later",
        )
    return name


def _refuse_inside(place: Path, lake: Path) -> None:
    for name, folder in (("lake", lake), ("checkout", CHECKOUT)):
        if place.resolve().is_relative_to(folder.resolve()):
            raise CallError(
                f"the key file {place} lies inside the {name}.",
                hint=f"keep it apart from the data: [privacy] key_file, or {PLACE}",
            )


def _make(place: Path) -> None:
    """Puts a new key in place whole, and only where there is none: of two that make one at once the first counts."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as folder:
            draft = Path(folder) / place.name
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(FEWEST_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, place)
    except OSError as fault:
        raise EfficacyError(
            f"the key file {place} cannot be made: {fault.strerror}.", hint=f"[privacy] key_file or {PLACE} names it"
        ) from None


def _read(place: Path) -> bytes:
    try:
        mode = place.stat().st_mode
        if not stat.S_ISREG(mode):
            raise CallError(f"the key file {place} is no file.", hint=f"[privacy] key_file or {PLACE} names it")
        if mode & ONLY_MINE:
            raise CallError(
                f"others than its owner can use the key file {place} (mode {stat.S_IMODE(mode):04o}).",
                hint=f"chmod 600 {place}; if others may have read it, make a new key and take the exports in anew",
            )
        secret = place.read_bytes().strip()
    except OSError as fault:
        raise CallError(
            f"the key file {place} cannot be read: {fault.strerror}.", hint="only its owner can use it"
        ) from None
    if len(secret) < FEWEST_BYTES:
        raise CallError(
            f"the key in {place} is too short: {len(secret)} bytes, at least {FEWEST_BYTES}.",
            hint="restore the right file; without one a new key is made",
        )
    return secret
