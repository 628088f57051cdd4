"""Keyed names for people: HMAC-SHA-256 under a secret that lives in the environment only.

An unkeyed hash of an id, an address or a phone number is found again by trying them all. The
secret reaches DuckDB as session variables: never a table, a view, a query text or a log.
"""

import hashlib
import hmac
import os
from typing import Protocol

from lib.errors import UserError

KEY_VARIABLE = "SEGMENTS_PSEUDONYM_KEY"
LEAST_CHARACTERS = 32
HOW_TO_SET = f"set {KEY_VARIABLE} to a secret of {LEAST_CHARACTERS} characters or more, and keep it"
BLOCK = 64  # bytes of a SHA-256 block
INNER, OUTER = 0x36, 0x5C  # RFC 2104


class Session(Protocol):
    """A DuckDB connection or cursor, or dbt's wrapper of one."""

    def execute(self, query: str, /) -> object: ...


def key_from_environment() -> bytes | None:
    """The secret, or None where none is set. Error: one short enough to be guessed."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        return None
    if len(key) < LEAST_CHARACTERS:
        raise UserError(f"{KEY_VARIABLE} can be guessed; {HOW_TO_SET}")
    return key.encode()


def required_key(why: str) -> bytes:
    """The secret; without one a UserError that says what it is needed for."""
    key = key_from_environment()
    if key is None:
        raise UserError(f"{why}: {HOW_TO_SET}")
    return key


def pseudonym(key: bytes, text: str) -> str:
    """HMAC-SHA-256 in hex, as `pseudonym_of` gives it in SQL."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def key_check(key: bytes | None) -> str | None:
    """Sixteen digits that tell two keys apart and from which neither can be found."""
    return pseudonym(key, "which key is this?")[:16] if key else None


def teach(session: Session, key: bytes | None) -> None:
    """Give a session the SQL function `pseudonym_of(text)`; without a key, calling it fails."""
    if key is None:
        text = f"pseudonyms are asked for, and there is no key: {HOW_TO_SET}"
        session.execute(f"create or replace temp macro pseudonym_of(value) as error('{text}')")
        return
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    for name, pad in (("inner", INNER), ("outer", OUTER)):
        padded = bytes(byte ^ pad for byte in block).hex()
        session.execute(f"set variable pseudonym_{name} = unhex('{padded}')")
    session.execute(
        "create or replace temp macro pseudonym_of(value) as"
        " sha256(getvariable('pseudonym_outer')"
        " || unhex(sha256(getvariable('pseudonym_inner') || encode(value))))"
    )
