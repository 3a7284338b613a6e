"""Who has an account? Adding people, giving roles and deactivating accounts, for administrators."""

import flask
from flask import Blueprint, Response, render_template, request

from registry.access import Permission
from registry.errors import AccessionError, InvalidInputError
from registry.models.people import Role
from registry.queries import people as accounts
from registry.services import people
from registry.web import auth, door, forms

PAGE = Blueprint("people", __name__)


@PAGE.get("/people")
@auth.needs(Permission.PEOPLE_MANAGE)
def index() -> str:
    """Every account, and a form for a new one."""
    return _page(None)


@PAGE.post("/people")
@auth.needs(Permission.PEOPLE_MANAGE)
def add() -> str | tuple[str, int]:
    """The new account and its first password, shown once."""
    password = people.new_password()
    try:
        with door.home().act(auth.actor()) as act:
            person = people.add(act, forms.line("handle"), forms.line("display_name"), _roles(), password)
    except AccessionError as error:
        return _page(error.sentence), error.status
    return render_template("person_added.html", handle=person.handle, password=password)


@PAGE.post("/people/<handle>/roles")
@auth.needs(Permission.PEOPLE_MANAGE)
def set_roles(handle: str) -> Response | tuple[str, int]:
    """The person has the ticked roles and no others."""
    try:
        with door.home().act(auth.actor()) as act:
            people.set_roles(act, handle, _roles())
    except AccessionError as error:
        return _page(error.sentence), error.status
    flask.flash(f"{handle} has the roles that you ticked.")
    return flask.make_response(flask.redirect(flask.url_for("people.index"), 303))


@PAGE.post("/people/<handle>/deactivate")
@auth.needs(Permission.PEOPLE_MANAGE)
def deactivate(handle: str) -> Response | tuple[str, int]:
    """The person can no longer sign in or act."""
    try:
        with door.home().act(auth.actor()) as act:
            people.deactivate(act, handle)
    except AccessionError as error:
        return _page(error.sentence), error.status
    flask.flash(f"{handle} is deactivated; every session of theirs is closed.")
    return flask.make_response(flask.redirect(flask.url_for("people.index"), 303))


def _roles() -> frozenset[Role]:
    try:
        return frozenset(Role(value) for value in request.form.getlist("role"))
    except ValueError as error:
        raise InvalidInputError("There is no such role.") from error


def _page(refusal: str | None) -> str:
    with door.home().reading() as session:
        found = accounts.list_people(session)
    return render_template("people.html", people=found, roles=list(Role), refusal=refusal, given=request.form)
