from tests.factories import homes
from registry.home import Home


def test_x(built_home: Home) -> None:
    print(homes.release(built_home, homes.FIRST).counts)


def test_y(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
