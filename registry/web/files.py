"""How do bytes leave that are no page? As downloads, and as pictures that cannot become anything else."""

import hashlib
import io
from typing import BinaryIO

import flask
from flask import Response

from registry.web import security

# What browsers draw by themselves, by the first bytes of the file and never by its name.
SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
WEBP = (b"RIFF", b"WEBP")
WEBP_MARK_AT = 8


def download(data: bytes | BinaryIO, name: str, media_type: str) -> Response:
    """The bytes, or those of an open file, as a file called `name`."""
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    return _contained(flask.send_file(stream, mimetype=media_type, as_attachment=True, download_name=name))


def picture(data: bytes) -> Response:
    """The bytes as a picture; those that no browser draws (TIFF) as a download."""
    media_type = media_type_of(data)
    if media_type is None:
        return download(data, "picture", "application/octet-stream")
    return _contained(flask.send_file(io.BytesIO(data), mimetype=media_type))


def preview(data: bytes) -> Response:
    """The small coarse picture: a browser may keep it, and asks every time whether it may still be shown."""
    response = _contained(flask.send_file(io.BytesIO(data), mimetype="image/webp"))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    response.set_etag(hashlib.sha256(data).hexdigest())
    response.make_conditional(flask.request)
    return response


def media_type_of(data: bytes) -> str | None:
    """What a browser draws these bytes as; None where it would not."""
    if data[:4] == WEBP[0] and data[WEBP_MARK_AT : WEBP_MARK_AT + 4] == WEBP[1]:
        return "image/webp"
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    return None


def _contained(response: Response) -> Response:
    # Also opened by itself, what was uploaded by strangers is no page of ours.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = security.FILE_CONTENT_SECURITY_POLICY
    return response
