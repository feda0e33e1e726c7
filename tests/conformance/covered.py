"""Which calls of the SDK the tests of this package make, read from the tests themselves."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

WHO = {"keys": ("keys",), "token": ("token",), "either": ("keys", "token")}


def calls_in(test: Callable[..., object]) -> set[tuple[str, str]]:
    """Return (function of the SDK, who calls) for each `who.call("v1_...")` written in a test."""
    return set(_calls(ast.parse(textwrap.dedent(inspect.getsource(test)))))


def calls_of_all_tests() -> set[tuple[str, str]]:
    """Return (function of the SDK, kind of credential) for the whole package."""
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for name, who in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            found |= {(name, kind) for kind in WHO[who]}
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call":
            who, name = node.func.value, node.args[0] if node.args else None
            if isinstance(who, ast.Name) and who.id in WHO and isinstance(name, ast.Constant):
                yield str(name.value), who.id
