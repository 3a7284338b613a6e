import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from uuid import UUID

import pytest
from sqlalchemy.exc import SQLAlchemyError

from policies.takedowns import Outcome
from policies.verdicts import Action
from registry import access, ids, services
from registry.access import GRANTS, OPERATOR, PUBLIC, WORKER, Actor, Permission
from registry.acts import Act
from registry.catalogue.taxonomy.rows import Report
from registry.catalogue.taxonomy.sources import Reading
from registry.errors import AccessionError, ForbiddenError, UnauthenticatedError
from registry.home import Home
from registry.models.exceptions import Grant
from registry.models.people import Role
from registry.services import (
    abandonments,
    builds,
    detectors,
    exceptions,
    exports,
    faces,
    image_reviews,
    imports,
    layers,
    links,
    overlays,
    people,
    pictures,
    planning,
    policies,
    procedures,
    releases,
    roots,
    seeds,
    takedowns,
    taxonomies,
    transparency,
    weights,
)
from registry.services.detectors import Weights
from registry.services.exceptions import Wish
from registry.services.exports import Asked, Draft
from registry.services.imports import VariantWords
from registry.services.planning import Preview, Recipe
from registry.services.weights import WeightWords
from tests.factories.homes import FIRST, NOW, VARIANT, Stage, Stock
from tests.factories.wordnet import WORDNET

Call = Callable[[Act, Home], object]
NOWHERE = UUID(int=0)
SHOWN = Preview(NOWHERE, NOWHERE, NOWHERE, 0, {}, {}, [], [], [], "")
NO_FOLDER = Path("/no/such/folder")
NO_DRAFT = Draft(Asked(FIRST, NO_FOLDER, NO_FOLDER / "export", "", "", None, {}), NO_FOLDER, 0)
ROLE = frozenset({Role.AUDITOR})

