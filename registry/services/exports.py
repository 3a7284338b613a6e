"""Exports: a signed release as one folder that anybody can check without us.

Three steps, because copying a million images takes longer than a transaction may last: somebody asks (one act), the
folder is written beside its place (no act), and it is handed over (another act, with the event).
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry import audit
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests, payload
from registry.errors import UnavailableError, WrongStateError
from registry.models.imports import Import
from registry.models.releases import Release, ReleaseState
from registry.proof import bundle
from registry.proof.bundle import SignedRelease
from registry.proof.manifest import PAYLOAD
from registry.queries import names
from registry.services import policies, releases

_EXPORTABLE = frozenset({ReleaseState.SIGNED, ReleaseState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Asked:
    """An export that may be made: of which release, from which source, into which folder."""

    label: str
    source: Path
    folder: Path
    manifest_sha256: str
    lines_sha256: str
    facts_sha256: str | None
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An export that is written, and waits beside its place. `count` is the number of images in it."""

    asked: Asked
    folder: Path
    count: int


def ask(act: Act, blobs: BlobStore, label: str, folder: Path) -> Asked:
    """The export of a signed or published release into `folder`, which must not exist or be an empty folder.

    Raises:
        ForbiddenError: the actor may not export.
        WrongStateError: the release is not signed, the folder is not empty, or an image is held or taken down by now.
    """
    require(act.actor, Permission.RELEASE_EXPORT)
    release = names.release(act.session, label)
    if release.state not in _EXPORTABLE:
        raise WrongStateError(f"{label} is {release.state}; only a signed release is exported.")
    releases.expect_nothing_stopped(act, blobs, release, label)
    _expect_free(folder)
    return _asked(act, release, label, folder)


@contextmanager
def drafted(
    asked: Asked, blobs: BlobStore, roots: list[bytes], *, log_proof: bytes | None = None, link: bool = False
) -> Iterator[Draft]:
    """The export, written beside its place; gone when the block ends, unless it was handed over.

    Args:
        asked: what may be exported.
        blobs: the registry's blob store.
        roots: the trust roots to hand out, oldest first.
        log_proof: that the release stands in the public log, where a tree head covers it already.
        link: hard-link images where possible, instead of copying them.

    Raises:
        WrongStateError: a source file has changed since it was imported.
        UnavailableError: the folder cannot be written.
    """
    folder = asked.folder.with_name(f".{asked.folder.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            count = _write(asked, blobs, folder, link=link)
            _write_documents(asked, blobs, roots, folder, log_proof)
        except OSError as error:
            raise _unwritable(error) from error
        yield Draft(asked, folder, count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hand_over(act: Act, draft: Draft) -> int:
    """The export is in its place, whole, and that is on record; returns the number of images in it.

    Raises:
        WrongStateError: something lies in its place by now.
        UnavailableError: it cannot be put there.
    """
    require(act.actor, Permission.RELEASE_EXPORT)
    audit.record(act, Event.RELEASE_EXPORTED, "release", draft.asked.label, images=draft.count)
    act.session.flush()
    _expect_free(draft.asked.folder)
    try:
        _put_in_place(draft.folder, draft.asked.folder)
    except OSError as error:
        raise _unwritable(error) from error
    return draft.count


def _asked(act: Act, release: Release, label: str, folder: Path) -> Asked:
    if release.manifest_sha256 is None or release.lines_sha256 is None or release.files is None:
        raise WrongStateError(f"{label} is not signed.")
    source = Path(act.session.get_one(Import, release.import_id).source)
    _expect_outside(source, folder)
    return Asked(
        label, source, folder, release.manifest_sha256, release.lines_sha256, release.facts_sha256, release.files
    )


def _unwritable(error: OSError) -> UnavailableError:
    return UnavailableError(f"The export cannot be written: {error.strerror or error}.")


def _expect_outside(source: Path, folder: Path) -> None:
    """An export inside the source would be part of the next import."""
    if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(source)):
        raise WrongStateError(f"{folder} lies inside the source {source}; export to a folder outside it.")


def _expect_free(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise WrongStateError(f"{folder} is not empty; an export makes a folder of its own.")


def _write(asked: Asked, blobs: BlobStore, folder: Path, *, link: bool) -> int:
    (folder / PAYLOAD).mkdir(parents=True)
    with manifests.opened(blobs, asked.manifest_sha256) as file:
        count = payload.write(manifests.iter_release(file), asked.source, blobs, folder / PAYLOAD, link=link)
        shutil.copyfile(file, folder / bundle.PARQUET)
    if asked.facts_sha256 is not None:
        with manifests.opened(blobs, asked.facts_sha256) as facts:
            shutil.copyfile(facts, folder / bundle.FACTS)
    return count


def _write_documents(asked: Asked, blobs: BlobStore, roots: list[bytes], folder: Path, log_proof: bytes | None) -> None:
    signed = SignedRelease({name: blobs.read(digest) for name, digest in asked.files.items()})
    with manifests.lines_of(blobs, asked.manifest_sha256, asked.lines_sha256) as lines:
        named = policies.files_of(blobs, signed.documents[bundle.POLICY])
        bundle.write(folder, signed, lines, roots, log_proof, lists=named)


def _put_in_place(draft: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
