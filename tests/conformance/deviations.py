"""Reads the tables of docs/platform-deviations.md, so that the document cannot say what is not so."""

from functools import cache
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "platform-deviations.md"


@cache
def table(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table under a heading, without its head, code marks stripped."""
    text = DOCUMENT.read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return tuple(tuple(cell.strip().strip("`") for cell in line.strip("|").split(" | ")) for line in lines)


def answers() -> dict[tuple[str, str], str]:
    """Return the reason of each listed (function of the SDK, disagreement) of the sandbox's answers."""
    return {
        (name, f"{place}.{field}: {comes}".lstrip(".")): reason
        for names, where, comes, reason in table("Answers")
        for name in names.split(", ")
        for place, _, fields in [where.rpartition(": ")]
        for field in fields.split(", ")
    }
