"""What has been withdrawn, and with whose signature? Public, so that holders of copies can look without saying so."""

from flask import Blueprint, Response, render_template

from registry.queries import revocations
from registry.web import door, files, forms
from registry.web.pages import trust

PAGE = Blueprint("revocations", __name__)


@PAGE.get("/revocations")
def index() -> str:
    """Every revocation, the newest first."""
    with door.home().reading() as session:
        page = revocations.list_revocations(session, after=forms.asked("after"))
    return render_template("revocations.html", page=page, roots=trust.names())


@PAGE.get("/revocations/<int(max=2147483647):number>.dsse.json")
def envelope(number: int) -> Response:
    """One revocation, signed, byte for byte."""
    with door.home().reading() as session:
        data = revocations.read_envelope(session, door.home().blobs, number)
    return files.download(data, f"revocation-{number}.dsse.json", "application/json")
