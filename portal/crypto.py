"""Secrets at rest: an encrypted field with rotatable keys, and keyed hashes that can be searched."""

import functools
import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class Undecryptable(Exception):
    """A stored value fits none of FIELD_KEYS: a key was removed before everything was rotated."""


@functools.cache
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _box() -> MultiFernet:
    return _box_of(tuple(settings.FIELD_KEYS))


def seal(plain: bytes) -> bytes:
    """Encrypt with the first key."""
    return _box().encrypt(plain)


def open_sealed(sealed: bytes) -> bytes:
    """Decrypt with whichever key fits.

    Raises: Undecryptable.
    """
    try:
        return _box().decrypt(sealed)
    except InvalidToken as error:
        raise Undecryptable("A stored value fits none of FIELD_KEYS.") from error


def reseal(sealed: bytes) -> bytes:
    """Encrypt again with the first key (for rotation)."""
    return _box().rotate(sealed)


def index_hash(kind: str, text: str) -> str:
    """Give the keyed hash under which a personal value can be found again; 32 hex digits, empty for empty."""
    if not text:
        return ""
    hasher = _hasher(settings.INDEX_KEY, kind).copy()
    hasher.update(text.encode())
    return hasher.hexdigest()


@functools.cache
def _hasher(index_key: str, kind: str) -> "hashlib.blake2b":
    # Begun once: a list of a hundred thousand asks as often.
    key = hashlib.blake2b(index_key.encode(), digest_size=32).digest()
    return hashlib.blake2b(digest_size=16, key=key, person=kind.encode()[:16])


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


class SealedText(models.TextField):
    """Text that lies encrypted in the database; empty stays empty so that it can be queried."""

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return seal(plain.encode()).decode() if plain else plain

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return open_sealed(value.encode()).decode() if value else value


class SealedBytes(models.BinaryField):
    """Bytes that lie encrypted in the database (uploads, raw events)."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(seal(bytes(value)) if value else value, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return open_sealed(bytes(value)) if value else value
