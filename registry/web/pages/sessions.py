"""Who am I here? Signing in and out, and what one's account may do."""

import flask
from flask import Blueprint, Response, render_template, request

from registry.access import Permission
from registry.errors import AccessionError, UnauthenticatedError
from registry.services import people
from registry.web import auth, door, forms, limits

PAGE = Blueprint("sessions", __name__)


@PAGE.get("/sign-in")
def sign_in() -> str:
    """The form."""
    return _form(None)


@PAGE.post("/sign-in")
@limits.LIMITER.limit(limits.SIGN_IN)
def sign_in_with() -> Response | tuple[str, int]:
    """A fresh session, and on to where the person wanted to go."""
    try:
        with door.home().reading() as session:
            actor = people.authenticate(session, forms.line("handle"), forms.secret("password"))
    except UnauthenticatedError as error:
        return _form(error.sentence), error.status
    with door.home().act(actor) as act:
        token = people.open_session(act)
    # Whoever prepared this browser before knows its form token; from here on there is another one.
    flask.session.clear()
    return auth.remember(flask.make_response(flask.redirect(next_path(), 303)), token)


@PAGE.post("/sign-out")
def sign_out() -> Response:
    """The session has ended here and in the database."""
    token = auth.session_token()
    if token is not None and auth.is_insider():
        with door.home().act(auth.actor()) as act:
            people.close_session(act, token)
    flask.session.clear()
    return auth.forget(flask.make_response(flask.redirect(flask.url_for("datasets.home"), 303)))


@PAGE.get("/account")
def account() -> str:
    """Roles and permissions of whoever is signed in."""
    auth.actor().person()
    return _account(None)


@PAGE.post("/account/password")
@limits.LIMITER.limit(limits.SIGN_IN)
def change_password() -> Response | tuple[str, int]:
    """The password is another one, and every session of this person has ended."""
    auth.actor().person()
    try:
        with door.home().act(auth.actor()) as act:
            people.change_password(act, forms.secret("old_password"), forms.secret("new_password"))
    except AccessionError as error:
        return _account(error.sentence), error.status
    flask.session.clear()
    flask.flash("Your password is changed. Sign in with it.")
    return auth.forget(flask.make_response(flask.redirect(flask.url_for("sessions.sign_in"), 303)))


@PAGE.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """Every session of this person has ended."""
    with door.home().act(auth.actor()) as act:
        people.close_every_session(act)
    flask.session.clear()
    return auth.forget(flask.make_response(flask.redirect(flask.url_for("sessions.sign_in"), 303)))


def next_path() -> str:
    """Where to go after signing in: a path of this host, never an address of another one."""
    wanted = request.values.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and wanted.isprintable() else flask.url_for("datasets.home")


def _account(refusal: str | None) -> str:
    may = [each for each in Permission if auth.actor().may(each)]
    return render_template("account.html", permissions=may, refusal=refusal)


def _form(refusal: str | None) -> str:
    handle = request.form.get("handle", "")
    return render_template("sign_in.html", refusal=refusal, handle=handle, next_path=next_path())
