"""Which exceptions are there, who answers for them, and until when? The register, for people of the registry."""

from flask import Blueprint, render_template

from registry import clock
from registry.access import Permission
from registry.queries import exceptions
from registry.web import auth, door

PAGE = Blueprint("exceptions", __name__)


@PAGE.get("/exceptions")
@auth.needs(Permission.IMAGE_SEE)
def register() -> str:
    """Every exception that ever was, those in force first."""
    with door.home().reading() as session:
        found = exceptions.register(session, clock.utc_now())
    return render_template("exceptions.html", exceptions=found)
