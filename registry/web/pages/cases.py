"""Which cases wait, and what stands in one? For reviewers and for the second person, by keyboard, with reasons."""

from collections.abc import Callable

import flask
from flask import Blueprint, Response, render_template

from policies.takedowns import Outcome
from registry.access import Permission
from registry.acts import Act
from registry.errors import AccessionError, InvalidInputError
from registry.models.takedowns import SubjectKind
from registry.queries import cases, exposures, images
from registry.services import takedowns
from registry.services.takedowns import SUBJECT_LENGTH, Found
from registry.web import auth, door, forms

PAGE = Blueprint("cases", __name__)

Answer = Response | tuple[str, int]


@PAGE.get("/cases")
@auth.needs(Permission.TAKEDOWN_READ)
def queue() -> str:
    """Open cases, the oldest first; or the closed ones."""
    is_open = forms.asked("closed") is None
    with door.home().reading() as session:
        page = cases.list_cases(session, door.home().blobs, is_open=is_open, after=forms.asked("after"))
    return render_template("cases.html", page=page, is_open=is_open)


@PAGE.get("/cases/<number>")
@auth.needs(Permission.TAKEDOWN_READ)
def case(number: str) -> str:
    """One case, with the forms for what can be done to it now."""
    return _page(number, None)


@PAGE.post("/cases/<number>/images")
@auth.needs(Permission.TAKEDOWN_HOLD)
def add_images(number: str) -> Answer:
    """The case is about these images too, which the search did not find."""

    def adding(act: Act) -> None:
        subject = forms.needed("subject", "Say which image.", at_most=SUBJECT_LENGTH)
        places = images.named(act.session, door.home().blobs, _subject_kind(), subject)
        found = [Found(place.sha256, place.variant_id, place.path) for place in places]
        takedowns.add_images(act, number, found, _reason())

    return _step(number, adding)


@PAGE.post("/cases/<number>/hold")
@auth.needs(Permission.TAKEDOWN_HOLD)
def hold(number: str) -> Answer:
    """The images enter no new release while the case is open."""
    return _step(number, lambda act: takedowns.hold(act, number, _reason()))


@PAGE.post("/cases/<number>/decide")
@auth.needs(Permission.TAKEDOWN_DECIDE)
def decide(number: str) -> Answer:
    """The case is decided, or waits for a second person."""

    def deciding(act: Act) -> None:
        takedowns.decide(act, door.home().blobs, number, _outcome(), _reason())

    return _step(number, deciding)


@PAGE.post("/cases/<number>/confirm")
@auth.needs(Permission.TAKEDOWN_CONFIRM)
def confirm(number: str) -> Answer:
    """A second person agrees, or sends the case back."""

    def confirming(act: Act) -> None:
        match forms.line("answer"):
            case "agree":
                takedowns.confirm(act, number, _reason())
            case "disagree":
                takedowns.refuse(act, number, _reason())
            case _:
                raise InvalidInputError("Say whether you agree with the decision.")

    return _step(number, confirming)


def _step(number: str, step: Callable[[Act], None]) -> Answer:
    """What follows a step: the case again, with what has changed or with the reason why nothing has."""
    try:
        with door.home().act(auth.actor()) as act:
            step(act)
    except AccessionError as error:
        return _page(number, error.sentence), error.status
    flask.flash("Recorded.")
    return flask.make_response(flask.redirect(flask.url_for("cases.case", number=number), 303))


def _page(number: str, refusal: str | None) -> str:
    with door.home().reading() as session:
        found = cases.read_case(session, door.home().blobs, number)
        exposed = exposures.of_images(session, door.home().blobs, [image.sha256 for image in found.images])
    return render_template("case.html", case=found, refusal=refusal, kinds=list(SubjectKind), exposed=exposed)


def _reason() -> str:
    return forms.line("reason", at_most=forms.TEXT_CHARACTERS)


def _subject_kind() -> SubjectKind:
    try:
        return SubjectKind(forms.line("subject_kind"))
    except ValueError as error:
        raise InvalidInputError("Choose how you name the image.") from error


def _outcome() -> Outcome:
    try:
        return Outcome(forms.line("outcome"))
    except ValueError as error:
        raise InvalidInputError("Choose whether the request is upheld or rejected.") from error
