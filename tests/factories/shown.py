"""A registry home with something to show: two releases, one published and one built, over `tests.factories.homes`.

It takes seconds to make, so `shared` makes one per process and tests work on copies of it. Mark their files with
`pytest.mark.xdist_group("shown")`, so that one process makes it for all of them.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.takedowns import Ground, Outcome
from registry import clock, settings
from registry.access import PUBLIC
from registry.home import Home
from registry.models.people import Role
from registry.models.takedowns import SubjectKind
from registry.queries import names
from registry.services import people as accounts
from registry.services import takedowns
from registry.services.takedowns import Receipt, Request
from registry.services.transparency import CHECKPOINT
from registry.worker.handlers import checkpoints
from registry.worker.handlers import revocations as revoking
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import homes, people

PASSWORD = people.PASSWORD
PEOPLE = people.ROLES
VARIANT = homes.VARIANT
FIRST = homes.FIRST
SECOND = f"{VARIANT}/2026.2"
LEAVES = 4  # two policies, the release, the trust root
FACE, PLAIN, PERSON, BROKEN = homes.ASTRONAUT, homes.WAVES, homes.PERSON, homes.EMPTY
REASON = "The person never agreed to be an example."


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the home lies; opened anew by whoever uses it."""

    folder: Path

    def open(self) -> Home:
        """The home, opened."""
        return Home(settings.load(self.folder))


@cache
def shared() -> Shown:
    """One home for all tests of this process, made on first use. Nobody opens it: tests work on copies."""
    return home(temporary_folder())


def home(folder: Path) -> Shown:
    """A home below `folder` with `FIRST` published and `SECOND` built."""
    made = Shown(folder / "home")
    homes.create(made.folder)
    with made.open() as opened:
        with homes.act(opened, "operator") as act:
            people.add_all(act.session, act.now)
        homes.import_folder(opened, homes.draw(folder / "pictures"))
        homes.publish_policies(opened)
        homes.released(opened, build(opened))
        checkpoints.sign_checkpoint(Station(opened), CHECKPOINT.key)
        build(opened)
    return made


def copied(shown: Shown, folder: Path) -> Shown:
    """A home of one's own with the same content; the source stays where it is."""
    shutil.copytree(shown.folder, folder)
    return Shown(folder)


@cache
def _temporary_root() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="accession-shown-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def temporary_folder() -> Path:
    """A fresh folder that goes when the process ends."""
    return Path(tempfile.mkdtemp(dir=_temporary_root()))


def build(opened: Home) -> str:
    """The label of a new release of `VARIANT`, built."""
    label = homes.plan(opened)
    homes.build(opened, label)
    return label


def give_roles(opened: Home, handle: str, *roles: str) -> None:
    """The person has exactly these roles."""
    with homes.act(opened, "ada") as act:
        accounts.set_roles(act, handle, frozenset(Role(role) for role in roles))


def ask(opened: Home, path: str) -> Receipt:
    """Somebody asks for the image with this path to be taken down; it is found."""
    with opened.act(PUBLIC) as act:
        receipt = takedowns.submit(act, Request(SubjectKind.PATH, path, Ground.PRIVACY))
    matching.match(Station(opened), _case_id(opened, receipt))
    return receipt


def hold(opened: Home, path: str) -> Receipt:
    """The image with this path is held."""
    receipt = ask(opened, path)
    with homes.act(opened, "rita", clock.utc_now()) as act:
        takedowns.hold(act, receipt.number, "Somebody can be recognised.")
    return receipt


def take_down(opened: Home, path: str) -> Receipt:
    """The image with this path is taken down by two people, for `REASON`."""
    receipt = hold(opened, path)
    with homes.act(opened, "rita", clock.utc_now()) as act:
        takedowns.decide(act, opened.blobs, receipt.number, Outcome.UPHOLD, REASON)
    with homes.act(opened, "ben", clock.utc_now()) as act:
        takedowns.confirm(act, receipt.number, "I agree.")
    return receipt


def revoke(opened: Home, path: str) -> Receipt:
    """The image is taken down, a release without it is published, and the revocation is signed."""
    receipt = take_down(opened, path)
    homes.released(opened, build(opened))
    revoking.revoke(Station(opened), _case_id(opened, receipt))
    return receipt


def _case_id(opened: Home, receipt: Receipt) -> str:
    with opened.reading() as session:
        return str(names.case(session, receipt.number).id)
