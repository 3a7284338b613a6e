r"""Which names may stand in a manifest, and how is a name written that a line cannot carry?

A manifest path is Unicode text, `/`-separated, relative, without empty, `.` or `..` parts. Bytes below 0x20, 0x7f,
the backslash and bytes that are no UTF-8 are written `\xHH`; so a path with a backslash is always an escaped name,
and two different names never share one path. Paths sort by code point, which is the order of their UTF-8 bytes.
"""

import re

from registry.errors import InvalidInputError

MAX_PATH_BYTES = 16_384  # four escaped characters for each of the 4,096 bytes a POSIX path may have

_UNSAFE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_BAD_BACKSLASH = re.compile(r"\\(?!x[0-9a-f]{2})")
_ESCAPED = re.compile(rb"[\x00-\x1f\x7f\\]")


def escape(name: bytes) -> str:
    r"""The path text of a file name's bytes; injective, and the identity on ordinary names.

    >>> escape(b"a\nb"), escape(b"caf\xe9"), escape("café".encode())
    ('a\\x0ab', 'caf\\xe9', 'café')
    """
    cleaned = _ESCAPED.sub(lambda byte: b"\\x%02x" % byte[0][0], name)
    return cleaned.decode("utf-8", "backslashreplace")


def is_portable(path: str) -> bool:
    """Whether a checksum list, a bag and a shell can all carry this path as it is."""
    return "\\" not in path


def check(path: str) -> None:
    """Refuse a path that is not exactly in manifest form.

    Raises:
        InvalidInputError: it is empty, absolute, climbs, holds raw control characters or a stray backslash.
    """
    # The quick test passes nearly every real name; only odd ones pay for the careful one.
    if (
        path.isprintable()
        and "/." not in path
        and "//" not in path
        and "\\" not in path
        and path[:1] not in ("", "/", ".")
        and path[-1] != "/"
        and len(path) <= MAX_PATH_BYTES // 4
    ):
        return
    _check_carefully(path)


def _check_carefully(path: str) -> None:
    shown = ascii(path[:200])
    if _UNSAFE.search(path) or _BAD_BACKSLASH.search(path):
        raise InvalidInputError(f"The path {shown} holds characters that must be escaped.")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise InvalidInputError(f"The path {shown} is not a plain relative path.")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise InvalidInputError(f"The path {shown}... is longer than {MAX_PATH_BYTES} bytes.")
