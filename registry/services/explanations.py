"""Why does an image get its verdict, and what would have to be otherwise? Asked of a policy that is published."""

from sqlmodel import Session

from policies import explain as reasoning
from policies.explain import Explanation
from policies.facts import PENDING, Missing
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import Box
from registry.errors import NotFoundError
from registry.queries import names, releases
from registry.services import evidence, planning, policies, verdicts


def explain(session: Session, blobs: BlobStore, variant_name: str, policy_name: str, path: str) -> Explanation:
    """Everything that leads to the outcome for one image of the variant's newest import.

    How many faces it shows is known where the newest published release has looked.

    Raises:
        NotFoundError: there is no such variant, policy or image.
        WrongStateError: nothing has been imported yet.
    """
    variant = names.variant(session, variant_name)
    document = policies.load(blobs, names.policy(session, policy_name))
    newest = planning.newest_import(session, variant.id, variant_name)
    with manifests.opened(blobs, planning.manifest_of(newest)) as file:
        found = manifests.find_source(file, path=path)
        if not found:
            raise NotFoundError(f"{variant_name} has no image {path}.")
        with evidence.opened(blobs, file, evidence.newest(session, variant.id, document)) as known:
            said = known.of(path)
    boxes = _boxes(session, blobs, variant_name, path)
    facts = verdicts.facts_of(found[0], verdicts.stops(session), boxes=boxes, known=said)
    return reasoning.explain(document, facts)


def _boxes(session: Session, blobs: BlobStore, variant_name: str, path: str) -> tuple[Box, ...] | Missing:
    release = releases.newest_published(session, variant_name)
    if release is None or release.manifest_sha256 is None:
        return PENDING
    with manifests.opened(blobs, release.manifest_sha256) as file:
        found = manifests.find(file, path=path)
    return found[0].boxes if found and found[0].faces is not None else PENDING
