"""A registry home with something to show, made by the real services and handlers on a handful of small pictures.

`home` makes everything up to a published release and a built one. It takes seconds, so `shared` makes one per process;
tests work on copies of it. Mark their files with `pytest.mark.xdist_group("shown")`, so that one process makes it.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from blurring import recipe as recipes
from cli import init
from policies import shipped
from policies.takedowns import Ground, Outcome
from registry import settings
from registry.access import OPERATOR, PUBLIC, Actor
from registry.home import Home
from registry.models.people import Role
from registry.models.takedowns import SubjectKind
from registry.proof import canonical
from registry.queries import names
from registry.services import builds, imports, people, planning, policies, releases, takedowns
from registry.services.imports import VariantWords
from registry.services.takedowns import Receipt, Request
from registry.worker.handlers import imports as reading
from registry.worker.handlers import releases as building
from registry.worker.handlers import revocations as revoking
from registry.worker.handlers import signing
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import pictures

PASSWORD = "correct horse battery staple"
VARIANT = "sample/photos"
FIRST = f"{VARIANT}/2026.1"
PEOPLE = {
    "mara": Role.MAINTAINER,
    "mo": Role.MAINTAINER,
    "rita": Role.REVIEWER,
    "ana": Role.APPROVER,
    "ben": Role.APPROVER,
    "otto": Role.AUDITOR,
    "ada": Role.ADMINISTRATOR,
}
FACE = "n02000001/astronaut.jpg"
PLAIN = "n02000001/waves.jpg"
PERSON = "person/somebody.jpg"
BROKEN = "n02000002/empty.jpg"
REASON = "The person never agreed to be an example."


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the home lies; opened anew by whoever uses it."""

    folder: Path

    def open(self) -> Home:
        """The home, opened."""
        return Home(settings.load(self.folder))


def home(folder: Path) -> Shown:
    """A home below `folder` with people, an import, two policies, a published release and a built one."""
    source = draw_source(folder / "pictures")
    shown = Shown(folder / "home")
    init.create(shown.folder)
    with (shown.folder / settings.FILE_NAME).open("a") as file:
        # Six pictures are done sooner than a second process has started.
        file.write("worker_processes = 1\n")
    with shown.open() as opened:
        add_people(opened)
        import_source(opened, source)
        publish_policies(opened)
        label = build(opened)
        approve(opened, label)
        sign(opened, label)
        publish(opened, label)
        build(opened)
    return shown


@cache
def shared() -> Shown:
    """One home for all tests of this process, made on first use. Nobody opens it: tests work on copies."""
    return home(temporary_folder())


@cache
def _temporary_root() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="accession-shown-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def temporary_folder() -> Path:
    """A fresh folder that goes when the process ends."""
    return Path(tempfile.mkdtemp(dir=_temporary_root()))


def copied(shown: Shown, folder: Path) -> Shown:
    """A home of one's own with the same content; the source stays where it is."""
    shutil.copytree(shown.folder, folder)
    return Shown(folder)


def draw_source(folder: Path) -> Path:
    """Class folders with a face, pictures without one, a person class and a broken file."""
    files = {
        FACE: pictures.face(),
        PLAIN: pictures.jpeg(seed=1),
        "n02000001/also waves.png": pictures.png(seed=2),
        "n02000002/grey.jpg": pictures.jpeg(seed=3),
        PERSON: pictures.jpeg(seed=4),
        BROKEN: b"",
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def add_people(opened: Home) -> None:
    """One person per handle of `PEOPLE`, all with `PASSWORD`."""
    with opened.act(OPERATOR) as act:
        for handle, role in PEOPLE.items():
            people.add(act, handle, handle.capitalize(), frozenset({role}), PASSWORD)


def actor(opened: Home, handle: str) -> Actor:
    """The person with this handle, as an actor."""
    with opened.reading() as session:
        return people.authenticate(session, handle, PASSWORD)


def import_source(opened: Home, source: Path) -> None:
    """The source is the newest import of `VARIANT`."""
    with opened.act(actor(opened, "mara")) as act:
        words = VariantWords("Sample photographs", "CC0-1.0")
        started = imports.start(act, VARIANT, source, words)
    reading.read(Station(opened), str(started.id))


def publish_policies(opened: Home) -> None:
    """Two of the policies that come with Accession are published; they need no taxonomy."""
    with opened.act(actor(opened, "mara")) as act:
        for name in ("ilsvrc-faces", "person-filtered-faces"):
            policies.publish(act, opened.blobs, shipped.read(name))


def build(opened: Home) -> str:
    """The label of a new release of `VARIANT`, built."""
    recipe = recipes.named("dlib-hog")
    kept = planning.Recipe(recipe.name, opened.blobs.put(canonical.canonical_bytes(recipe.model_dump(mode="json"))))
    with opened.reading() as session:
        shown = planning.preview(session, opened.blobs, VARIANT, "person-filtered-faces")
    with opened.act(actor(opened, "mara")) as act:
        planned = planning.plan(act, shown, kept)
        label = f"{VARIANT}/{planned.number}"
        builds.ask(act, label)
    building.build(Station(opened), str(planned.id))
    return label


def approve(opened: Home, label: str) -> None:
    """Two people have approved the release."""
    for handle in ("ana", "ben"):
        with opened.act(actor(opened, handle)) as act:
            digest = names.release(act.session, label).approval_digest
            releases.approve(act, label, digest or "", "The counts agree with what I expected.")


def sign(opened: Home, label: str) -> None:
    """The release is signed on behalf of somebody who neither planned nor approved it."""
    with opened.act(actor(opened, "mo")) as act:
        signed = releases.ask_signature(act, opened.blobs, label)
    signing.sign_release(Station(opened), str(signed.id))


def publish(opened: Home, label: str) -> None:
    """The release is public."""
    with opened.act(actor(opened, "mara")) as act:
        releases.publish(act, opened.blobs, label)


def give_roles(opened: Home, handle: str, *roles: str) -> None:
    """The person has exactly these roles."""
    with opened.act(actor(opened, "ada")) as act:
        people.set_roles(act, handle, frozenset(Role(role) for role in roles))


def ask(opened: Home, path: str) -> Receipt:
    """Somebody asks for the image with this path to be taken down; it is found."""
    with opened.act(PUBLIC) as act:
        receipt = takedowns.submit(act, Request(SubjectKind.PATH, path, Ground.PRIVACY))
    with opened.reading() as session:
        case = names.case(session, receipt.number)
    matching.match(Station(opened), str(case.id))
    return receipt


def hold(opened: Home, path: str) -> Receipt:
    """The image with this path is held."""
    receipt = ask(opened, path)
    with opened.act(actor(opened, "rita")) as act:
        takedowns.hold(act, receipt.number, "Somebody can be recognised.")
    return receipt


def revoke(opened: Home, path: str) -> Receipt:
    """The image is taken down, a release without it is published, and the revocation is signed."""
    receipt = take_down(opened, path)
    label = build(opened)
    approve(opened, label)
    sign(opened, label)
    publish(opened, label)
    with opened.reading() as session:
        case = names.case(session, receipt.number)
    revoking.revoke(Station(opened), str(case.id))
    return receipt


def take_down(opened: Home, path: str) -> Receipt:
    """The image with this path is taken down by two people, for `REASON`."""
    receipt = hold(opened, path)
    with opened.act(actor(opened, "rita")) as act:
        takedowns.decide(act, receipt.number, Outcome.UPHOLD, REASON)
    with opened.act(actor(opened, "ben")) as act:
        takedowns.confirm(act, receipt.number, "I agree.")
    return receipt
