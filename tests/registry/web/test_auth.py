from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from registry import clock
from registry.access import OPERATOR
from registry.models.people import WebSession
from registry.services import people
from registry.web import auth
from tests.factories import browsing, homes, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_a_token_that_nobody_has_is_nobody() -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    visitor.client.set_cookie(auth.COOKIE, "made-up")
    assert visitor.get("/account").status_code == 303
    assert "Sign in" in visitor.get("/").text


def test_signing_in_gives_a_fresh_random_token_each_time_and_stores_only_its_hash(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        app = browsing.app_of(home)
        tokens = []
        for _ in range(2):
            cookie = browsing.Visitor(app, "rita").client.get_cookie(auth.COOKIE)
            assert cookie is not None
            tokens.append(cookie.value)
        with home.reading() as session:
            stored = {found.token_sha256 for found in session.exec(select(WebSession))}
    assert len(set(tokens)) == 2
    assert all(len(token) >= 43 for token in tokens)
    assert not stored & set(tokens)


def test_the_form_token_of_before_is_worth_nothing_after_signing_in() -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    before = visitor.token()
    visitor.sign_in("ana")
    answer = visitor.client.post("/sign-out", data={"csrf_token": before})
    assert answer.status_code == 400


def test_a_session_in_use_is_written_down_once_a_minute(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home), "otto")
        with home.act(OPERATOR) as act:
            found = act.session.exec(select(WebSession)).one()
            long_ago = found.last_seen_at - auth.TOUCH_EVERY
            found.last_seen_at = long_ago
        visitor.get("/")
        with home.reading() as session:
            touched = session.exec(select(WebSession)).one().last_seen_at
        assert touched > long_ago
        visitor.get("/")
        with home.reading() as session:
            assert session.exec(select(WebSession)).one().last_seen_at == touched


@pytest.mark.parametrize("age", [people.SESSION_IDLE, people.SESSION_LIFETIME])
def test_a_session_ends_when_it_is_idle_or_old(tmp_path: Path, age: timedelta) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home), "otto")
        assert visitor.get("/account").status_code == 200
        with home.act(OPERATOR) as act:
            found = act.session.exec(select(WebSession)).one()
            if age is people.SESSION_IDLE:
                found.last_seen_at = clock.utc_now() - age
            else:
                found.expires_at = clock.utc_now()
        assert visitor.get("/account").status_code == 303


def test_a_deactivated_person_is_out_at_once(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home), "otto")
        with homes.act(home, "ada") as act:
            people.deactivate(act, "otto")
        assert visitor.get("/events").status_code == 303


def test_what_one_role_opens_another_does_not() -> None:
    assert browsing.visitor("otto").get("/events").status_code == 200
    answer = browsing.visitor("mara").get("/events")
    assert answer.status_code == 403
    assert "audit.read" in answer.text
