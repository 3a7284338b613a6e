"""A document is tried on a variant before anybody publishes it; nothing is kept."""

from pathlib import Path

import pytest

from policies.takedowns import CaseState
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.policies import Policy
from registry.queries import names
from registry.services import dry_runs
from registry.services.dry_runs import Beyond, DryRun, Touched
from tests.factories import cases, homes, layers, policies, rows
from tests.factories.homes import EMPTY, NOW, TWINS, VARIANT, WAVES

CLASS = "n02000002"
GONE = policies.rule(id="gone", when={"label": {"in": [CLASS]}}, then="exclude", reason="class-gone")
DOCUMENT = policies.text(policies.document(name="tried", rules=[GONE, policies.rule()]))


def tried(home: Home, floor: int = 2) -> DryRun:
    with home.reading() as session:
        return dry_runs.run(session, home.blobs, home.kept, VARIANT, DOCUMENT, NOW, floor)


def touched(home: Home) -> tuple[Touched, ...]:
    beyond = tried(home).beyond
    assert beyond is not None
    return beyond.touched


def test_the_effect_is_counted_and_nothing_is_kept(furnished_home: Home) -> None:
    before = homes.count(furnished_home, Policy)
    found = tried(furnished_home)
    assert (found.policy, found.total, found.verdicts["exclude"]) == ("tried@1", 7, 3)
    assert found.rules == {"gone": 2, "built-in-defect": 1}
    assert found.vanishing == (CLASS,)
    assert found.under_floor == (CLASS,)
    assert found.examples == {"gone": (TWINS[0],), "built-in-defect": (EMPTY,)}
    assert found.beyond == Beyond((), (), ())
    assert homes.count(furnished_home, Policy) == before


def test_what_changes_against_the_policy_in_force_is_told(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
    found = tried(built_home)
    assert {(change["before"], change["after"]) for change in found.changes} >= {("pending", "exclude")}


def test_whom_else_it_concerns_is_told(furnished_home: Home, tmp_path: Path) -> None:
    homes.import_folder(furnished_home, homes.draw(tmp_path / "again"), "sample/copy")
    layers.add(furnished_home, Kind.SYNSETS, "space", [(CLASS,), ("n09999999",)])
    layers.add(furnished_home, Kind.LABELS, "real", [("a.jpg", (CLASS, "n01")), ("b.jpg", ())])
    assert touched(furnished_home) == (
        Touched("sample/copy", "variant", 7, 3),
        Touched(f"{VARIANT} synsets/space@1", "label space", 2, 1),
        Touched(f"{VARIANT} labels/real@1", "labels", 2, 1),
    )


def test_a_split_that_nobody_tells_of_is_not_counted(furnished_home: Home) -> None:
    assert tried(furnished_home).splits == {}


def test_a_variant_without_an_import_concerns_nobody(furnished_home: Home) -> None:
    with furnished_home.sessions() as session:
        rows.variant(session, "empty", dataset_id=names.variant(session, VARIANT).dataset_id)
        session.commit()
    assert touched(furnished_home) == ()


def test_a_faulty_document_and_a_strange_variant_are_refused(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        with pytest.raises(InvalidInputError, match="line 1"):
            dry_runs.run(session, furnished_home.blobs, furnished_home.kept, VARIANT, b"name: [", NOW)
        with pytest.raises(NotFoundError):
            dry_runs.run(session, furnished_home.blobs, furnished_home.kept, "sample/none", DOCUMENT, NOW)


RULES = [
    policies.rule(id="differs", when={"layer": {"name": "real", "agrees": False}}, then="exclude"),
    policies.rule(id="votes", when={"votes": {"at_least": 3}}, then="review"),
    policies.rule(id="wide", when={"width": {"at_least": 200}}, then="blur"),
]


def test_groups_of_images_are_counted_like_the_images_and_kept(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "real", [(WAVES, ("n09999999",)), (TWINS[0], (CLASS,))])
    layers.add(furnished_home, Kind.VOTES, "votes", [(WAVES, "n02000001", "yes", None, 4)])
    grouped = policies.text(policies.document(name="asks", rules=RULES[:2]))
    with furnished_home.reading() as session:
        asked = (session, furnished_home.blobs, furnished_home.kept, VARIANT)
        first = dry_runs.effect(*asked, grouped, NOW)
        files = sorted(furnished_home.kept.folder.iterdir())
        assert dry_runs.effect(*asked, grouped, NOW) == first
        alone = dry_runs.effect(*asked, policies.text(policies.document(name="asks", rules=RULES)), NOW)
    assert sorted(furnished_home.kept.folder.iterdir()) == files
    assert (first.rules["differs"], first.verdicts["exclude"]) == (1, 2)
    assert (alone.total, alone.rules["differs"], alone.classes[0].total) == (7, 1, first.classes[0].total)


def test_what_is_held_since_is_counted_although_the_facts_were_kept(furnished_home: Home) -> None:
    assert tried(furnished_home).verdicts["exclude"] == 3
    case_id = cases.stop(furnished_home, WAVES, CaseState.HELD)
    assert tried(furnished_home).verdicts["exclude"] == 4
    cases.release(furnished_home, case_id)
    assert tried(furnished_home).verdicts["exclude"] == 3
