from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, shown, waiting
from tests.factories.browsing import Visitor
from tests.factories.homes import TWINS, WAVES

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture(scope="module")
def waits(tmp_path_factory: pytest.TempPathFactory) -> tuple[shown.Shown, str]:
    """A home with a built release in which two images wait, and its label."""
    made = shown.copied(shown.shared(), tmp_path_factory.mktemp("waits") / "home")
    with made.open() as home:
        return made, waiting.build(home)


@pytest.fixture
def home(waits: tuple[shown.Shown, str], tmp_path: Path) -> Iterator[Home]:
    with shown.copied(waits[0], tmp_path / "home").open() as opened:
        yield opened


@pytest.fixture
def queue(waits: tuple[shown.Shown, str]) -> str:
    """Where the images wait."""
    return f"/releases/{waits[1]}/reviews"


def test_the_queue_names_what_waits_and_shows_no_picture(home: Home, queue: str) -> None:
    page = Visitor(browsing.app_of(home), "rita").get(queue).text
    assert page.count("nobody yet") == 3
    assert waiting.DOUBT in page
    assert "<img" not in page
    release = Visitor(browsing.app_of(home), "rita").get(queue.removesuffix("/reviews")).text
    assert "3 images wait" in release


def test_a_release_without_anything_that_waits_says_so() -> None:
    page = browsing.visitor("rita").get(f"/releases/{shown.SECOND}/reviews").text
    assert "No image of this release waits" in page
    plain = browsing.visitor("rita").get(f"/releases/{shown.SECOND}/reviews/one?path={shown.PLAIN}").text
    assert "No rule has sent this image to review." in plain


def test_an_answer_leads_to_the_next_image_without_one_and_then_back_to_the_queue(home: Home, queue: str) -> None:
    visitor = Visitor(browsing.app_of(home), "rita")
    assert "What becomes of it?" in visitor.get(f"{queue}/one?path={WAVES}").text
    first = visitor.post(f"{queue}/one", path=WAVES, answer="keep", reason="I looked.")
    assert first.headers["Location"].endswith("twin-a.jpg")
    second = visitor.post(f"{queue}/one", path=TWINS[0], answer="keep", reason="I looked here, too.")
    assert second.headers["Location"] == queue  # the other twin has the same bytes
    visitor.post(f"{queue}/one", path=TWINS[1], answer="blur", reason="I looked again.")
    after = visitor.get(f"{queue}/one?path={TWINS[0]}").text
    assert after.index("I looked again.") < after.index("I looked here, too.")
    assert "nobody yet" not in visitor.get(queue).text


def test_an_answer_needs_a_reason_and_one_of_three_choices(home: Home, queue: str) -> None:
    visitor = Visitor(browsing.app_of(home), "rita")
    for typed in ({"answer": "keep", "reason": " "}, {"answer": "maybe", "reason": "why"}):
        refused = visitor.post(f"{queue}/one", path=TWINS[0], **typed)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text


def test_who_may_not_answer_sees_what_was_answered_and_no_form(home: Home, queue: str) -> None:
    label = queue.removeprefix("/releases/").removesuffix("/reviews")
    waiting.answer(home, label, TWINS[0])
    page = Visitor(browsing.app_of(home), "otto").get(f"{queue}/one?path={TWINS[0]}").text
    assert waiting.REASON in page
    assert "What becomes of it?" not in page
    picture = Visitor(browsing.app_of(home), "otto").get(f"/releases/{label}/pictures/one?path={TWINS[0]}").text
    assert "what was answered" in picture


def test_what_is_taken_down_is_answered_for_no_more(home: Home, queue: str) -> None:
    shown.take_down(home, TWINS[0])
    page = Visitor(browsing.app_of(home), "rita").get(f"{queue}/one?path={TWINS[0]}").text
    assert "taken down by now" in page
    assert "What becomes of it?" not in page
