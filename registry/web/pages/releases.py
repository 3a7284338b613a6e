"""What stands in a release, how can it be checked, and what changed since another one?"""

from flask import Blueprint, Response, render_template
from sqlmodel import Session

from registry.errors import NotFoundError
from registry.models.releases import ReleaseState
from registry.proof import bundle, rendering
from registry.proof import datasheet as datasheets
from registry.queries import diffs, names, overlays, releases
from registry.queries.overlays import OverlayDetail
from registry.queries.releases import ReleaseDetail
from registry.services import abandonments, reviews
from registry.services import releases as approving
from registry.services.reviews import Ahead, Reviewed
from registry.web import auth, door, files, forms
from registry.web.pages import trust

PAGE = Blueprint("releases", __name__, url_prefix="/releases/<dataset>/<variant>/<number>")

MEDIA_TYPES = {"json": "application/json", "html": "text/html", "md": "text/markdown"}


@PAGE.get("")
def release(dataset: str, variant: str, number: str) -> str:
    """The account, what decided it, who did what, and what it waits for."""
    found = _found(dataset, variant, number)
    with door.home().reading() as session:
        shown = _beside(session, found)
    return render_template("release.html", release=found, place=_place(found), ends=abandonments.ENDS, **shown)


@PAGE.get("/datasheet")
def datasheet(dataset: str, variant: str, number: str) -> str:
    """The signed datasheet, as it reads to people."""
    found = _found(dataset, variant, number)
    document = datasheets.parse(_bytes(found, bundle.DATASHEET))
    sections = rendering.sections(document)
    return render_template("datasheet.html", release=found, document=document, sections=sections, place=_place(found))


@PAGE.get("/verify")
def verify(dataset: str, variant: str, number: str) -> str:
    """How anyone can check a copy, with the exact commands and digests."""
    found = _found(dataset, variant, number)
    return render_template("verify.html", release=found, place=_place(found), roots=trust.names())


@PAGE.get("/files/<path:name>")
def file(dataset: str, variant: str, number: str, name: str) -> Response:
    """A signed document of the release, or its manifest lines, byte for byte."""
    found = _found(dataset, variant, number)
    data = releases.open_lines(door.home().blobs, found) if name == bundle.LINES else _bytes(found, name)
    last, suffix = name.rpartition("/")[2], name.rpartition(".")[2]
    return files.download(data, last, MEDIA_TYPES.get(suffix, "text/plain"))


@PAGE.get("/diff")
def diff(dataset: str, variant: str, number: str) -> str:
    """What changed to this release from another one of the same variant."""
    found = _found(dataset, variant, number)
    old = f"{found.variant}/{forms.asked('since') or number}"
    with door.home().reading() as session:
        changes = diffs.read_diff(session, door.home().blobs, old, found.label, is_insider=auth.is_insider())
    return render_template("diff.html", diff=changes, place=_place(found))


def _found(dataset: str, variant: str, number: str) -> ReleaseDetail:
    with door.home().reading() as session:
        return releases.read_release(session, f"{dataset}/{variant}/{number}", is_insider=auth.is_insider())


def _unapproved(session: Session, found: ReleaseDetail) -> list[str] | None:
    """What approvals are still missing, in sentences; None where that is not known yet, or over."""
    if found.state is not ReleaseState.BUILT:
        return None
    row = releases.find(session, found.label, is_insider=True)
    return [problem.sentence for problem in approving.unapproved(session, door.home().blobs, row)]


def _beside(session: Session, found: ReleaseDetail) -> dict[str, object]:
    """What its page says beside the release itself."""
    return {
        "others": releases.list_releases(session, found.variant, is_insider=auth.is_insider()).items,
        "unapproved": _unapproved(session, found),
        "reviewed": _reviewed(session, found),
        "stands": overlays.read(session, found.variant),
        "above": _above(session, found),
    }


def _above(session: Session, found: ReleaseDetail) -> list[OverlayDetail]:
    """The overlays that stand on this very release."""
    of = names.variant(session, found.variant).id
    above = overlays.list_overlays(session, is_insider=auth.is_insider(), base_variant=of)
    return [overlay for overlay in above if overlay.line.base == found.label]


def _reviewed(session: Session, found: ReleaseDetail) -> Reviewed | Ahead | None:
    """How far the review of doubtful faces is, or what is known before the build; None for strangers, and when over."""
    if not auth.is_insider():
        return None
    row, blobs = releases.find(session, found.label, is_insider=True), door.home().blobs
    if found.state is ReleaseState.PLANNED:
        return reviews.ahead(session, blobs, row.import_id, row.policy_id)
    return reviews.read(session, blobs, row) if found.state is ReleaseState.BUILT else None


def _place(found: ReleaseDetail) -> dict[str, str]:
    """The parts of a label, as the routes of a release take them."""
    return dict(zip(("dataset", "variant", "number"), found.label.split("/"), strict=True))


def _bytes(found: ReleaseDetail, name: str) -> bytes:
    sha256 = found.files.get(name)
    if sha256 is None:
        raise NotFoundError("This release has no such file, or none yet.")
    return door.home().blobs.read(sha256)
