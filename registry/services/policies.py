"""Policies: a document is published once, under a name and version, and never changes again."""

import hashlib

from sqlmodel import select

from policies import document
from policies.attachments import Files
from policies.document import NO_FILES
from policies.errors import PolicyError
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import InvalidInputError, WrongStateError
from registry.models.policies import Policy
from registry.services import transparency

TITLE_LENGTH = 200


def publish(act: Act, blobs: BlobStore, data: bytes) -> Policy:
    """The policy with these bytes is published; publishing the same bytes again gives the same policy.

    Raises:
        ForbiddenError: the actor may not publish policies.
        InvalidInputError: the document cannot be run as written; the sentence names lines.
        WrongStateError: other bytes are published under this name and version.
    """
    require(act.actor, Permission.POLICY_PUBLISH)
    parsed = parse(data, files_of(blobs, data))
    sha256 = hashlib.sha256(data).hexdigest()
    same_bytes = act.session.exec(select(Policy).where(Policy.sha256 == sha256)).first()
    if same_bytes is not None:
        return same_bytes
    words = parsed.document
    taken = select(Policy).where(Policy.name == words.name, Policy.version == words.version)
    if act.session.exec(taken).first() is not None:
        raise WrongStateError(
            f"{words.name}@{words.version} is published with other words; a change needs a new version."
        )
    if len(words.title) > TITLE_LENGTH:
        raise InvalidInputError(f"A published policy has a title of at most {TITLE_LENGTH} characters.")
    blobs.put(data)
    policy = Policy(
        id=ids.new_id(),
        name=words.name,
        version=words.version,
        title=words.title,
        sha256=sha256,
        published_by=act.actor.person(),
        published_at=act.now,
    )
    act.session.add(policy)
    audit.record(act, Event.POLICY_PUBLISHED, "policy", f"{words.name}@{words.version}", sha256=sha256)
    transparency.publish_policy(act, policy)
    return policy


def parse(data: bytes, files: Files = NO_FILES) -> document.Policy:
    """The document that the bytes say.

    Args:
        data: the document.
        files: those that it names, by digest.

    Raises:
        InvalidInputError: they say none that can be run; the sentence names lines.
    """
    try:
        return document.parse(data, files)
    except PolicyError as error:
        raise InvalidInputError(str(error)) from error


def load(blobs: BlobStore, published: Policy) -> document.Policy:
    """The document of a published policy, with the files that it names."""
    data = blobs.read(published.sha256)
    return parse(data, files_of(blobs, data))


def files_of(blobs: BlobStore, data: bytes) -> dict[str, bytes]:
    """The files that a policy document names by digest and that are at hand, by digest.

    Raises:
        InvalidInputError: it is no policy document.
    """
    try:
        named = [attachment.digest for _, _, attachment in document.outline(data).attachments()]
    except PolicyError as error:
        raise InvalidInputError(str(error)) from error
    at_hand = [digest for digest in named if blobs.has(digest.removeprefix("sha256:"))]
    return {digest: blobs.read(digest.removeprefix("sha256:")) for digest in at_hand}
