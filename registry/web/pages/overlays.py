"""Which groups laid a stricter policy on somebody's release, and is what they hand out never looser?"""

import flask
from flask import Blueprint, Response, render_template

from registry.access import Permission
from registry.errors import AccessionError
from registry.models.releases import ReleaseState
from registry.queries import datasets, overlays, policies, releases
from registry.services import overlays as making
from registry.web import auth, door, forms

PAGE = Blueprint("overlays", __name__)

Answer = Response | tuple[str, int]
PIN_CHARACTERS = 80


@PAGE.get("/overlays")
def index() -> str:
    """Every overlay, what it stands on, its pinned policies and its releases; and the form to make one."""
    return _page()


@PAGE.post("/overlays")
@auth.needs(Permission.RELEASE_PLAN)
def make() -> Answer:
    """A variant stands on a published release from now on."""
    try:
        variant = forms.needed("variant", "Say which variant.")
        base = forms.needed("base", "Say on which release it stands.")
        with door.home().act(auth.actor()) as act:
            making.make(act, variant, base, flask.request.form.getlist("pin"))
    except AccessionError as error:
        return _page(error.sentence), error.status
    flask.flash(f"{variant} stands on {base} from now on.")
    return flask.make_response(flask.redirect(flask.url_for("overlays.index"), 303))


@PAGE.get("/releases/<dataset>/<variant>/<number>/overlay")
def proof(dataset: str, variant: str, number: str) -> str:
    """That everything which the release hands out was handed out by its base; or which images were not, and why."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    with home.reading() as session:
        row = releases.find(session, label, is_insider=auth.is_insider())
        found = making.proof(session, home.blobs, row)
        release = releases.read_release(session, label, is_insider=auth.is_insider())
    place = {"dataset": dataset, "variant": variant, "number": number}
    return render_template("overlay_proof.html", proof=found, release=release, place=place)


def _page(refusal: str = "") -> str:
    form = {}
    with door.home().reading() as session:
        found = overlays.list_overlays(session, is_insider=auth.is_insider())
        if auth.actor().may(Permission.RELEASE_PLAN):
            taken = {detail.line.variant for detail in found}
            form = {
                "variants": [name for name in datasets.variant_names(session) if name not in taken],
                "bases": releases.list_waiting(session, ReleaseState.PUBLISHED, limit=200),
                "policies": policies.list_policies(session),
            }
    typed = flask.request.form
    return render_template(
        "overlays.html", overlays=found, form=form, refusal=refusal, typed=typed, pins=typed.getlist("pin")
    )
