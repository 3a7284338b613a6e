"""Registry homes to test with: real in every part, made once for each database, and copied for each test.

What a home holds grows from stage to stage; each stage is made by the real services and handlers when it is first asked
for. A copy may be changed at will; only the pictures that were imported (`Stock.pictures`) are shared by all of them.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from dbos import DBOSClient
from sqlmodel import Session, SQLModel, col, select

from blurring import recipe as recipes
from blurring.recipe import SecondLook
from policies import shipped
from registry import acts, db, ids, settings
from registry.access import OPERATOR
from registry.acts import Act, Promise
from registry.home import Home
from registry.jobs import Job
from registry.models.audit import AuditEvent
from registry.models.imports import Import
from registry.models.releases import Release
from registry.proof import canonical, sign
from registry.queries import names
from registry.services import builds, imports, planning, policies, releases
from registry.services.imports import VariantWords
from registry.services.transparency import CHECKPOINT
from registry.settings import Settings
from registry.worker.handlers import checkpoints, signing
from registry.worker.handlers import imports as reading
from registry.worker.handlers import releases as building
from registry.worker.station import Station
from tests.factories import people, pictures
from tests.factories.postgres import Server

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VARIANT = "sample/photos"
FIRST = f"{VARIANT}/2026.1"
FACES = "ilsvrc-faces-2021"
PERSON_FILTERED = "person-filtered-faces"

ASTRONAUT = "n02000001/astronaut.jpg"
GPS = "n02000001/gps.jpg"
WAVES = "n02000001/waves.jpg"
TWINS = ("n02000002/twin-a.jpg", "n02000002/twin-b.jpg")
EMPTY = "n02000002/empty.jpg"
PERSON = "person/somebody.jpg"
PATHS = (ASTRONAUT, GPS, WAVES, EMPTY, *TWINS, PERSON)


class Stage(IntEnum):
    """How much a home holds.

    BARE: the tables and the people of `tests.factories.people`. FURNISHED: `draw` imported into `VARIANT`, two
    policies, and a tree head of the public log over them. BUILT: a release `FIRST` that was planned by mara and built.
    """

    BARE = 0
    FURNISHED = 1
    BUILT = 2


def draw(folder: Path) -> Path:
    """Class folders with a face, metadata, equal bytes under two names, a person class and an empty file."""
    files = {
        ASTRONAUT: pictures.face(),
        GPS: pictures.gps_jpeg(),
        WAVES: pictures.jpeg(seed=1),
        EMPTY: b"",
        TWINS[0]: pictures.jpeg(seed=2),
        TWINS[1]: pictures.jpeg(seed=2),
        PERSON: pictures.jpeg(seed=3),
    }
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@dataclass(slots=True)
class Stock:
    """The homes of one kind of database.

    Attributes:
        folder: where the first home of each stage is kept.
        server: the PostgreSQL server; None for SQLite.
    """

    folder: Path
    server: Server | None = None
    _made: dict[Stage, UUID] = field(default_factory=dict)

    @property
    def pictures(self) -> Path:
        """What `FURNISHED` homes have imported; not to be changed."""
        return self.folder / "pictures"

    @contextmanager
    def opened(self, stage: Stage, folder: Path) -> Iterator[Home]:
        """A home of one's own in `folder`, which must not exist; its database goes when the block ends."""
        with self._copied(self._first(stage), folder) as chosen, Home(chosen) as home:
            yield home

    def database_url(self, folder: Path) -> AbstractContextManager[str]:
        """The URL of an empty database of this kind, for as long as the block lasts."""
        return self._database(None, folder / "database.sqlite")

    @contextmanager
    def _database(self, template: UUID | None, file: Path) -> Iterator[str]:
        if self.server is None:
            yield f"sqlite:///{file}"
            return
        name = ids.new_id()
        try:
            yield self.server.create(name, template)
        finally:
            self.server.drop(name)

    @contextmanager
    def _copied(self, name: UUID, folder: Path) -> Iterator[Settings]:
        shutil.copytree(self.folder / name.hex, folder)
        with self._database(name, folder / "registry.sqlite") as url:
            self._say_url(folder, name, url)
            yield settings.load(folder)

    def _say_url(self, folder: Path, name: UUID, url: str) -> None:
        if self.server is not None:
            file = folder / settings.FILE_NAME
            file.write_text(file.read_text().replace(self.server.url(name.hex), url))

    def _first(self, stage: Stage) -> UUID:
        if stage not in self._made:
            name = ids.new_id()
            self._make(stage, name)
            self._made[stage] = name
        return self._made[stage]

    def _make(self, stage: Stage, name: UUID) -> None:
        folder = self.folder / name.hex
        below = self._first(Stage(stage - 1)) if stage else None
        url = self.server.create(name, below) if self.server else None
        if below is None:
            create(folder, url)
        else:
            shutil.copytree(self.folder / below.hex, folder)
            self._say_url(folder, below, url or "")
        with Home(settings.load(folder)) as home:
            match stage:
                case Stage.BARE:
                    with act(home, "operator") as begun:
                        people.add_all(begun.session, begun.now)
                case Stage.FURNISHED:
                    import_folder(home, draw(self.pictures))
                    publish_policies(home)
                    checkpoints.sign_checkpoint(Station(home), CHECKPOINT.key)
                case Stage.BUILT:
                    build(home, plan(home))


