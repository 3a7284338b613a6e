import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from registry.errors import WrongStateError
from registry.home import Home
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.proof import bundle
from registry.queries import names
from registry.services import datasheets
from tests.factories import homes, manifests
from tests.factories.homes import FIRST, NOW, PERSON, VARIANT

DETECTOR = {"name": "dlib-hog", "weights": "sha256:" + "5" * 64, "device": "cpu"}
LATER = NOW + timedelta(days=1)


def datasheet(home: Home, release: Release) -> dict[str, Any]:
    """The datasheet as it was signed."""
    found: dict[str, Any] = json.loads(home.blobs.read((release.files or {})[bundle.DATASHEET]))
    return found


@pytest.fixture
def released(furnished_home: Home) -> Release:
    """A published release in which nobody looked for faces."""
    manifests.build(furnished_home, {PERSON: "person-class"})
    return homes.released(furnished_home, FIRST)


def test_every_fact_is_that_of_the_record(furnished_home: Home, released: Release) -> None:
    said = datasheet(furnished_home, released)
    parent = manifests.import_of(furnished_home, released)
    with furnished_home.reading() as session:
        policy = session.get_one(Policy, released.policy_id)
    assert (said["release"], said["dataset"], said["variant"], said["release_number"]) == (
        FIRST,
        "sample",
        "photos",
        "2026.1",
    )
    assert said["created_at"] == "2026-11-22T12:00:00Z"
    assert said["parent"] == {"root": parent.root, "rows": 7}
    assert said["manifest"]["root"] == released.root
    assert said["verdicts"] == {"keep": 5, "blur": 0, "exclude": 2}
    assert said["policy"] == {"name": policy.name, "version": policy.version, "digest": f"sha256:{policy.sha256}"}
    assert said["recipe"]["digest"] == f"sha256:{released.recipe_sha256}"
    assert said["licence"] == "CC0-1.0"
    assert said["people"] == [
        {"role": "planned", "person": "mara"},
        {"role": "approved", "person": "ana"},
        {"role": "approved", "person": "ben"},
        {"role": "signed", "person": "mo"},
    ]


def test_a_source_is_named_without_saying_where_on_our_disks_it_lies(furnished_home: Home, released: Release) -> None:
    parent = manifests.import_of(furnished_home, released)
    [source] = datasheet(furnished_home, released)["sources"]
    assert source.startswith(
        f"The folder 'pictures', layout image-folder, read on {parent.started_at:%Y-%m-%d}: 7 files"
    )
    assert parent.source not in json.dumps(datasheet(furnished_home, released))  # noqa: TID251 - to search in it


def test_a_release_names_the_one_before_it(furnished_home: Home, released: Release) -> None:
    assert datasheet(furnished_home, released)["previous_release"] == "none"
    second = manifests.label_of(furnished_home, manifests.build(furnished_home, {PERSON: "person-class"}, LATER))
    homes.approve(furnished_home, second)
    signed = homes.sign_release(furnished_home, second)
    before = furnished_home.blobs.read((released.files or {})[bundle.DATASHEET])
    assert datasheet(furnished_home, signed)["previous_release"] == f"sha256:{hashlib.sha256(before).hexdigest()}"


def composed(session: Session, home: Home, release: Release) -> str:
    """The known limits of a release that is being signed, as one text."""
    release.signed_by = names.person(session, "mo").id
    totals = manifests.totals(home, release)
    return " ".join(datasheets.compose(session, release, totals, DETECTOR).known_limits)


def test_what_is_not_known_is_said(furnished_home: Home) -> None:
    built = manifests.build(furnished_home)
    with furnished_home.sessions() as session:
        names.variant(session, VARIANT).licence = "NOASSERTION"
        session.flush()
        limits = composed(session, furnished_home, built)
    assert "Labels are those of the source" in limits
    assert "records no licence" in limits
    assert "1 images of the parent are not in the release" in limits
    assert "Faces were looked for" not in limits


def test_a_detector_that_was_asked_and_found_nothing_is_named_as_one_that_misses_faces(furnished_home: Home) -> None:
    built = manifests.build(furnished_home)
    built.plan = {"verdicts": {"pending": 3}}
    with furnished_home.sessions() as session:
        limits = composed(session, furnished_home, built)
    assert "Faces were looked for by dlib-hog, which misses some" in limits


def test_only_what_is_being_signed_has_a_datasheet(furnished_home: Home) -> None:
    built = manifests.build(furnished_home)
    totals = manifests.totals(furnished_home, built)
    with furnished_home.reading() as session, pytest.raises(WrongStateError, match="being signed"):
        datasheets.compose(session, built, totals, DETECTOR)
