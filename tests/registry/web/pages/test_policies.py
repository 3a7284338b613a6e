import hashlib

import pytest

from policies import shipped
from tests.factories import browsing

pytestmark = pytest.mark.xdist_group("shown")

NAME = "person-filtered-faces"


def test_every_published_version_is_listed() -> None:
    page = browsing.visitor().get("/policies").text
    assert "/policies/ilsvrc-faces-2021@1" in page
    assert f"/policies/{NAME}@1" in page


def test_a_policy_is_shown_word_by_word_with_its_digest() -> None:
    page = browsing.visitor().get(f"/policies/{NAME}@1").text
    assert hashlib.sha256(shipped.read(NAME)).hexdigest() in page
    assert "A class whose subject is a person is left out" in page


def test_the_document_is_handed_out_byte_for_byte() -> None:
    answer = browsing.visitor().get(f"/policies/{NAME}/document")
    assert answer.data == shipped.read(NAME)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NAME}@1.yaml"'
