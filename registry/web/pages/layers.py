"""What is said about a variant's images beside their bytes? What it adds up to; rows for people of the registry."""

from flask import Blueprint, render_template

from registry.catalogue.layers.kinds import Kind
from registry.queries import datasets, layers, taxonomies
from registry.web import auth, door, forms

PAGE = Blueprint("layers", __name__, url_prefix="/datasets/<dataset>/<variant>/layers")

IMAGE_CHARACTERS = 4096


@PAGE.get("/<kind>/<name>")
def layer(dataset: str, variant: str, kind: str, name: str) -> str:
    """One version of a layer, `NAME@VERSION`, or the newest of `NAME`."""
    variant_name, blobs, is_insider = f"{dataset}/{variant}", door.home().blobs, auth.is_insider()
    image = forms.asked("image", at_most=IMAGE_CHARACTERS)
    with door.home().reading() as session:
        of = datasets.read_variant(session, variant_name, is_insider=is_insider)
        found = layers.read_layer(session, variant_name, f"{kind}/{name}")
        covered = layers.measured(session, blobs, found)
        is_list = is_insider and found.kind is Kind.SYNSETS
        shared = taxonomies.shared(session, blobs, found) if is_list else ()
        loose = taxonomies.without_edge(session, blobs, found) if is_list else ()
    page = layers.page(blobs, found, after=forms.asked("after"), image=image) if is_insider else None
    seen = {"covered": covered, "shared": shared, "loose": loose, "page": page, "image": image}
    return render_template("layer.html", variant=of, layer=found, **seen)
