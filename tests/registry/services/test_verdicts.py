import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from policies.evaluate import Pending
from policies.facts import PENDING
from policies.takedowns import CaseState
from policies.vectorised import evaluate_batch
from policies.verdicts import Action, Verdict
from registry.catalogue import manifests
from registry.catalogue.entries import Box, Defect
from registry.home import Home
from registry.models.takedowns import TakedownImage
from registry.services import verdicts
from registry.services.verdicts import Stops
from tests.factories import policies, rows, trees
from tests.factories.homes import NOW

FACES = policies.policy()
NOTHING = Stops(frozenset(), frozenset())
HELD_STATES = {CaseState.HELD, CaseState.UPHELD_PENDING_CONFIRMATION, CaseState.REJECTED_PENDING_CONFIRMATION}
TAKEN_DOWN_STATES = {CaseState.UPHELD, CaseState.FULFILLED}


def digest(state: CaseState) -> str:
    """Bytes that a case in this state is about."""
    return hashlib.sha256(state.encode()).hexdigest()


def test_what_is_stopped_follows_from_the_states_of_the_cases(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        variant = rows.variant(session)
        for state in CaseState:
            case = rows.case(session, state=state, decided_by=rows.mara(session))
            for sha256 in (digest(state), "5" * 64):
                session.add(
                    TakedownImage(case_id=case.id, image_sha256=sha256, variant_id=variant.id, path="a/b", added_at=NOW)
                )
        session.flush()
        stopped = verdicts.stops(session, NOW)
    assert stopped.held == {*map(digest, HELD_STATES), "5" * 64}
    assert stopped.taken_down == {*map(digest, TAKEN_DOWN_STATES), "5" * 64}


def test_nothing_is_stopped_where_nobody_has_asked(bare_home: Home) -> None:
    with bare_home.reading() as session:
        assert verdicts.stops(session, NOW) == NOTHING


def test_bytes_that_nobody_could_read_are_covered_by_nothing() -> None:
    stopped = Stops(frozenset({"1" * 64}), frozenset({"2" * 64}))
    assert [stopped.covers(sha256) for sha256 in ("1" * 64, "2" * 64, "3" * 64, None)] == [True, True, False, False]


def test_the_policy_hears_what_import_saw_and_how_many_faces_there_are() -> None:
    entry = trees.entry("n02084071/a.JPEG")
    assert isinstance(verdicts.decide(FACES, entry, NOTHING), Pending)
    blurred = verdicts.decide(FACES, entry, NOTHING, boxes=(Box(1, 1, 9, 31, 0.9), Box(0, 0, 20, 5, 0.8)))
    kept = verdicts.decide(FACES, entry, NOTHING, boxes=())
    assert isinstance(blurred, Verdict)
    assert isinstance(kept, Verdict)
    assert (blurred.action, kept.action) == (Action.BLUR, Action.KEEP)


@pytest.mark.parametrize(
    ("held", "taken_down", "defect", "reasons"),
    [
        (True, False, None, ("hold",)),
        (False, True, None, ("takedown",)),
        (True, True, None, ("takedown",)),
        (False, False, Defect.TRUNCATED, ("truncated",)),
        (False, True, Defect.TRUNCATED, ("takedown", "truncated")),
    ],
)
def test_what_is_stopped_or_broken_is_excluded_whatever_the_policy_says(
    *, held: bool, taken_down: bool, defect: Defect | None, reasons: tuple[str, ...]
) -> None:
    entry = trees.entry("a/b", defect)
    bytes_of = frozenset({entry.sha256 or ""})
    stopped = Stops(bytes_of if held else frozenset(), bytes_of if taken_down else frozenset())
    decided = verdicts.decide(FACES, entry, stopped)
    assert isinstance(decided, Verdict)
    assert (decided.action, decided.reasons) == (Action.EXCLUDE, reasons)


def test_a_picture_that_does_not_open_is_excluded_with_what_turned_out() -> None:
    decided = verdicts.decide(FACES, trees.entry("a/b"), NOTHING, boxes=(), defect="undecodable")
    assert isinstance(decided, Verdict)
    assert decided.reasons == ("undecodable",)
    seen_at_import = trees.entry("a/b", Defect.TRUNCATED)
    decided = verdicts.decide(FACES, seen_at_import, NOTHING, boxes=(), defect="undecodable")
    assert isinstance(decided, Verdict)
    assert decided.reasons == ("truncated",)


def test_the_largest_face_is_known_once_somebody_looked() -> None:
    entry = trees.entry("a/b")
    seen = verdicts.facts_of(entry, NOTHING, boxes=(Box(1, 1, 9, 31, 0.9), Box(0, 0, 20, 5, 0.8)))
    assert (seen.faces, seen.largest_face_px) == (2, 30)
    assert verdicts.facts_of(entry, NOTHING, boxes=()).largest_face_px == 0
    assert verdicts.facts_of(entry, NOTHING).largest_face_px is PENDING


def test_split_and_source_are_known_from_path_and_url_and_layers_are_stronger() -> None:
    entry = replace(trees.entry("train/n01/a.JPEG"), url="https://Photos.example/1.jpg")
    seen = verdicts.facts_of(entry, NOTHING, known={"source_host": None, "split": "val"})
    assert (seen.split, seen.source_host, seen.source_url) == ("val", "photos.example", "https://Photos.example/1.jpg")


def test_millions_of_rows_and_one_image_hear_the_same_of_what_people_answered(tmp_path: Path) -> None:
    entries = [trees.entry("n01/a"), trees.entry("n01/b"), trees.entry("n01/c")]
    reviewed = {
        entries[0].sha256 or "": (("label-doubtful", Action.KEEP),),
        entries[1].sha256 or "": (("rights-conflict", Action.KEEP),),
    }
    doubt = policies.rule(id="doubt", when={"path": {"glob": "**"}}, then="review", reason="label-doubtful")
    asked = policies.policy(rules=[doubt])
    manifests.write_source(entries, tmp_path / "source")
    [batch] = manifests.fact_batches(tmp_path / "source", held=[], taken_down=[], reviewed=reviewed)
    by_column = evaluate_batch(asked, batch)
    one_by_one = [verdicts.decide(asked, entry, replace(NOTHING, reviewed=reviewed)) for entry in entries]
    assert [by_column.outcomes[code] for code in by_column.codes] == one_by_one
    assert [getattr(outcome, "action", None) for outcome in one_by_one] == ["keep", "exclude", "exclude"]
