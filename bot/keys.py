"""API keys and what each opens: read from `BYLINE_API_KEYS`, held as digests, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

MIN_KEY_CHARS = 16  # 16 characters of base64 are 96 random bits: out of reach at any rate a server could answer
HASHED = "sha256:"
_ENTRY = re.compile(r"(?:(ask|write|admin):)?(.*)", re.DOTALL)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Right(IntEnum):
    """What a key opens; each holds those before it.

    `ASK`: questions, articles and the pages. `WRITE`: adding, removing and restoring articles. `ADMIN`: what people
    asked (`/insights`) and the server's figures (`/metrics`).
    """

    ASK = 1
    WRITE = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """As it is written before a key."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its right, and the SHA-256 of what a client has to show, in hexadecimal."""

    right: Right
    digest: str


def parse_key(entry: str) -> Key:
    """Read an entry: `KEY`, `ask:KEY`, `write:KEY`, `admin:KEY`, or a digest in the key's place, `ask:sha256:HEX`.

    A key without a word before it has every right.

    Raises:
        ValueError: it is shorter than `MIN_KEY_CHARS`, or what follows `sha256:` is no digest. The message does not
            repeat the key.
    """
    found = _ENTRY.fullmatch(entry.strip())
    assert found is not None
    right = Right[found[1].upper()] if found[1] else Right.ADMIN
    secret = found[2].strip()
    if secret.startswith(HASHED):
        digest = secret.removeprefix(HASHED).lower()
        if not _DIGEST.fullmatch(digest):
            raise ValueError("what follows sha256: is not 64 hexadecimal digits; make an entry with `byline key`")
        return Key(right, digest)
    if len(secret) < MIN_KEY_CHARS:
        raise ValueError(
            f"a key has {len(secret)} characters, it needs at least {MIN_KEY_CHARS}; `byline key` makes one"
        )
    return Key(right, digest_of(secret))


def known_key(given: str, keys: Iterable[Key]) -> Key | None:
    """The key somebody shows, or None; every key is compared, so that the time taken does not tell which."""
    shown = digest_of(given)
    found = None
    for key in keys:
        if hmac.compare_digest(shown, key.digest):
            found = key
    return found


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal; keys are long and random, so that a slow hash would add nothing but time."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_key(right: Right) -> tuple[str, str]:
    """Make a key: what the client shows, and the entry for the settings, which does not hold it."""
    secret = secrets.token_urlsafe(24)
    return secret, f"{right.word}:{HASHED}{digest_of(secret)}"
