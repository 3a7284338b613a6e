"""A browser, and the registry that tests of pages share, served to it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.factories import browsers, browsing


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with browsers.served(browsing.shared_app()) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.browser() as opened:
        yield opened
