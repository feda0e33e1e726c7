"""Takes names out of the cells of a list: without titles and places, in both scripts."""

import re
from collections.abc import Sequence

from portal.names import is_place, is_title, looks_named, looks_organisational, peel, read, surnames
from portal.names.fold import HAN

FIRST_HAN = "\u3400"
MOST_WORDS = 6
# A list cell from this length on may hold a title without a blank (王晓明总).
_TITLED = 4
# The full stop as people type the dot in a name of two halves (艾力.塔依尔).
_JOINT = re.compile(rf"([{HAN}]{{2,}})\.([{HAN}]{{2,}})")


def is_bare(folded: str) -> bool:
    """Tell whether a cell holds a Chinese name and nothing else."""
    size = len(folded)
    plain = 2 <= size <= 4 and folded[0] >= FIRST_HAN <= folded[-1] and folded.isalpha()
    return plain and not (size == _TITLED and _titled(folded))


def names_in(folded: str, name: str) -> tuple[str, ...]:
    """Give the names a cell holds: its Chinese name without titles and places, and its Latin one joined.

    Shape: "张三（北京） Sam Zhang" gives ("张三", "samzhang", "zhangsam").
    """
    shown = read(name, _JOINT.sub(_joined, folded))
    runs = [run for run in shown.runs if not (is_place(run) or is_title(run) or looks_organisational(run))]
    bare = dict.fromkeys(_whole(run) for run in _named(runs))
    # Beside a Chinese name one word alone is a surname or what somebody likes to be called; many are called so.
    words = () if bare and len(shown.words) == 1 else shown.words
    return (*bare, *(_orders(words) if words else ()))


def _named(runs: list[str]) -> list[str]:
    """Give the runs shaped like names, if there are any; two may also be one (欧阳 震华, 买买提 沙吾提)."""
    named = [run for run in runs if any(looks_named(bare) for bare, _ in peel(run))] or runs
    joined = "".join(runs) if len(runs) == 2 else ""
    if joined and runs[0] in surnames() and looks_named(joined):
        return [joined]
    return [*named, joined] if joined and len(runs[0]) > 2 and named != runs[:1] else named


def _joined(halves: re.Match[str]) -> str:
    """Write two halves in one, unless the first is an organisation or the last a title."""
    first, last = halves.groups()
    return halves[0] if looks_organisational(first) or is_title(last) else first + last


def _titled(name: str) -> bool:
    """Tell whether a name is one of a person with a title behind it."""
    return not looks_named(name) and any(is_title(name[-size:]) and looks_named(name[:-size]) for size in (1, 2))


def _whole(run: str) -> str:
    """Take off a run of a list cell what is no part of the name; two characters stay, and 阿 unless a name is left."""
    stages = (bare for bare, _ in reversed(peel(run)) if len(bare) > 1)
    return next((bare for bare in stages if run.startswith(bare) or looks_named(bare)), run)


def _orders(words: Sequence[str]) -> tuple[str, ...]:
    """Join words in the orders names are written in: as they are, or with some of the last words first."""
    return tuple(dict.fromkeys("".join((*words[at:], *words[:at])) for at in range(min(len(words), MOST_WORDS))))
