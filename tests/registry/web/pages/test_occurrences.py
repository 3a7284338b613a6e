import hashlib
from io import BytesIO

import pytest

from tests.factories import browsing, pictures, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_a_reviewer_learns_where_a_picture_occurs_and_where_nobody_can_tell_by_look() -> None:
    rita = browsing.visitor("rita")
    assert "Where does a picture occur?" in rita.get("/occurrences").text
    digest = hashlib.sha256(pictures.jpeg(seed=1)).hexdigest()
    page = rita.post("/occurrences", sha256=f"sha256:{digest}").text
    assert f">{shown.VARIANT}</a>" in page
    assert "the same bytes" in page
    assert "only the same bytes could be found there" in page


def test_a_file_is_hashed_and_its_digest_is_what_was_asked() -> None:
    rita = browsing.visitor("rita")
    data = pictures.jpeg(seed=1)
    page = rita.send("/occurrences", file=(BytesIO(data), "me at home.jpg")).text
    assert f">{shown.VARIANT}</a>" in page
    assert "the same bytes" in page
    assert f'value="{hashlib.sha256(data).hexdigest()}"' in page
    assert "me at home" not in page
    nowhere = rita.send("/occurrences", file=(BytesIO(b"no picture"), "a.txt")).text
    assert "It occurs in none of" in nowhere
    unsent = rita.send("/occurrences", sha256=hashlib.sha256(data).hexdigest(), file=(BytesIO(), ""))
    assert "the same bytes" in unsent.text


def test_a_picture_that_nobody_has_and_words_that_are_no_digest() -> None:
    rita = browsing.visitor("rita")
    assert "It occurs in none of" in rita.post("/occurrences", sha256="0" * 64).text
    assert "It occurs in none of" in rita.post("/occurrences", pdq="0" * 64).text
    for asked in ({}, {"sha256": "words"}):
        assert rita.post("/occurrences", **asked).status_code == 422


def test_the_way_there_is_shown_to_who_may_go_it() -> None:
    assert 'href="/occurrences"' in browsing.visitor("rita").get("/").text
    assert 'href="/occurrences"' not in browsing.visitor().get("/").text
