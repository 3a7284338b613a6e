import pytest
from flask import Flask

from registry.errors import InvalidInputError
from registry.web import forms

APP = Flask(__name__)


def test_a_field_comes_without_the_blanks_around_it() -> None:
    with APP.test_request_context("/", method="POST", data={"reason": "  because \n"}):
        assert forms.line("reason") == "because"
        assert forms.line("missing") == ""


def test_a_field_that_is_needed_and_empty_is_refused_with_the_sentence_of_the_caller() -> None:
    with APP.test_request_context("/", method="POST", data={"reason": "   "}):
        with pytest.raises(InvalidInputError, match="Say why"):
            forms.needed("reason", "Say why.")
        assert forms.line("reason") == ""


def test_a_field_that_is_needed_and_there_is_itself() -> None:
    with APP.test_request_context("/", method="POST", data={"reason": "because"}):
        assert forms.needed("reason", "Say why.") == "because"


def test_a_field_that_is_too_long_is_refused_without_being_repeated() -> None:
    with (
        APP.test_request_context("/", method="POST", data={"reason": "x" * 11}),
        pytest.raises(InvalidInputError, match="takes 10 characters at most") as refused,
    ):
        forms.line("reason", at_most=10)
    assert "xxx" not in refused.value.sentence


def test_a_nul_is_refused_because_no_database_takes_it() -> None:
    with APP.test_request_context("/?after=a%00b"), pytest.raises(InvalidInputError, match="cannot be stored"):
        forms.asked("after")


def test_a_password_keeps_its_blanks() -> None:
    with APP.test_request_context("/", method="POST", data={"password": " a b "}):
        assert forms.secret("password") == " a b "


def test_a_password_of_absurd_length_is_refused() -> None:
    data = {"password": "x" * (forms.SECRET_CHARACTERS + 1)}
    with APP.test_request_context("/", method="POST", data=data), pytest.raises(InvalidInputError, match="too long"):
        forms.secret("password")


@pytest.mark.parametrize(("typed", "given"), [("\n  a\r\nb", "\n  a\nb\n"), ("a\n", "a\n"), ("", "\n")])
def test_lines_come_as_they_were_typed(typed: str, given: str) -> None:
    with APP.test_request_context("/", method="POST", data={"document": typed}):
        assert forms.text("document", at_most=10) == given


def test_a_query_parameter_that_is_missing_or_empty_is_none() -> None:
    with APP.test_request_context("/?a=&b=+c+"):
        assert (forms.asked("a"), forms.asked("b"), forms.asked("c")) == (None, "c", None)


def test_the_blanks_of_a_path_belong_to_it() -> None:
    with APP.test_request_context("/?path=%20a/b%20&after=", method="POST", data={"path": " c ", "empty": ""}):
        assert (forms.path("path"), forms.path("after"), forms.path("missing")) == (" a/b ", None, None)
        assert forms.needed_path("path") == " c "
        with pytest.raises(InvalidInputError, match="Say which image"):
            forms.needed_path("empty")
    with APP.test_request_context("/?path=" + "x" * (forms.PATH_CHARACTERS + 1)), pytest.raises(InvalidInputError):
        forms.path("path")
