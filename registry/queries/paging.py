"""Where does the next page begin? Keyset pages: the last key shown is the cursor, so that no page skips or repeats.

A cursor is the key itself (a name, a path or an id), never an offset: rows that appear meanwhile move nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from registry.errors import InvalidInputError

T = TypeVar("T")

MAX_LIMIT = 200
# What an INTEGER column holds for certain.
NUMBER_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in order, and the cursor after which the next page begins; None on the last page."""

    items: tuple[T, ...]
    next: str | None


def bounded(limit: int) -> int:
    """The limit itself.

    Raises:
        InvalidInputError: not within 1..200.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInputError(f"A page holds 1 to {MAX_LIMIT} items.")
    return limit


def cut(found: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """The first `limit` of the items found; a query that asks for one more than it shows knows whether to go on."""
    items = tuple(found[:limit])
    return Page(items, key(items[-1]) if len(found) > limit else None)


def id_after(cursor: str) -> UUID:
    """The id that a cursor of a list of events or cases stands for.

    Raises:
        InvalidInputError: it is no id.
    """
    try:
        return UUID(cursor)
    except ValueError as error:
        raise InvalidInputError("The page cursor is not one that this list has given.") from error
