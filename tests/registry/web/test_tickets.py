"""Whom does an address show which picture?"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, g

from registry.access import Actor
from registry.errors import ForbiddenError
from registry.web import tickets
from registry.web.tickets import Shows

RELEASE, PATH = "sample/photos/2026.1", "n01/a.JPEG"
RITA, RUTH = Actor(UUID(int=1), "rita"), Actor(UUID(int=2), "ruth")


@pytest.fixture(autouse=True)
def _asking() -> Iterator[None]:
    """A request of rita's."""
    app = Flask(__name__)
    app.secret_key = "s" * 43
    with app.test_request_context():
        g.actor = RITA
        yield


def test_a_ticket_is_for_one_image_of_one_place() -> None:
    ticket = tickets.issue(Shows.RELEASED, RELEASE, PATH)
    assert tickets.opened(Shows.RELEASED, ticket) == (RELEASE, PATH)
    assert tickets.is_for(Shows.RELEASED, ticket, RELEASE, PATH)
    assert not tickets.is_for(Shows.RELEASED, ticket, RELEASE, "n01/b.JPEG")
    assert not tickets.is_for(Shows.RELEASED, None, RELEASE, PATH)


def test_a_ticket_for_what_is_released_opens_no_original() -> None:
    ticket = tickets.issue(Shows.RELEASED, RELEASE, PATH)
    assert not tickets.is_for(Shows.ORIGINAL, ticket, RELEASE, PATH)
    with pytest.raises(ForbiddenError, match="expired"):
        tickets.opened(Shows.ORIGINAL, ticket)


def test_a_ticket_is_worth_nothing_to_somebody_else_or_later(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = tickets.issue(Shows.RELEASED, RELEASE, PATH)
    g.actor = RUTH
    with pytest.raises(ForbiddenError, match="Somebody else asked"):
        tickets.opened(Shows.RELEASED, ticket)
    g.actor = RITA
    monkeypatch.setattr(tickets, "SECONDS", -1)
    assert not tickets.is_for(Shows.RELEASED, ticket, RELEASE, PATH)
