"""What does a name stand for? The names that people say, and the rows that they mean."""

import re
from uuid import UUID

from sqlmodel import Session, col, select

from registry.errors import InvalidInputError, NotFoundError
from registry.models.datasets import SLUG_LENGTH, Dataset, Variant
from registry.models.imports import Import, ImportState
from registry.models.people import Person
from registry.models.policies import Policy
from registry.models.procedures import Procedure
from registry.models.releases import Release
from registry.models.takedowns import TakedownCase

_UNKEPT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*")
VARIANT_PARTS = 2
RELEASE_PARTS = 3
NAME_SHOWN = 80


def is_line(text: str) -> bool:
    """Whether the text is one line of characters that every database and every signed document can keep."""
    return _UNKEPT.search(text) is None


def slug(text: str, what: str) -> str:
    """The text itself, when it can be part of a name.

    Raises:
        InvalidInputError: it cannot; the sentence says what may stand in `what`.
    """
    if len(text) > SLUG_LENGTH or not _SLUG.fullmatch(text):
        raise InvalidInputError(
            f"{text!r} cannot be the name of a {what}: use small letters, digits, dots and hyphens, "
            f"{SLUG_LENGTH} at most, and begin with a letter or digit."
        )
    return text


def split_variant(name: str) -> tuple[str, str]:
    """The two slugs of `DATASET/VARIANT`.

    Raises:
        InvalidInputError: the name has another form.
    """
    parts = name.split("/")
    if len(parts) != VARIANT_PARTS:
        raise InvalidInputError(f"{name!r} is not of the form DATASET/VARIANT, such as imagenet/ilsvrc2012.")
    return slug(parts[0], "dataset"), slug(parts[1], "variant")


def newest_import(session: Session, variant_id: UUID) -> Import | None:
    """The import of a variant that was finished last: what its images are now. None before the first."""
    statement = (
        select(Import)
        .where(Import.variant_id == variant_id, Import.state == ImportState.DONE)
        .order_by(col(Import.finished_at).desc(), col(Import.id).desc())
    )
    return session.exec(statement).first()


def variant(session: Session, name: str) -> Variant:
    """The variant called `DATASET/VARIANT`.

    Raises:
        NotFoundError: there is none.
    """
    dataset_slug, variant_slug = split_variant(name)
    statement = (
        select(Variant)
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id))
        .where(Dataset.slug == dataset_slug, Variant.slug == variant_slug)
    )
    found = session.exec(statement).first()
    if found is None:
        raise NotFoundError(f"There is no variant {name}.")
    return found


def variant_name(session: Session, variant_id: UUID) -> str:
    """`DATASET/VARIANT` of a variant that exists."""
    statement = (
        select(Dataset.slug, Variant.slug)
        .join(Variant, col(Variant.dataset_id) == col(Dataset.id))
        .where(Variant.id == variant_id)
    )
    return "/".join(session.exec(statement).one())


def release(session: Session, label: str) -> Release:
    """The release called `DATASET/VARIANT/NUMBER`.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: the label has another form.
    """
    parts = label.rsplit("/", 1)
    if len(label.split("/")) != RELEASE_PARTS:
        raise InvalidInputError(f"{label!r} is not of the form DATASET/VARIANT/NUMBER, such as imagenet/v1/2026.1.")
    of_variant = variant(session, parts[0])
    statement = select(Release).where(Release.variant_id == of_variant.id, Release.number == parts[1])
    found = session.exec(statement).first() if is_line(label) else None
    if found is None:
        raise NotFoundError(f"There is no release {label}.")
    return found


def release_label(session: Session, found: Release) -> str:
    """`DATASET/VARIANT/NUMBER` of a release."""
    return f"{variant_name(session, found.variant_id)}/{found.number}"


def policy(session: Session, name: str) -> Policy:
    """The policy `NAME@VERSION`, or the newest version of `NAME`.

    Raises:
        NotFoundError: nothing was published under that name.
    """
    if not is_line(name):
        raise NotFoundError("There is no published policy of that name.")
    bare, _, version = name.partition("@")
    statement = select(Policy).where(Policy.name == bare).order_by(col(Policy.id).desc())
    if version:
        statement = statement.where(Policy.version == version)
    found = session.exec(statement).first()
    if found is None:
        raise NotFoundError(f"There is no published policy {name}.")
    return found


def procedure(session: Session, name: str) -> Procedure:
    """The procedure `NAME@VERSION` that was published, or the newest version of `NAME`.

    Raises:
        NotFoundError: nothing was published under that name.
    """
    bare, _, version = name.partition("@")
    statement = select(Procedure).where(Procedure.name == bare).order_by(col(Procedure.id).desc())
    if version:
        statement = statement.where(Procedure.version == version)
    found = session.exec(statement).first() if is_line(name) else None
    if found is None:
        raise NotFoundError(f"There is no published procedure {name[:NAME_SHOWN]!a}.")
    return found


def person(session: Session, handle: str) -> Person:
    """The person with that handle, active or not.

    Raises:
        NotFoundError: there is none.
    """
    found = session.exec(select(Person).where(Person.handle == handle)).first() if is_line(handle) else None
    if found is None:
        raise NotFoundError(f"There is no person {handle!r}.")
    return found


def case(session: Session, number: str) -> TakedownCase:
    """The takedown case with that number; letters may be small.

    Raises:
        NotFoundError: there is none.
    """
    wanted = number.strip().upper()
    found = session.exec(select(TakedownCase).where(TakedownCase.number == wanted)).first() if is_line(wanted) else None
    if found is None:
        raise NotFoundError("There is no such case.")
    return found
