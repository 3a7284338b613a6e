import pytest
from flask import Flask

from registry.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from registry.web import problems
from tests.factories import browsing

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def app() -> Flask:
    """An application of its own, with views that refuse in every way."""
    app = Flask(__name__)
    problems.install(app)

    @app.get("/refused")
    def refused() -> str:
        raise ForbiddenError("Ask somebody else.", permission="image.see")

    @app.get("/unknown-person")
    def unknown_person() -> str:
        raise UnauthenticatedError("Sign in first.")

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail")

    return app


def test_a_program_gets_rfc_9457_json(app: Flask) -> None:
    answer = app.test_client().get("/refused")
    assert answer.status_code == 403
    assert answer.mimetype == problems.MEDIA_TYPE
    body = answer.get_json()
    assert body["instance"].startswith("urn:uuid:")
    del body["instance"]
    assert body == {
        "type": "urn:accession:problem:forbidden",
        "title": "Not allowed",
        "status": 403,
        "detail": "Ask somebody else.",
        "facts": {"permission": "image.see"},
    }


def test_a_program_that_is_not_signed_in_is_told_so_and_not_sent_elsewhere(app: Flask) -> None:
    answer = app.test_client().get("/unknown-person")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Session realm="accession"'


def test_a_bug_shows_nothing_of_itself(app: Flask) -> None:
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert answer.get_json()["detail"] == problems.FAULT_SENTENCE
    assert "secret detail" not in answer.text


def test_a_wrong_method_says_which_ones_are_right(app: Flask) -> None:
    answer = app.test_client().delete("/refused")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.get_json()["type"] == "urn:accession:problem:method-not-allowed"


def test_a_redirect_is_no_problem(app: Flask) -> None:
    @app.get("/folder/")
    def folder() -> str:
        return "here"

    answer = app.test_client().get("/folder")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/folder/")


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (browsing.HTML, True),
        ("text/html", True),
        ("*/*", False),
        ("application/json", False),
        ("application/problem+json", False),
        ("application/problem+json;q=0.2, text/html;q=0.9", True),
        ("nonsense", False),
    ],
)
def test_a_page_goes_to_those_who_ask_for_html(accept: str, is_page: bool) -> None:  # noqa: FBT001 - a table
    answer = browsing.visitor().get("/nowhere", accept)
    assert answer.mimetype == ("text/html" if is_page else problems.MEDIA_TYPE)
    assert "There is no such page." in answer.text


def test_a_person_who_is_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    answer = browsing.visitor().get("/events?event=release.signed")
    assert answer.headers["Location"] == "/sign-in?next=/events?event%3Drelease.signed"


def test_a_problem_page_shows_sentence_code_and_request_number() -> None:
    answer = browsing.visitor().get("/datasets/unknown")
    assert answer.status_code == NotFoundError.status
    assert "There is no dataset unknown." in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_what_was_typed_into_an_address_is_escaped() -> None:
    answer = browsing.visitor().get("/datasets/<script>alert(1)<script>")
    assert "<script" not in answer.text


def test_an_address_that_the_registry_does_not_answer_under_is_named_as_that() -> None:
    answer = browsing.shared_app().test_client().get("/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "trusted_hosts" in answer.get_json()["detail"]


def test_a_form_that_was_open_for_too_long_is_told_from_nonsense() -> None:
    answer = browsing.shared_app().test_client().post("/sign-in", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text
