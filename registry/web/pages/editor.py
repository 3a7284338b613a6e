"""What would this policy do? A form with the document, and below it the effect on a variant; nothing is kept.

Without a script the form is sent and the page comes back with the answer. With one, the answer is asked for while
somebody types: first what is cheap to say (`effect`), then the rest (`beyond`).
"""

from dataclasses import dataclass
from typing import Self

import flask
from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup

from policies import pictures, shipped
from policies.errors import Problem
from registry import clock
from registry.access import Permission
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.queries import datasets
from registry.services import dry_runs, policies
from registry.services.dry_runs import Beyond, DryRun
from registry.web import auth, door, forms, security

PAGE = Blueprint("editor", __name__)

DOCUMENT_CHARACTERS = 64 * 1024
EXAMPLE = "person-filtered-faces"
PROBLEMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    document: str
    variant: str
    floor: int = dry_runs.FLOOR

    @classmethod
    def read(cls) -> Self:
        """As it was sent; a floor that is no number is the usual one.

        Raises:
            InvalidInputError: no variant is named, or the document is too long.
        """
        floor = forms.line("floor")
        return cls(
            forms.text("document", at_most=DOCUMENT_CHARACTERS),
            forms.needed("variant", "Say on which variant it is to be tried.", at_most=forms.LINE_CHARACTERS),
            int(floor) if floor.isdecimal() else dry_runs.FLOOR,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and where in the document that stands; no place where it is about something else."""

    sentence: str
    problems: tuple[Problem, ...]
    status: int


@PAGE.get("/policies/editor")
@auth.needs(Permission.RELEASE_PLAN)
def editor() -> Response:
    """The form, with a shipped policy to begin with."""
    return _page(Asked(shipped.read(EXAMPLE).decode(), forms.asked("variant") or ""))


@PAGE.post("/policies/editor")
@auth.needs(Permission.RELEASE_PLAN)
def preview() -> Response:
    """What the document would do, or the lines that are wrong."""
    asked = Asked.read()
    found = _effect(asked)
    beyond = None if isinstance(found, Refusal) else _beyond(asked)
    return _page(asked, found, beyond)


@PAGE.post("/policies/editor/effect")
@auth.needs(Permission.RELEASE_PLAN)
def effect() -> str:
    """The part of the page that says what the document would do, or which lines are wrong: both are the answer."""
    asked = Asked.read()
    return render_template("policy_effect.html", **_shown(asked, _effect(asked)))


@PAGE.post("/policies/editor/beyond")
@auth.needs(Permission.RELEASE_PLAN)
def beyond() -> str:
    """The part of the page that says what takes longer to find out."""
    return render_template("policy_beyond.html", beyond=_beyond(Asked.read()))


def _effect(asked: Asked) -> DryRun | Refusal:
    home = door.home()
    try:
        with home.reading() as session:
            return dry_runs.effect(
                session, home.blobs, home.kept, asked.variant, asked.document.encode(), clock.utc_now(), asked.floor
            )
    except (InvalidInputError, NotFoundError, WrongStateError) as error:
        return Refusal(error.sentence, policies.problems_of(error)[:PROBLEMS_SHOWN], error.status)


def _beyond(asked: Asked) -> Beyond | None:
    """None where `effect` has said what is wrong."""
    home = door.home()
    try:
        with home.reading() as session:
            return dry_runs.beyond(
                session, home.blobs, home.kept, asked.variant, asked.document.encode(), clock.utc_now()
            )
    except (InvalidInputError, NotFoundError, WrongStateError):
        return None


def _shown(asked: Asked, found: DryRun | Refusal | None) -> dict[str, object]:
    """What the templates show."""
    picture = ""
    if isinstance(found, DryRun):
        picture = pictures.distribution(found.classes, "Images in each class, before and after")
    return {
        "asked": asked,
        "lines": asked.document.split("\n"),
        "found": found if isinstance(found, DryRun) else None,
        "refusal": found if isinstance(found, Refusal) else None,
        "picture": Markup(picture),  # noqa: S704 - our own drawing, its texts escaped
    }


def _page(asked: Asked, found: DryRun | Refusal | None = None, beyond: Beyond | None = None) -> Response:
    with door.home().reading() as session:
        variants = datasets.variant_names(session)
    page = render_template(
        "policy_editor.html",
        variants=variants,
        beyond=beyond,
        characters=DOCUMENT_CHARACTERS,
        **_shown(asked, found),
    )
    status = found.status if isinstance(found, Refusal) else 200
    script = url_for("static", filename="policy-editor.js", _external=True)
    return security.with_script(flask.make_response(page, status), script)
