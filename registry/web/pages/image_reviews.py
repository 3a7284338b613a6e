"""Which images of a release wait for a person to answer for them? For reviewers, by keyboard, with reasons.

No picture is shown until somebody asks for it (`registry.web.pages.originals`).
"""

from typing import Any

import flask
from flask import Blueprint, Response, render_template, request

from policies.verdicts import Action
from registry import clock
from registry.access import Permission
from registry.errors import AccessionError, InvalidInputError
from registry.queries import image_reviews, pictures, releases
from registry.services import image_reviews as reviewing
from registry.services import verdicts
from registry.web import auth, door, forms

PAGE = Blueprint("image_reviews", __name__, url_prefix="/releases/<dataset>/<variant>/<number>/reviews")


Answer = Response | tuple[str, int]


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def queue(dataset: str, variant: str, number: str) -> str:
    """The images that wait, by path, with what was answered since the release was built."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    with home.reading() as session:
        after = forms.path("after")
        page = image_reviews.waiting(session, home.blobs, label, after=after)
        release = releases.read_release(session, label, is_insider=True)
    return render_template("image_reviews.html", page=page, release=release, place=_place(label))


@PAGE.get("/one")
@auth.needs(Permission.IMAGE_SEE)
def one(dataset: str, variant: str, number: str) -> str:
    """One image: why it waits, and the form to answer."""
    return _page(f"{dataset}/{variant}/{number}", forms.path("path") or "", None)


@PAGE.post("/one")
@auth.needs(Permission.IMAGE_REVIEW)
def decide(dataset: str, variant: str, number: str) -> Answer:
    """The answer is on record; the next image that waits is shown."""
    label, blobs = f"{dataset}/{variant}/{number}", door.home().blobs
    path = forms.needed_path("path")
    try:
        reason = forms.line("reason", at_most=forms.TEXT_CHARACTERS)
        with door.home().act(auth.actor()) as act:
            reviewing.decide(act, blobs, label, [path], _answer(), reason)
    except AccessionError as error:
        return _page(label, path, error.sentence), error.status
    flask.flash(f"Recorded, about {path}.")
    return flask.make_response(flask.redirect(_next(label, path), 303))


def _answer() -> Action:
    try:
        return Action(forms.line("answer"))
    except ValueError as error:
        raise InvalidInputError("Choose what becomes of the image.") from error


def _next(label: str, path: str) -> str:
    """Where the next image without an answer is shown; the queue, where none is behind this one."""
    with door.home().reading() as session:
        following = image_reviews.next_open(session, door.home().blobs, label, path)
    place: dict[str, Any] = _place(label)
    if following is None:
        return flask.url_for("image_reviews.queue", **place)
    return flask.url_for("image_reviews.one", path=following.path, **place)


def _page(label: str, path: str, refusal: str | None) -> str:
    with door.home().reading() as session:
        entry = pictures.read_picture(session, door.home().blobs, label, path)
        release = releases.read_release(session, label, is_insider=True)
        shown = {
            "entry": entry,
            "asked": reviewing.asked_for(entry),
            "history": image_reviews.history(session, entry.source.sha256),
            "stopped": verdicts.stops(session, clock.utc_now()),
        }
    return render_template(
        "image_review.html",
        **shown,
        release=release,
        label=label,
        refusal=refusal,
        typed=request.form,
        place=_place(label),
    )


def _place(label: str) -> dict[str, str]:
    return dict(zip(("dataset", "variant", "number"), label.split("/"), strict=True))