def create(folder: Path, database_url: str | None = None) -> Settings:
    """A home as `accession init` makes it."""
    chosen = settings.create(folder, database_url=database_url)
    with (folder / settings.FILE_NAME).open("a") as file:
        # A handful of pictures is done sooner than a second process has started.
        file.write("worker_processes = 1\n")
    sign.create_keys(chosen.keys_folder)
    chosen.trust_folder.mkdir()
    (chosen.trust_folder / "1.root.json").write_bytes(sign.first_root(chosen.keys_folder, NOW))
    with Home(chosen) as home:
        db.migrate(home.engine)
        home.queue.prepare()
    return chosen


@contextmanager
def act(home: Home, handle: str, now: datetime = NOW) -> Iterator[Act]:
    """An act of the person (or of `operator`) at a time of one's own; what it promises is not delivered."""
    actor = OPERATOR if handle == "operator" else people.actor_of(home.sessions, handle)
    with acts.begin(home.sessions, actor, now) as begun:
        yield begun


def import_folder(home: Home, source: Path, variant: str = VARIANT) -> Import:
    """The source, imported into the variant."""
    with act(home, "mara") as begun:
        started = imports.start(begun, variant, source, VariantWords(licence="CC0-1.0"))
    reading.read(Station(home), str(started.id))
    with home.reading() as session:
        return session.get_one(Import, started.id)


def publish_policies(home: Home) -> None:
    """`FACES` and `PERSON_FILTERED` are published."""
    for name in (FACES, PERSON_FILTERED):
        publish_policy(home, shipped.read(name))


def publish_policy(home: Home, data: bytes) -> None:
    """A policy with these bytes is published."""
    with act(home, "mara") as begun:
        policies.publish(begun, home.blobs, data)


def quick_recipe(home: Home) -> planning.Recipe:
    """A real recipe that is quick because it looks for large faces only."""
    shipped_one = recipes.named("dlib-hog")
    detector = shipped_one.detector.model_copy(update={"upsampling": 0})
    quick = shipped_one.model_copy(update={"name": "quick", "detector": detector})
    return _stored(home, quick)


def careful_recipe(home: Home) -> planning.Recipe:
    """As `quick_recipe`, but so little is blurred that a second look at every output finds the astronaut again."""
    quick = recipes.load(home.blobs.read(quick_recipe(home).sha256))
    look = SecondLook(detector=quick.detector, is_for_all=True)
    little = quick.obscuring.model_copy(update={"sigma": 0.0})
    return _stored(home, quick.model_copy(update={"name": "careful", "obscuring": little, "second_look": look}))


def _stored(home: Home, recipe: recipes.Recipe) -> planning.Recipe:
    sha256 = home.blobs.put(canonical.canonical_bytes(recipe.model_dump(mode="json")))
    return planning.Recipe(recipe.name, sha256)


def plan(
    home: Home,
    variant: str = VARIANT,
    policy: str = PERSON_FILTERED,
    now: datetime = NOW,
    recipe: planning.Recipe | None = None,
) -> str:
    """The label of a new release, planned by mara."""
    with home.reading() as session:
        shown = planning.preview(session, home.blobs, variant, policy, now)
    with act(home, "mara", now) as begun:
        return names.release_label(begun.session, planning.plan(begun, shown, recipe or quick_recipe(home)))


def ask_build(home: Home, label: str) -> UUID:
    """The id of the release, whose build was asked for."""
    with act(home, "mara") as begun:
        return builds.ask(begun, label).id


def build(home: Home, label: str) -> Release:
    """The release, built."""
    building.build(Station(home), str(ask_build(home, label)))
    return release(home, label)


def approve(home: Home, label: str, handles: tuple[str, ...] = ("ana", "ben")) -> None:
    """These people have approved the release as it is now."""
    for number, handle in enumerate(handles):
        with act(home, handle, NOW + timedelta(minutes=number)) as begun:
            digest = names.release(begun.session, label).approval_digest
            releases.approve(begun, label, digest or "", "The counts are those that I expected.")


def sign_release(home: Home, label: str) -> Release:
    """The release, signed on behalf of mo."""
    with act(home, "mo") as begun:
        asked = releases.ask_signature(begun, home.blobs, label)
    signing.sign_release(Station(home), str(asked.id))
    return release(home, label)


def publish(home: Home, label: str, now: datetime = NOW) -> Release:
    """The release, published by mara."""
    with act(home, "mara", now) as begun:
        return releases.publish(begun, home.blobs, label)


def released(home: Home, label: str) -> Release:
    """The built release, approved, signed and published."""
    approve(home, label)
    sign_release(home, label)
    return publish(home, label)


def release(home: Home, label: str) -> Release:
    """The release as the database has it now."""
    with home.reading() as session:
        return names.release(session, label)


def count(home: Home, table: type[SQLModel]) -> int:
    """How many rows the table has."""
    with home.reading() as session:
        return session.exec(select(sa.func.count()).select_from(table)).one()


def events(home: Home) -> list[AuditEvent]:
    """The audit trail, oldest first."""
    with home.reading() as session:
        return list(session.exec(select(AuditEvent).order_by(col(AuditEvent.id))))


def promise_of_nothing() -> Promise:
    """A promise about a row that does not exist."""
    return Promise(Job.READ_IMPORT, str(ids.new_id()))


def job_states(home: Home) -> dict[str, str]:
    """What the job engine says about every job that it knows."""
    client = DBOSClient(system_database_url=home.queue.url)
    try:
        return {job.workflow_id: job.status for job in client.list_workflows()}
    finally:
        client.destroy()


def source_of(session: Session, variant: str = VARIANT) -> Path:
    """The folder that the variant's newest import was read from."""
    return Path(planning.newest_import(session, names.variant(session, variant).id, variant).source)
