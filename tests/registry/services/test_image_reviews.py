import pytest
from sqlmodel import select

from policies.takedowns import CaseState
from policies.verdicts import Action
from registry.errors import AccessionError, ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.image_reviews import ImageReview
from registry.proof.manifest import Verdict
from registry.queries import image_reviews as queries
from registry.queries import names
from registry.services import explanations, image_reviews, planning, reasons, releases, verdicts
from registry.services.image_reviews import IMAGES_AT_MOST
from tests.factories import cases, homes, waiting
from tests.factories.homes import EMPTY, GPS, TWINS, VARIANT


def test_the_next_plan_and_build_obey_what_a_person_has_answered(furnished_home: Home) -> None:
    first = waiting.build(furnished_home)
    stale = homes.plan(furnished_home, policy=waiting.POLICY)
    waiting.answer(furnished_home, first, TWINS[0])
    with furnished_home.reading() as session:
        shown = planning.preview(session, furnished_home.blobs, VARIANT, waiting.POLICY, homes.NOW)
        why = explanations.explain(session, furnished_home.blobs, VARIANT, waiting.POLICY, TWINS[1], homes.NOW).outcome
    assert shown.reviewed == {cases.sha256_of(furnished_home, TWINS[0]): {waiting.DOUBT: "keep"}}
    assert shown.reasons["keep"]["reviewed"] == 2
    assert getattr(why, "reasons", None) == (waiting.DOUBT, "reviewed")
    second = homes.plan(furnished_home, policy=waiting.POLICY)
    for label in (second, stale):
        homes.build(furnished_home, label)
    for path in TWINS:  # equal bytes are one image
        verdict, reasons = waiting.outcome(furnished_home, second, path)
        assert (verdict, set(reasons) >= {waiting.DOUBT, "reviewed"}) == (Verdict.KEEP, True)
        # Its plan was shown before somebody answered.
        assert waiting.outcome(furnished_home, stale, path)[0] is Verdict.EXCLUDE
    expect_nothing_stopped(furnished_home, second)
    waiting.answer(furnished_home, second, TWINS[0], Action.EXCLUDE)
    with pytest.raises(WrongStateError, match="decided otherwise since: n02000002"):
        expect_nothing_stopped(furnished_home, second)


def expect_nothing_stopped(home: Home, label: str) -> None:
    """As before a signature."""
    with homes.act(home, "mo") as act:
        releases.expect_nothing_stopped(act, home.blobs, names.release(act.session, label), label)


def test_an_answer_is_on_record_with_the_reasons_that_were_asked(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    waiting.answer(furnished_home, label, TWINS[0], Action.BLUR)
    event = homes.events(furnished_home)[-1]
    assert event.event == "image.reviewed"
    asked = {"asked": waiting.DOUBT, "decided": "blur"}
    assert event.facts == {"release": label, "path": TWINS[0], **asked}
    with furnished_home.reading() as session:
        [line] = queries.history(session, cases.sha256_of(furnished_home, TWINS[0]))
    assert (line.person, line.decided, line.reason) == ("rita", Action.BLUR, waiting.REASON)


REFUSED: list[tuple[list[str], str, type[AccessionError], str]] = [
    ([TWINS[0]], " ", InvalidInputError, "needs a reason"),
    ([TWINS[0]], "x" * (reasons.LENGTH + 1), InvalidInputError, "needs a reason"),
    ([], "why", InvalidInputError, "at least one image"),
    ([TWINS[0]] * (IMAGES_AT_MOST + 1), "why", InvalidInputError, "at most 1000"),
    (["none"], "why", NotFoundError, "no image"),
    ([GPS], "why", WrongStateError, "No rule has sent n02000001"),
    ([EMPTY], "why", WrongStateError, "No rule has sent"),
]


def test_an_answer_that_answers_nothing_is_refused(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    for paths, reason, error, sentence in REFUSED:
        with pytest.raises(error, match=sentence), homes.act(furnished_home, "rita") as act:
            image_reviews.decide(act, furnished_home.blobs, label, paths, Action.KEEP, reason)
    assert homes.count(furnished_home, ImageReview) == 0


def test_several_images_are_answered_for_at_once_each_on_record(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    with homes.act(furnished_home, "rita") as act:
        paths = [TWINS[1], TWINS[0], TWINS[1]]
        image_reviews.decide(act, furnished_home.blobs, label, paths, Action.KEEP, "looked")
    with furnished_home.reading() as session:
        written = [row.path for row in session.exec(select(ImageReview).order_by("path"))]
    assert written == sorted(TWINS)


def test_nothing_is_decided_about_what_is_taken_down(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    cases.stop(furnished_home, TWINS[0], CaseState.UPHELD)
    with pytest.raises(ForbiddenError, match="taken down"):
        waiting.answer(furnished_home, label, TWINS[0])
    with pytest.raises(ForbiddenError, match=r"image\.review"):
        waiting.answer(furnished_home, label, TWINS[0], handle="mara")


def test_what_a_plan_was_shown_is_read_from_it() -> None:
    found = verdicts.as_planned({"reviewed": {"5" * 64: {"b": "keep", "a": "exclude"}}})
    assert found.reviewed == {"5" * 64: (("a", Action.EXCLUDE), ("b", Action.KEEP))}
    assert verdicts.as_planned({}) == verdicts.Stops(frozenset(), frozenset())
