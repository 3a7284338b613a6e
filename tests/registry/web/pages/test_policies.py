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


def test_a_synset_is_explained_by_id_alone() -> None:
    page = browsing.visitor().get("/policies/synsets?synset=n09835506").text
    assert "A class whose subject is a person is left out" in page
    assert "decided by <code>person-classes</code>" in page
    assert "It would be kept if" in page
    assert "ballplayer" not in page


def test_without_a_synset_there_is_a_form_and_words_are_refused() -> None:
    assert 'name="synset"' in browsing.visitor().get("/policies/synsets").text
    assert browsing.visitor().get("/policies/synsets?synset=dog").status_code == 422
