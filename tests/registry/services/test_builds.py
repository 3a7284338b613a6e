from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from registry.acts import Promise
from registry.errors import AccountNotClosedError, NotFoundError, UnavailableError, WrongStateError
from registry.home import Home
from registry.jobs import Job
from registry.models.releases import ReleaseShard, ReleaseState
from registry.queries import releases
from registry.services import builds
from registry.services.builds import Built, ShardDone
from tests.factories import homes, manifests
from tests.factories.homes import FIRST, NOW


def planned(home: Home) -> tuple[UUID, Built]:
    """A release that is being built, and what the worker will have made."""
    label = homes.plan(home)
    return homes.ask_build(home, label), manifests.write(home, manifests.judged(manifests.parent(home), {}))


def test_asking_promises_the_build_and_asking_again_continues_it(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    with homes.act(furnished_home, "mara") as act:
        asked = builds.ask(act, label)
    assert asked.state is ReleaseState.BUILDING
    assert act.promises == [Promise(Job.BUILD_RELEASE, str(asked.id))] == [builds.promise_of(asked)]
    with homes.act(furnished_home, "mo") as act:
        assert builds.ask(act, label).id == asked.id
    assert act.promises == [builds.promise_of(asked)]
    assert [event.event for event in homes.events(furnished_home)].count("release.build-asked") == 1


def test_what_is_built_is_not_built_again_whatever_becomes_of_it(furnished_home: Home) -> None:
    label = manifests.label_of(furnished_home, manifests.build(furnished_home))
    steps = (homes.approve, homes.sign_release, homes.publish)
    for step in steps:
        with pytest.raises(WrongStateError, match="it is not built again"):
            homes.ask_build(furnished_home, label)
        step(furnished_home, label)
    with pytest.raises(WrongStateError, match="is published; it is not built again"):
        homes.ask_build(furnished_home, label)


def test_a_release_that_does_not_exist_cannot_be_built(furnished_home: Home) -> None:
    with pytest.raises(NotFoundError):
        homes.ask_build(furnished_home, FIRST)


def test_a_finished_build_keeps_its_roots_and_can_be_approved(furnished_home: Home) -> None:
    release_id, built = planned(furnished_home)
    manifests.finish(furnished_home, release_id, built)
    release = homes.release(furnished_home, FIRST)
    assert release.state is ReleaseState.BUILT
    assert (release.manifest_sha256, release.lines_sha256, release.root, release.counts, release.built_at) == (
        built.manifest_sha256,
        built.lines_sha256,
        built.root,
        built.counts,
        NOW,
    )
    assert (release.approval_digest or "").startswith("sha256:")
    event = homes.events(furnished_home)[-1]
    assert (event.event, event.actor_name) == ("release.built", "worker")
    assert event.facts == {"root": built.root, "keep": 6, "blur": 0, "exclude": 1}


def test_a_build_is_finished_once(furnished_home: Home) -> None:
    release_id, built = planned(furnished_home)
    manifests.finish(furnished_home, release_id, built)
    before = homes.release(furnished_home, FIRST).model_dump()
    manifests.finish(furnished_home, release_id, replace(built, root="sha256:" + "0" * 64))
    with homes.act(furnished_home, "operator") as act:
        assert builds.being_built(act, release_id) is None
        builds.fail(act, release_id, UnavailableError("Too late."))
    assert homes.release(furnished_home, FIRST).model_dump() == before


def test_a_build_that_lost_an_image_or_has_one_too_many_cannot_be_finished(furnished_home: Home) -> None:
    release_id, built = planned(furnished_home)
    for keep in (5, 7):
        counts = built.counts | {"verdicts": {"keep": keep, "blur": 0, "exclude": 1}}
        with pytest.raises(AccountNotClosedError, match=f"accounts for {keep + 1} of 7 images"):
            manifests.finish(furnished_home, release_id, replace(built, counts=counts))
    assert homes.release(furnished_home, FIRST).state is ReleaseState.BUILDING


def test_a_build_over_another_parent_cannot_be_finished(furnished_home: Home) -> None:
    release_id, built = planned(furnished_home)
    with pytest.raises(AccountNotClosedError):
        manifests.finish(furnished_home, release_id, replace(built, parent_root="sha256:" + "0" * 64))


def test_a_failed_build_says_why_and_is_begun_again_where_it_was(furnished_home: Home) -> None:
    release_id, _ = planned(furnished_home)
    with homes.act(furnished_home, "operator") as act:
        builds.record_shards(act, release_id, [ShardDone(0, 5, 0, "5" * 64)])
        builds.fail(act, release_id, UnavailableError("The disk is full." + "!" * 2000))
    failed = homes.release(furnished_home, FIRST)
    assert (failed.state, failed.failure_code) == (ReleaseState.FAILED, "unavailable")
    assert (failed.failure or "").startswith("The disk is full.")
    homes.ask_build(furnished_home, FIRST)
    again = homes.release(furnished_home, FIRST)
    assert (again.state, again.failure, again.failure_code) == (ReleaseState.BUILDING, None, None)
    with homes.act(furnished_home, "operator") as act:
        assert builds.shards_done(act, release_id) == {0: "5" * 64}
        assert builds.being_built(act, release_id) is not None


def test_a_shard_is_recorded_once(furnished_home: Home) -> None:
    release_id, _ = planned(furnished_home)
    for digest in ("5" * 64, "6" * 64):
        with homes.act(furnished_home, "operator") as act:
            builds.record_shards(act, release_id, [ShardDone(3, 256, 0, digest)])
    with homes.act(furnished_home, "operator") as act:
        assert builds.shards_done(act, release_id) == {3: "5" * 64}
    assert homes.count(furnished_home, ReleaseShard) == 1


def test_what_was_remarked_about_shards_is_said_of_the_release_once_and_in_order(furnished_home: Home) -> None:
    release_id, _ = planned(furnished_home)
    halved, again = ("cuda:0 had no room for 32 pictures", "cuda:0 had no room for 16 pictures")
    for number, remarks in enumerate([(halved,), (), (halved, again)]):
        with homes.act(furnished_home, "operator") as act:
            builds.record_shards(act, release_id, [ShardDone(number, 256, 0, "5" * 64, remarks)])
    with furnished_home.reading() as session:
        assert releases.read_release(session, FIRST, is_insider=True).remarks == (halved, again)


CHANGES: dict[str, object] = {
    "root": "sha256:" + "0" * 64,
    "manifest_sha256": "0" * 64,
    "lines_sha256": "0" * 64,
    "recipe_sha256": "0" * 64,
    "policy_id": UUID(int=0),
    "number": "2026.9",
    "counts": {"verdicts": {"keep": 7, "blur": 0, "exclude": 0}},
}


@pytest.mark.parametrize("column", CHANGES)
def test_what_is_approved_has_another_digest_when_anything_changes(furnished_home: Home, column: str) -> None:
    made = manifests.build(furnished_home)
    with furnished_home.reading() as session:
        builds.expect_as_built(session, made)
        setattr(made, column, CHANGES[column])
        assert builds.approval_digest(session, made) != made.approval_digest
        with pytest.raises(AccountNotClosedError, match="not what was built"):
            builds.expect_as_built(session, made)


def test_what_is_not_built_has_nothing_that_could_be_approved(furnished_home: Home) -> None:
    planned_one = homes.release(furnished_home, homes.plan(furnished_home))
    with furnished_home.reading() as session, pytest.raises(WrongStateError, match="not built"):
        builds.approval_digest(session, planned_one)


def test_images_of_which_only_the_urls_are_known_can_be_planned_and_not_built(
    furnished_home: Home, tmp_path: Path
) -> None:
    (tmp_path / "urls.txt").write_text("n02084071_1\thttp://example.org/1.jpg\n")
    done = homes.import_folder(furnished_home, tmp_path / "urls.txt", "sample/urls")
    assert (done.layout, done.row_count, done.total_bytes) == ("url-list", 1, 0)
    label = homes.plan(furnished_home, "sample/urls")
    with pytest.raises(WrongStateError, match="without their pixels"):
        homes.ask_build(furnished_home, label)
