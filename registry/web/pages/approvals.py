"""Which releases wait for approval? And the approval itself, bound to the digest that the approver was shown."""

import flask
from flask import Blueprint, Response, render_template

from registry.access import Permission
from registry.models.releases import ReleaseState
from registry.queries import releases as reading
from registry.services import releases
from registry.web import auth, door, forms

PAGE = Blueprint("approvals", __name__)


@PAGE.get("/approvals")
@auth.needs(Permission.RELEASE_APPROVE)
def queue() -> str:
    """The releases that are built, the longest waiting first."""
    with door.home().reading() as session:
        waiting = reading.list_waiting(session, ReleaseState.BUILT)
    return render_template("approvals.html", waiting=waiting)


@PAGE.post("/releases/<dataset>/<variant>/<number>/approve")
@auth.needs(Permission.RELEASE_APPROVE)
def approve(dataset: str, variant: str, number: str) -> Response:
    """The acting person has approved what they were shown."""
    label = f"{dataset}/{variant}/{number}"
    reason = forms.needed("reason", "An approval needs a reason.")
    with door.home().act(auth.actor()) as act:
        releases.approve(act, label, forms.line("digest"), reason)
    flask.flash(f"You have approved {label}.")
    there = flask.url_for("releases.release", dataset=dataset, variant=variant, number=number)
    return flask.make_response(flask.redirect(there, 303))
