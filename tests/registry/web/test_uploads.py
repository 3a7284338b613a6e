from io import BytesIO

import pytest

from registry.web import uploads
from registry.web.security import MAX_REQUEST_BYTES
from tests.factories import browsing

pytestmark = pytest.mark.xdist_group("shown")

LARGER_THAN_A_FORM = bytes(MAX_REQUEST_BYTES + 1)


def test_people_of_the_registry_may_send_a_picture_to_the_page_that_takes_one() -> None:
    rita = browsing.visitor("rita")
    assert rita.send("/occurrences", file=(BytesIO(LARGER_THAN_A_FORM), "a.jpg")).status_code == 200
    assert rita.send("/identify", file=(BytesIO(LARGER_THAN_A_FORM), "a.jpg")).status_code == 413


def test_nobody_else_may() -> None:
    answer = browsing.visitor().send("/occurrences", file=(BytesIO(LARGER_THAN_A_FORM), "a.jpg"))
    assert answer.status_code == 413


def test_no_picture_is_larger_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PICTURE_BYTES_MAX", 1000)
    answer = browsing.visitor("rita").send("/occurrences", file=(BytesIO(bytes(2000)), "a.jpg"))
    assert (answer.status_code, "too large" in answer.text) == (413, True)
