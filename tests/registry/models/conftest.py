"""One database of each kind for all tests of tables: each test works in a transaction that is never committed."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from registry.home import Home
from tests.conftest import ON_POSTGRES, ON_SQLITE
from tests.factories.homes import Stage, Stock


@pytest.fixture(scope="package", params=[ON_SQLITE, ON_POSTGRES])
def shared_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with people in it."""
    stock = request.getfixturevalue(f"{request.param}_stock")
    assert isinstance(stock, Stock)
    with stock.opened(Stage.BARE, tmp_path_factory.mktemp("tables") / "home") as home:
        yield home


@pytest.fixture
def session(shared_home: Home) -> Iterator[Session]:
    """A session whose changes nobody keeps."""
    with shared_home.sessions() as opened:
        yield opened
        opened.rollback()
