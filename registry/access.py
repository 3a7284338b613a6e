"""Who may do what? One table that a compliance officer can read; `require` is its only question."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.errors import ForbiddenError, UnauthenticatedError
from registry.models.people import Role


class Permission(StrEnum):
    """Something that not everyone may do. Reading what is published, and asking for a takedown, need none."""

    PEOPLE_MANAGE = "people.manage"
    KEYS_MANAGE = "keys.manage"
    DATASET_IMPORT = "dataset.import"
    POLICY_PUBLISH = "policy.publish"
    PROCEDURE_PUBLISH = "procedure.publish"
    PROCEDURE_CONFIRM = "procedure.confirm"
    RELEASE_PLAN = "release.plan"
    RELEASE_BUILD = "release.build"
    RELEASE_APPROVE = "release.approve"
    RELEASE_SIGN = "release.sign"
    RELEASE_PUBLISH = "release.publish"
    RELEASE_EXPORT = "release.export"
    RELEASE_ABANDON = "release.abandon"
    IMAGE_SEE = "image.see"
    IMAGE_REVEAL = "image.reveal"
    IMAGE_REVIEW = "image.review"
    FACES_DECIDE = "faces.decide"
    TAKEDOWN_READ = "takedown.read"
    TAKEDOWN_HOLD = "takedown.hold"
    TAKEDOWN_DECIDE = "takedown.decide"
    TAKEDOWN_CONFIRM = "takedown.confirm"
    TAKEDOWN_FORGET = "takedown.forget"
    EXCEPTION_GRANT = "exception.grant"
    AUDIT_READ = "audit.read"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MAINTAINER: frozenset(
        {
            Permission.DATASET_IMPORT,
            Permission.POLICY_PUBLISH,
            Permission.PROCEDURE_PUBLISH,
            Permission.RELEASE_PLAN,
            Permission.RELEASE_BUILD,
            Permission.RELEASE_SIGN,
            Permission.RELEASE_PUBLISH,
            Permission.RELEASE_EXPORT,
            Permission.RELEASE_ABANDON,
            Permission.IMAGE_SEE,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.PROCEDURE_PUBLISH,
            Permission.RELEASE_APPROVE,
            Permission.IMAGE_SEE,
            Permission.IMAGE_REVEAL,
            Permission.IMAGE_REVIEW,
            Permission.FACES_DECIDE,
            Permission.TAKEDOWN_READ,
            Permission.TAKEDOWN_HOLD,
            Permission.TAKEDOWN_DECIDE,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Permission.PROCEDURE_CONFIRM,
            Permission.EXCEPTION_GRANT,
            Permission.RELEASE_APPROVE,
            Permission.RELEASE_ABANDON,
            Permission.IMAGE_SEE,
            Permission.IMAGE_REVEAL,
            Permission.TAKEDOWN_READ,
            Permission.TAKEDOWN_CONFIRM,
            Permission.TAKEDOWN_FORGET,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.AUDIT_READ,
            Permission.IMAGE_SEE,
            Permission.RELEASE_EXPORT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.PEOPLE_MANAGE,
            Permission.KEYS_MANAGE,
            Permission.RELEASE_SIGN,
            Permission.AUDIT_READ,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with roles, the operator of the home, the worker, or somebody without an account.

    Attributes:
        person_id: None for all but people.
        name: the person's handle, or `operator`, `worker`, `public`.
    """

    person_id: UUID | None
    name: str
    roles: frozenset[Role] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles, or being the operator, grants the permission."""
        if self == OPERATOR:
            return permission in (Permission.PEOPLE_MANAGE, Permission.KEYS_MANAGE)
        return any(permission in GRANTS[role] for role in self.roles)

    def person(self) -> UUID:
        """The person's id, for what only a person can answer for.

        Raises:
            UnauthenticatedError: the actor is no person.
        """
        if self.person_id is None:
            raise UnauthenticatedError("Say who acts: this needs a person who is signed in.")
        return self.person_id


OPERATOR = Actor(None, "operator")
"""Whoever owns the files of the registry home. May make keys, and the accounts that a new home needs first."""
WORKER = Actor(None, "worker")
"""The worker, which carries out what people have decided; it holds no permission of its own."""
PUBLIC = Actor(None, "public")
"""Somebody without an account."""


def require(actor: Actor, permission: Permission) -> None:
    """Nothing, when the actor may; otherwise the refusal.

    Raises:
        UnauthenticatedError: nobody is signed in.
        ForbiddenError: the actor is known and lacks the permission.
    """
    if actor.may(permission):
        return
    if actor == PUBLIC:
        raise UnauthenticatedError("Sign in first.")
    raise ForbiddenError(
        f"{actor.name} may not do this; it needs the permission {permission}.", permission=permission.value
    )
