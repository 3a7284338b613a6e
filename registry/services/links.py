"""Link checks: somebody asks for one, the worker walks, what was found is kept; any interruption is gone on from.

What is asked of strangers is not here; here is what the worker reads before and what it may record after.
"""

from uuid import UUID

from sqlmodel import col, select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.catalogue.layers.kinds import Kind
from registry.errors import AccessionError, InvalidInputError, NotFoundError
from registry.jobs import Job
from registry.models.datasets import Variant
from registry.models.layers import Layer
from registry.models.links import CheckState, LinkCheck, LinkCheckShard
from registry.queries import names

FAILURE_LENGTH = 1000


def ask(act: Act, variant_name: str, layer_name: str | None = None) -> LinkCheck:
    """Every link of the variant will be looked at; one that has been begun and not ended goes on.

    Args:
        act: who asks, and when.
        variant_name: `DATASET/VARIANT`.
        layer_name: a layer of sources, whose newest version is taken; None for the variant's only one or, where it
            has none, for the links that its newest import has.

    Raises:
        ForbiddenError: the actor may not import.
        NotFoundError: there is no such variant or layer.
        InvalidInputError: nobody has said where its images came from, or several layers do.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    variant = names.variant(act.session, variant_name)
    check = act.session.exec(
        select(LinkCheck).where(LinkCheck.variant_id == variant.id, LinkCheck.state != CheckState.DONE)
    ).first()
    if check is None:
        check = _begun(act, variant, variant_name, layer_name)
        audit.record(act, Event.LINKS_CHECK_ASKED, "variant", variant_name)
    elif check.state is CheckState.FAILED:
        check.state, check.failure, check.failure_code = CheckState.RUNNING, None, None
        audit.record(act, Event.LINKS_CHECK_ASKED, "variant", variant_name)
    promised = promise_of(check)
    act.promise(promised.job, promised.key)
    return check


def promise_of(check: LinkCheck) -> Promise:
    """The job that does this check."""
    return Promise(Job.CHECK_LINKS, str(check.id))


def running(act: Act, check_id: UUID) -> LinkCheck | None:
    """The check, while it is to be done; None when that is over."""
    found = act.session.get_one(LinkCheck, check_id)
    return found if found.state is CheckState.RUNNING else None


def shards_done(act: Act, check_id: UUID) -> dict[int, str]:
    """The SHA-256 of what was found in every shard that is done, by its number, in order."""
    statement = select(LinkCheckShard).where(LinkCheckShard.check_id == check_id).order_by(col(LinkCheckShard.number))
    return {row.number: row.found_sha256 for row in act.session.exec(statement)}


def record_shard(act: Act, check_id: UUID, number: int, link_count: int, found_sha256: str) -> None:
    """The shard is done; recording it twice is recording it once."""
    if act.session.get(LinkCheckShard, (check_id, number)) is not None:
        return
    act.session.add(
        LinkCheckShard(
            check_id=check_id, number=number, link_count=link_count, found_sha256=found_sha256, done_at=act.now
        )
    )


def finish(act: Act, check_id: UUID, found_sha256: str, counts: dict[str, int]) -> None:
    """The check is done: this was found, so many links of each state."""
    check = act.session.get_one(LinkCheck, check_id)
    if check.state is not CheckState.RUNNING:
        return
    check.found_sha256 = found_sha256
    check.counts = dict(counts)
    check.finished_at = act.now
    check.state = CheckState.DONE
    variant = names.variant_name(act.session, check.variant_id)
    audit.record(act, Event.LINKS_CHECKED, "variant", variant, links=sum(counts.values()))


def fail(act: Act, check_id: UUID, error: AccessionError) -> None:
    """The check has failed and says why; asking again goes on from the shards that are done."""
    check = act.session.get_one(LinkCheck, check_id)
    if check.state is not CheckState.RUNNING:
        return
    check.failure = error.sentence[:FAILURE_LENGTH]
    check.failure_code = error.code
    check.state = CheckState.FAILED
    audit.record(act, Event.LINKS_CHECK_FAILED, "variant", names.variant_name(act.session, check.variant_id))


def _begun(act: Act, variant: Variant, variant_name: str, layer_name: str | None) -> LinkCheck:
    layer = _layer(act, variant.id, variant_name, layer_name)
    imported = names.newest_import(act.session, variant.id)
    if layer is None and imported is None:
        raise InvalidInputError(
            f"Nobody has said where the images of {variant_name} came from; "
            f"`accession layers import {variant_name} sources FILE` does."
        )
    previous = act.session.exec(
        select(LinkCheck)
        .where(LinkCheck.variant_id == variant.id, LinkCheck.state == CheckState.DONE)
        .order_by(col(LinkCheck.finished_at).desc(), col(LinkCheck.id).desc())
    ).first()
    check = LinkCheck(
        id=ids.new_id(),
        variant_id=variant.id,
        import_id=imported.id if imported else None,
        layer_id=layer.id if layer else None,
        previous_id=previous.id if previous else None,
        state=CheckState.RUNNING,
        started_by=act.actor.person(),
        started_at=act.now,
    )
    act.session.add(check)
    act.session.flush()
    return check


def _layer(act: Act, variant_id: UUID, variant_name: str, layer_name: str | None) -> Layer | None:
    """The newest version of the layer of sources that is meant; None where the variant has none."""
    statement = select(Layer).where(Layer.variant_id == variant_id, Layer.kind == Kind.SOURCES)
    if layer_name is not None:
        statement = statement.where(Layer.name == layer_name)
    newest = {layer.name: layer for layer in act.session.exec(statement.order_by(col(Layer.version)))}
    if layer_name is not None and not newest:
        raise NotFoundError(f"{variant_name} has no layer sources/{layer_name}.")
    if len(newest) > 1:
        raise InvalidInputError(f"{variant_name} has several layers of sources, {', '.join(sorted(newest))}: say one.")
    return next(iter(newest.values()), None)
