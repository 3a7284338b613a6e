"""Imports: a source is read into a parent manifest, and the variant gets to know its images.

Starting an import promises the reading; the worker reads and reports here. Repeating an interrupted import continues
the same one, because a variant has at most one running import of a source.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.catalogue.layout_names import LayoutName
from registry.errors import AccessionError, InvalidInputError, NotFoundError, WrongStateError
from registry.jobs import Job
from registry.models.datasets import Dataset, Variant
from registry.models.imports import Import, ImportState
from registry.models.layers import Layer
from registry.models.lineage import VariantDescription
from registry.proof.datasheet import Licence
from registry.queries import names
from registry.services import layers
from registry.services.layers import Draft

NO_ASSERTION = "NOASSERTION"
TRUTH, CLASSES, TRUST, PDQ, RIGHTS = "truth", "classes", "trust", "pdq", "rights"
YES = "yes"
FAILURE_LENGTH = 1000
TITLE_LENGTH = 200
LICENCE_LENGTH = 500
_LICENCE = TypeAdapter(Licence)


@dataclass(frozen=True, slots=True)
class VariantWords:
    """What people call a variant, and under which licence the collection stands (SPDX expression)."""

    title: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class HowToRead:
    """How a source is to be read.

    Attributes:
        layout: the layout that it has, or `AUTO` to look.
        truth: a file with the classes of the images.
        classes: a list of the classes.
        trust: the root metadata by which an export must be signed.
        has_pdq: whether perceptual hashes are computed, too.
        has_rights: whether evidence about rights is collected, too.
    """

    layout: LayoutName = LayoutName.AUTO
    truth: Path | None = None
    classes: Path | None = None
    trust: Path | None = None
    has_pdq: bool = False
    has_rights: bool = False

    def asked(self) -> dict[str, str]:
        """The files and wishes, as `Import.asked` keeps them.

        Raises:
            NotFoundError: one does not exist.
            InvalidInputError: one is no file.
        """
        files = {TRUTH: self.truth, CLASSES: self.classes, TRUST: self.trust}
        named = {name: _kept_file(file) for name, file in files.items() if file is not None}
        wishes = {PDQ: self.has_pdq, RIGHTS: self.has_rights}
        return {**named, **{name: YES for name, is_wished in wishes.items() if is_wished}}


def start(act: Act, variant_name: str, source: Path, words: VariantWords, how: HowToRead = HowToRead()) -> Import:
    """A running import of `source`; dataset and variant are registered where they are new.

    Raises:
        ForbiddenError: the actor may not import.
        InvalidInputError: the name has another form, title or licence will not do, or the source vouches for itself.
        NotFoundError: there is no such source, or no such file to explain it.
        WrongStateError: title or licence were given and differ from what the variant has; or the source is being read
            already, in another way.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    folder = _kept_name(source)
    asked = how.asked()
    if TRUST in asked and Path(asked[TRUST]).is_relative_to(folder):
        raise InvalidInputError(
            f"{how.trust} lies in {source} itself, which proves nothing; give the trust root that its makers hand out."
        )
    expect_words(words)
    variant = _registered(act, variant_name, words)
    running = act.session.exec(
        select(Import).where(
            Import.variant_id == variant.id, Import.source == folder, Import.state == ImportState.RUNNING
        )
    ).first()
    if running is not None and (running.layout, running.asked or {}) != (how.layout, asked):
        raise WrongStateError(f"{source} is being read already, in another way; wait until that is done.")
    started = running or _begin(act, variant, folder, how.layout, asked)
    act.promise(Job.READ_IMPORT, str(started.id))
    return started


def promise_of(started: Import) -> Promise:
    """The job that reads the source of this import."""
    return Promise(Job.READ_IMPORT, str(started.id))


