import pickle
from pathlib import Path

import pytest

from registry.blobs import BlobStore
from registry.worker.sink import BlobSink


def test_a_sink_travels_and_keeps_bytes_under_their_digest(tmp_path: Path) -> None:
    sink = pickle.loads(pickle.dumps(BlobSink(BlobStore(tmp_path / "blobs"))))  # noqa: S301 - our own bytes
    digest = sink(b"a picture")
    assert BlobStore(tmp_path / "blobs").read(digest) == b"a picture"


def test_a_sink_that_cannot_keep_bytes_says_so_as_the_system_does(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("no folder")
    with pytest.raises(OSError, match="blob store"):
        BlobSink(BlobStore(tmp_path / "blobs"))(b"a picture")
