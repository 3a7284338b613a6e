"""Is it in there? Take it out. The public door: no account, no name, and nothing about the asker in any address."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # it ships no types
from werkzeug.exceptions import HTTPException

from policies.takedowns import Ground
from registry import ids
from registry.errors import AccessionError, InvalidInputError, WrongStateError
from registry.models.takedowns import STATEMENT_LENGTH, SubjectKind
from registry.queries import cases, transparency
from registry.services import takedowns
from registry.services.takedowns import CONTACT_LENGTH, SUBJECT_LENGTH, Request
from registry.web import auth, door, forms, limits, problems

PAGE = Blueprint("takedowns", __name__)


@PAGE.get("/takedowns")
def ask() -> str:
    """The form."""
    return _form(None)


@PAGE.post("/takedowns")
@limits.LIMITER.limit(limits.TAKEDOWN_INTAKE)
def submit() -> str | tuple[str, int]:
    """A new case; its number and code words are in this answer and nowhere else."""
    try:
        with door.home().act(auth.actor()) as act:
            receipt = takedowns.submit(act, _request())
    except (InvalidInputError, WrongStateError) as error:
        return _form(error.sentence), error.status
    return render_template("takedown_received.html", receipt=receipt)


@PAGE.errorhandler(CSRFError)
@PAGE.errorhandler(RateLimitExceeded)
def refused_before_it_was_read(error: HTTPException) -> Response:
    """The usual refusal; somebody who asks for a takedown gets the form back with everything that they typed."""
    response = problems.refused_by_http(error)
    if request.endpoint == "takedowns.submit" and problems.is_for_people():
        response.set_data(_form(problems.sentence_of(error)))
    return response


@PAGE.get("/takedowns/status")
def status() -> str:
    """Where case number and code words are typed."""
    return render_template("takedown_status.html", refusal=None, number="")


@PAGE.post("/takedowns/status")
@limits.LIMITER.limit(limits.TAKEDOWN_STATUS)
def show_status() -> str | tuple[str, int]:
    """How far the case is, for whoever knows its code words."""
    number, code_words = forms.line("number"), forms.line("code_words")
    try:
        with door.home().reading() as session:
            case = takedowns.case_of(session, number, code_words)
            shown = cases.read_status(session, door.home().blobs, case)
            logged = transparency.read_decision(session, case.id)
    except AccessionError as error:
        page = render_template("takedown_status.html", refusal=error.sentence, number=number)
        return page, error.status
    return render_template("takedown_case.html", case=shown, code_words=code_words, logged=logged)


@PAGE.post("/takedowns/withdraw")
@limits.LIMITER.limit(limits.TAKEDOWN_STATUS)
def withdraw() -> str | tuple[str, int]:
    """The request is taken back."""
    number = forms.line("number")
    try:
        forms.needed("is_sure", "Tick the box to take the request back.")
        with door.home().act(auth.actor()) as act:
            takedowns.withdraw(act, number, forms.line("code_words"))
    except AccessionError as error:
        page = render_template("takedown_status.html", refusal=error.sentence, number=number)
        return page, error.status
    return render_template("takedown_withdrawn.html")


def _request() -> Request:
    try:
        kind, ground = SubjectKind(forms.line("subject_kind")), Ground(forms.line("ground"))
    except ValueError as error:
        raise InvalidInputError("Choose how you name the image, and why you ask.") from error
    return Request(
        kind,
        forms.line("subject", at_most=SUBJECT_LENGTH),
        ground,
        forms.line("statement", at_most=STATEMENT_LENGTH),
        forms.line("contact", at_most=CONTACT_LENGTH),
        _form_id(),
    )


def _form_id() -> UUID | None:
    """Of the form that was sent; None where somebody's own program sent it."""
    try:
        return UUID(forms.line("form_id"))
    except ValueError:
        return None


def _form(refusal: str | None) -> str:
    return render_template(
        "takedown_ask.html",
        refusal=refusal,
        given=request.form,
        form_id=ids.new_id(),
        kinds=list(SubjectKind),
        grounds=list(Ground),
    )
