"""Where do the pictures go that a process of the worker has made?

Every such process imports this room before it begins: it refuses to know the record, whose modules take longer to
import than a picture takes to blur.
"""

from dataclasses import dataclass

from registry.blobs import BlobStore
from registry.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class BlobSink:
    """Stores outputs in the blob store; travels to worker processes."""

    blobs: BlobStore

    def __call__(self, data: bytes) -> str:
        """The SHA-256 under which the bytes are safe.

        Raises:
            OSError: they cannot be stored.
        """
        try:
            return self.blobs.put(data)
        except UnavailableError as error:
            raise OSError(error.sentence) from error
