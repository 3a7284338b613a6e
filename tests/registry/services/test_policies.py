import hashlib

import pytest

from policies import shipped
from registry.errors import InvalidInputError, WrongStateError
from registry.home import Home
from registry.models.policies import Policy
from registry.queries import names
from registry.services import policies
from tests.factories import homes
from tests.factories import policies as documents
from tests.factories.homes import NOW

FACES = shipped.read("ilsvrc-faces-2021")


def publish(home: Home, data: bytes) -> Policy:
    """What mara has published."""
    with homes.act(home, "mara") as act:
        return policies.publish(act, home.blobs, data)


def test_a_policy_is_published_as_exactly_these_bytes(bare_home: Home) -> None:
    made = publish(bare_home, FACES)
    assert (made.name, made.version, made.title) == ("ilsvrc-faces-2021", "1", "Blur every face")
    assert made.published_at == NOW
    assert made.sha256 == hashlib.sha256(FACES).hexdigest()
    assert bare_home.blobs.read(made.sha256) == FACES
    assert policies.load(bare_home.blobs, made).published == FACES
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_id, event.facts) == (
        "policy.published",
        "ilsvrc-faces-2021@1",
        {"sha256": made.sha256},
    )


def test_a_published_policy_is_opened_once(bare_home: Home) -> None:
    made = publish(bare_home, FACES)
    assert policies.load(bare_home.blobs, made) is policies.load(bare_home.blobs, made)


def test_publishing_the_same_bytes_again_is_the_same_policy(bare_home: Home) -> None:
    assert publish(bare_home, FACES).id == publish(bare_home, FACES).id
    assert len(homes.events(bare_home)) == 1


def test_a_published_policy_never_changes(bare_home: Home) -> None:
    publish(bare_home, FACES)
    with pytest.raises(WrongStateError, match="a change needs a new version"):
        publish(bare_home, FACES + b"# another word\n")
    changed = FACES.replace(b'version: "1"', b'version: "2"')
    publish(bare_home, changed)
    with bare_home.reading() as session:
        assert names.policy(session, "ilsvrc-faces-2021").version == "2"
        assert names.policy(session, "ilsvrc-faces-2021@1").sha256 == hashlib.sha256(FACES).hexdigest()


@pytest.mark.parametrize("data", [b"", b"not a policy", b"\xff\xfe", b"format: accession-policy/1\n", b"a: [", b"\x00"])
def test_what_cannot_be_run_is_refused_in_words_and_nothing_is_kept(bare_home: Home, data: bytes) -> None:
    with pytest.raises(InvalidInputError) as refused:
        publish(bare_home, data)
    assert refused.value.sentence
    assert homes.count(bare_home, Policy) == 0


def test_a_title_fits_into_the_record(bare_home: Home) -> None:
    def titled(length: int) -> bytes:
        return documents.text(documents.document(title="x" * length))

    with pytest.raises(InvalidInputError, match="title"):
        publish(bare_home, titled(policies.TITLE_LENGTH + 1))
    publish(bare_home, titled(policies.TITLE_LENGTH))


def test_a_policy_whose_time_is_over_or_has_not_come_is_not_published(bare_home: Home) -> None:
    for times, says in (
        ({"valid_until": "2026-11-21"}, "that is over"),
        ({"valid_from": "2026-11-23"}, "not valid before"),
    ):
        with pytest.raises(InvalidInputError, match=says):
            publish(bare_home, documents.text(documents.document(**times)))
    today = {"valid_from": "2026-11-22", "valid_until": "2026-11-22"}
    assert publish(bare_home, documents.text(documents.document(**today))).name == "test-policy"


def test_a_policy_that_leaves_nothing_is_not_published(bare_home: Home) -> None:
    rest = {"then": "exclude", "reason": "rest", "sentence": "Nothing else stays."}
    never = {"all": [{"faces": {"at_least": 1}}, {"faces": {"at_most": 0}}]}
    with pytest.raises(InvalidInputError, match="excludes every image"):
        publish(bare_home, documents.text(documents.document(rules=[documents.rule(when=never)], otherwise=rest)))


def test_a_list_is_handed_over_once_and_then_policies_can_name_it(bare_home: Home) -> None:
    listed = documents.document(
        lists={"mine": documents.attachment(documents.LISTED)},
        rules=[documents.rule(when={"label": {"in_list": "mine"}})],
    )
    data = documents.text(listed)
    with pytest.raises(InvalidInputError, match="not at hand"):
        publish(bare_home, data)
    assert [file.is_at_hand for file in policies.named_files(bare_home.blobs, data)] == [False]
    with homes.act(bare_home, "mara") as act:
        assert policies.add_files(act, bare_home.blobs, [documents.LISTED]) == [documents.digest_of(documents.LISTED)]
    [named] = policies.named_files(bare_home.blobs, data)
    assert (named.what, named.is_at_hand) == ("The list `mine`", True)
    assert policies.load(bare_home.blobs, publish(bare_home, data)).shelf.lists["mine"] == ("n02084071", "n10000002")
    assert [event.event for event in homes.events(bare_home)] == ["policy.file-added", "policy.published"]


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_list_is_not_kept(bare_home: Home, data: bytes) -> None:
    with homes.act(bare_home, "mara") as act, pytest.raises(InvalidInputError, match="has text in it"):
        policies.add_files(act, bare_home.blobs, [data])


def test_files_are_named_by_policies_only() -> None:
    with pytest.raises(InvalidInputError):
        policies.outline(b"no: policy")
