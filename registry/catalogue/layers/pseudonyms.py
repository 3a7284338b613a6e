"""What is a worker called whose name nobody needs? By a keyed hash: equal people stay equal, and names cannot be tried.

The key lies in the registry home, readable by its owner only. Whoever removes it forgets for good who was who.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from registry.blobs import storage_trouble

FILE_NAME = "pseudonyms.key"
KEY_BYTES = 32
OWNER_ONLY = 0o600
# Of 256 bits, enough that no two of all people on earth have one.
DIGITS = 32


def key_of(home: Path) -> bytes:
    """The key of a registry home; made when it is first asked for.

    Raises:
        UnavailableError: it cannot be read or made.
    """
    file = home / FILE_NAME
    with storage_trouble("the key of pseudonyms"):
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        except FileExistsError:
            return file.read_bytes()
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        return file.read_bytes()


def of(key: bytes, worker: str) -> str:
    """What a worker is called here: the same for the same worker, and nothing that leads back without the key."""
    return hmac.new(key, worker.encode(), sha256).hexdigest()[:DIGITS]
