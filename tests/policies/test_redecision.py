"""Every recorded verdict follows from the policy and the facts beside it, or is named."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import redecision
from policies.document import Policy, parse
from policies.evaluate import evaluate
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.records import RecordError, encode, names_for
from policies.redecision import Judge
from policies.verdicts import Action, Verdict
from tests.factories.policies import FILES, Plain, documents, facts, images, policy, rule, text

PERSON = rule(id="person", when={"label": {"in": ["people"]}}, then="exclude", reason="person-class")
FACES = policy(rules=[PERSON, rule()])


@dataclass(frozen=True)
class Row:
    """What a manifest says of one image."""

    path: str
    label: str | None
    size_bytes: int | None
    verdict: str
    reasons: tuple[str, ...]


def recorded(found: Policy, image: ImageFacts, **changes: object) -> tuple[Row, bytes]:
    """The image as the policy decides it, with some fields of its row changed, and its facts."""
    verdict = evaluate(found, image)
    assert isinstance(verdict, Verdict)
    row = Row(image.path, image.label, image.size_bytes, verdict.action.value, verdict.reasons)
    return replace(row, **changes), encode(image, names_for(found))  # type: ignore[arg-type]  # the caller names the fields


def judged(found: Policy, image: ImageFacts, **changes: object) -> str | None:
    return Judge(found).wrong(*recorded(found, image, **changes))


def settled(image: ImageFacts) -> ImageFacts:
    """The image once somebody has looked for faces."""
    return replace(image, faces=UNKNOWN, largest_face_px=UNKNOWN) if image.faces is PENDING else image


@given(documents(), st.lists(images().map(settled), max_size=8))
def test_a_record_that_follows_from_its_policy_passes(plain: Plain, rows: list[ImageFacts]) -> None:
    found = parse(text(plain), FILES)
    judge = Judge(found)
    assert [judge.wrong(*recorded(found, image)) for image in rows] == [None] * len(rows)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"verdict": "keep"}, "is recorded as keep (face), the policy says blur (face)"),
        ({"reasons": ("another",)}, "is recorded as blur (another), the policy says blur (face)"),
        ({"label": "people"}, "is recorded as blur (face), the policy says exclude (person-class)"),
        ({"reasons": ("face", "nothing-to-blur")}, "the policy says blur (face)"),
        ({"verdict": "keep", "reasons": ("face", "nothing-to-blur")}, "the policy says blur (face)"),
        ({"verdict": "exclude", "reasons": ("takedown",)}, "the policy says blur (face)"),
    ],
)
def test_a_planted_verdict_is_named(changes: dict[str, object], says: str) -> None:
    assert says in (judged(FACES, facts(faces=1), **changes) or "")


def test_what_was_done_besides_changes_no_verdict() -> None:
    assert judged(FACES, facts(), reasons=("metadata-removed", "nothing-found")) is None


def test_what_was_to_be_blurred_and_has_no_face_is_kept_with_a_note() -> None:
    everything = policy(rules=[rule(when={"label": {"glob": "**"}})])
    changes: dict[str, object] = {"verdict": "keep", "reasons": ("face", "nothing-to-blur")}
    assert judged(everything, facts(faces=0), **changes) is None
    assert judged(everything, facts(faces=1), **changes) is not None


def test_a_policy_that_asks_for_paths_judges_each_path() -> None:
    found = policy(rules=[rule(when={"path": {"in": ["a"]}})])
    judge = Judge(found)
    assert judge.wrong(*recorded(found, facts(path="a"))) is None
    assert judge.wrong(*recorded(found, facts(path="b"), verdict="blur", reasons=("face",))) is not None


def test_a_record_without_the_facts_that_decide_is_no_proof() -> None:
    row, _ = recorded(FACES, facts(faces=0))
    assert (
        Judge(FACES).wrong(row, b"{}") == "is recorded as keep (nothing-found), the policy says nothing without faces"
    )


def test_a_line_that_is_no_record_is_refused() -> None:
    row, _ = recorded(FACES, facts())
    with pytest.raises(RecordError, match="no fact"):
        Judge(FACES).wrong(row, b"no json")


def test_what_was_found_once_is_remembered_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redecision, "REMEMBERED", 2)
    judge = Judge(FACES)
    for faces in (0, 0, 1, 2):
        assert judge.wrong(*recorded(FACES, facts(faces=faces))) is None
    assert len(judge._known) <= 2


def test_an_image_that_was_stopped_cannot_have_been_kept() -> None:
    for stopped in (facts(is_held=True), facts(is_taken_down=True), facts(defect="undecodable")):
        assert judged(FACES, stopped) is None
        assert judged(FACES, stopped, verdict=Action.KEEP.value) is not None
