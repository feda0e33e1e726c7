"""Hashes what results depend on: each part by itself, and the whole, without holding its text."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields

AT_ONCE = 2000


def of(told: Iterable[tuple[str, object]]) -> tuple[str, dict[str, str]]:
    """Give the hash of everything told, and of each part (what is told of one part twice makes one hash).

    Shape: pairs of a part and what it holds; an iterator stands for a list.
    Guarantee: the same as hashing all of it as one JSON text, so the fingerprints of stored runs stay valid.
    """
    whole, parts = hashlib.sha256(b"["), {}
    for place, (part, each) in enumerate(told):
        one = hashlib.sha256(parts.get(part, "").encode())
        whole.update(b"," if place else b"")
        for text in _texts(each):
            piece = text.encode()
            whole.update(piece)
            one.update(piece)
        parts[part] = one.hexdigest()[:16]
    whole.update(b"]")
    return whole.hexdigest(), parts


def _texts(value: object) -> Iterator[str]:
    """Write a value as JSON: an iterator one element after the other, a list some elements at a time."""
    if isinstance(value, Iterator):
        yield "["
        for place, each in enumerate(value):
            yield "," if place else ""
            yield from _texts(each)
        yield "]"
    elif isinstance(value, list) and len(value) > AT_ONCE:
        for start in range(0, len(value), AT_ONCE):
            yield ("," if start else "[") + _json(value[start : start + AT_ONCE])[1:-1]
        yield "]"
    else:
        yield _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> list[object]:
    """Write what JSON does not know: sets in a fixed order, stays as their values."""
    return sorted(value) if isinstance(value, frozenset) else [getattr(value, field.name) for field in fields(value)]
