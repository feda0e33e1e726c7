"""Files from outside: opened, decoded, and refused with the place where they are wrong."""

import json
from collections.abc import Callable
from pathlib import Path

from meetings.lists import texts
from meetings.lists.faults import Unreadable

# What JSON calls its values, for sentences; an object that was made slim is a tuple.
_KINDS = {
    dict: "an object",
    tuple: "an object",
    list: "an array",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}
_WRONG = {"encoding": "is in no encoding we know", "binary": "is no text"}


class BadFile(Exception):
    """A file cannot be used; the text names the file, the place in it and what is wrong."""

    def __init__(self, path: Path, wrong: str, *place: str) -> None:
        super().__init__(f"{', '.join([str(path), *place])}: {wrong}.")


def text_of(path: Path) -> str:
    """Give the text of a file in UTF-8, UTF-16, GB18030 or Big5, with or without a byte order mark.

    Raises: BadFile, also for an empty one.
    """
    try:
        body = path.read_bytes()
        text = texts.decode(body) if body else ""
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror})") from error
    except Unreadable as error:
        raise BadFile(path, _WRONG[error.code], f"line {error.place['line']}") from error
    if not text.strip():
        raise BadFile(path, "is empty")
    return text


def json_of(path: Path, slim: Callable[[dict[str, object]], object] | None = None) -> object:
    """Give what a JSON file holds; NaN and the like, which some programs write for nothing, are null.

    Shape: `slim` is given every object, innermost first, and says what stays of it. Raises: BadFile.
    """
    text = text_of(path)
    try:
        return json.loads(text, object_hook=slim, parse_constant=lambda _name: None)
    except json.JSONDecodeError as error:
        raise BadFile(path, f"is no JSON ({error.msg})", f"line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(path, "is no JSON that can be read") from error


def kind_of(value: object) -> str:
    """Name the kind of a JSON value, for a sentence."""
    return _KINDS.get(type(value), "a number")
