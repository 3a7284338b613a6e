r"""Which file on disk does a manifest's path stand for?

`registry.proof.paths` says how a file name's bytes become a path; this room goes the other way, and refuses to be led
out of the root that it was given.

Law: unescape(proof.paths.escape(name)) == name, for all bytes.
"""

import os
import re
from pathlib import Path

from registry.errors import InvalidInputError
from registry.proof import paths

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


def unescape(path: str) -> bytes:
    """The bytes on disk that a path stands for."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), path.encode())


def locate(root: Path, path: str) -> Path:
    """Where the file of a path lies below `root`; whether it exists is not asked.

    Raises:
        InvalidInputError: it is no path that a file name has, or a link on the way leads out of the root.
    """
    paths.check(path)
    name = unescape(path)
    if paths.escape(name) != path or b"\x00" in name:
        raise InvalidInputError("No file name is written like this path.", path=ascii(path))
    wanted = os.path.join(os.fsencode(root), name)  # noqa: PTH118 - names are bytes here
    folder = os.path.realpath(os.path.dirname(wanted))  # noqa: PTH120 - likewise
    home = os.path.realpath(os.fsencode(root))
    if folder != home and not folder.startswith(home.rstrip(b"/") + b"/"):
        raise InvalidInputError("A link on the way leads out of the root.", path=path)
    return Path(os.fsdecode(wanted))
