import hashlib
import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlmodel import select

from registry.models.audit import AuditEvent
from registry.models.releases import ReleasePreviews
from registry.web import tickets
from tests.factories import browsing, pictures, shown

pytestmark = pytest.mark.xdist_group("shown")

GRID = f"/releases/{shown.FIRST}/pictures"


def test_the_grid_shows_what_is_released_and_names_what_is_not() -> None:
    page = browsing.visitor("mara").get(GRID).text
    assert page.count('<li class="plate">') == 7
    assert page.count("<img ") == 5
    assert page.count(">excluded</span>") == 2
    assert f"preview?path={shown.FACE}" in page
    assert f"preview?path={shown.PERSON}" not in page
    assert "pictures/file" not in page


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


def show(visitor: browsing.Visitor, path: str) -> str:
    """The page that shows a picture to who has just asked for it."""
    answer = visitor.post(f"{GRID}/one", path=path)
    assert answer.status_code == 303
    return answer.headers["Location"]


def file_of(page: str) -> str:
    """Where the page's picture is."""
    [found] = re.findall(r'src="(/releases/[^"]+/pictures/file/[^"]+)"', page)
    return str(found)


def test_a_small_picture_is_re_encoded_and_asked_for_again_only_where_it_has_changed() -> None:
    visitor = browsing.visitor("mara")
    answer = visitor.get(f"{GRID}/preview?path={shown.FACE}")
    with Image.open(io.BytesIO(answer.data)) as small:
        assert (small.format, small.size, len(small.getexif())) == ("WEBP", (48, 48), 0)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Cookie"
    again = visitor.client.get(f"{GRID}/preview?path={shown.FACE}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_what_a_release_excludes_or_was_built_without_has_no_small_picture(tmp_path: Path) -> None:
    assert browsing.visitor("mara").get(f"{GRID}/preview?path={shown.PERSON}").status_code == 404
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with home.sessions() as session:
            session.exec(sa.delete(ReleasePreviews))
            session.commit()
        visitor = browsing.Visitor(browsing.app_of(home), "mara")
        assert "built before there were small pictures" in visitor.get(f"{GRID}/preview?path={shown.FACE}").text
        assert visitor.get(GRID).text.count(">no small picture</span>") == 5
        assert "There is no small picture" in visitor.get(f"{GRID}/one?path={shown.FACE}").text


def test_a_picture_is_shown_as_it_is_released_to_who_asks_and_that_is_on_record(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home), "mara")
        first = visitor.get(f"{GRID}/one?path={shown.FACE}").text
        assert "pictures/file" not in first
        page = visitor.get(show(visitor, shown.FACE)).text
        with home.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.event == "image.shown")).one()
        assert (event.actor_name, event.facts) == ("mara", {"place": shown.FIRST, "path": shown.FACE})
        data = visitor.get(file_of(page)).data
    assert data.startswith(b"\xff\xd8\xff")
    assert data != pictures.face()


def test_a_kept_picture_is_the_original_byte_for_byte() -> None:
    visitor = browsing.visitor("mara")
    page = visitor.get(show(visitor, shown.PLAIN)).text
    answer = visitor.get(file_of(page))
    assert answer.data == pictures.jpeg(seed=1)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert "the very bytes of the original" in page


def test_an_address_shows_one_picture_of_one_release_to_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = browsing.visitor("mara")
    address = show(visitor, shown.FACE)
    file = file_of(visitor.get(address).text)
    ticket = file.rpartition("/")[2]
    for elsewhere in (f"{GRID}/one?path={shown.PLAIN}&ticket={ticket}", f"{GRID}/one?path={shown.FACE}&ticket=x"):
        assert "pictures/file" not in visitor.get(elsewhere).text
    assert "pictures/file" not in browsing.visitor("rita").get(address).text
    assert browsing.visitor("rita").get(file).status_code == 403
    assert visitor.get(file.replace(shown.FIRST, shown.SECOND)).status_code == 403
    monkeypatch.setattr(tickets, "SECONDS", -1)
    assert visitor.get(file).status_code == 403
    assert "pictures/file" not in visitor.get(address).text


@pytest.mark.parametrize(("path", "status"), [("", 422), ("no/such.jpg", 404), (shown.PERSON, 404)])
def test_what_is_not_released_is_not_shown_to_who_asks(path: str, status: int) -> None:
    assert browsing.visitor("mara").post(f"{GRID}/one", path=path).status_code == status


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
        files = [visitor.get(f"{GRID}/preview?path={shown.PLAIN}"), visitor.post(f"{GRID}/one", path=shown.PLAIN)]
    assert f"preview?path={shown.PLAIN}" not in grid
    assert "on hold or taken down" in grid
    assert "it is not shown" in one
    assert "<img" not in one
    assert [answer.status_code for answer in files] == [403, 403]
