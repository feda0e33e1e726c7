"""Lists that come in numbered pages: one walk for all of them."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from portal.tencent import wire
from portal.tencent.client import Client

T = TypeVar("T")


def numbered(
    client: Client,
    path: str,
    query: dict[str, Any],
    *,
    key: str,
    size: int,
    read: Callable[[wire.Row], T],
    call: str,
) -> Iterator[T]:
    """Yield what all pages hold under the key, each thing once.

    Shape: `page` from 1, an end told by `total_page` or `total_count`; `read` makes things that can be hashed.
    Raises: what the client raises.
    """
    seen: set[T] = set()
    page, more = 1, True
    while more:
        answer = client.get(path, query | {"page": page, "page_size": size}, call=call)
        # People coming and going meanwhile shift the pages: the same row comes twice.
        fresh = [each for each in dict.fromkeys(map(read, wire.rows(answer, key))) if each not in seen]
        yield from fresh
        seen.update(fresh)
        # A page without news ends the walk too: an odd total must not turn it into an endless one.
        more = bool(fresh) and page < _pages(answer, size)
        page += 1


def _pages(answer: wire.Row, size: int) -> int:
    told = wire.number(answer, "total_page")
    return -(-(wire.number(answer, "total_count") or 0) // size) if told is None else told
