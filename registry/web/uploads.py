"""Which request may carry a picture, and what is known of it afterwards? Its digest, and nothing else.

Only people of the registry may send more than a form, and only to the page that takes a file. What they send goes
through a temporary file that ends with the request, and is hashed piece by piece; it is never opened as a picture.
"""

import hashlib

from flask import Flask, request

from registry.web import auth

PICTURE_BYTES_MAX = 64 * 1024 * 1024
TAKES_A_PICTURE = "occurrences.find"


def install(app: Flask) -> None:
    """Requests that may carry a picture may be larger than others; before anything reads their forms."""
    app.before_request(_make_room)


def sha256(name: str) -> str | None:
    """The SHA-256 of the file in this field, in hexadecimal digits; null where none was chosen."""
    given = request.files.get(name)
    if given is None or not given.filename:
        return None
    return hashlib.file_digest(given.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # werkzeug's is typed looser


def _make_room() -> None:
    if request.endpoint == TAKES_A_PICTURE and auth.is_insider():
        request.max_content_length = PICTURE_BYTES_MAX
