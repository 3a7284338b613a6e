"""What do the pictures of a release look like? For people of the registry: small and coarse, one page at a time.

One picture is shown as it is released to who asks for it, once that is on record.
"""

from typing import Any

import flask
from flask import Blueprint, Response, render_template

from registry import clock
from registry.access import Permission
from registry.errors import ForbiddenError, InvalidInputError
from registry.proof.manifest import Verdict
from registry.queries import pictures, releases
from registry.queries.pictures import Which
from registry.services import pictures as pixels
from registry.services import verdicts
from registry.web import auth, door, files, forms, tickets
from registry.web.outlines import outline
from registry.web.tickets import Shows

PAGE = Blueprint("pictures", __name__, url_prefix="/releases/<dataset>/<variant>/<number>/pictures")

TICKET_CHARACTERS = 2 * forms.PATH_CHARACTERS


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def grid(dataset: str, variant: str, number: str) -> str:
    """The images of a release by path: what is kept or blurred as it leaves, what is excluded as its reasons."""
    label, blobs, which = f"{dataset}/{variant}/{number}", door.home().blobs, _which()
    with door.home().reading() as session:
        page = pictures.list_pictures(session, blobs, label, which, after=forms.path("after"))
        stopped = verdicts.stops(session, clock.utc_now())
        release = releases.read_release(session, label, is_insider=True)
        has_previews = pixels.has_previews(session, label)
    place = {"dataset": dataset, "variant": variant, "number": number}
    shown = {"page": page, "which": which, "release": release, "stopped": stopped, "has_previews": has_previews}
    return render_template("pictures.html", outline=outline, place=place, **shown)


@PAGE.get("/one")
@auth.needs(Permission.IMAGE_SEE)
def one(dataset: str, variant: str, number: str) -> str:
    """One image: what is known about it, what happened to it, and, to who has just asked, what it looks like."""
    ticket = forms.asked("ticket", at_most=TICKET_CHARACTERS)
    label, blobs = f"{dataset}/{variant}/{number}", door.home().blobs
    with door.home().reading() as session:
        entry = pictures.read_picture(session, blobs, label, forms.path("path") or "")
        stopped = verdicts.stops(session, clock.utc_now())
        has_previews = pixels.has_previews(session, label)
    place = {"dataset": dataset, "variant": variant, "number": number}
    is_shown = tickets.is_for(Shows.RELEASED, ticket, label, entry.source.path)
    shown = {"entry": entry, "stopped": stopped, "has_previews": has_previews, "ticket": ticket if is_shown else None}
    return render_template("picture.html", outline=outline, label=label, place=place, **shown)


@PAGE.post("/one")
@auth.needs(Permission.IMAGE_SEE)
def show(dataset: str, variant: str, number: str) -> Response:
    """That somebody asks for the picture as it is released is on record; the next address shows it."""
    label = f"{dataset}/{variant}/{number}"
    path = forms.needed_path("path")
    with door.home().act(auth.actor()) as act:
        pixels.show(act, door.home().blobs, label, path)
    place: dict[str, Any] = {"dataset": dataset, "variant": variant, "number": number, "path": path}
    address = flask.url_for("pictures.one", ticket=tickets.issue(Shows.RELEASED, label, path), **place)
    return flask.make_response(flask.redirect(address, 303))


@PAGE.get("/preview")
@auth.needs(Permission.IMAGE_SEE)
def preview(dataset: str, variant: str, number: str) -> Response:
    """The small coarse picture."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    with home.reading() as session:
        data = pixels.preview(session, auth.actor(), home.blobs, label, forms.path("path") or "", clock.utc_now())
    return files.preview(data)


@PAGE.get("/file/<ticket>")
@auth.needs(Permission.IMAGE_SEE)
def file(dataset: str, variant: str, number: str, ticket: str) -> Response:
    """The picture's bytes as they are released."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    place, path = tickets.opened(Shows.RELEASED, ticket)
    if place != label:
        raise ForbiddenError("This address is of another release; ask for the picture again.")
    with home.reading() as session:
        return files.picture(pixels.released(session, auth.actor(), home.blobs, label, path, clock.utc_now()))


def _which() -> Which:
    verdict = forms.asked("verdict")
    try:
        return Which(Verdict(verdict) if verdict else None, forms.asked("reason"), forms.asked("label"))
    except ValueError as error:
        raise InvalidInputError("A verdict is keep, blur or exclude.") from error
