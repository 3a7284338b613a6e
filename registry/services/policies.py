"""Policies: a document is published once, under a name and version, and never changes again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlmodel import select

from policies import document, findings
from policies.attachments import Files
from policies.document import NO_FILES
from policies.errors import PolicyError, Problem
from policies.rules import PolicyDocument
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import AccessionError, InvalidInputError, WrongStateError
from registry.models.policies import Policy
from registry.services import transparency

TITLE_LENGTH = 200
FILE_BYTES_MAX = 1 << 26
KEPT_OPEN = 8


def publish(act: Act, blobs: BlobStore, data: bytes) -> Policy:
    """The policy with these bytes is published; publishing the same bytes again gives the same policy.

    Raises:
        ForbiddenError: the actor may not publish policies.
        InvalidInputError: the document cannot be run as written; the sentence names lines.
        WrongStateError: other bytes are published under this name and version.
    """
    require(act.actor, Permission.POLICY_PUBLISH)
    parsed = parse(data, files_of(blobs, data))
    expect_usable(parsed, act.now)
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


def expect_usable(parsed: document.Policy, now: datetime) -> None:
    """Nothing, when the policy may decide at this time, and leaves something.

    Raises:
        InvalidInputError: its time has not come, or is over; or it excludes whatever it could meet.
    """
    if findings.excludes_everything(parsed):
        raise InvalidInputError(f"{parsed.name} excludes every image that could be; that is no policy for a release.")
    words, today = parsed.document, now.date().isoformat()
    if words.valid_until is not None and words.valid_until < today:
        raise InvalidInputError(f"{words.name}@{words.version} was valid until {words.valid_until}; that is over.")
    if words.valid_from is not None and words.valid_from > today:
        raise InvalidInputError(f"{words.name}@{words.version} is not valid before {words.valid_from}.")


def add_files(act: Act, blobs: BlobStore, files: Sequence[bytes]) -> list[str]:
    """The digests of files that policies may name from now on; adding one again changes nothing.

    Raises:
        ForbiddenError: the actor may not publish policies.
        InvalidInputError: a file is empty, too large, or no text.
    """
    require(act.actor, Permission.POLICY_PUBLISH)
    digests = []
    for data in files:
        if not data.strip() or len(data) > FILE_BYTES_MAX:
            raise InvalidInputError(f"A file that policies name has text in it, and at most {FILE_BYTES_MAX:,} bytes.")
        digests.append(f"sha256:{blobs.put(data)}")
        audit.record(act, Event.POLICY_FILE_ADDED, "policy", digests[-1], size_bytes=len(data))
    return digests


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a policy names: what it is called there, where it can be had, and whether it is at hand."""

    what: str
    title: str
    url: str | None
    digest: str
    is_at_hand: bool


def named_files(blobs: BlobStore, data: bytes) -> list[Named]:
    """Every file that the policy document names.

    Raises:
        InvalidInputError: it is no policy document.
    """
    at_hand = files_of(blobs, data)
    return [
        Named(what, attachment.title, attachment.url, attachment.digest, attachment.digest in at_hand)
        for _, what, attachment in outline(data).attachments()
    ]


def outline(data: bytes) -> PolicyDocument:
    """The document without the files that it names.

    Raises:
        InvalidInputError: it is no policy document.
    """
    try:
        return document.outline(data)
    except PolicyError as error:
        raise InvalidInputError(str(error)) from error


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


def problems_of(error: AccessionError) -> tuple[Problem, ...]:
    """What is wrong with a document that was refused, each with its line; nothing where it is about something else."""
    return error.__cause__.problems if isinstance(error.__cause__, PolicyError) else ()


def load(blobs: BlobStore, published: Policy) -> document.Policy:
    """The document of a published policy, with the files that it names.

    It never changes, and its lists and its taxonomy may be long: those used last stay open.
    """
    return _opened(blobs, published.sha256)


@lru_cache(maxsize=KEPT_OPEN)
def _opened(blobs: BlobStore, sha256: str) -> document.Policy:
    data = blobs.read(sha256)
    return parse(data, files_of(blobs, data))


def files_of(blobs: BlobStore, data: bytes) -> dict[str, bytes]:
    """The files that a policy document names by digest and that are at hand, by digest.

    Raises:
        InvalidInputError: it is no policy document.
    """
    named = [attachment.digest for _, _, attachment in outline(data).attachments()]
    at_hand = [digest for digest in named if blobs.has(digest.removeprefix("sha256:"))]
    return {digest: blobs.read(digest.removeprefix("sha256:")) for digest in at_hand}
