from registry.home import Home
from registry.models.releases import ReleaseState
from registry.queries import names, overlays
from tests.factories import rows

COUNTS = {"verdicts": {"keep": 3, "blur": 0, "exclude": 0}, "reasons": {}}


def standing(home: Home, state: ReleaseState = ReleaseState.PUBLISHED) -> str:
    """The name of an overlay that has one release of its own in this state; it stands on that release's policy."""
    with home.sessions() as session:
        base = rows.release(session)
        own = rows.import_(
            session, variant_id=rows.variant(session, "ours", dataset_id=rows.dataset(session, "group").id).id
        )
        rows.release(
            session, import_id=own.id, variant_id=own.variant_id, policy_id=base.policy_id, state=state, counts=COUNTS
        )
        made = rows.overlay(session, base)
        session.delete(made)
        session.flush()
        session.add(type(made)(**(made.model_dump() | {"variant_id": own.variant_id})))
        session.commit()
        return names.variant_name(session, own.variant_id)


def test_an_overlay_is_listed_with_its_base_its_policies_and_its_releases(bare_home: Home) -> None:
    name = standing(bare_home)
    with bare_home.reading() as session:
        [found] = overlays.list_overlays(session, is_insider=False)
        base = names.variant(session, "sample/photos").id
        assert overlays.list_overlays(session, is_insider=False, base_variant=base) == [found]
        assert overlays.list_overlays(session, is_insider=True, base_variant=names.variant(session, name).id) == []
        assert overlays.read(session, name) == found.line
        assert overlays.read(session, "sample/photos") is None
    assert (found.line.variant, found.line.base, found.line.made_by) == (name, "sample/photos/2026.1", "mara")
    assert [(pin.digest, pin.label) for pin in found.pins] == [(rows.DIGEST, "faces@1")]
    assert [release.label for release in found.derived] == ["group/ours/2026.1"]


def test_strangers_see_no_overlay_before_something_of_it_is_published(bare_home: Home) -> None:
    standing(bare_home, ReleaseState.BUILT)
    with bare_home.reading() as session:
        assert overlays.list_overlays(session, is_insider=False) == []
        assert len(overlays.list_overlays(session, is_insider=True)) == 1
