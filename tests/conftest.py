"""What tests of several rooms share: homes on each of the two databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId
from hypothesis import settings

from registry.home import Home
from tests.factories import devices, postgres
from tests.factories.devices import Device
from tests.factories.homes import Stage, Stock

# How long an example takes says something about the machine, not about the law.
settings.register_profile("accession", deadline=None)
settings.load_profile("accession")

ON_SQLITE = "sqlite"
ON_POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one `xdist_group` run in one process.

    pytest-xdist 3.8 writes the group into a field that pytest 9.2 does not read any more, so that nobody is grouped.
    """
    for item in items:
        if grouped := vars(item).get("_nodeid"):
            item._id = NodeId.parse(grouped)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server of this process's own. Without its programs tests are skipped; under CI that is a failure."""
    found = postgres.programs()
    if found is None:
        if os.environ.get("CI") == "true":  # noqa: TID251 - a test run is told by CI alone where it happens
            pytest.fail("PostgreSQL's programs are not here, and under CI no test may be left out.")
        pytest.skip("needs PostgreSQL's programs (Debian: postgresql)")
    with postgres.running(found) as server:
        yield server


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A device with keys in it."""
    with devices.plugged_in(tmp_path_factory.mktemp("device")) as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """Homes on SQLite."""
    return Stock(tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="session")
def postgres_stock(tmp_path_factory: pytest.TempPathFactory, postgres_server: postgres.Server) -> Stock:
    """Homes on PostgreSQL."""
    return Stock(tmp_path_factory.mktemp("stock"), postgres_server)


@pytest.fixture(params=[ON_SQLITE, ON_POSTGRES])
def stock(request: pytest.FixtureRequest) -> Stock:
    """Homes on each of the two databases, one after the other."""
    found = request.getfixturevalue(f"{request.param}_stock")
    assert isinstance(found, Stock)
    return found


@pytest.fixture
def bare_home(stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with people in it, and nothing else."""
    with stock.opened(Stage.BARE, tmp_path / "home") as home:
        yield home


@pytest.fixture
def furnished_home(stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with an import and policies."""
    with stock.opened(Stage.FURNISHED, tmp_path / "home") as home:
        yield home


@pytest.fixture
def built_home(stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release that was built."""
    with stock.opened(Stage.BUILT, tmp_path / "home") as home:
        yield home