# Every use case that asks for a permission, with the permission; each is tried by somebody with each role.
USE_CASES: dict[str, tuple[Permission, Call]] = {
    "imports.start": (
        Permission.DATASET_IMPORT,
        lambda act, _: imports.start(act, VARIANT, Path("/no/such/folder"), VariantWords()),
    ),
    "policies.add_files": (Permission.POLICY_PUBLISH, lambda act, home: policies.add_files(act, home.blobs, [b"a"])),
    "exceptions.grant": (
        Permission.EXCEPTION_GRANT,
        lambda act, home: exceptions.grant(act, home.blobs, Wish(Grant.KEEP, VARIANT, "a", "why", "mara", NOW)),
    ),
    "exceptions.end": (Permission.EXCEPTION_GRANT, lambda act, _: exceptions.end(act, NOWHERE, "because")),
    "overlays.make": (Permission.RELEASE_PLAN, lambda act, _: overlays.make(act, VARIANT, FIRST, [])),
    "policies.publish": (Permission.POLICY_PUBLISH, lambda act, home: policies.publish(act, home.blobs, b"no policy")),
    "planning.plan": (Permission.RELEASE_PLAN, lambda act, _: planning.plan(act, SHOWN, Recipe("none", "0" * 64))),
    "procedures.publish": (
        Permission.PROCEDURE_PUBLISH,
        lambda act, home: procedures.publish(act, home.blobs, b"no procedure"),
    ),
    "procedures.propose": (
        Permission.PROCEDURE_PUBLISH,
        lambda act, home: procedures.propose(act, home.blobs, "none", NOW, "because"),
    ),
    "procedures.confirm": (
        Permission.PROCEDURE_CONFIRM,
        lambda act, home: procedures.confirm(act, home.blobs, NOWHERE, "because"),
    ),
    "procedures.refuse": (
        Permission.PROCEDURE_CONFIRM,
        lambda act, _: procedures.refuse(act, NOWHERE, "because"),
    ),
    "builds.ask": (Permission.RELEASE_BUILD, lambda act, _: builds.ask(act, FIRST)),
    "releases.approve": (Permission.RELEASE_APPROVE, lambda act, _: releases.approve(act, FIRST, "", "because")),
    "releases.ask_signature": (
        Permission.RELEASE_SIGN,
        lambda act, home: releases.ask_signature(act, home.blobs, FIRST),
    ),
    "releases.publish": (Permission.RELEASE_PUBLISH, lambda act, home: releases.publish(act, home.blobs, FIRST)),
    "exports.ask": (
        Permission.RELEASE_EXPORT,
        lambda act, home: exports.ask(act, home.blobs, FIRST, Path("/no/such/folder")),
    ),
    "exports.hand_over": (Permission.RELEASE_EXPORT, lambda act, _: exports.hand_over(act, NO_DRAFT)),
    "people.add": (Permission.PEOPLE_MANAGE, lambda act, _: people.add(act, "zoe", "Zoe", ROLE, "x" * 12)),
    "people.set_roles": (Permission.PEOPLE_MANAGE, lambda act, _: people.set_roles(act, "nobody", ROLE)),
    "people.deactivate": (Permission.PEOPLE_MANAGE, lambda act, _: people.deactivate(act, "nobody")),
    "pictures.released": (
        Permission.IMAGE_SEE,
        lambda act, home: pictures.released(act.session, act.actor, home.blobs, FIRST, "a", act.now),
    ),
    "pictures.reveal": (Permission.IMAGE_REVEAL, lambda act, home: pictures.reveal(act, home.blobs, FIRST, "a")),
    "abandonments.abandon": (Permission.RELEASE_ABANDON, lambda act, _: abandonments.abandon(act, FIRST, "because")),
    "faces.decide": (
        Permission.FACES_DECIDE,
        lambda act, home: faces.decide(act, home.blobs, FIRST, "a", [], "because"),
    ),
    "image_reviews.decide": (
        Permission.IMAGE_REVIEW,
        lambda act, home: image_reviews.decide(act, home.blobs, FIRST, ["a"], Action.KEEP, "because"),
    ),
    "layers.expect": (Permission.DATASET_IMPORT, lambda act, _: layers.expect(act, VARIANT, "real", "a paper")),
    "seeds.plant": (Permission.DATASET_IMPORT, lambda act, home: seeds.plant(act, home.blobs, b"")),
    "weights.add": (Permission.DATASET_IMPORT, lambda act, _: weights.add(act, WeightWords("x", "X"), [])),
    "detectors.add": (
        Permission.RELEASE_PLAN,
        lambda act, home: detectors.add(act, home.blobs, "x", Weights("yunet", b""), "MIT", None),
    ),
    "links.ask": (Permission.DATASET_IMPORT, lambda act, _: links.ask(act, VARIANT)),
    "pictures.show": (
        Permission.IMAGE_SEE,
        lambda act, home: pictures.show(act, home.blobs, FIRST, "a"),
    ),
    "pictures.preview": (
        Permission.IMAGE_SEE,
        lambda act, home: pictures.preview(act.session, act.actor, home.blobs, FIRST, "a", act.now),
    ),
    "taxonomies.add": (
        Permission.DATASET_IMPORT,
        lambda act, home: taxonomies.add(act, home.blobs, "x", Reading("wordnet", WORDNET, Report())),
    ),
    "taxonomies.reveal": (Permission.IMAGE_REVEAL, lambda act, _: taxonomies.reveal(act, "x@1", "n00007846")),
    "pictures.original": (
        Permission.IMAGE_REVEAL,
        lambda act, home: pictures.original(act.session, act.actor, home.blobs, FIRST, "a"),
    ),
    "takedowns.add_images": (
        Permission.TAKEDOWN_HOLD,
        lambda act, _: takedowns.add_images(act, "TD-2222-2222", [], "because"),
    ),
    "takedowns.hold": (Permission.TAKEDOWN_HOLD, lambda act, _: takedowns.hold(act, "TD-2222-2222", "because")),
    "takedowns.decide": (
        Permission.TAKEDOWN_DECIDE,
        lambda act, home: takedowns.decide(act, home.blobs, "TD-2222-2222", Outcome.UPHOLD, "because"),
    ),
    "roots.note_new_key": (Permission.KEYS_MANAGE, lambda act, _: roots.note_new_key(act, "root", "a")),
    "roots.publish": (Permission.KEYS_MANAGE, lambda act, home: roots.publish(act, home.settings, b"no root")),
    "takedowns.confirm": (Permission.TAKEDOWN_CONFIRM, lambda act, _: takedowns.confirm(act, "TD-2222-2222", "yes")),
    "takedowns.refuse": (Permission.TAKEDOWN_CONFIRM, lambda act, _: takedowns.refuse(act, "TD-2222-2222", "no")),
    "transparency.forget": (Permission.TAKEDOWN_FORGET, lambda act, _: transparency.forget(act, "TD-2222-2222")),
}


