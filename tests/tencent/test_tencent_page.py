"""The page of the client's functions says what the code says: every name, every parameter, every field."""

import importlib
import inspect
import re
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest

import portal.tencent
from portal.tencent.capabilities import TABLE

PAGE = Path(portal.tencent.__file__).parents[2] / "docs" / "platform.md"
# Said once for the whole module: they are for tests.
UNSPOKEN = {"timeout", "clock"}

Entry = tuple[str, tuple[str, ...]]


def groups() -> dict[str, str]:
    """Give each group of the page by the modules its first line names."""
    block = PAGE.read_text().partition("## Functions")[2].partition("```python\n")[2].partition("```")[0]
    return dict(each.split("\n", 1) for each in block.strip().split("\n\n"))


def modules(head: str) -> list[ModuleType]:
    return [importlib.import_module(f"portal.tencent.{name}") for name in re.findall(r"(\w+)\.py", head)]


def entries(body: str) -> list[Entry]:
    """Give the calls and classes of a group with the names in their brackets."""
    plain = re.sub(r"#.*", "", body).replace("()", "")
    while plain != (plain := re.sub(r"\[[^][]*\]", "", plain)):
        continue
    found = re.findall(r"(?<![.\w])(\w+)\(([^()]*)\)", plain)
    return [(name, tuple(re.findall(r"(?:^|,)\s*(\w+)", inner))) for name, inner in found]


def in_the_code(thing: object) -> tuple[str, ...]:
    return tuple(name for name in inspect.signature(thing).parameters if name not in UNSPOKEN)


@pytest.mark.parametrize("head", groups())
def test_the_page_says_what_the_code_says(head: str) -> None:
    told = entries(groups()[head])
    known = {name: thing for module in reversed(modules(head)) for name, thing in vars(module).items()}
    assert told == [(name, in_the_code(known[name])) for name, _ in told]


def test_the_page_tells_of_every_call() -> None:
    told = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for head, body in groups().items()
        for module in modules(head)
        for name, _ in entries(body)
    }
    assert {row.call for row in TABLE} - told == set()


def test_the_page_hides_no_group() -> None:
    named = set(chain.from_iterable(re.findall(r"(\w+)\.py", head) for head in groups()))
    assert {row.call.partition(".")[0] for row in TABLE} - named == set()
