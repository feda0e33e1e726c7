"""Compares an answer with the annotations of the SDK's models, which the SDK itself never checks."""

import json
import types
import typing
from collections.abc import Iterator
from typing import Any


def disagreements(model: type, raw: bytes) -> Iterator[str]:
    """Yield "path: what came instead" for each value of another type, and "path: unknown" for each foreign key."""
    yield from _object(model, json.loads(raw), "")


def _object(model: type, row: dict[str, Any], path: str) -> Iterator[str]:
    wanted = {name: hint for name, hint in typing.get_type_hints(model).items() if name != "additional_properties"}
    for name, value in row.items():
        here = f"{path}.{name}".lstrip(".")
        if name in wanted:
            yield from _value(wanted[name], value, here)
        else:
            yield f"{here}: unknown"


def _value(hint: Any, value: Any, path: str) -> Iterator[str]:
    options = [each for each in _options(hint) if each is not type(None)]
    inner, outer = options[0], typing.get_origin(options[0])
    if value is None:
        yield from () if len(options) < len(_options(hint)) else [f"{path}: null"]
    elif outer is list:
        if not isinstance(value, list):
            yield f"{path}: {type(value).__name__}"
            return
        for item in value:
            yield from _value(typing.get_args(inner)[0], item, f"{path}[]")
    elif hasattr(inner, "additional_properties") and isinstance(value, dict):
        yield from _object(inner, value, path)
    elif type(value) is not inner:
        yield f"{path}: {type(value).__name__}"


def _options(hint: Any) -> tuple[Any, ...]:
    joined = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if joined else (hint,)
