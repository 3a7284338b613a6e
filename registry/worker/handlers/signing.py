"""Signs a release: the one place where the record meets a private key."""

from pathlib import Path
from uuid import UUID

from blurring import recipe as recipes
from blurring.errors import PictureError
from blurring.recipe import Recipe
from policies.document import Policy as Document
from policies.redecision import BuildReasons, Difference, differences
from policies.verdicts import Action
from registry.catalogue import manifests
from registry.errors import AccessionError, AccountNotClosedError
from registry.models.imports import Import
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.proof import manifest as lines
from registry.proof import sign
from registry.proof.sign import Inputs
from registry.proof.trust import Purpose
from registry.services import accounts, builds, datasheets, planning, policies, releases
from registry.worker.station import Station

NAMED_AT_MOST = 5
BUILD_REASONS = BuildReasons(
    defects=frozenset(kind.code for kind in PictureError.__subclasses__()),
    notes=frozenset({builds.METADATA_REMOVED, builds.NOTHING_TO_BLUR}),
)


def sign_release(station: Station, key: str) -> None:
    """The release with the id `key` is signed."""
    release_id = UUID(key)
    with station.act() as act:
        release = releases.being_signed(act, release_id)
    if release is None:
        return
    files = _signed(station, release)
    with station.act() as act:
        releases.finish_signing(act, release_id, files)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The release is as it was before its signature was asked for, and says why."""
    with station.act() as act:
        releases.fail_signing(act, UUID(key), error)


def _signed(station: Station, release: Release) -> dict[str, str]:
    """The release's signed documents in the blob store: their SHA-256 by name."""
    home = station.home
    if release.lines_sha256 is None or release.manifest_sha256 is None:
        raise AccountNotClosedError("This release has no manifest to sign.")
    with home.reading() as session:
        builds.expect_as_built(session, release)
        parent = session.get_one(Import, release.import_id)
        policy = session.get_one(Policy, release.policy_id)
    with (
        manifests.opened(home.blobs, planning.manifest_of(parent)) as before,
        manifests.opened(home.blobs, release.manifest_sha256) as after,
    ):
        accounts.check(manifests.iter_source(before), manifests.iter_release(after))
        _decide_again(policies.parse(home.blobs.read(policy.sha256)), after)
    recipe = home.blobs.read(release.recipe_sha256)
    with manifests.opened(home.blobs, release.lines_sha256) as file:
        inputs = _inputs(station, release, file, home.blobs.read(policy.sha256), recipe)
        signed = sign.release(
            sign.signers(home.settings.keys_folder, Purpose.DATASHEETS, home.settings.keys_passphrase),
            sign.signers(home.settings.keys_folder, Purpose.MODELS, home.settings.keys_passphrase),
            inputs,
        )
    return {name: home.blobs.put(data) for name, data in signed.documents.items()}


def _decide_again(policy: Document, release: Path) -> None:
    """Nothing, when every verdict of the release follows from its policy and the facts that stand beside it.

    Raises:
        AccountNotClosedError: one does not; the first few are named.
    """
    wrong = [
        f"{found.path} is recorded as {found.recorded}, the policy says {found.decided}"
        for batch in manifests.record_batches(release)
        for found in differences(policy, batch, BUILD_REASONS)
        if not _is_blur_without_faces(found)
    ]
    if wrong:
        more = " and more" if len(wrong) > NAMED_AT_MOST else ""
        raise AccountNotClosedError(
            f"The verdicts do not follow from the policy: {'; '.join(wrong[:NAMED_AT_MOST])}{more}."
        )


def _is_blur_without_faces(found: Difference) -> bool:
    """The one verdict that a build may change: what had no face was not blurred, and is kept with a note."""
    return builds.NOTHING_TO_BLUR in found.recorded.split(",") and found.decided.startswith(Action.BLUR.value)


def _detector_facts(recipe: Recipe, device: str) -> dict[str, str]:
    """What the datasheet says about how faces were looked for, with what is known of its recall."""
    facts = {"name": recipe.detector.name, "weights": recipe.detector.weights, "device": device}
    if recipe.measured is None:
        return facts
    known = recipe.measured
    found = (
        f"On {known.photographs}, it found {known.found_16_px} of {known.faces_16_px} faces of 16 pixels and more, "
        f"{known.found} of {known.faces} in all, and changed {known.touched} of {known.faceless} without a face."
    )
    return facts | {"measured": found}


def _inputs(station: Station, release: Release, file: Path, policy: bytes, recipe: bytes) -> Inputs:
    with file.open("rb") as stream:
        totals = lines.measure(stream)
    if totals.root != release.root:
        raise AccountNotClosedError("The lines of this release are not those that were built.")
    facts = _detector_facts(recipes.load(recipe), station.home.settings.device)
    with station.home.reading() as session:
        sheet = datasheets.compose(session, release, totals, facts)
    return Inputs(sheet, file, policy, recipe, parquet=f"sha256:{release.manifest_sha256}")
