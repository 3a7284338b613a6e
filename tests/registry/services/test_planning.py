from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from policies import shipped
from policies.takedowns import CaseState
from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.models.releases import Release, ReleaseState
from registry.queries import names
from registry.services import planning
from registry.services.planning import Preview
from tests.factories import cases, homes, policies, rows
from tests.factories.homes import FACES, NOW, PATHS, PERSON_FILTERED, VARIANT


def shown(home: Home, policy: str = PERSON_FILTERED, variant: str = VARIANT) -> Preview:
    """What the policy would do."""
    with home.reading() as session:
        return planning.preview(session, home.blobs, variant, policy, NOW)


def test_a_preview_accounts_for_every_image_and_changes_nothing(furnished_home: Home) -> None:
    before = len(homes.events(furnished_home))
    preview = shown(furnished_home)
    assert preview.row_count == sum(preview.verdicts.values()) == len(PATHS)
    assert preview.verdicts == {"keep": 0, "blur": 0, "exclude": 2, "pending": 5}
    assert preview.reasons == {
        "exclude": {"empty": 1, "person-class": 1},
        "pending": {"faces-not-looked-for-yet": 5},
    }
    assert (preview.vanishing, preview.changes) == (["person"], [])
    assert (homes.count(furnished_home, Release), len(homes.events(furnished_home))) == (0, before)


def test_a_plan_promises_exactly_what_was_shown(furnished_home: Home) -> None:
    preview = shown(furnished_home)
    recipe = homes.quick_recipe(furnished_home)
    with homes.act(furnished_home, "mara") as act:
        made = planning.plan(act, preview, recipe)
    assert (made.state, made.number, made.plan) == (ReleaseState.PLANNED, "2026.1", preview.as_json())
    assert (made.import_id, made.policy_id, made.recipe_name, made.recipe_sha256) == (
        preview.import_id,
        preview.policy_id,
        recipe.name,
        recipe.sha256,
    )
    event = homes.events(furnished_home)[-1]
    assert (event.event, event.subject_id, event.facts) == ("release.planned", f"{VARIANT}/2026.1", {"rows": 7})


def test_releases_are_numbered_within_their_variant_and_year(furnished_home: Home, tmp_path: Path) -> None:
    assert homes.plan(furnished_home) == f"{VARIANT}/2026.1"
    assert homes.plan(furnished_home, policy=FACES) == f"{VARIANT}/2026.2"
    assert homes.plan(furnished_home, now=NOW + timedelta(days=100)) == f"{VARIANT}/2027.1"
    assert homes.plan(furnished_home, now=NOW + timedelta(days=101)) == f"{VARIANT}/2027.2"
    homes.import_folder(furnished_home, homes.draw(tmp_path / "other"), "sample/other")
    assert homes.plan(furnished_home, "sample/other") == "sample/other/2026.1"


def test_the_tenth_release_of_a_year_comes_after_the_ninth(furnished_home: Home) -> None:
    labels = [homes.plan(furnished_home) for _ in range(11)]
    assert labels[-2:] == [f"{VARIANT}/2026.10", f"{VARIANT}/2026.11"]


def test_the_newest_version_of_a_policy_is_taken_unless_one_is_named(furnished_home: Home) -> None:
    homes.publish_policy(furnished_home, shipped.read(FACES).replace(b'version: "1"', b'version: "2"'))
    with furnished_home.reading() as session:
        first, second = names.policy(session, f"{FACES}@1").id, names.policy(session, f"{FACES}@2").id
    assert shown(furnished_home, FACES).policy_id == second
    assert shown(furnished_home, f"{FACES}@1").policy_id == first


@pytest.mark.parametrize(("variant", "policy"), [("sample/none", FACES), (VARIANT, "none"), (VARIANT, f"{FACES}@9")])
def test_only_what_is_there_can_be_planned(furnished_home: Home, variant: str, policy: str) -> None:
    with pytest.raises(NotFoundError):
        shown(furnished_home, policy, variant)


def test_nothing_can_be_planned_before_something_was_imported(furnished_home: Home) -> None:
    with furnished_home.sessions() as session:
        rows.variant(session, "empty", dataset_id=names.variant(session, VARIANT).dataset_id)
        session.commit()
    with pytest.raises(WrongStateError, match="Nothing has been imported into sample/empty yet"):
        shown(furnished_home, FACES, "sample/empty")


def test_a_plan_of_what_was_imported_again_meanwhile_has_to_be_looked_at_again(
    furnished_home: Home, tmp_path: Path
) -> None:
    preview = shown(furnished_home)
    again = homes.import_folder(furnished_home, homes.draw(tmp_path / "again"))
    recipe = homes.quick_recipe(furnished_home)
    with pytest.raises(WrongStateError, match="look at it again"), homes.act(furnished_home, "mara") as act:
        planning.plan(act, preview, recipe)
    assert shown(furnished_home).import_id == again.id


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CaseState.HELD, "hold"),
        (CaseState.UPHELD_PENDING_CONFIRMATION, "hold"),
        (CaseState.UPHELD, "takedown"),
        (CaseState.FULFILLED, "takedown"),
    ],
)
def test_a_preview_leaves_out_what_is_stopped_under_every_name(
    furnished_home: Home, state: CaseState, reason: str
) -> None:
    cases.stop(furnished_home, homes.TWINS[0], state)
    preview = shown(furnished_home, FACES)
    assert preview.reasons["exclude"] == {"empty": 1, reason: 2}


@pytest.mark.parametrize("state", [CaseState.MATCHED, CaseState.REJECTED, CaseState.WITHDRAWN])
def test_a_preview_takes_no_notice_of_cases_that_stop_nothing(furnished_home: Home, state: CaseState) -> None:
    cases.stop(furnished_home, homes.WAVES, state)
    assert shown(furnished_home, FACES).verdicts["exclude"] == 1


def test_an_unfinished_import_has_no_manifest(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        assert planning.manifest_of(rows.import_(session)) == rows.SHA256
        with pytest.raises(WrongStateError, match="not finished"):
            planning.manifest_of(rows.unfinished_import(session))
        assert isinstance(session, Session)


def test_a_plan_that_would_leave_nothing_is_refused(furnished_home: Home) -> None:
    everything = policies.rule(id="all", when={"path": {"glob": "**"}}, then="exclude", reason="everything")
    homes.publish_policy(furnished_home, policies.text(policies.document(name="nothing", rules=[everything])))
    with pytest.raises(WrongStateError, match="exclude every image"):
        homes.plan(furnished_home, policy="nothing")


def test_a_policy_whose_time_is_over_plans_nothing_more(furnished_home: Home) -> None:
    homes.publish_policy(furnished_home, policies.text(policies.document(name="brief", valid_until="2026-11-22")))
    assert homes.plan(furnished_home, policy="brief") == f"{VARIANT}/2026.1"
    with pytest.raises(WrongStateError, match="was valid until 2026-11-22"):
        homes.plan(furnished_home, policy="brief", now=NOW + timedelta(days=1))
