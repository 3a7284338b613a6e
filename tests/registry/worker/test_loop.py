import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from policies.takedowns import CaseState
from registry import jobs
from registry.access import WORKER
from registry.acts import Promise
from registry.errors import ConflictError, UnavailableError, of_code
from registry.home import Home
from registry.jobs import Job, Zone
from registry.models.imports import Import, ImportState
from registry.models.links import CheckState, LinkCheck
from registry.models.releases import ReleaseState
from registry.queries import names
from registry.services import builds, imports, releases
from registry.services import links as link_checks
from registry.services.builds import ShardDone
from registry.services.imports import VariantWords
from registry.worker import loop
from registry.worker.loop import Handling, Worker
from registry.worker.station import Station
from tests.factories import cases, homes, links, manifests, workers
from tests.factories.homes import FIRST, PERSON, WAVES

PATIENCE_SECONDS = 60


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """What is logged."""
    with capture_logs() as entries:
        yield entries


def started(log: list[EventDict]) -> list[str]:
    """The jobs that were begun in this process."""
    return [entry["job"] for entry in log if entry["event"] == "job.started"]


def start_import(home: Home, folder: Path) -> Promise:
    """The promise of an import that nobody has delivered."""
    with homes.act(home, "mara") as act:
        return imports.promise_of(imports.start(act, "sample/other", folder, VariantWords()))


def import_state(home: Home, promise: Promise) -> ImportState:
    """How far the import is."""
    with home.reading() as session:
        return session.get_one(Import, UUID(promise.key)).state


