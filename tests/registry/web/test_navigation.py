import re

import pytest

from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")

PUBLIC = ["Datasets", "Synsets", "Policies", "Takedowns", "Revocations", "Log"]


@pytest.mark.parametrize(
    ("handle", "more"),
    [
        (None, []),
        ("mara", []),
        ("rita", ["Cases", "Approvals"]),
        ("ana", ["Cases", "Approvals"]),
        ("otto", ["Events"]),
        ("ada", ["Events", "People"]),
    ],
)
def test_everyone_is_shown_the_places_whose_doors_open_for_them(handle: str | None, more: list[str]) -> None:
    page = browsing.visitor(handle).get("/").text
    navigation = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
    assert re.findall(r">([A-Z]\w+)</a>", navigation) == PUBLIC + more


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/", "Datasets"),
        (f"/releases/{shown.FIRST}/verify", "Datasets"),
        ("/policies", "Policies"),
        ("/cases", "Cases"),
    ],
)
def test_the_place_where_one_is_says_so(url: str, place: str) -> None:
    page = browsing.visitor("rita").get(url).text
    assert re.findall(r'aria-current="page">(\w+)</a></li>\n', page)[0] == place
