"""What do the pictures of a release look like? For people of the registry: as released, one page at a time."""

from flask import Blueprint, Response, render_template

from registry import clock
from registry.access import Permission
from registry.errors import InvalidInputError
from registry.proof.manifest import Verdict
from registry.queries import pictures, releases
from registry.queries.pictures import Which
from registry.services import pictures as pixels
from registry.services import verdicts
from registry.web import auth, door, files, forms

PAGE = Blueprint("pictures", __name__, url_prefix="/releases/<dataset>/<variant>/<number>/pictures")

PATH_CHARACTERS = 16384


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def grid(dataset: str, variant: str, number: str) -> str:
    """The images of a release by path: what is kept or blurred as it leaves, what is excluded as its reasons."""
    label, blobs, which = f"{dataset}/{variant}/{number}", door.home().blobs, _which()
    with door.home().reading() as session:
        page = pictures.list_pictures(session, blobs, label, which, after=_path("after"))
        stopped = verdicts.stops(session, clock.utc_now())
        release = releases.read_release(session, label, is_insider=True)
    place = {"dataset": dataset, "variant": variant, "number": number}
    return render_template("pictures.html", page=page, which=which, release=release, place=place, stopped=stopped)


@PAGE.get("/one")
@auth.needs(Permission.IMAGE_SEE)
def one(dataset: str, variant: str, number: str) -> str:
    """One image: what is known about it, and what happened to it."""
    label, blobs = f"{dataset}/{variant}/{number}", door.home().blobs
    with door.home().reading() as session:
        entry = pictures.read_picture(session, blobs, label, _path("path") or "")
        stopped = verdicts.stops(session, clock.utc_now())
    place = {"dataset": dataset, "variant": variant, "number": number}
    return render_template("picture.html", entry=entry, label=label, place=place, stopped=stopped)


@PAGE.get("/file")
@auth.needs(Permission.IMAGE_SEE)
def file(dataset: str, variant: str, number: str) -> Response:
    """The picture's bytes as they are released."""
    label, home = f"{dataset}/{variant}/{number}", door.home()
    with home.reading() as session:
        data = pixels.released(session, auth.actor(), home.blobs, label, _path("path") or "", clock.utc_now())
    return files.picture(data)


def _path(name: str) -> str | None:
    return forms.asked(name, at_most=PATH_CHARACTERS)


def _which() -> Which:
    verdict = forms.asked("verdict")
    try:
        return Which(Verdict(verdict) if verdict else None, forms.asked("reason"), forms.asked("label"))
    except ValueError as error:
        raise InvalidInputError("A verdict is keep, blur or exclude.") from error
