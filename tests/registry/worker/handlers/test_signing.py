import json
from dataclasses import replace

import pytest

from registry.errors import AccountNotClosedError, DamagedError, NotFoundError, UnavailableError
from registry.home import Home
from registry.models.releases import Release, ReleaseState
from registry.proof import bundle
from registry.queries import names
from registry.services import builds, releases
from registry.worker.handlers import signing
from registry.worker.station import Station
from tests.factories import homes, manifests, reviews
from tests.factories.homes import FIRST, PERSON, WAVES


@pytest.fixture
def asked(home: Home) -> Release:
    """A release that waits for its signature."""
    manifests.build(home, {PERSON: "person-class"})
    homes.approve(home, FIRST)
    with homes.act(home, "mo") as act:
        return releases.ask_signature(act, home.blobs, FIRST)


def sign(home: Home, asked: Release) -> Release:
    """The release once the signer was there."""
    signing.sign_release(Station(home), str(asked.id))
    return homes.release(home, FIRST)


def test_a_signed_release_has_its_documents_in_the_store(home: Home, asked: Release) -> None:
    signed = sign(home, asked)
    assert signed.state is ReleaseState.SIGNED
    assert {bundle.DATASHEET, bundle.ENVELOPE, bundle.POLICY, bundle.RECIPE} <= set(signed.files or {})
    datasheet = json.loads(home.blobs.read((signed.files or {})[bundle.DATASHEET]))
    assert datasheet["release"] == FIRST
    assert datasheet["manifest"]["root"] == signed.root
    assert datasheet["verdicts"] == {"keep": 5, "blur": 0, "exclude": 2}


def test_signing_twice_is_signing_once(home: Home, asked: Release) -> None:
    first = sign(home, asked)
    assert sign(home, asked).model_dump() == first.model_dump()
    assert [event.event for event in homes.events(home)].count("release.signed") == 1


def test_without_a_key_nothing_is_signed(home: Home, asked: Release) -> None:
    for key in home.settings.keys_folder.glob("*.pem"):
        key.unlink()
    with pytest.raises(NotFoundError, match="There is no key"):
        sign(home, asked)
    assert homes.release(home, FIRST).state is ReleaseState.SIGNING


def test_a_signature_that_failed_leaves_the_release_built_and_says_why(home: Home, asked: Release) -> None:
    signing.fail(Station(home), str(asked.id), UnavailableError("The key is away."))
    failed = homes.release(home, FIRST)
    assert (failed.state, failed.signed_by, failed.failure) == (ReleaseState.BUILT, None, "The key is away.")


def smuggled(home: Home, change: str) -> None:
    """The record of the release points at another manifest than the one that was built."""
    entries = manifests.judged(manifests.parent(home), {PERSON: "person-class"})
    match change:
        case "lost":
            entries = [entry for entry in entries if entry.source.path != WAVES]
        case "invented":
            entries.append(replace(entries[0], source=replace(entries[0].source, path="z/invented.jpg")))
        case _:
            entries = manifests.judged(manifests.parent(home), {})
    built = manifests.write(home, entries)
    with home.sessions() as session:
        release = names.release(session, FIRST)
        release.manifest_sha256, release.lines_sha256 = built.manifest_sha256, built.lines_sha256
        release.root = built.root
        release.approval_digest = builds.approval_digest(session, release)
        session.commit()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("lost", f"{WAVES} has no verdict"),
        ("invented", "z/invented.jpg is no image of the parent"),
        ("another verdict", f"{PERSON} is recorded as keep"),
    ],
)
def test_a_manifest_that_is_not_what_the_policy_made_of_the_parent_is_not_signed(
    home: Home, asked: Release, change: str, sentence: str
) -> None:
    smuggled(home, change)
    with pytest.raises(AccountNotClosedError, match=sentence):
        sign(home, asked)
    assert homes.release(home, FIRST).files is None


def test_lines_that_do_not_belong_to_the_manifest_are_not_signed(home: Home, asked: Release) -> None:
    other = manifests.write(home, manifests.judged(manifests.parent(home)[1:], {PERSON: "person-class"}))
    with home.sessions() as session:
        release = names.release(session, FIRST)
        release.lines_sha256 = other.lines_sha256
        release.approval_digest = builds.approval_digest(session, release)
        session.commit()
    with pytest.raises(DamagedError, match="has other lines than were built"):
        sign(home, asked)


@pytest.mark.parametrize("column", ["lines_sha256", "manifest_sha256", "root", "recipe_sha256"])
def test_a_record_that_is_not_what_was_approved_is_not_signed(home: Home, asked: Release, column: str) -> None:
    with home.sessions() as session:
        setattr(names.release(session, FIRST), column, "5" * 64)
        session.commit()
    with pytest.raises(AccountNotClosedError, match="not what was built and shown"):
        sign(home, asked)


def test_the_datasheet_says_how_faces_were_looked_for_and_what_still_waits(home: Home) -> None:
    label = reviews.build(home, open_at_most=3)
    homes.approve(home, label)
    homes.sign_release(home, label)
    sheet = json.loads(home.blobs.read((homes.release(home, label).files or {})[bundle.DATASHEET]))
    said = sheet["recipe"]["detector"]
    assert said["name"] == "dlib-hog"
    assert (said["review"], said["waiting"]) == ("0 of 3 doubtful images are decided by people.", "3")
    assert "In 3 images nobody has decided what is a face; doubtful places are as they were." in sheet["known_limits"]
