"""Somebody at a page, without a browser: a client that keeps cookies, finds form tokens and asks for HTML."""

import atexit
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask import Flask
from werkzeug.test import TestResponse

from registry.home import Home
from registry.web.app import create_app
from tests.factories import shown

if TYPE_CHECKING:
    from flask.testing import FlaskClient

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser. `handle` is who is signed in; None for somebody without an account."""

    def __init__(self, app: Flask, handle: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.handle = handle
        if handle is not None:
            self.sign_in(handle)

    def get(self, url: str, accept: str = HTML) -> TestResponse:
        """The answer to following a link."""
        return self.client.get(url, headers={"Accept": accept}, buffered=True)

    def post(self, url: str, **fields: str | list[str]) -> TestResponse:
        """The answer to sending a form, with the token that a page of ours put into it."""
        data = {"csrf_token": self.token(), **fields}
        return self.client.post(url, data=data, headers={"Accept": HTML}, buffered=True)

    def send(self, url: str, **fields: str | tuple[IO[bytes], str]) -> TestResponse:
        """The same with files, each with its name."""
        data = {"csrf_token": self.token(), **fields}
        headers = {"Accept": HTML}
        return self.client.post(url, data=data, headers=headers, content_type="multipart/form-data", buffered=True)

    def token(self) -> str:
        """The token of a form that everybody sees."""
        return token_in(self.get("/takedowns/status").text)

    def sign_in(self, handle: str, password: str = shown.PASSWORD) -> TestResponse:
        """The answer to signing in."""
        return self.post("/sign-in", handle=handle, password=password)


def token_in(page: str) -> str:
    """The token of the first form of a page."""
    found = _TOKEN.search(page)
    assert found is not None
    return found[1]


def app_of(opened: Home, log: StringIO | None = None, *, is_limited: bool = False) -> Flask:
    """The application over a home; nobody is slowed down unless a test wants it."""
    return create_app(opened, log=log or StringIO(), is_limited=is_limited)


@cache
def shared_app() -> Flask:
    """An application over the shared home, for tests that change nothing but who is signed in."""
    home = shown.copied(shown.shared(), shown.temporary_folder() / "home").open()
    atexit.register(home.close)
    return app_of(home)


@cache
def visitor(handle: str | None = None) -> Visitor:
    """A visitor of the shared application, signed in once."""
    return Visitor(shared_app(), handle)


@contextmanager
def own_app(folder: Path, log: StringIO | None = None) -> Iterator[Flask]:
    """An application over a home of one's own, which a test may change."""
    with shown.copied(shown.shared(), folder / "home").open() as home:
        yield app_of(home, log)
