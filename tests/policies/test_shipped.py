"""The policies that come with Accession can be run as they are, and decide what they say they decide."""

import pytest

from policies import figures, shipped, spaces
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
    assert evaluate(_policy("ilsvrc-faces-2021"), facts(faces=faces)) == verdict


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
    assert [what for _, what, _ in document.attachments()] == [
        "The list `unsafe-people`",
        "The list `safe-people`",
        "The taxonomy",
    ]


def test_the_pruning_of_2021_does_not_run_without_its_lists() -> None:
    with pytest.raises(PolicyError, match="is not at hand"):
        _policy("imagenet-2021-people")


def _pruned(files: dict[str, bytes]) -> Policy:
    """The pruning of 2021 with files of one's own, which its figures then count."""
    published = shipped.read("imagenet-2021-people")
    document = outline(published)
    assert document.taxonomy is not None
    named = (document.taxonomy, document.lists["unsafe-people"], document.lists["safe-people"])
    for ours, theirs in zip(files, named, strict=True):
        published = published.replace(theirs.digest.encode(), ours.encode())
    return parse(published, files)


def test_the_pruning_of_2021_shows_that_its_two_accounts_do_not_agree() -> None:
    document = outline(shipped.read("imagenet-2021-people"))
    removed, persons = figures.conflicts(document)
    assert [figure.says for figure in removed.figures] == [2702, 2674, 2674]
    assert [figure.says for figure in persons.figures] == [2832, 2835]
    assert (removed.difference, persons.difference) == (28, 3)


def test_the_pruning_of_2021_counts_its_lists_again() -> None:
    lists = [[b"n%08d" % number for number in numbers] for numbers in (range(1593), range(2000, 3239))]
    taxonomy = b"n00007846 n09835506\nn00001740 n00007846\n"
    files = {digest_of(content): content for content in (taxonomy, *(b"\n".join(listed) for listed in lists))}
    assert figures.computed(_pruned(files).document.figures[1], _pruned(files).shelf) == 2674
    short = {digest_of(content): content for content in (taxonomy, b"n10000001\n", b"n09835506\n")}
    with pytest.raises(PolicyError, match="This says 2,674, and comes to -156"):
        _pruned(short)


EDGES = b"n00007846 n09835506\nn00007846 n10000001\nn00001740 n00007846\n"
SINGLE_PERSONS = ("n10994097", "n11196627", "n11318824")


def test_the_pruning_of_2021_lets_single_persons_wait_that_are_in_neither_list_and_below_nothing() -> None:
    unsafe = b"\n".join([b"n10000001", *(b"n2%07d" % number for number in range(1592))])
    safe = b"\n".join(b"n3%07d" % number for number in range(1239))
    pruned = _pruned({digest_of(content): content for content in (EDGES, unsafe, safe)})
    space = ("n10000001", "n09835506", *SINGLE_PERSONS)
    found = spaces.measure(pruned, space)
    assert found.by_rule == {"unsafe-people": 1, "other-people": 1, "single-persons": 3}
    assert spaces.overlooked(pruned, space, SINGLE_PERSONS) == ()
    waiting = [spaces.of_synset(pruned, synset) for synset in SINGLE_PERSONS]
    assert {it.reasons for it in waiting if isinstance(it, Verdict)} == {("awaiting-review", "single-person")}


def test_the_pruning_of_2021_excludes_the_unsafe_and_lets_other_people_wait() -> None:
    unsafe = b"\n".join([b"n10000001", *(b"n2%07d" % number for number in range(1592))])
    safe = b"\n".join(b"n3%07d" % number for number in range(1239))
    pruned = _pruned({digest_of(content): content for content in (EDGES, unsafe, safe)})
    labels = ["n10000001", "n09835506", "n00007846", "n00001740", "people"]
    verdicts = [evaluate(pruned, facts(label=label)) for label in labels]
    assert [verdict.reasons for verdict in verdicts if isinstance(verdict, Verdict)] == [
        ("unsafe-synset",),
        ("awaiting-review", "person-subtree"),
        ("awaiting-review", "person-subtree"),
        ("not-a-person-synset",),
        ("not-a-person-synset",),
    ]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"licence": None}, "keep: licence-unknown"),
        ({"licence": "CC-BY-NC-2.0"}, "keep: licence-allows"),
        ({"licence": "LicenseRef-all-rights-reserved"}, "exclude: licence-forbids"),
        ({"licence": "CC0-1.0", "rights_conflicts": 1}, "exclude: awaiting-review, rights-conflict"),
    ],
)
def test_research_that_earns_nothing_may_use_what_does_not_forbid_it(changes: dict[str, object], outcome: str) -> None:
    assert _said("non-commercial-research", changes) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"licence": "CC-BY-4.0", "licence_confidence": 95, "rights_conflicts": 0}, "keep: open-licence"),
        ({"licence": "CC-BY-4.0", "licence_confidence": 60, "rights_conflicts": 0}, "exclude: licence-not-open"),
        ({"licence": "CC-BY-NC-2.0", "licence_confidence": 95, "rights_conflicts": 0}, "exclude: licence-not-open"),
        ({}, "exclude: licence-unknown"),
    ],
)
def test_a_strict_licence_wants_evidence(changes: dict[str, object], outcome: str) -> None:
    assert _said("strict-licence", changes) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "keep: nothing-against-the-label"),
        ({"layer": (("real", ()),)}, "exclude: no-label-found"),
        ({"layer": (("real", ("n09835506",)),)}, "exclude: label-disagrees"),
        ({"layer": (("real", ("n02084071",)),)}, "keep: nothing-against-the-label"),
        ({"advisories": ("cmyk", "blacklisted")}, "exclude: advisory"),
        ({"votes": 5, "agreement": 40}, "exclude: awaiting-review, label-doubtful"),
        ({"votes": 3, "agreement": 0}, "keep: nothing-against-the-label"),
    ],
)
def test_a_label_that_does_not_hold_costs_the_image_its_place(changes: dict[str, object], outcome: str) -> None:
    assert _said("label-quality", changes) == outcome


def _said(name: str, changes: dict[str, object]) -> str:
    verdict = evaluate(_policy(name), facts(**changes))
    assert isinstance(verdict, Verdict)
    return f"{verdict.action}: {', '.join(verdict.reasons)}"
