"""Which policies were published, and what exactly do they say?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from registry.blobs import BlobStore
from registry.models.people import Person
from registry.models.policies import Policy
from registry.queries import names


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A published version of a policy."""

    name: str
    version: str
    title: str
    sha256: str
    published_by: str
    published_at: datetime

    @property
    def label(self) -> str:
        """`NAME@VERSION`, as commands take it."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class PolicyDetail:
    """A published version and its very bytes, which are what `sha256` names."""

    line: PolicyLine
    document: bytes


def list_policies(session: Session) -> tuple[PolicyLine, ...]:
    """Every version ever published, by name, the last published first."""
    rows = session.execute(_lines().order_by(col(Policy.name), col(Policy.id).desc()))
    return tuple(_line(policy, handle) for policy, handle in rows)


def read_policy(session: Session, blobs: BlobStore, name: str) -> PolicyDetail:
    """The policy `NAME@VERSION`, or the newest version of `NAME`.

    Raises:
        NotFoundError: nothing was published under that name.
        NotVerifiedError: the stored bytes are no longer those that were published.
    """
    found = names.policy(session, name)
    policy, handle = session.execute(_lines().where(col(Policy.id) == found.id)).one()
    return PolicyDetail(_line(policy, handle), blobs.read(policy.sha256))


def _lines() -> sa.Select[Policy, str]:
    return sa.select(Policy, col(Person.handle)).join(Person, col(Person.id) == col(Policy.published_by))


def _line(policy: Policy, handle: str) -> PolicyLine:
    return PolicyLine(
        name=policy.name,
        version=policy.version,
        title=policy.title,
        sha256=policy.sha256,
        published_by=handle,
        published_at=policy.published_at,
    )
