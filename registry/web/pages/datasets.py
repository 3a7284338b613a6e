"""Which datasets are there, which variants do they have, and which releases does a variant have?"""

from flask import Blueprint, render_template
from sqlmodel import Session

from registry.queries import datasets, layers, lineage, links, names, overlays, releases, weights
from registry.web import auth, door, forms

PAGE = Blueprint("datasets", __name__)


@PAGE.get("/")
def home() -> str:
    """Every dataset that the reader may know of, and what was published last."""
    with door.home().reading() as session:
        found = datasets.list_datasets(session, is_insider=auth.is_insider(), after=forms.asked("after"))
        newest = releases.list_newest(session)
    return render_template("datasets.html", page=found, newest=newest)


@PAGE.get("/datasets/<dataset>")
def dataset(dataset: str) -> str:
    """One dataset and its variants."""
    with door.home().reading() as session:
        found = datasets.read_dataset(session, dataset, is_insider=auth.is_insider())
    return render_template("dataset.html", dataset=found)


@PAGE.get("/datasets/<dataset>/<variant>")
def variant(dataset: str, variant: str) -> str:
    """One variant: its releases, its layers and, for people of the registry, its imports."""
    name = f"{dataset}/{variant}"
    is_insider = auth.is_insider()
    with door.home().reading() as session:
        found = datasets.read_variant(session, name, is_insider=is_insider)
        page = releases.list_releases(session, name, is_insider=is_insider, after=forms.asked("after"))
        said = layers.list_layers(session, names.variant(session, name).id)
        known = _around(session, name, is_insider=is_insider)
    return render_template("variant.html", variant=found, page=page, layers=said, **known)


def _around(session: Session, name: str, *, is_insider: bool) -> dict[str, object]:
    """What a variant comes from, and what was made of it."""
    of = names.variant(session, name).id
    return {
        "described": lineage.description(session, name),
        "relations": lineage.direct(session, name),
        "ways": weights.ways(session, of),
        "stands": overlays.read(session, name),
        "above": overlays.list_overlays(session, is_insider=is_insider, base_variant=of),
        "has_links": links.has_checks(session, of),
    }
