"""Signs a release: the one place where the record meets a private key."""

from pathlib import Path
from uuid import UUID

from blurring import recipe as recipes
from policies.document import Policy as Document
from policies.records import LINE_LIMIT_BYTES, RecordError
from policies.redecision import Judge
from registry.catalogue import manifests
from registry.errors import AccessionError, AccountNotClosedError
from registry.models.imports import Import
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.proof import manifest as lines
from registry.proof import sign
from registry.proof.sign import Inputs
from registry.proof.trust import Purpose
from registry.queries import faces
from registry.services import accounts, builds, datasheets, planning, policies, releases
from registry.worker import figures
from registry.worker.station import Station

NAMED_AT_MOST = 5


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
    if release.facts_sha256 is None:
        raise AccountNotClosedError("This release was built before facts were recorded; plan and build it again.")
    with home.reading() as session:
        builds.expect_as_built(session, release)
        parent = session.get_one(Import, release.import_id)
        policy = session.get_one(Policy, release.policy_id)
    with (
        manifests.opened(home.blobs, planning.manifest_of(parent)) as before,
        manifests.opened(home.blobs, release.manifest_sha256) as after,
    ):
        accounts.check_files(before, after)
    recipe = home.blobs.read(release.recipe_sha256)
    with (
        manifests.lines_of(home.blobs, release.manifest_sha256, release.lines_sha256) as file,
        manifests.opened(home.blobs, release.facts_sha256) as facts,
    ):
        inputs = _inputs(station, release, file, home.blobs.read(policy.sha256), recipe)
        _decide_again(policies.load(home.blobs, policy), file, facts)
        signed = sign.release(
            sign.signers(
                home.settings.keys_folder, Purpose.DATASHEETS, home.settings.keys_passphrase, home.settings.keys_pin
            ),
            sign.signers(
                home.settings.keys_folder, Purpose.MODELS, home.settings.keys_passphrase, home.settings.keys_pin
            ),
            inputs,
        )
    return {name: home.blobs.put(data) for name, data in signed.documents.items()}


def _decide_again(policy: Document, lines_file: Path, facts_file: Path) -> None:
    """Nothing, when every verdict of the release follows from its policy and the facts that stand beside it.

    Raises:
        AccountNotClosedError: one does not; the first few are named.
    """
    judge = Judge(policy)
    wrong: list[str] = []
    try:
        with facts_file.open("rb") as facts:
            for row in lines.read_file(lines_file):
                problem = judge.wrong(row, facts.readline(LINE_LIMIT_BYTES).removesuffix(b"\n"))
                wrong += [f"{row.path} {problem}"] if problem and len(wrong) <= NAMED_AT_MOST else []
            is_more = bool(facts.readline(1))
    except RecordError as error:
        raise AccountNotClosedError(f"The facts of this release cannot be read: {error}.") from error
    if is_more:
        raise AccountNotClosedError("There are facts about more images than the release has.")
    if wrong:
        more = " and more" if len(wrong) > NAMED_AT_MOST else ""
        raise AccountNotClosedError(
            f"The verdicts do not follow from the policy: {'; '.join(wrong[:NAMED_AT_MOST])}{more}."
        )


def _inputs(station: Station, release: Release, file: Path, policy: bytes, recipe: bytes) -> Inputs:
    with file.open("rb") as stream:
        totals = lines.measure(stream)
    if totals.root != release.root:
        raise AccountNotClosedError("The lines of this release are not those that were built.")
    home = station.home
    # Releases that were built before have nothing but their recipe to go by.
    facts = (release.counts or {}).get("detector") or figures.of_recipe(recipes.load(recipe), home.settings.device)
    with home.reading() as session:
        facts |= figures.of_review(faces.standing(session, home.blobs, release))
        sheet = datasheets.compose(session, release, totals, facts)
    parquet, facts_file = f"sha256:{release.manifest_sha256}", f"sha256:{release.facts_sha256}"
    return Inputs(sheet, file, policy, recipe, parquet=parquet, facts=facts_file)
