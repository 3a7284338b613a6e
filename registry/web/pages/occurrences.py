"""Where does one picture occur, in every variant? For reviewers, by digest or by perceptual hash; nothing is recorded.

Of a file its bytes are hashed, and neither kept nor decoded: where no import knows them, who has it asks at a terminal.
"""

from flask import Blueprint, render_template

from registry.access import Permission
from registry.queries import occurrences
from registry.web import auth, door, forms, uploads

PAGE = Blueprint("occurrences", __name__, url_prefix="/occurrences")


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def ask() -> str:
    """The form."""
    return render_template("occurrences.html", asked={"sha256": "", "pdq": ""}, found=None)


@PAGE.post("")
@auth.needs(Permission.IMAGE_SEE)
def find() -> str:
    """Where it occurs; asked for in the body, so that no log has what somebody wants taken down."""
    asked = {name: forms.line(name).removeprefix("sha256:") for name in ("sha256", "pdq")}
    asked["sha256"] = uploads.sha256("file") or asked["sha256"]
    looks = {occurrences.AS_IT_IS: asked["pdq"]} if asked["pdq"] else None
    home = door.home()
    with home.reading() as session:
        found = occurrences.occurrences(session, home.blobs, home.settings.home, asked["sha256"] or None, looks)
    return render_template("occurrences.html", asked=asked, found=found)
