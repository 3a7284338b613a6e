import pytest

from registry import jobs
from registry.acts import Promise
from registry.errors import InvalidInputError, UnavailableError
from registry.home import Home
from registry.jobs import Job, JobQueue, Zone
from tests.factories import homes

KEY = "01a20281-85df-71a7-bc63-aaaed132f4a6"


def test_equal_promises_have_one_id_and_others_have_others() -> None:
    made = {jobs.workflow_id(Promise(job, key)) for job in Job for key in (KEY, "x") for _ in range(2)}
    assert len(made) == 2 * len(Job)
    assert jobs.workflow_id(Promise(Job.BUILD_RELEASE, KEY)) == f"releases.build:{KEY}"


def test_only_jobs_that_sign_run_where_the_keys_are() -> None:
    assert {job for job in Job if jobs.zone_of(job) is Zone.SIGNER} == {
        Job.SIGN_RELEASE,
        Job.REVOKE,
        Job.SIGN_CHECKPOINT,
    }
    assert {job for job in Job if jobs.zone_of(job) is Zone.LINKS} == {Job.CHECK_LINKS}
    assert jobs.queue_of(Zone.SIGNER) != jobs.queue_of(Zone.WORKER)


def test_a_job_that_nobody_knows_has_no_zone() -> None:
    with pytest.raises(ValueError, match="is not a valid Job"):
        jobs.zone_of("releases.lose")


def test_the_engine_gets_the_driver_that_we_ship_and_the_password() -> None:
    url = jobs.engine_url("postgresql://me:secret@db/x")
    assert url == "postgresql+psycopg://me:secret@db/x"
    with pytest.raises(InvalidInputError):
        JobQueue("mysql://me@db/x")


def test_a_promise_that_is_given_twice_waits_once(bare_home: Home) -> None:
    promise = homes.promise_of_nothing()
    bare_home.queue.deliver([promise, promise])
    bare_home.queue.deliver([promise])
    assert homes.job_states(bare_home) == {jobs.workflow_id(promise): "ENQUEUED"}


def test_a_job_has_ended_neither_before_it_was_delivered_nor_while_it_waits(bare_home: Home) -> None:
    promise = homes.promise_of_nothing()
    assert not bare_home.queue.has_ended(promise)
    bare_home.queue.deliver([promise])
    assert not bare_home.queue.has_ended(promise)


def test_a_promise_that_is_forgotten_waits_no_longer_and_can_be_given_again(bare_home: Home) -> None:
    promise, other = homes.promise_of_nothing(), homes.promise_of_nothing()
    bare_home.queue.forget(promise)
    bare_home.queue.deliver([promise, other])
    bare_home.queue.forget(promise)
    assert list(homes.job_states(bare_home)) == [jobs.workflow_id(other)]
    bare_home.queue.deliver([promise])
    assert len(homes.job_states(bare_home)) == 2


def test_preparing_twice_is_preparing_once_and_forgets_nothing(bare_home: Home) -> None:
    promise = homes.promise_of_nothing()
    bare_home.queue.deliver([promise])
    bare_home.queue.prepare()
    assert list(homes.job_states(bare_home)) == [jobs.workflow_id(promise)]


def test_a_closed_queue_opens_again_when_it_is_needed(bare_home: Home) -> None:
    promise = homes.promise_of_nothing()
    bare_home.queue.deliver([promise])
    bare_home.queue.close()
    bare_home.queue.close()
    bare_home.queue.deliver([promise])
    assert len(homes.job_states(bare_home)) == 1


@pytest.mark.parametrize("url", ["postgresql://me@127.0.0.1:1/none?connect_timeout=2", "sqlite:////no/such/folder/x"])
def test_an_engine_that_cannot_be_reached_is_unavailable_and_the_record_stands(url: str) -> None:
    queue = JobQueue(url)
    with pytest.raises(UnavailableError, match="is on record"):
        queue.deliver([homes.promise_of_nothing()])
    queue.close()
