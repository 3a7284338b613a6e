"""What would this policy do? A form with the document, and below it the effect on a variant; nothing is kept."""

from flask import Blueprint, render_template
from markupsafe import Markup

from policies import pictures, shipped
from registry import clock
from registry.access import Permission
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.queries import datasets
from registry.services import dry_runs
from registry.services.dry_runs import DryRun
from registry.web import auth, door, forms

PAGE = Blueprint("editor", __name__)

DOCUMENT_CHARACTERS = 256 * 1024
EXAMPLE = "person-filtered-faces"


@PAGE.get("/policies/editor")
@auth.needs(Permission.RELEASE_PLAN)
def editor() -> str:
    """The form, with a shipped policy to begin with."""
    return _page(shipped.read(EXAMPLE).decode(), forms.asked("variant") or "", dry_runs.FLOOR)


@PAGE.post("/policies/editor")
@auth.needs(Permission.RELEASE_PLAN)
def preview() -> str | tuple[str, int]:
    """What the document would do, or the lines that are wrong."""
    document = forms.line("document", at_most=DOCUMENT_CHARACTERS).replace("\r\n", "\n") + "\n"
    variant = forms.line("variant")
    floor = forms.line("floor")
    wanted = int(floor) if floor.isdecimal() else dry_runs.FLOOR
    try:
        with door.home().reading() as session:
            found = dry_runs.run(session, door.home().blobs, variant, document.encode(), clock.utc_now(), wanted)
    except (InvalidInputError, NotFoundError, WrongStateError) as error:
        return _page(document, variant, wanted, problem=error.sentence), error.status
    return _page(document, variant, wanted, found=found)


def _page(document: str, variant: str, floor: int, *, found: DryRun | None = None, problem: str = "") -> str:
    picture = pictures.distribution(found.classes, "Images in each class") if found else ""
    with door.home().reading() as session:
        variants = datasets.variant_names(session)
    return render_template(
        "policy_editor.html",
        document=document,
        variant=variant,
        floor=floor,
        found=found,
        problem=problem,
        variants=variants,
        picture=Markup(picture),  # noqa: S704 - our own drawing, its one text escaped
    )
