"""The policies that come with Accession can be run as they are, and decide what they say they decide."""

import pytest

from policies import shipped
from policies.document import Policy, outline, parse
from policies.errors import PolicyError
from policies.evaluate import evaluate
from policies.facts import PENDING, UNKNOWN
from policies.verdicts import Action, Verdict
from tests.factories.policies import digest_of, facts


def _policy(name: str) -> Policy:
    return parse(shipped.read(name))


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_policy_is_named_like_its_file_and_states_its_sources(name: str) -> None:
    document = outline(shipped.read(name))
    assert document.name == name
    assert document.summary
    assert document.sources
    assert all(rule.basis for rule in document.rules)


def test_a_policy_that_is_not_shipped_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        shipped.read("../verdicts")


@pytest.mark.parametrize(
    ("faces", "verdict"),
    [
        (0, Verdict(Action.KEEP, ("no-face-found",), "otherwise")),
        (3, Verdict(Action.BLUR, ("face",), "faces")),
        (UNKNOWN, Verdict(Action.EXCLUDE, ("faces-unknown",), "faces")),
    ],
)
def test_ilsvrc_faces_blurs_faces_and_loses_nothing(faces: object, verdict: Verdict) -> None:
    assert evaluate(_policy("ilsvrc-faces"), facts(faces=faces)) == verdict


@pytest.mark.parametrize("label", ["n09835506", "n10148035", "n10565667", "person", "people"])
def test_person_filtered_faces_leaves_person_classes_out_before_pixels_are_looked_at(label: str) -> None:
    verdict = evaluate(_policy("person-filtered-faces"), facts(label=label, faces=PENDING))
    assert verdict == Verdict(Action.EXCLUDE, ("person-class",), "person-classes")


def test_person_filtered_faces_blurs_faces_in_other_classes() -> None:
    verdict = evaluate(_policy("person-filtered-faces"), facts(label=None, faces=1))
    assert verdict == Verdict(Action.BLUR, ("face",), "faces")


def test_the_pruning_of_2021_names_both_accounts_and_the_bytes_of_its_lists() -> None:
    document = outline(shipped.read("imagenet-2021-people"))
    assert document.summary is not None
    assert "2,702" in document.summary
    assert "2,674" in document.summary
    assert [what for _, what, _ in document.attachments()] == ["The list `unsafe-people`", "The taxonomy"]


def test_the_pruning_of_2021_does_not_run_without_its_lists() -> None:
    with pytest.raises(PolicyError, match="is not at hand"):
        _policy("imagenet-2021-people")


def test_the_pruning_of_2021_excludes_the_unsafe_and_lets_other_people_wait() -> None:
    taxonomy = b"n00007846 n09835506\nn00007846 n10000001\nn00001740 n00007846\n"
    files = {digest_of(content): content for content in (taxonomy, b"n10000001\n")}
    published = shipped.read("imagenet-2021-people")
    document = outline(published)
    assert document.taxonomy is not None
    for ours, theirs in zip(files, (document.taxonomy, document.lists["unsafe-people"]), strict=True):
        published = published.replace(theirs.digest.encode(), ours.encode())
    pruned = parse(published, files)
    labels = ["n10000001", "n09835506", "n00007846", "n00001740", "people"]
    verdicts = [evaluate(pruned, facts(label=label)) for label in labels]
    assert [verdict.reasons for verdict in verdicts if isinstance(verdict, Verdict)] == [
        ("unsafe-synset",),
        ("awaiting-review", "person-subtree"),
        ("awaiting-review", "person-subtree"),
        ("not-a-person-synset",),
        ("not-a-person-synset",),
    ]
