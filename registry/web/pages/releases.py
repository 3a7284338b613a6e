"""What stands in a release, how can it be checked, and what changed since another one?"""

from flask import Blueprint, Response, render_template

from policies import releases as rules
from registry.errors import NotFoundError
from registry.models.releases import Release
from registry.proof import datasheet as datasheets
from registry.proof import rendering
from registry.queries import diffs, releases
from registry.web import auth, door, files, forms
from registry.web.pages import trust

PAGE = Blueprint("releases", __name__, url_prefix="/releases/<dataset>/<variant>/<number>")

DATASHEET = "datasheet.json"
LINES = "manifest.lines"
MEDIA_TYPES = {"json": "application/json", "html": "text/html", "md": "text/markdown"}


@PAGE.get("")
def release(dataset: str, variant: str, number: str) -> str:
    """The account, what decided it, who did what, and what it waits for."""
    label = f"{dataset}/{variant}/{number}"
    with door.home().reading() as session:
        found = releases.read_release(session, label, is_insider=auth.is_insider())
        others = releases.list_releases(session, found.variant, is_insider=auth.is_insider()).items
    needed = rules.required_approvals(rules.ReleaseFacts()).count
    return render_template("release.html", release=found, others=others, place=_place(label), needed=needed)


@PAGE.get("/datasheet")
def datasheet(dataset: str, variant: str, number: str) -> str:
    """The signed datasheet, as it reads to people."""
    label = f"{dataset}/{variant}/{number}"
    document = datasheets.parse(_file(label, DATASHEET))
    with door.home().reading() as session:
        found = releases.read_release(session, label, is_insider=auth.is_insider())
    return render_template(
        "datasheet.html", document=document, sections=rendering.sections(document), place=_place(label)
    )


@PAGE.get("/verify")
def verify(dataset: str, variant: str, number: str) -> str:
    """How anyone can check a copy, with the exact commands and digests."""
    label = f"{dataset}/{variant}/{number}"
    with door.home().reading() as session:
        found = releases.read_release(session, label, is_insider=auth.is_insider())
    return render_template("verify.html", release=found, place=_place(label), roots=trust.names())


@PAGE.get("/files/<path:name>")
def file(dataset: str, variant: str, number: str, name: str) -> Response:
    """A signed document of the release, or its manifest lines, byte for byte."""
    data = _file(f"{dataset}/{variant}/{number}", name)
    return files.download(data, name.rpartition("/")[2], MEDIA_TYPES.get(name.rpartition(".")[2], "text/plain"))


@PAGE.get("/diff")
def diff(dataset: str, variant: str, number: str) -> str:
    """What changed to this release from another one of the same variant."""
    label = f"{dataset}/{variant}/{number}"
    old = f"{dataset}/{variant}/{forms.asked('since') or number}"
    with door.home().reading() as session:
        found = diffs.read_diff(session, door.home().blobs, old, label, is_insider=auth.is_insider())
    return render_template("diff.html", diff=found, place=_place(label))


def _place(label: str) -> dict[str, str]:
    """The parts of a label, as the routes of a release take them."""
    return dict(zip(("dataset", "variant", "number"), label.split("/"), strict=True))


def _file(label: str, name: str) -> bytes:
    with door.home().reading() as session:
        found = releases.find(session, label, is_insider=auth.is_insider())
    return door.home().blobs.read(_digest(found, name))


def _digest(found: Release, name: str) -> str:
    if name == LINES and found.lines_sha256 is not None:
        return found.lines_sha256
    sha256 = (found.files or {}).get(name)
    if sha256 is None:
        raise NotFoundError("This release has no such file, or none yet.")
    return sha256
