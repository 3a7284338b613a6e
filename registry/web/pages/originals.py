"""What did the original look like? Shown to who may and asks for it, once it is on record that they did.

Asking is a POST; the answer is the address of a page that works for this person, for five minutes.
"""

import flask
from flask import Blueprint, Response, render_template

from registry import clock
from registry.access import Permission
from registry.queries import faces
from registry.services import pictures
from registry.web import auth, door, files, forms, tickets
from registry.web.outlines import outline
from registry.web.tickets import Shows

PAGE = Blueprint("originals", __name__, url_prefix="/originals")


@PAGE.post("")
@auth.needs(Permission.IMAGE_REVEAL)
def reveal() -> Response:
    """The wish is on record; the original is behind the next address."""
    place = forms.needed("place", "Say of which release or variant.")
    path = forms.needed_path("path")
    with door.home().act(auth.actor()) as act:
        pictures.reveal(act, door.home().blobs, place, path)
    ticket = tickets.issue(Shows.ORIGINAL, place, path)
    return flask.make_response(flask.redirect(flask.url_for("originals.show", ticket=ticket), 303))


@PAGE.get("/<ticket>")
@auth.needs(Permission.IMAGE_REVEAL)
def show(ticket: str) -> str:
    """The original, beside what is released where there is a release."""
    place, path = tickets.opened(Shows.ORIGINAL, ticket)
    with door.home().reading() as session:
        is_released = pictures.is_released(session, door.home().blobs, place, path, clock.utc_now())
        review = faces.read_review(session, door.home().blobs, place, path) if is_released else None
    return render_template(
        "original.html",
        ticket=ticket,
        released=tickets.issue(Shows.RELEASED, place, path) if is_released else None,
        place=place,
        path=path,
        review=review,
        outline=outline,
    )


@PAGE.get("/<ticket>/file")
@auth.needs(Permission.IMAGE_REVEAL)
def file(ticket: str) -> Response:
    """The original's bytes."""
    place, path = tickets.opened(Shows.ORIGINAL, ticket)
    with door.home().reading() as session:
        return files.picture(pictures.original(session, auth.actor(), door.home().blobs, place, path))
