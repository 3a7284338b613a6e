import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlmodel import select

from registry.models.audit import AuditEvent
from registry.web import tickets
from registry.web.tickets import Shows
from tests.factories import browsing, pictures, shown

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.xdist_group("shown")


def reveal(visitor: browsing.Visitor, place: str = shown.FIRST, path: str = shown.FACE) -> str:
    """The address behind which the original is."""
    answer = visitor.post("/originals", place=place, path=path)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_who_may_and_asks_sees_the_original_beside_what_is_released() -> None:
    visitor = browsing.visitor("rita")
    address = reveal(visitor)
    page = visitor.get(address).text
    assert f'src="{address}/file"' in page
    [released] = re.findall(f'src="(/releases/{shown.FIRST}/pictures/file/[^"]+)"', page)
    assert visitor.get(released).data != pictures.face()
    ticket = released.rpartition("/")[2]
    assert visitor.get(f"/originals/{ticket}").status_code == 403
    assert visitor.get(f"{address}/file").data == pictures.face()


def test_the_original_of_a_case_is_that_of_the_newest_import() -> None:
    visitor = browsing.visitor("rita")
    address = reveal(visitor, place=shown.VARIANT, path=shown.PERSON)
    assert "As released" not in visitor.get(address).text
    assert visitor.get(f"{address}/file").data == pictures.jpeg(seed=3)


def test_beside_the_original_of_an_excluded_image_stands_nothing() -> None:
    visitor = browsing.visitor("rita")
    page = visitor.get(reveal(visitor, path=shown.PERSON)).text
    assert "It is not in the release." in page
    assert page.count("<img") == 1


def test_that_somebody_asked_is_on_record_before_they_see_anything(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        reveal(browsing.Visitor(browsing.app_of(home), "rita"))
        with home.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.event == "image.revealed")).one()
    assert event.actor_name == "rita"
    assert event.facts == {"place": shown.FIRST, "path": shown.FACE}


def test_an_address_works_for_nobody_else() -> None:
    address = reveal(browsing.visitor("rita"))
    answer = browsing.visitor("ana").get(f"{address}/file")
    assert answer.status_code == 403
    assert "Somebody else asked for this picture" in answer.text


def test_an_address_works_for_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = browsing.visitor("rita")
    address = reveal(visitor)
    monkeypatch.setattr(tickets, "SECONDS", -1)
    answer = visitor.get(f"{address}/file")
    assert answer.status_code == 403
    assert "expired" in answer.text


def test_an_address_signed_with_another_key_is_worth_nothing() -> None:
    with browsing.shared_app().app_context():
        ours = tickets.serializer(Shows.ORIGINAL)
    forged = URLSafeTimedSerializer("x" * 43, salt=ours.salt).dumps(["someone", shown.FIRST, shown.FACE])
    assert browsing.visitor("rita").get(f"/originals/{forged}").status_code == 403


@pytest.mark.parametrize(
    ("place", "path", "status"),
    [
        ("", shown.FACE, 422),
        (shown.FIRST, "", 422),
        (shown.FIRST, "no/such.jpg", 404),
        (shown.FIRST, shown.BROKEN, 303),
        ("sample", shown.FACE, 422),
        ("sample/none", shown.FACE, 404),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(place: str, path: str, status: int) -> None:
    assert browsing.visitor("rita").post("/originals", place=place, path=path).status_code == status


def test_what_is_taken_down_is_shown_to_nobody(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        app: Flask = browsing.app_of(home)
        visitor = browsing.Visitor(app, "rita")
        address = reveal(visitor)
        shown.take_down(home, shown.FACE)
        assert visitor.get(f"{address}/file").status_code == 403
        assert visitor.post("/originals", place=shown.FIRST, path=shown.FACE).status_code == 403
