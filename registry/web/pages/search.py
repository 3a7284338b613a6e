"""Which images of a variant are meant by what somebody knows of them, and what is the variant made of?"""

from functools import partial

from flask import Blueprint, render_template
from sqlmodel import Session

from registry.access import Permission
from registry.catalogue.manifests.search import Wanted
from registry.errors import InvalidInputError
from registry.queries import datasets, search, taxonomies
from registry.services import taxonomies as services
from registry.web import auth, door, forms

PAGE = Blueprint("search", __name__, url_prefix="/datasets/<dataset>/<variant>")

FIELDS = ("wnid", "word", "below", "in", "path", "sha256", "pdq", "url", "licence", "least", "most", "defect")
PATH_CHARACTERS = 4096


@PAGE.get("/search")
@auth.needs(Permission.IMAGE_SEE)
def form(dataset: str, variant: str) -> str:
    """The form, and what was found where something was asked for."""
    name, home = f"{dataset}/{variant}", door.home()
    asked = {field: forms.asked(field, at_most=PATH_CHARACTERS) or "" for field in FIELDS}
    page, alike = None, None
    with home.reading() as session:
        of = datasets.read_variant(session, name, is_insider=True)
        if asked["pdq"]:
            alike = search.alike(session, home.blobs, home.settings.home, name, asked["pdq"])
        elif any(value for field, value in asked.items() if field not in {"below", "in"}):
            page = search.search(session, home.blobs, name, _wanted(session, asked), after=forms.asked("after"))
        known = sorted({line.name for line in taxonomies.list_taxonomies(session)})
    return render_template("search.html", variant=of, asked=asked, page=page, alike=alike, taxonomies=known)


@PAGE.get("/statistics")
@auth.needs(Permission.IMAGE_SEE)
def statistics(dataset: str, variant: str) -> str:
    """The numbers of the newest import, and what is in it twice."""
    name, home = f"{dataset}/{variant}", door.home()
    with home.reading() as session:
        of = datasets.read_variant(session, name, is_insider=True)
        found = search.measure(session, home.blobs, name)
        copies = search.copies(session, home.blobs, name, after=forms.asked("after"))
    return render_template("statistics.html", variant=of, numbers=found, copies=copies)


def _wanted(session: Session, asked: dict[str, str]) -> Wanted:
    return Wanted(
        labels=_labels(session, asked),
        path=asked["path"] or None,
        sha256=asked["sha256"] or None,
        url=asked["url"] or None,
        licence=asked["licence"] or None,
        least_bytes=_number(asked["least"]),
        most_bytes=_number(asked["most"]),
        defect=asked["defect"] or None,
    )


def _labels(session: Session, asked: dict[str, str]) -> tuple[str, ...] | None:
    """The classes that are meant; a word means every synset that is called so and whose words are shown."""
    blobs = door.home().blobs
    return search.classes_meant(
        session,
        blobs,
        partial(services.marked, session, blobs),
        wnid=asked["wnid"] or None,
        word=asked["word"] or None,
        is_below=bool(asked["below"]),
        taxonomy=asked["in"] or None,
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):  # noqa: PLR2004 - no file is so large
        raise InvalidInputError("A size is a whole number of bytes.")
    return int(text)
