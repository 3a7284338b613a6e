import pytest

from registry.catalogue.headers.window import Window
from registry.catalogue.rights import collecting, containers, rules
from registry.catalogue.rights.collecting import Origin
from tests.factories import pictures

TERMS = "LicenseRef-imagenet-terms"
RESERVED = pictures.commented_jpeg(b"All rights reserved")
OPEN = pictures.commented_jpeg(b"http://creativecommons.org/licenses/by/4.0/")
FLICKR = Origin("http://farm1.static.flickr.com/1.jpg", "2011-10-31")


def kinds(data: bytes, found: Origin | None = None, terms: str = TERMS) -> list[tuple[str, str, str]]:
    rows = collecting.rows_of("n1/a.jpg", containers.read(Window(data)), found, rules.shipped(), terms)
    assert all(row[0] == "n1/a.jpg" for row in rows)
    return [(row[1], row[2], row[3]) for row in rows]


def test_words_of_the_file_are_kept_with_their_place_and_what_they_speak_for() -> None:
    rows = collecting.rows_of("a", containers.read(Window(RESERVED)), None, rules.shipped(), "NOASSERTION")
    licence, statement = rows
    assert licence[1:5] == ("licence", "comment", "LicenseRef-all-rights-reserved", 0.9)
    assert statement[1:5] == ("statement", "comment", "All rights reserved", 0.4)
    for row in rows:
        assert RESERVED[row[6] :].startswith(b"All rights reserved")
        assert row[7] == "All rights reserved"


def test_where_an_image_was_found_bears_the_date_of_retrieval() -> None:
    rows = collecting.rows_of("a", containers.read(Window(OPEN)), FLICKR, rules.shipped(), TERMS)
    assert {row[5] for row in rows} == {"2011-10-31"}
    assert ("source", "url", FLICKR.url) in {row[1:4] for row in rows}
    assert ("host", "url", "farm1.static.flickr.com") in {row[1:4] for row in rows}


@pytest.mark.parametrize(
    ("data", "terms", "is_conflict"),
    [
        (RESERVED, TERMS, True),
        (RESERVED, "NOASSERTION", False),
        (RESERVED, "LicenseRef-all-rights-reserved", False),
        (OPEN, TERMS, False),
        (pictures.jpeg(), TERMS, False),
    ],
)
def test_what_the_terms_do_not_cover_is_a_conflict(data: bytes, terms: str, *, is_conflict: bool) -> None:
    assert any(kind == "conflict" for kind, _, _ in kinds(data, terms=terms)) is is_conflict


def test_a_weak_guess_contradicts_nothing() -> None:
    assert [kind for kind, _, _ in kinds(pictures.jpeg(), FLICKR)] == ["host", "licence", "source"]


def test_evidence_that_does_not_agree_is_a_conflict() -> None:
    both = pictures.with_segment(OPEN, 0xFE, b"All rights reserved")
    found = [value for kind, where, value in kinds(both, terms="NOASSERTION") if kind == "conflict"]
    assert found == ["the evidence does not agree: CC-BY-4.0, LicenseRef-all-rights-reserved"]
