"""How does an address show a picture to the person who has just asked for it, and to nobody else, for a while?

Asking is a POST and leaves an audit event; the answer is an address with a signed ticket. A ticket for what a release
hands out opens no original.
"""

from enum import StrEnum

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from registry.errors import ForbiddenError
from registry.web import auth

SECONDS = 300


class Shows(StrEnum):
    """What a ticket is for."""

    ORIGINAL = "accession.original"
    RELEASED = "accession.released"


def issue(shows: Shows, place: str, path: str) -> str:
    """A ticket of the signed-in person for one image of a release or a variant."""
    return serializer(shows).dumps([str(auth.actor().person()), place, path])


def opened(shows: Shows, ticket: str) -> tuple[str, str]:
    """Place and path of a ticket that was given to whoever shows it.

    Raises:
        ForbiddenError: it is not ours, not for this, too old, or somebody else's.
    """
    try:
        person, place, path = serializer(shows).loads(ticket, max_age=SECONDS)
    except BadSignature as error:
        raise ForbiddenError("This address has expired; ask for the picture again.") from error
    if person != str(auth.actor().person()):
        raise ForbiddenError("Somebody else asked for this picture; ask for it yourself.")
    return place, path


def is_for(shows: Shows, ticket: str | None, place: str, path: str) -> bool:
    """Whether somebody shows a ticket of theirs for this very image."""
    if ticket is None:
        return False
    try:
        return opened(shows, ticket) == (place, path)
    except ForbiddenError:
        return False


def serializer(shows: Shows) -> URLSafeTimedSerializer:
    """Who signs tickets for this, with the secret of this registry."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=shows.value)
