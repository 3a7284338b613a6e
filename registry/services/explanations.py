"""Why does an image get its verdict, and what would have to be otherwise? Asked of a policy that is published."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from policies import explain as reasoning
from policies.explain import Explanation
from policies.facts import PENDING, Missing
from policies.synsets import is_wnid
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import Box
from registry.errors import InvalidInputError, NotFoundError
from registry.queries import names, releases
from registry.queries import policies as published
from registry.services import evidence, planning, policies, verdicts

SHOWN = 40


def explain(
    session: Session, blobs: BlobStore, variant_name: str, policy_name: str, path: str, now: datetime
) -> Explanation:
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
        with evidence.opened(blobs, file, evidence.newest(session, variant.id, document), path) as known:
            said = known.of(path)
    boxes = _boxes(session, blobs, variant_name, path)
    facts = verdicts.facts_of(found[0], verdicts.known(session, now), boxes=boxes, known=said)
    return reasoning.explain(document, facts)


@dataclass(frozen=True, slots=True)
class SynsetExplanation:
    """What one policy does with a synset.

    Attributes:
        policy: `NAME@VERSION`.
        found: the outcome for an image of which nothing else is known, and the rules that touch it.
    """

    policy: str
    found: Explanation


def explain_synset(
    session: Session, blobs: BlobStore, synset: str, policy_name: str | None = None
) -> list[SynsetExplanation]:
    """What the newest version of every published policy does with a synset, or that of one; words are not told.

    Raises:
        InvalidInputError: it is no WordNet id.
        NotFoundError: there is no such policy.
    """
    if not is_wnid(synset):
        raise InvalidInputError(f"A synset is n and eight digits, such as n02084071, not {synset[:SHOWN]!a}.")
    if policy_name is not None:
        chosen = [names.policy(session, policy_name)]
    else:
        known = dict.fromkeys(line.name for line in published.list_policies(session))
        chosen = [names.policy(session, name) for name in known]
    return [
        SynsetExplanation(
            f"{policy.name}@{policy.version}", reasoning.explain_synset(policies.load(blobs, policy), synset)
        )
        for policy in chosen
    ]


def _boxes(session: Session, blobs: BlobStore, variant_name: str, path: str) -> tuple[Box, ...] | Missing:
    release = releases.newest_published(session, variant_name)
    if release is None or release.manifest_sha256 is None:
        return PENDING
    with manifests.opened(blobs, release.manifest_sha256) as file:
        found = manifests.find(file, path=path)
    return found[0].boxes if found and found[0].faces is not None else PENDING
