import hashlib
from pathlib import Path

import numpy as np
import pytest

from registry.catalogue.pdq import hashing
from registry.errors import InvalidInputError
from registry.home import Home
from registry.queries import occurrences as queries
from registry.queries.occurrences import AS_IT_IS, Occurrences
from registry.services import imports
from registry.services.imports import HowToRead, VariantWords
from registry.worker.handlers import imports as reading
from registry.worker.station import Station
from tests.factories import homes, pictures, sources

FACE, AGAIN, OTHER = pictures.face(quality=95), pictures.face(quality=60), pictures.png(200, 160, seed=3)


@pytest.fixture
def home(bare_home: Home, tmp_path: Path) -> Home:
    """A home with two variants whose pictures have hashes, and one without."""
    for variant, files, has_pdq in (
        ("zoo/one", {"n1/a.jpg": FACE, "n1/c.png": OTHER, "n1/d.txt": b"no picture"}, True),
        ("zoo/plain", {"n1/same.jpg": FACE, "n1/again.jpg": AGAIN}, False),
        ("zoo/two", {"n2/again.jpg": AGAIN}, True),
    ):
        source = sources.folder(tmp_path / variant, files)
        with homes.act(bare_home, "mara") as act:
            started = imports.start(act, variant, source, VariantWords(), HowToRead(has_pdq=has_pdq))
        reading.read(Station(bare_home), str(started.id))
    return bare_home


def asked(home: Home, sha256: str | None, looks: dict[str, str] | None = None) -> Occurrences:
    with home.reading() as session:
        return queries.occurrences(session, home.blobs, home.settings.home, sha256, looks)


def places(found: Occurrences) -> list[tuple[str, str, bool]]:
    return [(it.variant, it.entry.path, it.bits is None) for it in found.found]


def test_bytes_that_are_known_lead_to_their_copies_and_to_what_looks_like_them(home: Home) -> None:
    found = asked(home, hashlib.sha256(FACE).hexdigest().upper())
    assert places(found) == [
        ("zoo/one", "n1/a.jpg", True),
        ("zoo/plain", "n1/same.jpg", True),
        ("zoo/two", "n2/again.jpg", False),
    ]
    assert found.looked_in == ("zoo/one", "zoo/plain", "zoo/two")
    assert found.without_hashes == ("zoo/plain",)


def test_a_picture_that_is_mirrored_is_found_and_its_turn_told(home: Home) -> None:
    mirrored = pictures.encoded(np.ascontiguousarray(pictures.face_pixels()[:, ::-1]))
    found = asked(home, hashlib.sha256(mirrored).hexdigest(), hashing.of_every_turn(mirrored))
    assert [(it.variant, it.turn) for it in found.found] == [("zoo/one", "mirrored"), ("zoo/two", "mirrored")]
    assert all((it.bits or 0) <= 31 for it in found.found)


def test_a_picture_that_nobody_has_occurs_nowhere(home: Home) -> None:
    assert places(asked(home, "0" * 64)) == []
    assert places(asked(home, None, {AS_IT_IS: "0" * 64})) == []


@pytest.mark.parametrize(("sha256", "looks"), [(None, None), (None, {}), ("no digest", None), (None, {AS_IT_IS: "x"})])
def test_what_is_no_digest_and_no_hash_is_refused(home: Home, sha256: str | None, looks: dict[str, str] | None) -> None:
    with pytest.raises(InvalidInputError):
        asked(home, sha256, looks)
