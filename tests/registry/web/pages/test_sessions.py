from pathlib import Path

import pytest
from sqlmodel import select

from registry.models.people import WebSession
from registry.web import auth
from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_signing_in_leads_to_where_the_person_wanted_to_go() -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    page = visitor.get("/sign-in?next=/events?event%3Dperson.added").text
    assert 'name="next" value="/events?event=person.added"' in page
    answer = visitor.post("/sign-in", handle="otto", password=shown.PASSWORD, next="/events?event=person.added")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/events?event=person.added"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_never_leads_to_another_host(elsewhere: str) -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    answer = visitor.post("/sign-in", handle="otto", password=shown.PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("handle", ["otto", "nobody-at-all", ""])
def test_a_wrong_password_and_an_unknown_handle_are_refused_alike(handle: str) -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    answer = visitor.post("/sign-in", handle=handle, password="wrong")
    assert answer.status_code == 401
    assert "The handle or the password is not right." in answer.text
    assert f'value="{handle}"' in answer.text
    assert "wrong" not in answer.text
    assert visitor.client.get_cookie(auth.COOKIE) is None


def test_signing_out_ends_the_session_here_and_in_the_database(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        visitor = browsing.Visitor(browsing.app_of(home), "otto")
        token = visitor.client.get_cookie(auth.COOKIE)
        answer = visitor.post("/sign-out")
        assert answer.status_code == 303
        assert answer.headers["Clear-Site-Data"] == '"cache"'
        assert visitor.client.get_cookie(auth.COOKIE) is None
        with home.reading() as session:
            assert session.exec(select(WebSession)).first() is None
        assert token is not None
        visitor.client.set_cookie(auth.COOKIE, token.value)
        assert visitor.get("/account").status_code == 303


def test_signing_out_twice_is_no_mistake() -> None:
    assert browsing.Visitor(browsing.shared_app()).post("/sign-out").status_code == 303


def test_signing_out_everywhere_ends_every_session_of_that_person_alone(tmp_path: Path) -> None:
    with browsing.own_app(tmp_path) as app:
        here, there, other = browsing.Visitor(app, "otto"), browsing.Visitor(app, "otto"), browsing.Visitor(app, "ada")
        assert here.post("/account/sign-out-everywhere").headers["Location"] == "/sign-in"
        assert here.get("/account").status_code == 303
        assert there.get("/account").status_code == 303
        assert other.get("/account").status_code == 200


def test_nobody_signs_out_everywhere_who_is_not_signed_in() -> None:
    assert browsing.visitor().post("/account/sign-out-everywhere").status_code == 401


def test_an_account_says_what_its_person_may_do() -> None:
    page = browsing.visitor("otto").get("/account").text
    assert "auditor" in page
    assert "Read the audit events" in page
    assert "Place holds" not in page


def test_a_changed_password_ends_every_session_and_is_the_only_one_that_works(tmp_path: Path) -> None:
    with browsing.own_app(tmp_path) as app:
        here, there = browsing.Visitor(app, "otto"), browsing.Visitor(app, "otto")
        passwords = {"old_password": shown.PASSWORD, "new_password": "another battery staple"}
        assert here.post("/account/password", **passwords).headers["Location"] == "/sign-in"
        assert there.get("/account").status_code == 303
        assert here.sign_in("otto").status_code == 401
        assert here.sign_in("otto", "another battery staple").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "status"), [("wrong", "another battery staple", 401), (shown.PASSWORD, "short", 422)]
)
def test_a_password_that_will_not_do_changes_nothing(old: str, new: str, status: int) -> None:
    visitor = browsing.visitor("otto")
    answer = visitor.post("/account/password", old_password=old, new_password=new)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert visitor.get("/account").status_code == 200


def test_nobody_changes_a_password_who_is_not_signed_in() -> None:
    assert browsing.visitor().post("/account/password").status_code == 401
