"""Which weights are on record, and what did they see? Public, like the lineage of the variants that they saw."""

from flask import Blueprint, render_template

from registry.queries import weights
from registry.web import door

PAGE = Blueprint("weights", __name__)


@PAGE.get("/weights")
def index() -> str:
    """Every set of weights, and what it was trained on or made from."""
    with door.home().reading() as session:
        return render_template("weights.html", found=weights.list_weights(session))


@PAGE.get("/weights/<name>")
def one(name: str) -> str:
    """One set of weights, with the evidence."""
    with door.home().reading() as session:
        return render_template("weight.html", weights=weights.read_weights(session, name))