def guarded() -> Iterator[str]:
    """Every function of the services that asks for a permission."""
    for found in iter_modules(services.__path__):
        source = inspect.getsource(import_module(f"registry.services.{found.name}"))
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(part, ast.Name) and part.id == "require" for part in ast.walk(node)
            ):
                yield f"{found.name}.{node.name}"


def tried(home: Home, actor: Actor, call: Call) -> AccessionError | None:
    """What the use case says to the actor; nothing of it is kept."""
    with home.sessions() as session:
        try:
            call(Act(session, actor, NOW), home)
        except AccessionError as error:
            return error
        except SQLAlchemyError:
            return None  # past the question of who may
        finally:
            session.rollback()
    return None


@pytest.fixture(scope="module")
def home(sqlite_stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One home for all of them: nobody gets far enough to change it."""
    with sqlite_stock.opened(Stage.BARE, tmp_path_factory.mktemp("access") / "home") as opened:
        yield opened


def test_every_use_case_that_asks_is_in_the_table() -> None:
    assert sorted(guarded()) == sorted(USE_CASES)


@pytest.mark.parametrize("use_case", USE_CASES)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_of_grants_says_and_nothing_else(home: Home, use_case: str, role: Role) -> None:
    permission, call = USE_CASES[use_case]
    said = tried(home, Actor(ids.new_id(), "somebody", frozenset({role})), call)
    if permission in GRANTS[role]:
        assert not isinstance(said, ForbiddenError | UnauthenticatedError)
    else:
        assert isinstance(said, ForbiddenError)
        assert said.facts == {"permission": permission.value}


@pytest.mark.parametrize("use_case", USE_CASES)
def test_who_is_no_person_may_do_none_of_it(home: Home, use_case: str) -> None:
    permission, call = USE_CASES[use_case]
    assert isinstance(tried(home, PUBLIC, call), UnauthenticatedError)
    assert isinstance(tried(home, WORKER, call), ForbiddenError)
    assert isinstance(tried(home, Actor(ids.new_id(), "somebody"), call), ForbiddenError)
    if permission not in (Permission.PEOPLE_MANAGE, Permission.KEYS_MANAGE):
        assert isinstance(tried(home, OPERATOR, call), ForbiddenError)


def test_several_roles_may_do_what_each_of_them_may() -> None:
    both = Actor(ids.new_id(), "somebody", frozenset({Role.REVIEWER, Role.AUDITOR}))
    allowed = {permission for permission in Permission if both.may(permission)}
    assert allowed == GRANTS[Role.REVIEWER] | GRANTS[Role.AUDITOR]


def test_every_role_and_every_permission_has_its_place() -> None:
    assert set(GRANTS) == set(Role)
    assert frozenset().union(*GRANTS.values()) == set(Permission)


def test_nobody_alone_can_make_a_release_public() -> None:
    steps = {Permission.RELEASE_PLAN, Permission.RELEASE_APPROVE, Permission.RELEASE_SIGN}
    assert not any(steps <= granted for granted in GRANTS.values())


def test_who_proposes_a_procedure_does_not_put_it_in_force() -> None:
    steps = {Permission.PROCEDURE_PUBLISH, Permission.PROCEDURE_CONFIRM}
    assert not any(steps <= granted for granted in GRANTS.values())


def test_who_decides_about_a_takedown_does_not_confirm_it() -> None:
    steps = {Permission.TAKEDOWN_DECIDE, Permission.TAKEDOWN_CONFIRM}
    assert not any(steps <= granted for granted in GRANTS.values())


def test_the_operator_manages_people_and_keys_and_nothing_else() -> None:
    may = [permission for permission in Permission if OPERATOR.may(permission)]
    assert may == [Permission.PEOPLE_MANAGE, Permission.KEYS_MANAGE]
    assert not any(actor.may(permission) for actor in (WORKER, PUBLIC) for permission in Permission)


def test_only_a_person_can_answer_for_something() -> None:
    person = ids.new_id()
    assert Actor(person, "mara").person() == person
    for actor in (OPERATOR, WORKER, PUBLIC):
        with pytest.raises(UnauthenticatedError):
            actor.person()


def test_a_person_who_calls_themselves_operator_is_none() -> None:
    assert not Actor(ids.new_id(), OPERATOR.name).may(Permission.PEOPLE_MANAGE)


def test_what_is_granted_is_let_through_in_silence() -> None:
    access.require(Actor(ids.new_id(), "ada", frozenset({Role.ADMINISTRATOR})), Permission.PEOPLE_MANAGE)
