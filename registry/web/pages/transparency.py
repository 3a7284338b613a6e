"""What has become public here, in an order that nobody can change? The public log, as a page and as its very files.

The files (C2SP tlog-tiles) lie below `/log`, where any monitor or mirror expects them; another web server may as well
serve the folder itself.
"""

import flask
from flask import Blueprint, Response, render_template

from registry.errors import NotFoundError, NotVerifiedError
from registry.proof.logfiles import LogFolder
from registry.queries import transparency
from registry.web import door, forms, security
from registry.web.pages import trust

PAGE = Blueprint("log", __name__)

# A tile of a given name never changes; a checkpoint is followed by another.
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MOMENT = "public, max-age=5"


@PAGE.get("/log")
def index() -> str:
    """The newest tree head, and the leaves, the newest first."""
    with door.home().reading() as session:
        head = transparency.read_head(session)
        page = transparency.list_leaves(session, after=forms.asked("after"))
    origin = door.home().settings.log_origin
    return render_template("log.html", head=head, page=page, origin=origin, roots=trust.names())


@PAGE.get("/log/checkpoint")
def checkpoint() -> Response:
    """The newest tree head, signed, byte for byte."""
    data = _folder().checkpoint()
    if data is None:
        raise NotFoundError("The public log has no signed tree head yet.")
    return _file(data, "text/plain; charset=utf-8", FOR_A_MOMENT)


@PAGE.get("/log/tile/<path:name>")
def tile(name: str) -> Response:
    """Hashes or entries of the log, 256 to a file."""
    try:
        data = _folder().read(f"tile/{name}")
    except NotVerifiedError as error:
        raise NotFoundError("The public log has no such file.") from error
    return _file(data, "application/octet-stream", FOR_EVER)


def _folder() -> LogFolder:
    return LogFolder(door.home().settings.log_folder)


def _file(data: bytes, media_type: str, lasts: str) -> Response:
    response = flask.make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Cache-Control"] = lasts
    response.headers["Content-Security-Policy"] = security.FILE_CONTENT_SECURITY_POLICY
    return response
