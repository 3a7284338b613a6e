"""A real browser at a real server, both of this machine and gone when the block ends.

Chromium comes from the system. Where it is missing these tests are skipped; where CI=true, that is a failure.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.factories import shown

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ROOT_USER = 0


def program() -> str:
    """Where Chromium is; skips the test where it is nowhere, or fails it on CI."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":  # noqa: TID251 - says who runs the tests, not what the registry does
        pytest.fail("Chromium is missing, and CI must not skip the tests that need it.")
    pytest.skip("Chromium is not installed.")


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    # Chromium's own sandbox does not work for root, which is who runs a container.
    arguments = ["--no-sandbox"] if os.geteuid() == ROOT_USER else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program(), args=arguments)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port of the loopback; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Watched:
    """A page of which every complaint of the browser and every request is kept."""

    def __init__(self, opened: Browser, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.page: Page = opened.new_context().new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))

    def goto(self, path: str) -> None:
        """The page at this path is shown."""
        self.page.goto(self.address + path)

    def sign_in(self, handle: str) -> None:
        """The person is signed in, by typing and with the return key."""
        self.goto("/sign-in")
        self.page.get_by_label("Handle").fill(handle)
        self.page.get_by_label("Password").fill(shown.PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("link", name=handle, exact=True).wait_for()
