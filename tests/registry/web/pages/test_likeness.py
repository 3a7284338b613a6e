import hashlib

import pytest

from tests.factories import browsing, pictures, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_a_list_of_digests_is_told_what_it_is_like() -> None:
    home = browsing.visitor("mara")
    digest = hashlib.sha256(pictures.jpeg(seed=1)).hexdigest()
    page = home.post("/identify", listed=f"{digest}  other/name.jpg\n").text
    assert f'<th scope="row">{shown.VARIANT}</th>' in page
    assert "other/name.jpg</textarea>" in page


def test_what_is_like_nothing_is_told_so() -> None:
    assert "No known variant has" in browsing.visitor("mara").post("/identify", listed="n99999999").text


def test_an_empty_list_is_refused() -> None:
    assert browsing.visitor("mara").post("/identify", listed="  ").status_code == 422


def test_the_way_there_is_shown_to_who_may_go_it() -> None:
    assert 'href="/identify"' in browsing.visitor("mara").get("/").text
    assert 'href="/identify"' not in browsing.visitor().get("/").text
