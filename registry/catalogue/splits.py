"""Which split does an image belong to, and on which host was it found? As its path and its URL say.

A split is the first folder of the path that is called like one; a layout without such folders tells of none.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

SPLITS = ("train", "val", "validation", "test")
_SPLIT = rf"(?:^|/)(?P<split>{'|'.join(SPLITS)})/"
_HOST = r"^[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?(?P<host>[^/:?#]+)"


def split_of(path: str) -> str | None:
    """The split of one path; None where no folder is called like one."""
    found = re.search(_SPLIT, path)
    return found["split"] if found else None


def host_of(url: str | None) -> str | None:
    """The host of a URL in small letters, without user and port; None where there is none."""
    found = re.match(_HOST, (url or "").lower())
    return found["host"] if found else None


def splits_of(paths: pa.Array) -> pa.Array:
    """`split_of` of each path."""
    return pc.struct_field(pc.extract_regex(paths, _SPLIT), "split")


def hosts_of(urls: pa.Array) -> pa.Array:
    """`host_of` of each URL."""
    return pc.struct_field(pc.extract_regex(pc.utf8_lower(urls), _HOST), "host")
