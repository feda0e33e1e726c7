"""Lists that come in pages, numbered or behind a cursor: one walk for all of a kind."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from portal.tencent import wire
from portal.tencent.client import Client
from portal.tencent.errors import StuckCursor
from portal.tencent.transport import filled

T = TypeVar("T")
Read = Callable[[wire.Row], T]


def itself(thing: object) -> object:
    """Return the thing: whole things are the same where all they hold is."""
    return thing


def numbered(
    client: Client,
    path: str,
    query: dict[str, Any],
    *,
    key: str,
    size: int,
    read: Read[T],
    call: str,
    same: Callable[[T], object] = itself,
) -> Iterator[T]:
    """Yield what all pages hold under the key, each thing once, told apart by `same`.

    Shape: `page` from 1; the end is told by `total_page` or `total_count`, else by a page that is not full.
    Raises: StuckCursor where a page comes a second time: its rows would hide others; TryAgain, and what else
    the client raises.
    """
    passed: set[tuple[object, ...]] = set()
    seen: set[object] = set()
    page, pages = 1, 1
    while page <= pages:
        asked = query | {"page": page, "page_size": size}
        # Even a list of nobody is counted (64011): an answer without a word is a fault.
        answer = filled(client.get(path, asked, call=call), call=call)
        found = tuple(map(read, wire.rows(answer, key)))
        _move_on(tuple(map(same, found)), passed, call)
        # People coming and going meanwhile shift the pages: the same row comes twice.
        fresh = {same(each): each for each in reversed(found) if same(each) not in seen}
        yield from reversed(fresh.values())
        seen.update(fresh)
        pages = _pages(answer, page=page, size=size, found=len(found))
        page += 1


def cursored(
    client: Client, path: str, query: dict[str, Any], *, key: str, read: Read[T], call: str
) -> Iterator[T]:
    """Yield what all pages hold under the key, led by the platform's own `next_pos`.

    Shape: the cursor is opaque text. Raises: StuckCursor where it is missing or comes a second time, and what
    the client raises.
    """
    passed: set[tuple[object, ...]] = {("",)}
    while True:
        answer = client.get(path, query, call=call)
        yield from map(read, wire.rows(answer, key))
        if not wire.flag(answer, "has_remaining"):
            return
        query = query | {"pos": wire.text(answer, "next_pos")}
        _move_on((query["pos"],), passed, call)


def _move_on(mark: tuple[object, ...], passed: set[tuple[object, ...]], call: str) -> None:
    if mark and mark in passed:
        raise StuckCursor("the pages do not move on", call=call)
    passed.add(mark)


def _pages(answer: wire.Row, *, page: int, size: int, found: int) -> int:
    """Return how many pages there are as far as this one tells; an empty page is the last, whatever it says."""
    told, total = wire.number(answer, "total_page"), wire.number(answer, "total_count")
    if not found:
        return 0
    if told is None and total is None:
        return page + 1 if found >= size else page
    return -(-(total or 0) // size) if told is None else told
