import pytest
from flask import Flask

from registry.web import files, security
from tests.factories import pictures

APP = Flask(__name__)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (pictures.jpeg(), "image/jpeg"),
        (pictures.png(), "image/png"),
        (pictures.gif(), "image/gif"),
        (pictures.bmp(), "image/bmp"),
        (pictures.webp(), "image/webp"),
        (pictures.tiff(), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!doctype html>", None),
        (b"RIFF....AVI ", None),
        (b"", None),
    ],
)
def test_the_media_type_follows_from_the_bytes(data: bytes, media_type: str | None) -> None:
    assert files.media_type_of(data) == media_type


def test_a_picture_is_shown_and_may_do_nothing_else() -> None:
    with APP.test_request_context("/"):
        answer = files.picture(pictures.png())
        answer.direct_passthrough = False
        assert answer.mimetype == "image/png"
        assert answer.headers["Content-Security-Policy"] == security.FILE_CONTENT_SECURITY_POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.get_data() == pictures.png()


def test_what_no_browser_draws_is_a_download() -> None:
    with APP.test_request_context("/"):
        answer = files.picture(b"<!doctype html><script>alert(1)</script>")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_download_has_its_name() -> None:
    with APP.test_request_context("/"):
        answer = files.download(b"{}", "datasheet.json", "application/json")
    assert answer.headers["Content-Disposition"] == "attachment; filename=datasheet.json"
