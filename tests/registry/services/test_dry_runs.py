"""A document is tried on a variant before anybody publishes it; nothing is kept."""

from pathlib import Path

import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.policies import Policy
from registry.queries import names
from registry.services import dry_runs
from registry.services.dry_runs import DryRun, Touched
from tests.factories import homes, layers, policies, rows
from tests.factories.homes import NOW, VARIANT

CLASS = "n02000002"
GONE = policies.rule(id="gone", when={"label": {"in": [CLASS]}}, then="exclude", reason="class-gone")
DOCUMENT = policies.text(policies.document(name="tried", rules=[GONE, policies.rule()]))


def tried(home: Home, floor: int = 2) -> DryRun:
    with home.reading() as session:
        return dry_runs.run(session, home.blobs, VARIANT, DOCUMENT, NOW, floor)


def test_the_effect_is_counted_and_nothing_is_kept(furnished_home: Home) -> None:
    before = homes.count(furnished_home, Policy)
    found = tried(furnished_home)
    assert (found.policy, found.total, found.verdicts["exclude"]) == ("tried@1", 7, 3)
    assert found.rules == {"gone": 2, "built-in-defect": 1}
    assert found.vanishing == (CLASS,)
    assert found.under_floor == (CLASS,)
    assert found.look_again == ()
    assert homes.count(furnished_home, Policy) == before


def test_what_changes_against_the_policy_in_force_is_told(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
    found = tried(built_home)
    assert {(change["before"], change["after"]) for change in found.changes} >= {("pending", "exclude")}


def test_whom_else_it_concerns_is_told(furnished_home: Home, tmp_path: Path) -> None:
    homes.import_folder(furnished_home, homes.draw(tmp_path / "again"), "sample/copy")
    layers.add(furnished_home, Kind.SYNSETS, "space", [(CLASS,), ("n09999999",)])
    layers.add(furnished_home, Kind.LABELS, "real", [("a.jpg", (CLASS, "n01")), ("b.jpg", ())])
    assert tried(furnished_home).touched == (
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
    assert tried(furnished_home).touched == ()


def test_a_faulty_document_and_a_strange_variant_are_refused(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        with pytest.raises(InvalidInputError, match="line 1"):
            dry_runs.run(session, furnished_home.blobs, VARIANT, b"name: [", NOW)
        with pytest.raises(NotFoundError):
            dry_runs.run(session, furnished_home.blobs, "sample/none", DOCUMENT, NOW)
