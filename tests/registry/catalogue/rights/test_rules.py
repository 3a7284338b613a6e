import pytest

from registry.catalogue.rights import rules
from registry.catalogue.rights.rules import Conclusion, Rules
from registry.errors import InvalidInputError

HEAD = b'format: accession-rights-rules/1\nversion: "1"\n'


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("https://creativecommons.org/licenses/by-nc/2.0/deed.en", "CC-BY-NC-2.0"),
        ("see http://creativecommons.org/licenses/by/4.0/ for it", "CC-BY-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("ALL  Rights\nreserved.", "LicenseRef-all-rights-reserved"),
        ("© 2009 Jane", "LicenseRef-all-rights-reserved"),
        ("public domain", "LicenseRef-public-domain"),
        ("taken by Jane", None),
        ("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62)", None),
    ],
)
def test_words_speak_for_a_licence(text: str, licence: str | None) -> None:
    found = rules.shipped().of_words(text)
    assert (found.licence if found else None) == licence


def test_a_url_speaks_for_a_licence_with_less_confidence() -> None:
    assert rules.shipped().of_url("http://farm1.static.flickr.com/1.jpg") == Conclusion(
        "LicenseRef-flickr-various", 0.3
    )
    assert rules.shipped().of_url("http://example.org/flickr.com/") is None


@pytest.mark.parametrize(
    ("text", "spelt"), [("cc-by-4.0 or MIT", "CC-BY-4.0 OR MIT"), ("LicenseRef-x", "LicenseRef-x"), ("(MIT)", "MIT")]
)
def test_an_expression_has_one_spelling(text: str, spelt: str) -> None:
    assert rules.expression(text) == spelt


@pytest.mark.parametrize("text", ["", "CC-BY-9.9", "MIT AND", "my own", "((MIT)"])
def test_what_spdx_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="licence expression"):
        rules.expression(text)


@pytest.mark.parametrize(
    "body",
    [
        b"words: []\n",
        b"words: []\nurls:\n  - {pattern: '(', licence: MIT, per_cent: 5}\n",
        b"words: []\nurls:\n  - {pattern: a, licence: MIT, per_cent: 101}\n",
        b"words: []\nurls:\n  - {pattern: a, licence: Mine-9, per_cent: 5}\n",
        b"words: &a []\nurls: []\n",
    ],
)
def test_rules_that_cannot_be_asked_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        Rules(HEAD + body)


@pytest.mark.parametrize("text", [")", "( OR", "( )", "( OR +", "(" * 5000])
def test_text_that_the_parser_trips_over_is_no_expression(text: str) -> None:
    with pytest.raises(InvalidInputError, match="no licence expression"):
        rules.expression(text)
