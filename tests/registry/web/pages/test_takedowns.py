import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from registry.home import Home
from registry.models.takedowns import TakedownCase, TakedownRequester
from tests.factories import browsing, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")

REQUEST = {
    "subject_kind": "path",
    "subject": shown.FACE,
    "ground": "privacy",
    "statement": "That is <b>me</b>.",
    "contact": "me@example.org",
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield opened


@pytest.fixture
def app(home: Home) -> Flask:
    return browsing.app_of(home)


def ask(visitor: Visitor) -> tuple[str, str]:
    """Case number and code words of a new request."""
    page = visitor.post("/takedowns", **REQUEST).text
    return tuple(re.findall(r'class="keepsake" id="[a-z-]+">([^<]+)<', page))


def test_a_request_gives_a_case_number_and_code_words_once(app: Flask) -> None:
    visitor = Visitor(app)
    answer = visitor.post("/takedowns", **REQUEST)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.search(r"TD-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", answer.text)
    assert REQUEST["contact"] not in answer.text


def test_what_was_said_is_stored_apart_from_the_case(app: Flask, home: Home) -> None:
    number, code_words = ask(Visitor(app))
    with home.reading() as session:
        case = session.exec(select(TakedownCase)).one()
        told = session.exec(select(TakedownRequester)).one()
    assert case.number == number
    assert code_words not in case.code_words_hash
    assert (told.subject, told.statement, told.contact) == (shown.FACE, "That is <b>me</b>.", "me@example.org")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"subject": ""}, "Name the image"),
        ({"subject_kind": "sha256", "subject": "abc"}, "64 hexadecimal digits"),
        ({"subject_kind": "url", "subject": "not a url"}, "This is no URL"),
        ({"subject_kind": "face", "subject": "mine"}, "Choose how you name the image"),
        ({"ground": "spite"}, "Choose how you name the image"),
        ({"contact": "nowhere"}, "no e-mail address"),
        ({"statement": "x" * 5000}, "4000 characters at most"),
    ],
)
def test_a_request_that_will_not_do_comes_back_with_a_sentence_and_what_was_typed(
    wrong: dict[str, str], sentence: str
) -> None:
    answer = browsing.visitor().post("/takedowns", **(REQUEST | wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    if "statement" not in wrong:
        assert "That is &lt;b&gt;me&lt;/b&gt;." in answer.text


def test_the_form_asks_for_no_name() -> None:
    page = browsing.visitor().get("/takedowns").text
    names = set(re.findall(r'name="([a-z_]+)"', page)) - {"viewport"}
    assert names == {"csrf_token", "form_id", "subject_kind", "subject", "ground", "statement", "contact"}
    assert re.search(r'id="contact"[^>]*>', page)
    assert "required" not in re.findall(r'<input[^>]*id="contact"[^>]*>', page)[0]


def test_the_case_is_shown_to_whoever_knows_its_code_words(app: Flask) -> None:
    visitor = Visitor(app)
    number, code_words = ask(visitor)
    answer = visitor.post("/takedowns/status", number=number.lower(), code_words=f" {code_words.upper()} ")
    assert answer.status_code == 200
    assert "looking for the image" in answer.text
    assert REQUEST["contact"] not in answer.text


def test_an_unknown_number_and_wrong_words_are_refused_alike(app: Flask) -> None:
    visitor = Visitor(app)
    number, code_words = ask(visitor)
    wrong_words = visitor.post("/takedowns/status", number=number, code_words="wrong words")
    wrong_number = visitor.post("/takedowns/status", number="TD-2222-2222", code_words=code_words)
    for answer in (wrong_words, wrong_number):
        assert answer.status_code == 404
        assert "There is no case with this number and these code words." in answer.text


def test_nothing_about_a_case_is_shown_for_its_number_alone() -> None:
    assert browsing.visitor().get("/takedowns/status?number=TD-2222-2222").status_code == 200
    assert "TD-2222-2222" not in browsing.visitor().get("/takedowns/status?number=TD-2222-2222").text


def test_a_request_can_be_taken_back_by_whoever_knows_its_words(app: Flask) -> None:
    visitor = Visitor(app)
    number, code_words = ask(visitor)
    unsure = visitor.post("/takedowns/withdraw", number=number, code_words=code_words)
    assert unsure.status_code == 422
    answer = visitor.post("/takedowns/withdraw", number=number, code_words=code_words, is_sure="yes")
    assert "Your request is withdrawn" in answer.text
    after = visitor.post("/takedowns/status", number=number, code_words=code_words).text
    assert "Withdrawn by whoever asked" in after
    assert "Take the request back" not in after


def test_nobody_else_takes_a_request_back(app: Flask) -> None:
    visitor = Visitor(app)
    number, _ = ask(visitor)
    answer = visitor.post("/takedowns/withdraw", number=number, code_words="wrong", is_sure="yes")
    assert answer.status_code == 404


def test_who_asked_learns_the_reason_and_what_became_of_the_image_but_not_who_decided(home: Home) -> None:
    receipt = shown.take_down(home, shown.FACE)
    page = (
        Visitor(browsing.app_of(home))
        .post("/takedowns/status", number=receipt.number, code_words=receipt.code_words)
        .text
    )
    assert shown.REASON in page
    assert "is still in; the next release leaves it out" in page
    assert not any(handle in page.partition("<main")[2] for handle in ("rita", "ben"))


def form_id_on(page: str) -> str:
    found = re.search(r'name="form_id" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_that_is_sent_twice_makes_one_case(app: Flask, home: Home) -> None:
    visitor = Visitor(app)
    form_id = form_id_on(visitor.get("/takedowns").text)
    assert visitor.post("/takedowns", **REQUEST, form_id=form_id).status_code == 200
    again = visitor.post("/takedowns", **REQUEST, form_id=form_id)
    assert again.status_code == 409
    assert "This request was received before" in again.text
    assert "That is &lt;b&gt;me&lt;/b&gt;." in again.text
    with home.reading() as session:
        assert len(session.exec(select(TakedownCase)).all()) == 1
    assert visitor.post("/takedowns", **REQUEST, form_id=form_id_on(again.text)).status_code == 200


def test_a_form_without_an_id_of_ours_is_taken_all_the_same(app: Flask) -> None:
    visitor = Visitor(app)
    for form_id in ("", "7", "x" * 36):
        assert visitor.post("/takedowns", **REQUEST, form_id=form_id).status_code == 200


def test_a_form_that_was_open_too_long_comes_back_with_what_was_typed(app: Flask, home: Home) -> None:
    visitor = Visitor(app)
    stale = visitor.post("/takedowns", **(REQUEST | {"csrf_token": "an old one"}))
    assert stale.status_code == 400
    assert "This form was open for too long" in stale.text
    assert "That is &lt;b&gt;me&lt;/b&gt;." in stale.text
    with home.reading() as session:
        assert session.exec(select(TakedownCase)).first() is None
    fresh = REQUEST | {"csrf_token": browsing.token_in(stale.text)}
    assert visitor.post("/takedowns", **fresh).status_code == 200


def test_who_asks_too_often_gets_the_form_back_with_what_was_typed(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home, is_limited=True))
    answers = [visitor.post("/takedowns", **REQUEST) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Wait a little" in answers[-1].text
    assert "That is &lt;b&gt;me&lt;/b&gt;." in answers[-1].text
    assert "Retry-After" in answers[-1].headers


def test_a_program_gets_the_refusal_as_a_problem_document(app: Flask) -> None:
    answer = app.test_client().post("/takedowns", data=REQUEST, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
