"""Keeps the borders of the house: who may import whom, how long things may be, words that say nothing."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from portal.celery import app as celery_app

TEMPLATE_TAGS = re.compile(r"{% comment.*?{% endcomment %}|{%.*?%}|{#.*?#}", re.DOTALL)
INLINE = re.compile(r"<[^>]*\s(style|on[a-z]+)\s*=|<style|javascript:|<script(?![^>]*\ssrc=)")
ROOT = Path(__file__).resolve().parent.parent
OURS = ("portal", "meetings", "attendance")
GROUND = {"portal.jobs", "portal.accounts", "portal.audit", "portal.tencent", "portal.crypto", "portal.phones"}
FIRST = GROUND | {"portal.webhooks", "portal.names"}

# Room -> the rooms it may import, itself aside. The longest matching name counts.
MAY_IMPORT = {
    "attendance": FIRST | {"meetings", "attendance.matching"},
    "attendance.matching": {"portal.names"},
    "attendance.presence": set(),
    "attendance.management.commands.demo": FIRST
    | {"meetings", "attendance", "portal.processes", "portal.sandbox.runner"},
    "attendance.management.commands.bench": FIRST
    | {"meetings", "attendance", "portal.processes", "portal.sandbox.runner"},
    "meetings": FIRST,
    "portal.webhooks": {"portal.jobs", "portal.accounts", "portal.audit", "portal.crypto", "portal.tencent"},
    "portal.install": {"portal.jobs", "portal.accounts", "portal.audit", "portal.crypto", "portal.tencent"},
    "portal.accounts": {"portal.jobs", "portal.audit", "portal.crypto", "portal.phones", "portal.tencent"},
    "portal.pages": {"portal.accounts", "portal.jobs"},
    "portal.jobs": {"portal.audit"},
    "portal.management.commands.sandbox": {"portal.processes", "portal.sandbox"},
    "portal": set(),
    "portal.audit": set(),
    "portal.tencent": set(),
    "portal.sandbox": set(),
    "portal.names": set(),
    "portal.phones": set(),
    "portal.crypto": set(),
    "portal.processes": set(),
    "portal.bootstrap": set(),
    # Settings are read by every process, so what they take may import nothing of ours itself.
    "portal.settings": {"portal.phones"},
    "portal.urls": set(),
    "portal.celery": set(),
    "portal.apps": {"portal.celery"},
    "portal.wsgi": set(),
    "portal.asgi": set(),
}
PURE = ("portal.tencent", "portal.names", "attendance.matching", "attendance.presence")
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "services", "service", "misc", "shared", "lib"}
# Lines of a function, without signature, docstring, comments and blanks.
CEILING, VIEW_CEILING, TASK_CEILING, P90, MEDIAN = 50, 30, 12, 25, 8
FILE_CEILING, TEMPLATE_CEILING = 500, 120


def sources() -> Iterator[tuple[str, Path, ast.Module]]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def room_of(module: str) -> str:
    rooms = [room for room in MAY_IMPORT if module == room or module.startswith(room + ".")]
    assert rooms, f"{module} lies in no room of the house"
    return max(rooms, key=len)


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def body_lines(function: ast.FunctionDef, text: list[str]) -> int:
    body = function.body
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    if not body:
        return 0
    lines = text[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def functions() -> Iterator[tuple[str, str, int]]:
    for name, path, tree in sources():
        text = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield name, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", body_lines(node, text)


def test_every_import_keeps_to_the_table() -> None:
    wrong = []
    for name, path, tree in sources():
        room = room_of(name)
        for target, line in imports(tree):
            if target.split(".")[0] not in OURS:
                continue
            wanted = room_of(target) if any(target.startswith(known) for known in MAY_IMPORT) else "portal"
            allowed = MAY_IMPORT[room] | {room}
            if not any(
                wanted == room_ or wanted.startswith(room_ + ".") or target.startswith(room_ + ".") for room_ in allowed
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{line} {room} imports {target}")
    assert wrong == []


def test_pure_rooms_know_no_framework() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for name, path, tree in sources()
        if name.startswith(PURE)
        for target, line in imports(tree)
        if target.split(".")[0] in {"django", "celery", "redis"}
    ]
    assert wrong == []


def test_the_sandbox_and_the_client_are_strangers() -> None:
    for name, path, tree in sources():
        targets = [target for target, _ in imports(tree)]
        if name.startswith("portal.sandbox"):
            assert not [t for t in targets if t.startswith(OURS) and not t.startswith("portal.sandbox")], path
        if name.startswith("portal.tencent"):
            assert not [t for t in targets if "sandbox" in t], path


def test_no_import_hides_in_a_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for _, path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for name, path, _ in sources() if NO_NAMES & set(name.split("."))] == []


def test_functions_are_short() -> None:
    found = list(functions())
    too_long = [(where, length) for name, where, length in found if length > _ceiling(name)]
    assert too_long == []
    lengths = sorted(length for _, _, length in found)
    assert statistics.median(lengths) <= MEDIAN
    assert lengths[int(len(lengths) * 0.9)] <= P90


def _ceiling(module: str) -> int:
    if ".views" in module:
        return VIEW_CEILING
    return TASK_CEILING if module.endswith(".tasks") else CEILING


def test_files_and_templates_are_short() -> None:
    def length(path: Path) -> int:
        return path.read_text(encoding="utf-8").count("\n")

    assert [(str(path), length(path)) for _, path, _ in sources() if length(path) > FILE_CEILING] == []
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    assert [(str(path), length(path)) for path in templates if length(path) > TEMPLATE_CEILING] == []


def test_top_level_holds_only_what_the_plan_names() -> None:
    allowed = {"manage.py", "pyproject.toml", "portal", "meetings", "attendance", "templates", "static", "tests", "README.md",
               "CHANGELOG.md", "LICENSE", "NOTICE", "requirements", "docs", "deploy", "uv.lock", "staticfiles"}  # fmt: skip
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - allowed == set()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_declared_task_exists() -> None:
    celery_app.loader.import_default_modules()
    declared = [
        task
        for config in apps.get_app_configs()
        for kind in ("nightly_work", "hourly_work", "grant_withdrawn")
        for task in getattr(config, kind, ())
    ]
    for config in apps.get_app_configs():
        declared += [task for tasks in getattr(config, "platform_events", {}).values() for task in tasks]
    assert declared
    assert set(declared) - set(celery_app.tasks) == set()


def test_the_web_process_knows_its_broker() -> None:
    from celery import current_app
    from django.conf import settings

    assert current_app.conf.broker_url == settings.CELERY_BROKER_URL


def test_no_template_runs_script_or_style_of_its_own() -> None:
    """The policy of the pages (strict CSP) would silently drop them."""
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        markup = TEMPLATE_TAGS.sub("", path.read_text(encoding="utf-8"))
        wrong += [(str(path.relative_to(ROOT)), found[0]) for found in INLINE.finditer(markup)]
    assert wrong == []
