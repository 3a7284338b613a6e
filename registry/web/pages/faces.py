"""Which pictures of a release wait for somebody to say what is a face? For reviewers, by keyboard, with reasons.

What is shown first is small and coarse, and has everything hidden that may be a face; the original is behind a form
that says that it is asked for (`registry.web.pages.originals`).
"""

from typing import Any

import flask
from flask import Blueprint, Response, render_template, request

from registry import clock
from registry.access import Permission
from registry.catalogue.decided import Place
from registry.errors import AccessionError, InvalidInputError
from registry.models.faces import FaceStep
from registry.queries import faces, releases
from registry.services import faces as deciding
from registry.services import pictures as pixels
from registry.services import reviews, verdicts
from registry.services.faces import STEPS_AT_MOST, Step
from registry.web import auth, door, forms
from registry.web.outlines import outline

PAGE = Blueprint("faces", __name__, url_prefix="/releases/<dataset>/<variant>/<number>/faces")

EDGES = 4
ADDED = ("add-1", "add-2", "add-3")
SECOND_PERSON = " What is blurred stays blurred until a second person says the same."

Answer = Response | tuple[str, int]


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def queue(dataset: str, variant: str, number: str) -> str:
    """The pictures that wait, those that wait for a second person, or all that were doubtful, by path."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    which = next((name for name in ("proposed", "all") if forms.asked(name)), "open")
    with home.reading() as session:
        row = releases.find(session, label, is_insider=True)
        shown = {
            "page": faces.list_proposed(session, home.blobs, label, after=forms.path("after"))
            if which == "proposed"
            else faces.list_reviews(session, home.blobs, label, is_open=which == "open", after=forms.path("after")),
            "reviewed": reviews.read(session, home.blobs, row),
            "stopped": verdicts.stops(session, clock.utc_now()),
            "has_previews": pixels.has_previews(session, label),
            "release": releases.read_release(session, label, is_insider=True),
        }
    return render_template("faces.html", which=which, outline=outline, place=_place(label), **shown)


@PAGE.get("/one")
@auth.needs(Permission.IMAGE_SEE)
def one(dataset: str, variant: str, number: str) -> str:
    """One picture: what is asked about it, and the form to answer."""
    return _page(f"{dataset}/{variant}/{number}", forms.path("path") or "", None)


@PAGE.post("/one")
@auth.needs(Permission.FACES_DECIDE)
def decide(dataset: str, variant: str, number: str) -> Answer:
    """The answers are on record; the next picture that waits is shown."""
    label, blobs = f"{dataset}/{variant}/{number}", door.home().blobs
    path = forms.needed_path("path")
    try:
        reason = forms.line("reason", at_most=forms.TEXT_CHARACTERS)
        with door.home().act(auth.actor()) as act:
            waiting = deciding.decide(act, blobs, label, path, _steps(), reason)
    except AccessionError as error:
        return _page(label, path, error.sentence), error.status
    flask.flash(f"Recorded, about {path}.{SECOND_PERSON if waiting else ''}")
    return flask.make_response(flask.redirect(_next(label, path), 303))


def _next(label: str, path: str) -> str:
    """Where the next picture that waits is shown; the queue, where none is behind this one."""
    with door.home().reading() as session:
        following = faces.list_reviews(session, door.home().blobs, label, after=path, limit=1).items
    place: dict[str, Any] = _place(label)
    if not following:
        return flask.url_for("faces.queue", **place)
    return flask.url_for("faces.one", path=following[0].entry.source.path, **place)


def _page(label: str, path: str, refusal: str | None) -> str:
    with door.home().reading() as session:
        review = faces.read_review(session, door.home().blobs, label, path)
        history = faces.history(session, review.entry.source.sha256 or "")
        stopped = verdicts.stops(session, clock.utc_now())
        has_previews = pixels.has_previews(session, label)
    return render_template(
        "face.html",
        review=review,
        entry=review.entry,
        history=history,
        stopped=stopped,
        has_previews=has_previews,
        label=label,
        outline=outline,
        refusal=refusal,
        typed=request.form,
        added=ADDED,
        place=_place(label),
    )


def _steps() -> list[Step]:
    """What the form says about each box that it was shown with, and the boxes that it adds.

    Raises:
        InvalidInputError: an answer or a box is none.
    """
    steps = [_step(place, number) for number, place in enumerate(request.form.getlist("place")[:STEPS_AT_MOST])]
    added = [Step(FaceStep.ADDED, _box(text)) for name in ADDED if (text := forms.line(name))]
    return [*(step for step in steps if step is not None), *added]


def _step(place: str, number: int) -> Step | None:
    """The answer about one box; None where nothing was chosen."""
    match forms.line(f"answer-{number}"):
        case "":
            return None
        case "face":
            return Step(FaceStep.ACCEPTED, _box(place))
        case "none":
            return Step(FaceStep.REJECTED, _box(place))
        case "moved":
            return Step(FaceStep.MOVED, _box(place), _box(forms.line(f"to-{number}")))
        case _:
            raise InvalidInputError("Choose what the box shows.")


def _box(text: str) -> Place:
    try:
        left, top, right, bottom = (int(part) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise InvalidInputError("A box is four whole numbers: left, top, right, bottom.") from error
    return left, top, right, bottom


def _place(label: str) -> dict[str, str]:
    """The parts of a label, as the routes of a release take them."""
    return dict(zip(("dataset", "variant", "number"), label.split("/"), strict=True))