def running(act: Act, import_id: UUID) -> Import | None:
    """The import, when it still waits to be read; None when that has happened."""
    found = act.session.get_one(Import, import_id)
    return found if found.state is ImportState.RUNNING else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the worker read: the manifest's digest in the blob store and its totals.

    Attributes:
        layout: the one that the source was found to have.
        manifest_sha256: of the Parquet file.
        root: Merkle root over the parent lines, `sha256:<hex>`.
        counts: by format, defect and label, and what was refused, as `Import.counts` keeps them.
        rights: the evidence that was asked for; null where nobody asked, or nothing is known.
    """

    layout: str
    manifest_sha256: str
    root: str
    row_count: int
    total_bytes: int
    counts: dict[str, Any]
    rights: Draft | None = None


def finish(act: Act, import_id: UUID, reading: Reading) -> None:
    """The import is done and has this manifest; the evidence that was asked for is a layer of its own."""
    found = act.session.get_one(Import, import_id)
    if found.state is not ImportState.RUNNING:
        return
    found.layout = reading.layout
    found.manifest_sha256 = reading.manifest_sha256
    found.root = reading.root
    found.row_count = reading.row_count
    found.total_bytes = reading.total_bytes
    found.counts = reading.counts
    found.finished_at = act.now
    found.state = ImportState.DONE
    if reading.rights is not None:
        name = names.variant_name(act.session, found.variant_id)
        layers.keep(act, name, replace(reading.rights, dated_on=act.now.date()), found.started_by)
    audit.record(
        act,
        Event.IMPORT_FINISHED,
        "import",
        found.id,
        root=reading.root,
        layout=reading.layout,
        rows=reading.row_count,
        refused=sum(reading.counts["refused"].values()),
        defects=sum(reading.counts["defects"].values()),
    )


def expect_pixels(parent: Import) -> None:
    """Nothing, when the images of an import have bytes that a release could hand out.

    Raises:
        WrongStateError: it was read from a list of URLs.
    """
    if not LayoutName(parent.layout).has_pixels:
        raise WrongStateError(
            "These images were imported from a list of URLs, without their pixels; a release needs the pixels."
        )


def fail(act: Act, import_id: UUID, error: AccessionError) -> None:
    """The import has failed, and says why."""
    found = act.session.get_one(Import, import_id)
    if found.state is not ImportState.RUNNING:
        return
    found.failure = error.sentence[:FAILURE_LENGTH]
    found.failure_code = error.code
    found.finished_at = act.now
    found.state = ImportState.FAILED
    audit.record(act, Event.IMPORT_FAILED, "import", found.id)


def _kept_name(source: Path) -> str:
    """The absolute name of a file or folder, as the record keeps it."""
    if not source.exists():
        raise NotFoundError(f"There is no {source}.")
    name = os.path.realpath(source)
    if not names.is_line(name):
        raise InvalidInputError(f"The name {name!a} is none that can be kept; call it otherwise.")
    return name


def _kept_file(file: Path) -> str:
    """The same for what explains a source, which is a file."""
    name = _kept_name(file)
    if not file.is_file():
        raise InvalidInputError(f"{file} is no file.")
    return name


def expect_words(words: VariantWords) -> None:
    """Nothing, when title and licence are such as a datasheet can say.

    Raises:
        InvalidInputError: one is not.
    """
    title, licence = words.title, words.licence
    if title is not None and not (title.strip() and names.is_line(title) and len(title) <= TITLE_LENGTH):
        raise InvalidInputError(f"A title is one line of at most {TITLE_LENGTH} characters.")
    if licence is None:
        return
    # What the datasheet could not say would be found out only when a release is to be signed.
    try:
        _LICENCE.validate_python(licence)
    except ValidationError as error:
        raise InvalidInputError(
            f"{licence!r} is no licence expression: letters, digits, spaces and .+:()- only, such as CC-BY-4.0."
        ) from error
    if len(licence) > LICENCE_LENGTH:
        raise InvalidInputError(f"A licence expression has at most {LICENCE_LENGTH} characters.")


def _begin(act: Act, variant: Variant, folder: str, layout: str, asked: dict[str, str]) -> Import:
    begun = Import(
        id=ids.new_id(),
        variant_id=variant.id,
        source=folder,
        layout=layout,
        asked=asked or None,
        state=ImportState.RUNNING,
        started_by=act.actor.person(),
        started_at=act.now,
    )
    act.session.add(begun)
    act.session.flush()
    audit.record(act, Event.IMPORT_STARTED, "import", begun.id, variant=names.variant_name(act.session, variant.id))
    return begun


def _registered(act: Act, variant_name: str, words: VariantWords) -> Variant:
    dataset_slug, variant_slug = names.split_variant(variant_name)
    dataset = act.session.exec(select(Dataset).where(Dataset.slug == dataset_slug)).first()
    if dataset is None:
        dataset = Dataset(id=ids.new_id(), slug=dataset_slug, title=dataset_slug, created_at=act.now)
        act.session.add(dataset)
        act.session.flush()
    known = act.session.exec(
        select(Variant).where(Variant.dataset_id == dataset.id, Variant.slug == variant_slug)
    ).first()
    if known is not None:
        _agree(act, variant_name, known, words)
        return known
    variant = Variant(
        id=ids.new_id(),
        dataset_id=dataset.id,
        slug=variant_slug,
        title=words.title or variant_slug,
        licence=words.licence or NO_ASSERTION,
        created_at=act.now,
    )
    act.session.add(variant)
    act.session.flush()
    audit.record(act, Event.VARIANT_REGISTERED, "variant", variant_name, licence=variant.licence)
    return variant


def _agree(act: Act, variant_name: str, known: Variant, words: VariantWords) -> None:
    """The variant is called as was said, or was called so before.

    A first import that failed leaves a variant of which nothing is known; whoever tries again may call it otherwise.
    """
    said = VariantWords(words.title or known.title, words.licence or known.licence)
    if said == VariantWords(known.title, known.licence):
        return
    if not _is_vacant(act, known):
        for what, given, kept in (("title", said.title, known.title), ("licence", said.licence, known.licence)):
            if given != kept:
                raise WrongStateError(f"The variant is registered already, with the {what} {kept!r}.")
    known.title, known.licence = str(said.title), str(said.licence)
    audit.record(act, Event.VARIANT_REGISTERED, "variant", variant_name, licence=known.licence)


def _is_vacant(act: Act, variant: Variant) -> bool:
    """Whether nothing is known of the variant: every import has failed, no layer lies over it, no seed describes it."""
    known = (
        select(Import.id).where(Import.variant_id == variant.id, Import.state != ImportState.FAILED),
        select(Layer.id).where(Layer.variant_id == variant.id),
        select(VariantDescription.id).where(VariantDescription.variant_id == variant.id),
    )
    return not any(act.session.exec(question.limit(1)).first() for question in known)
