"""Exports: a signed release as one folder that anybody can check without us."""

import os
import secrets
import shutil
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

PARQUET = "manifest.parquet"
_EXPORTABLE = frozenset({ReleaseState.SIGNED, ReleaseState.PUBLISHED})


def export(act: Act, blobs: BlobStore, roots: list[bytes], label: str, folder: Path, *, link: bool = False) -> int:
    """Make the folder `folder`, whole or not at all; returns the number of images in it.

    Args:
        act: of somebody who may export.
        blobs: the registry's blob store.
        roots: the trust roots to hand out, oldest first.
        label: of a signed or published release.
        folder: must not exist, or be an empty folder.
        link: hard-link images where possible, instead of copying them.

    Raises:
        ForbiddenError: the actor may not export.
        WrongStateError: the release is not signed, the folder is not empty, or a source file has changed.
        UnavailableError: the folder cannot be written.
    """
    require(act.actor, Permission.RELEASE_EXPORT)
    release = names.release(act.session, label)
    if release.state not in _EXPORTABLE:
        raise WrongStateError(f"{label} is {release.state}; only a signed release is exported.")
    _expect_free(folder)
    parent = act.session.get_one(Import, release.import_id)
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.partial")
    try:
        count = _write(blobs, roots, release, Path(parent.source), draft, link=link)
        _put_in_place(draft, folder)
    except OSError as error:
        raise UnavailableError(f"The export cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    audit.record(act, Event.RELEASE_EXPORTED, "release", label, images=count)
    return count


def _expect_free(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise WrongStateError(f"{folder} is not empty; an export makes a folder of its own.")


def _write(blobs: BlobStore, roots: list[bytes], release: Release, source: Path, draft: Path, *, link: bool) -> int:
    if release.manifest_sha256 is None or release.lines_sha256 is None or release.files is None:
        raise WrongStateError("This release is not signed.")
    (draft / PAYLOAD).mkdir(parents=True)
    with manifests.opened(blobs, release.manifest_sha256) as file:
        count = payload.write(manifests.iter_release(file), source, blobs, draft / PAYLOAD, link=link)
        shutil.copyfile(file, draft / PARQUET)
    signed = SignedRelease({name: blobs.read(digest) for name, digest in release.files.items()})
    with manifests.opened(blobs, release.lines_sha256) as lines:
        bundle.write(draft, signed, lines, roots)
    return count


def _put_in_place(draft: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
