"""Commands are tried on SQLite: what differs between the databases is below the doors, and tested there on both."""

import pytest

from tests.factories.homes import Stock


@pytest.fixture
def stock(sqlite_stock: Stock) -> Stock:
    """Homes on SQLite alone."""
    return sqlite_stock
