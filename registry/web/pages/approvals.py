"""Which releases wait for approval? The approval, bound to the digest that was shown, or the end of the release."""

import flask
from flask import Blueprint, Response, render_template

from registry.access import Permission
from registry.models.releases import ReleaseState
from registry.queries import releases as reading
from registry.services import abandonments, releases
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
    return _to_release(dataset, variant, number)


@PAGE.post("/releases/<dataset>/<variant>/<number>/abandon")
@auth.needs(Permission.RELEASE_ABANDON)
def abandon(dataset: str, variant: str, number: str) -> Response:
    """The release is given up, with a reason."""
    label = f"{dataset}/{variant}/{number}"
    reason = forms.needed("reason", "Abandoning a release needs a reason.")
    with door.home().act(auth.actor()) as act:
        abandonments.abandon(act, label, reason)
    flask.flash(f"{label} is abandoned.")
    return _to_release(dataset, variant, number)


def _to_release(dataset: str, variant: str, number: str) -> Response:
    there = flask.url_for("releases.release", dataset=dataset, variant=variant, number=number)
    return flask.make_response(flask.redirect(there, 303))
