"""A stricter policy on a published release gives a release of its own; whatever came from elsewhere refuses it."""

import shutil
from pathlib import Path

import pytest

from policies import shipped
from registry import settings
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.overlays import Overlay
from registry.models.releases import ReleaseState
from registry.proof import bundle, datasheet
from registry.services import exports, overlays
from tests.factories import homes, policies
from tests.factories.homes import FACES, FIRST, PERSON_FILTERED, VARIANT, WAVES

OURS, DERIVED = "group/ours", "group/ours/2026.1"
PIN = policies.digest_of(shipped.read(PERSON_FILTERED))
NO_WAVES = policies.text(
    policies.document(
        name="no-waves",
        rules=[policies.rule(id="waves", when={"path": {"in": [WAVES]}}, then="exclude", reason="wave")],
    )
)
OWN_PIN = policies.digest_of(NO_WAVES)


@pytest.fixture(name="base")
def _base(built_home: Home, tmp_path: Path) -> Home:
    """A home with a published release, and its export imported into a variant of a group."""
    homes.released(built_home, FIRST)
    with homes.act(built_home, "mara") as act:
        asked = exports.ask(act, built_home.blobs, FIRST, tmp_path / "base")
    roots = settings.trust_roots(built_home.settings)
    with exports.drafted(asked, built_home.blobs, roots) as draft, homes.act(built_home, "mara") as act:
        exports.hand_over(act, draft)
    shutil.copytree(tmp_path / "base" / "data", tmp_path / "ours")
    homes.import_folder(built_home, tmp_path / "ours", OURS)
    homes.publish_policy(built_home, NO_WAVES)
    return built_home


def make(home: Home, variant: str = OURS, label: str = FIRST, pins: tuple[str, ...] = (PIN, OWN_PIN)) -> Overlay:
    with homes.act(home, "mara") as act:
        return overlays.make(act, variant, label, pins)


def test_a_derived_release_has_its_own_datasheet_that_names_its_base(base: Home) -> None:
    made = make(base)
    event = homes.events(base)[-1]
    assert (event.event, event.subject_id, event.facts["base"]) == ("overlay.made", OURS, FIRST)
    homes.build(base, homes.plan(base, OURS, "no-waves"))
    homes.approve(base, DERIVED)
    signed = homes.sign_release(base, DERIVED)
    assert signed.state is ReleaseState.SIGNED
    sheet = datasheet.parse(base.blobs.read((signed.files or {})[bundle.DATASHEET]))
    assert f"the release {FIRST} handed out (datasheet sha256:{made.datasheet_sha256})" in sheet.sources[1]
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


def test_a_policy_that_is_not_pinned_does_not_decide(base: Home) -> None:
    make(base)
    with pytest.raises(WrongStateError, match="is none of them"):
        homes.plan(base, OURS, FACES)


def test_what_a_variant_stands_on_can_be_read(base: Home) -> None:
    made = make(base)
    with base.reading() as session:
        found = overlays.read(session, OURS)
        assert overlays.read(session, VARIANT) is None
    assert found is not None
    assert (found.base, found.pins) == (FIRST, tuple(sorted((PIN, OWN_PIN))))
    assert found.datasheet == f"sha256:{made.datasheet_sha256}"


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