def until(happened: Callable[[], bool]) -> None:
    """Returns when it has happened."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


def test_every_job_has_a_handling() -> None:
    assert all(isinstance(loop.handling_of(job), Handling) for job in Job)


def test_keeping_a_promise_does_its_job_here_and_leaves_nothing_to_the_engine(
    bare_home: Home, tmp_path: Path, log: list[EventDict]
) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    bare_home.queue.deliver([promise])
    told: list[tuple[str, int, int | None]] = []
    loop.keep(bare_home, promise, lambda what, done, total: told.append((what, done, total)))
    assert import_state(bare_home, promise) is ImportState.DONE
    assert (started(log), homes.job_states(bare_home)) == (["imports.read"], {})
    assert told[-1] == ("images read", 7, 7)


def test_keeping_a_promise_again_changes_nothing(bare_home: Home, tmp_path: Path) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    loop.keep(bare_home, promise)
    loop.keep(bare_home, promise)
    assert [event.event for event in homes.events(bare_home)].count("import.finished") == 1


def test_a_worker_runs_a_promise_that_was_given_twice_once(
    bare_home: Home, tmp_path: Path, log: list[EventDict]
) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    bare_home.queue.deliver([promise])
    with loop.lock(bare_home) as is_ours, Worker(bare_home) as worker:
        assert is_ours
        bare_home.queue.deliver([promise, promise])
        until(lambda: bare_home.queue.has_ended(promise))
        assert worker.sweep() == 0
    assert import_state(bare_home, promise) is ImportState.DONE
    assert started(log) == ["imports.read"]


def test_a_worker_finds_a_promise_that_was_lost_before_it_was_delivered(bare_home: Home, tmp_path: Path) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    assert homes.job_states(bare_home) == {}
    with Worker(bare_home):
        until(lambda: bare_home.queue.has_ended(promise))
    assert import_state(bare_home, promise) is ImportState.DONE


def test_a_job_that_ended_badly_runs_again_when_it_is_promised_again(
    furnished_home: Home, log: list[EventDict]
) -> None:
    home = furnished_home
    left_out = dict.fromkeys((path for path in homes.PATHS if path != homes.WAVES), "left-out")
    label = homes.plan(home, policy=manifests.publish_policy(home, left_out))
    promise = Promise(Job.BUILD_RELEASE, str(homes.ask_build(home, label)))
    recipe = home.blobs.path_or_none(homes.release(home, label).recipe_sha256)
    assert recipe is not None
    recipe.rename(recipe.with_suffix(".away"))
    with Worker(home) as worker:
        until(lambda: homes.release(home, label).state is ReleaseState.FAILED)
        until(lambda: home.queue.has_ended(promise))
        until(lambda: worker.sweep() == 0)
        recipe.with_suffix(".away").rename(recipe)
        homes.ask_build(home, label)
        home.queue.deliver([promise])
        until(lambda: homes.release(home, label).state is ReleaseState.BUILT)
    assert [job for job in started(log) if job != Job.SIGN_CHECKPOINT] == ["releases.build", "releases.build"]


@pytest.mark.slow
def test_a_process_that_is_killed_while_a_job_runs_is_followed_by_one_that_finishes_it(
    furnished_home: Home, log: list[EventDict]
) -> None:
    home = furnished_home
    promise = Promise(Job.BUILD_RELEASE, str(homes.ask_build(home, homes.plan(home))))
    home.queue.deliver([promise])
    with workers.running(home.settings.home) as process:
        process.wait_for("job.started", job="releases.build")
        process.kill()
        assert homes.release(home, FIRST).state is ReleaseState.BUILDING
        assert homes.job_states(home) == {jobs.workflow_id(promise): "PENDING"}
    with Worker(home):
        until(lambda: homes.release(home, FIRST).state is not ReleaseState.BUILDING)
    built = homes.release(home, FIRST)
    assert (built.state, built.failure) == (ReleaseState.BUILT, None)
    assert started(log) == ["releases.build"]
    undisturbed = homes.build(home, homes.plan(home))
    assert built.manifest_sha256 == undisturbed.manifest_sha256


def test_one_process_is_the_worker_and_the_other_waits_for_it(
    bare_home: Home, tmp_path: Path, log: list[EventDict]
) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    with workers.running(bare_home.settings.home) as process:
        process.wait_for("job.started", job="imports.read")
        with loop.lock(bare_home) as is_ours:
            assert not is_ours
        loop.keep(bare_home, promise)
        assert import_state(bare_home, promise) is ImportState.DONE
        assert process.stop() == 0
    assert started(log) == []


def test_who_waits_for_a_worker_that_dies_takes_its_place(bare_home: Home, tmp_path: Path) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    bare_home.queue.deliver([promise])
    locks = [bare_home.settings.home / f"{zone}.lock" for zone in Zone]
    with workers.locked_out(*locks) as sleeper, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(loop.keep, bare_home, promise)
        time.sleep(3 * loop.POLL_SECONDS)
        assert not waiting.done()
        assert import_state(bare_home, promise) is ImportState.RUNNING
        workers.kill(sleeper)
        waiting.result(timeout=PATIENCE_SECONDS)
    assert import_state(bare_home, promise) is ImportState.DONE


def test_the_zones_have_locks_of_their_own(bare_home: Home) -> None:
    signer, worker = frozenset({Zone.SIGNER}), frozenset({Zone.WORKER})
    with loop.lock(bare_home, signer) as first, loop.lock(bare_home, worker) as second:
        assert (first, second) == (True, True)
        with loop.lock(bare_home) as both, loop.lock(bare_home, signer) as again:
            assert (both, again) == (False, False)
    with loop.lock(bare_home) as both:
        assert both


def test_a_worker_of_one_zone_leaves_the_jobs_of_the_other(bare_home: Home, tmp_path: Path) -> None:
    promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
    with Worker(bare_home, zones=frozenset({Zone.SIGNER})):
        time.sleep(5 * loop.POLL_SECONDS)
    assert import_state(bare_home, promise) is ImportState.RUNNING
    loop.keep(bare_home, promise)
    assert import_state(bare_home, promise) is ImportState.DONE


def test_rows_promise_what_their_states_ask_for(furnished_home: Home, tmp_path: Path) -> None:
    home = furnished_home
    reading = start_import(home, homes.draw(tmp_path / "pictures"))
    building = Promise(Job.BUILD_RELEASE, str(homes.ask_build(home, homes.plan(home))))
    homes.plan(home)
    number = cases.submit(home, PERSON).number
    with home.reading() as session:
        searching = Promise(Job.MATCH_TAKEDOWN, str(names.case(session, number).id))
        assert loop.promised(session) == [searching, reading, building]
    cases.search(home, number)
    with home.reading() as session:
        assert loop.promised(session) == [reading, building]


def test_a_check_of_links_is_promised_until_it_is_done(furnished_home: Home) -> None:
    asked = link_checks.promise_of(links.ask(furnished_home))
    with furnished_home.reading() as session:
        assert loop.promised(session) == [asked]
    loop.keep(furnished_home, asked)
    with furnished_home.reading() as session:
        assert session.get_one(LinkCheck, UUID(asked.key)).state is CheckState.FAILED, "no image has a link"
        assert loop.promised(session) == []


def test_a_release_that_waits_for_its_signature_is_promised(built_home: Home) -> None:
    homes.approve(built_home, FIRST)
    with homes.act(built_home, "mo") as act:
        asked = releases.ask_signature(act, built_home.blobs, FIRST)
    with built_home.reading() as session:
        assert loop.promised(session) == [releases.signature_promise_of(asked)]
    loop.keep(built_home, releases.signature_promise_of(asked))
    assert homes.release(built_home, FIRST).state is ReleaseState.SIGNED


def test_a_case_that_was_received_is_searched_for_by_the_worker(furnished_home: Home) -> None:
    number = cases.submit(furnished_home, WAVES).number
    with Worker(furnished_home):
        until(lambda: cases.state(furnished_home, number) is CaseState.MATCHED)


def test_a_handler_that_breaks_is_recorded_in_a_sentence_and_logged_with_its_trace(
    furnished_home: Home, log: list[EventDict]
) -> None:
    home = furnished_home
    release_id = homes.ask_build(home, homes.plan(home))
    with home.act(WORKER) as act:
        builds.record_shards(act, release_id, [ShardDone(0, 5, 0, home.blobs.put(b"no results at all"))])
    loop.keep(home, Promise(Job.BUILD_RELEASE, str(release_id)))
    failed = homes.release(home, FIRST)
    assert (failed.state, failed.failure_code) == (ReleaseState.FAILED, "bug")
    assert failed.failure == "Accession met a case that it was not written for; its log says which."
    [broken] = [entry for entry in log if entry["event"] == "job.broke"]
    assert (broken["job"], broken["log_level"], broken["exc_info"]) == ("releases.build", "error", True)


def test_a_job_that_meets_a_conflict_is_begun_again_and_gives_up_in_the_end(bare_home: Home) -> None:
    begun: list[str] = []

    def do(station: Station, key: str) -> None:
        assert station.home is bare_home
        begun.append(key)
        if len(begun) < int(key):
            raise ConflictError("Somebody changed the same thing just now; try again.")

    handling = Handling(do, loop.handling_of(Job.READ_IMPORT).fail)
    loop._do(handling, Station(bare_home), "3")
    assert begun == ["3"] * 3
    begun.clear()
    with pytest.raises(ConflictError):
        loop._do(handling, Station(bare_home), "100")
    assert len(begun) == loop.CONFLICTS_MAX + 1


def test_an_operating_systems_refusal_is_told_in_its_own_words(
    furnished_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))
    promise = start_import(furnished_home, homes.draw(tmp_path / "pictures"))
    loop.keep(furnished_home, promise)
    with furnished_home.reading() as session:
        failed = session.get_one(Import, UUID(promise.key))
    assert failed.failure == "The machine could not do this: No such file or directory."
    assert of_code(failed.failure_code) is UnavailableError


def test_a_worker_sweeps_until_it_is_told_to_stop(
    bare_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SWEEP_SECONDS", 0.05)
    stop = threading.Event()
    with Worker(bare_home) as worker, ThreadPoolExecutor(1) as pool:
        running = pool.submit(worker.run_until, stop)
        promise = start_import(bare_home, homes.draw(tmp_path / "pictures"))
        until(lambda: import_state(bare_home, promise) is ImportState.DONE)
        stop.set()
        running.result(timeout=PATIENCE_SECONDS)
