"""How are releases approved and cases decided, and since when? Public; two people put another procedure in force."""

from datetime import datetime
from uuid import UUID

import flask
from flask import Blueprint, Response, render_template

from policies.procedures import Kind
from registry import clock
from registry.access import Permission
from registry.errors import InvalidInputError
from registry.models.procedures import ChangeState
from registry.queries import procedures
from registry.queries.procedures import ChangeLine
from registry.services import procedures as putting
from registry.web import auth, door, files, forms

PAGE = Blueprint("procedures", __name__, url_prefix="/policies/procedures")


@PAGE.get("")
def index() -> str:
    """What is in force, what waits for a second person, and every version that there is."""
    now = clock.utc_now()
    with door.home().reading() as session:
        versions, changes = procedures.list_procedures(session, now), procedures.list_changes(session)
        in_force = {line.kind: line.digest for line in versions if line.is_in_force}
        planned = procedures.count_planned_under(session, in_force[Kind.RELEASE_APPROVAL])
    waiting = [(line, _difference(in_force, line)) for line in changes if line.state is ChangeState.PROPOSED]
    shown = {"versions": versions, "changes": changes, "waiting": waiting, "planned": planned}
    return render_template("procedures.html", now=now, **shown)


def _difference(in_force: dict[Kind, str], line: ChangeLine) -> list[str]:
    return procedures.difference(door.home().blobs, in_force[line.kind], line.digest)


@PAGE.get("/<name>")
def procedure(name: str) -> str:
    """One version, `NAME@VERSION`, in words and word by word; or the newest of `NAME`."""
    found = _found(name)
    return render_template("procedure.html", procedure=found, words=found.written.decode())


@PAGE.get("/<name>/document")
def document(name: str) -> Response:
    """The very bytes that the procedure's digest names."""
    found = _found(name)
    return files.download(found.written, f"{found.line.label}.yaml", "application/yaml")


@PAGE.post("/propose")
@auth.needs(Permission.PROCEDURE_PUBLISH)
def propose() -> Response:
    """A version waits for a second person."""
    name, reason = forms.needed("name", "Say which procedure."), forms.needed("reason", "Say why.")
    begins = forms.line("begins")
    with door.home().act(auth.actor()) as act:
        putting.propose(act, door.home().blobs, name, _day(begins) if begins else act.now, reason)
    flask.flash(f"{name} waits for a second person.")
    return _to_index()


@PAGE.post("/changes/<uuid:change>/settle")
@auth.needs(Permission.PROCEDURE_CONFIRM)
def settle(change: UUID) -> Response:
    """A second person agrees, or does not."""
    reason = forms.needed("reason", "Say why.")
    answer = forms.line("answer")
    if answer not in {"agree", "disagree"}:
        raise InvalidInputError("Say whether you agree.", field="answer")
    with door.home().act(auth.actor()) as act:
        if answer == "agree":
            putting.confirm(act, door.home().blobs, change, reason)
        else:
            putting.refuse(act, change, reason)
    flask.flash("The procedure is put in force." if answer == "agree" else "The proposal is refused.")
    return _to_index()


@PAGE.post("/changes/<uuid:change>/take-back")
@auth.needs(Permission.PROCEDURE_PUBLISH)
def take_back(change: UUID) -> Response:
    """Who proposed it does so no more."""
    reason = forms.needed("reason", "Say why.")
    with door.home().act(auth.actor()) as act:
        putting.refuse(act, change, reason)
    flask.flash("The proposal is taken back.")
    return _to_index()


def _found(name: str) -> procedures.ProcedureDetail:
    with door.home().reading() as session:
        return procedures.read_procedure(session, door.home().blobs, name, clock.utc_now())


def _day(typed: str) -> datetime:
    try:
        return clock.parse_rfc3339(f"{typed}T00:00:00Z")
    except ValueError as error:
        raise InvalidInputError("Write the day as 2027-01-31.", field="begins") from error


def _to_index() -> Response:
    return flask.make_response(flask.redirect(flask.url_for("procedures.index"), 303))
