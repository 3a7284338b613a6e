import hashlib
from pathlib import Path

import pytest

from tests.factories import browsing, pictures, shown

pytestmark = pytest.mark.xdist_group("shown")

GRID = f"/releases/{shown.FIRST}/pictures"


def test_the_grid_shows_what_is_released_and_names_what_is_not() -> None:
    page = browsing.visitor("mara").get(GRID).text
    assert page.count('<li class="plate">') == 7
    assert page.count("<img ") == 5
    assert page.count(">excluded</span>") == 2
    assert f"file?path={shown.FACE}" in page
    assert f"file?path={shown.PERSON}" not in page


@pytest.mark.parametrize(("verdict", "count"), [("keep", 4), ("blur", 1), ("exclude", 2)])
def test_the_grid_shows_one_verdict_alone(verdict: str, count: int) -> None:
    page = browsing.visitor("mara").get(f"{GRID}?verdict={verdict}").text
    assert page.count('<li class="plate">') == count


def test_the_grid_shows_one_reason_or_one_class_alone() -> None:
    visitor = browsing.visitor("mara")
    assert visitor.get(f"{GRID}?reason=person-class").text.count('<li class="plate">') == 1
    assert visitor.get(f"{GRID}?label=n02000001").text.count('<li class="plate">') == 3
    assert "No such picture." in visitor.get(f"{GRID}?label=n0").text


def test_the_grid_goes_on_behind_a_path() -> None:
    page = browsing.visitor("mara").get(f"{GRID}?after={shown.PLAIN}").text
    assert page.count('<li class="plate">') == 4
    assert "From the beginning" in page


def test_a_blurred_picture_is_not_the_original() -> None:
    data = browsing.visitor("mara").get(f"{GRID}/file?path={shown.FACE}").data
    assert data.startswith(b"\xff\xd8\xff")
    assert data != pictures.face()


def test_a_kept_picture_is_the_original_byte_for_byte() -> None:
    answer = browsing.visitor("mara").get(f"{GRID}/file?path={shown.PLAIN}")
    assert answer.data == pictures.jpeg(seed=1)
    assert answer.mimetype == "image/jpeg"


def test_one_picture_says_what_is_known_about_it() -> None:
    page = browsing.visitor("rita").get(f"{GRID}/one?path={shown.FACE}").text
    assert hashlib.sha256(pictures.face()).hexdigest() in page
    assert "512 \N{MULTIPLICATION SIGN} 512 px" in page
    assert "Reveal the original" in page


def test_the_original_is_offered_only_to_those_who_may_reveal_it_and_only_where_it_differs() -> None:
    assert "Reveal the original" not in browsing.visitor("mara").get(f"{GRID}/one?path={shown.FACE}").text
    assert "Reveal the original" not in browsing.visitor("rita").get(f"{GRID}/one?path={shown.PLAIN}").text
    assert "Reveal the original" not in browsing.visitor("rita").get(f"{GRID}/one?path={shown.BROKEN}").text


def test_what_is_held_is_shown_no_more_in_any_release(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        shown.hold(home, shown.PLAIN)
        visitor = browsing.Visitor(browsing.app_of(home), "rita")
        grid = visitor.get(GRID).text
        one = visitor.get(f"{GRID}/one?path={shown.PLAIN}").text
        file = visitor.get(f"{GRID}/file?path={shown.PLAIN}")
    assert f"file?path={shown.PLAIN}" not in grid
    assert "on hold or taken down" in grid
    assert "it is not shown" in one
    assert "<img" not in one
    assert file.status_code == 403
