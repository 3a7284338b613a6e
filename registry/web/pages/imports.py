"""What came in with an import, and what was refused? For people of the registry."""

from uuid import UUID

from flask import Blueprint, render_template

from registry.queries import datasets, imports
from registry.web import auth, door

PAGE = Blueprint("imports", __name__, url_prefix="/datasets/<dataset>/<variant>/imports")


@PAGE.get("/<uuid:import_id>")
def report(dataset: str, variant: str, import_id: UUID) -> str:
    """The report of one import."""
    name, is_insider = f"{dataset}/{variant}", auth.is_insider()
    with door.home().reading() as session:
        of = datasets.read_variant(session, name, is_insider=is_insider)
        found = imports.read_import(session, name, import_id, is_insider=is_insider)
    return render_template("import.html", variant=of, found=found)
