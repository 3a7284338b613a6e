from pathlib import Path

import pytest

from registry.web import security
from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_over_https_cookies_are_secure_and_browsers_are_told_to_stay_on_https(tmp_path: Path) -> None:
    chosen = shown.copied(shown.shared(), tmp_path / "home")
    with (chosen.folder / "accession.toml").open("a") as file:
        file.write("is_served_over_https = true\n")
    with chosen.open() as home:
        client = browsing.app_of(home).test_client()
        answer = client.get("/sign-in", base_url="https://127.0.0.1")
    assert answer.headers["Strict-Transport-Security"] == f"max-age={security.TWO_YEARS_SECONDS}"
    assert "Secure" in answer.headers["Set-Cookie"]


def test_over_https_the_session_cookie_belongs_to_this_host_and_the_referrer_is_checked(tmp_path: Path) -> None:
    chosen = shown.copied(shown.shared(), tmp_path / "home")
    with (chosen.folder / "accession.toml").open("a") as file:
        file.write("is_served_over_https = true\n")
    with chosen.open() as home:
        client = browsing.app_of(home).test_client()
        page = client.get("/sign-in", base_url="https://127.0.0.1").text
        token = browsing.token_in(page)
        form = {"csrf_token": token, "handle": "rita", "password": shown.PASSWORD}
        foreign = client.post("/sign-in", data=form, base_url="https://127.0.0.1")
        own = client.post(
            "/sign-in", data=form, base_url="https://127.0.0.1", headers={"Referer": "https://127.0.0.1/"}
        )
    assert foreign.status_code == 400
    assert own.status_code == 303
    [session] = [cookie for cookie in own.headers.getlist("Set-Cookie") if cookie.startswith("__Host-accession=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session


def test_every_cookie_is_out_of_reach_for_scripts_and_other_sites() -> None:
    visitor = browsing.Visitor(browsing.shared_app())
    answers = [visitor.get("/sign-in"), visitor.sign_in("rita")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert cookies
    assert all("HttpOnly" in cookie for cookie in cookies)
    assert all("SameSite=Lax" in cookie for cookie in cookies)


def test_the_policy_allows_nothing_but_our_own_styles_pictures_and_forms() -> None:
    parts = dict(part.split(" ", 1) for part in security.CONTENT_SECURITY_POLICY.split("; "))
    assert parts == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_a_file_opened_by_itself_may_do_nothing_at_all() -> None:
    answer = browsing.visitor().get(f"/releases/{shown.FIRST}/files/datasheet.html")
    assert answer.headers["Content-Security-Policy"] == security.FILE_CONTENT_SECURITY_POLICY
    assert answer.headers["Content-Disposition"].startswith("attachment")
