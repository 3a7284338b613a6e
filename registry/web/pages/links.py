"""How have the links rotted from which a variant's images came? What it adds up to; no link is shown.

Hosts are for people of the registry: many are a person's own.
"""

from flask import Blueprint, render_template

from registry.queries import datasets, links
from registry.web import auth, door

PAGE = Blueprint("links", __name__, url_prefix="/datasets/<dataset>/<variant>/links")


@PAGE.get("")
def report(dataset: str, variant: str) -> str:
    """The checks of a variant, and the hosts and classes of the newest one."""
    with door.home().reading() as session:
        of = datasets.read_variant(session, f"{dataset}/{variant}", is_insider=auth.is_insider())
        found = links.report(session, door.home().blobs, of.name)
    return render_template("links.html", variant=of, report=found)
