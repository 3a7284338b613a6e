"""How does a parser look at a file that may be larger than memory should be?

Through a window: the head is in memory, the rest is fetched where it is asked for. Nothing is ever read past the end.
"""

from collections.abc import Callable

FETCH_BYTES = 1 << 16


class EndOfBytesError(Exception):
    """A parser needed bytes that the file does not have: it is truncated."""


class Window:
    """A file's bytes by offset.

    Args:
        head: the first bytes of the file; often all of them.
        size: how many bytes the file has.
        fetch: `fetch(offset, length)` gives the bytes after the head, fewer at the end of the file.
    """

    __slots__ = ("_fetch", "head", "size")

    def __init__(self, head: bytes, size: int | None = None, fetch: Callable[[int, int], bytes] | None = None) -> None:
        self.head = head
        self.size = len(head) if size is None else size
        self._fetch = fetch

    def at(self, offset: int, length: int) -> bytes:
        """Exactly these bytes.

        Raises:
            EndOfBytesError: the file ends before.
        """
        end = offset + length
        if end <= len(self.head):
            return self.head[offset:end]
        if end > self.size or self._fetch is None:
            raise EndOfBytesError
        data = self._fetch(offset, length)
        if len(data) != length:
            raise EndOfBytesError
        return data

    def rest(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from here on, fewer at the end of the file, none behind it."""
        return self.at(offset, min(length, self.size - offset)) if offset < self.size else b""

    def find(self, needle: bytes, start: int) -> int:
        """The offset of the first `needle` at or after `start`; -1 when there is none."""
        found = self.head.find(needle, start)
        overlap = len(needle) - 1
        offset = max(start, len(self.head) - overlap)
        while found < 0 and offset + overlap < self.size:
            chunk = self.rest(offset, FETCH_BYTES + overlap)
            found = chunk.find(needle)
            if found >= 0:
                return offset + found
            offset += FETCH_BYTES
        return found

    def is_blank_after(self, offset: int) -> bool:
        """Whether nothing but zero bytes and white space follows."""
        while chunk := self.rest(offset, FETCH_BYTES):
            if chunk.strip(b"\x00\t\n\r "):
                return False
            offset += len(chunk)
        return True
