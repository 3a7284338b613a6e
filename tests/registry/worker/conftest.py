"""Homes for whoever looks at pixels: what the worker does to a database is the same on both, so one is enough here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories.homes import Stage, Stock


@pytest.fixture
def home(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home on SQLite with an import and policies."""
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as opened:
        yield opened
