"""A stricter policy on a published release gives a release of its own; whatever came from elsewhere refuses it."""

import shutil
from pathlib import Path

import pytest

from registry.catalogue.manifests import Looser
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.overlays import Overlay
from registry.models.releases import ReleaseState
from registry.proof import bundle, datasheet
from registry.queries import names
from registry.queries import overlays as queries
from registry.services import overlays
from registry.services.overlays import Proof
from tests.factories import homes
from tests.factories import overlays as made
from tests.factories.homes import FACES, FIRST, PERSON_FILTERED, VARIANT, WAVES
from tests.factories.overlays import DERIVED, OURS, OWN_PIN, PIN


@pytest.fixture(name="base")
def _base(built_home: Home, tmp_path: Path) -> Home:
    homes.released(built_home, FIRST)
    return made.with_copy(built_home, tmp_path)


def make(home: Home, variant: str = OURS, label: str = FIRST, pins: tuple[str, ...] = (PIN, OWN_PIN)) -> Overlay:
    with homes.act(home, "mara") as act:
        return overlays.make(act, variant, label, pins)


def test_a_derived_release_has_its_own_datasheet_that_names_its_base(base: Home) -> None:
    standing = make(base)
    event = homes.events(base)[-1]
    assert (event.event, event.subject_id, event.facts["base"]) == ("overlay.made", OURS, FIRST)
    homes.build(base, homes.plan(base, OURS, "no-waves"))
    homes.approve(base, DERIVED)
    signed = homes.sign_release(base, DERIVED)
    assert signed.state is ReleaseState.SIGNED
    sheet = datasheet.parse(base.blobs.read((signed.files or {})[bundle.DATASHEET]))
    assert f"the release {FIRST} handed out (datasheet sha256:{standing.datasheet_sha256})" in sheet.sources[1]
    assert sheet.verdicts.exclude == 1


def test_what_the_base_did_not_hand_out_is_not_signed(base: Home, tmp_path: Path) -> None:
    make(base)
    with base.reading() as session:
        smuggled = homes.source_of(session) / homes.PERSON
    shutil.copy(smuggled, tmp_path / "ours" / "n02000001" / "smuggled.jpg")
    (tmp_path / "ours" / WAVES).write_bytes((tmp_path / "ours" / homes.GPS).read_bytes())
    homes.import_folder(base, tmp_path / "ours", OURS)
    homes.build(base, homes.plan(base, OURS, PERSON_FILTERED))
    homes.approve(base, DERIVED)
    with pytest.raises(WrongStateError, match=f"did not: n02000001/smuggled.jpg, {WAVES}"):
        homes.sign_release(base, DERIVED)


def proof(home: Home, label: str) -> Proof:
    with home.reading() as session:
        return overlays.proof(session, home.blobs, names.release(session, label))


def test_the_proof_counts_what_came_from_elsewhere_and_says_why(base: Home, tmp_path: Path) -> None:
    make(base)
    label = homes.plan(base, OURS, PERSON_FILTERED)
    with pytest.raises(WrongStateError, match="known once it is built"):
        proof(base, label)
    homes.build(base, label)
    assert proof(base, label) == Proof(FIRST, 5, 0, ())
    with base.reading() as session:
        person = homes.source_of(session) / homes.PERSON
    shutil.copy(person, tmp_path / "ours" / "n02000001" / "smuggled.jpg")
    (tmp_path / "ours" / homes.EMPTY).parent.mkdir(exist_ok=True)
    shutil.copy(person, tmp_path / "ours" / homes.EMPTY)
    (tmp_path / "ours" / WAVES).write_bytes((tmp_path / "ours" / homes.GPS).read_bytes())
    homes.import_folder(base, tmp_path / "ours", OURS)
    second = homes.plan(base, OURS, PERSON_FILTERED)
    homes.build(base, second)
    assert proof(base, second) == Proof(
        FIRST,
        7,
        3,
        (
            ("n02000001/smuggled.jpg", Looser.ABSENT),
            (WAVES, Looser.OTHER_BYTES),
            (homes.EMPTY, Looser.EXCLUDED),
        ),
    )
    with pytest.raises(NotFoundError, match="stands on no other release"):
        proof(base, FIRST)


def test_what_an_unpinned_policy_decided_before_there_was_an_overlay_is_not_signed(base: Home) -> None:
    homes.build(base, homes.plan(base, OURS, FACES))
    homes.approve(base, DERIVED)
    make(base)
    with pytest.raises(WrongStateError, match="pins its policies, and ilsvrc-faces-2021@1 is none of them"):
        homes.sign_release(base, DERIVED)


def test_a_policy_that_is_not_pinned_does_not_decide(base: Home) -> None:
    make(base)
    with pytest.raises(WrongStateError, match="is none of them"):
        homes.plan(base, OURS, FACES)


def test_what_a_variant_stands_on_can_be_read(base: Home) -> None:
    standing = make(base)
    with base.reading() as session:
        found = queries.read(session, OURS)
        assert queries.read(session, VARIANT) is None
    assert found is not None
    assert (found.base, found.pins) == (FIRST, tuple(sorted((PIN, OWN_PIN))))
    assert found.datasheet == f"sha256:{standing.datasheet_sha256}"


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"pins": (OWN_PIN,)}, WrongStateError, "is not pinned"),
        ({"pins": ("sha256:no",)}, InvalidInputError, "A pin is"),
        ({"pins": tuple(f"sha256:{n:064x}" for n in range(17))}, InvalidInputError, "at most 16"),
        ({"label": "sample/photos/2026.9"}, NotFoundError, "2026.9"),
        ({"variant": VARIANT}, WrongStateError, "of its own"),
    ],
)
def test_an_overlay_stands_on_what_it_pins(
    base: Home, changes: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        make(base, **changes)  # type: ignore[arg-type]  # the table names them


def test_an_overlay_is_made_once_and_on_a_published_release(base: Home) -> None:
    make(base)
    with pytest.raises(WrongStateError, match="already"):
        make(base)
    label = homes.plan(base)
    with base.reading() as session:
        ours = homes.source_of(session, OURS)
    homes.import_folder(base, ours, "group/other")
    with pytest.raises(WrongStateError, match="stands on a published release"):
        make(base, "group/other", label)
