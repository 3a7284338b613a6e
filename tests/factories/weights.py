"""Weights to test with, and relations between variants that lead to them."""

from registry.catalogue.seeds.document import RelationKind
from registry.home import Home
from registry.queries import names
from registry.services import weights
from registry.services.weights import Evidence, Training, WeightWords
from tests.factories import homes, rows

SAID = Evidence("The paper says so.", "A paper", "https://example.org/paper")


def on(home: Home, name: str, variant: str, label_space: str | None = None) -> None:
    """Weights that were trained on a variant, a release or a label space."""
    _add(home, name, Training(SAID, on=variant, label_space=label_space))


def made_from(home: Home, name: str, base: str) -> None:
    """Weights that began as others."""
    _add(home, name, Training(SAID, made_from=base))


def empty_variant(home: Home, slug: str) -> str:
    """A variant of the same dataset as `VARIANT`, of which nothing is imported."""
    with home.sessions() as session:
        rows.variant(session, slug, dataset_id=names.variant(session, homes.VARIANT).dataset_id)
        session.commit()
    return f"{homes.VARIANT.split('/')[0]}/{slug}"


def relate(home: Home, made: str, kind: RelationKind, of: str) -> None:
    """One variant is something to another."""
    with home.sessions() as session:
        ids = {"variant_id": names.variant(session, made).id, "other_id": names.variant(session, of).id}
        rows.relation(session, kind=kind, **ids)
        session.commit()


def _add(home: Home, name: str, training: Training) -> None:
    with homes.act(home, "mara") as act:
        weights.add(act, WeightWords(name, name), [training])
