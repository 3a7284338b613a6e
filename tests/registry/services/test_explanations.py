import pytest

from policies.evaluate import Pending
from policies.explain import Explanation
from policies.verdicts import Action, Verdict
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.services import explanations
from tests.factories import homes
from tests.factories.homes import FIRST, NOW, PERSON, PERSON_FILTERED, VARIANT, WAVES


def explained(home: Home, path: str) -> Explanation:
    with home.reading() as session:
        return explanations.explain(session, home.blobs, VARIANT, PERSON_FILTERED, path, NOW)


def test_an_excluded_class_is_explained_by_its_rule(furnished_home: Home) -> None:
    found = explained(furnished_home, PERSON)
    assert isinstance(found.outcome, Verdict)
    assert (found.outcome.action, found.outcome.rule) == (Action.EXCLUDE, "person-classes")
    assert found.alternatives


def test_before_anybody_looked_for_faces_there_is_no_verdict(furnished_home: Home) -> None:
    assert isinstance(explained(furnished_home, WAVES).outcome, Pending)


def test_what_the_newest_published_release_has_seen_is_known(built_home: Home) -> None:
    homes.approve(built_home, FIRST)
    homes.sign_release(built_home, FIRST)
    homes.publish(built_home, FIRST)
    found = explained(built_home, WAVES)
    assert isinstance(found.outcome, Verdict)
    assert found.outcome.action is Action.KEEP


def test_an_image_that_the_variant_does_not_hold_is_not_found(furnished_home: Home) -> None:
    with pytest.raises(NotFoundError, match="no/such"):
        explained(furnished_home, "no/such.jpg")


def test_a_synset_is_explained_by_the_newest_version_of_every_policy(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        found = explanations.explain_synset(session, furnished_home.blobs, "n09835506")
        [alone] = explanations.explain_synset(session, furnished_home.blobs, "n09835506", PERSON_FILTERED)
    assert [each.policy for each in found] == ["ilsvrc-faces-2021@1", "person-filtered-faces@1"]
    assert found[1] == alone
    assert isinstance(alone.found.outcome, Verdict)
    assert alone.found.outcome.rule == "person-classes"


def test_words_are_no_synset(furnished_home: Home) -> None:
    with furnished_home.reading() as session, pytest.raises(InvalidInputError, match="n and eight digits"):
        explanations.explain_synset(session, furnished_home.blobs, "dog")
