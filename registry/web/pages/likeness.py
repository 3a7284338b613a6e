"""What is this folder? A list of its files' digests, or of its classes, is compared with every known variant.

For people of the registry: somebody who holds a copy must not have to tell us which images they hold.
"""

import tempfile
from pathlib import Path

from flask import Blueprint, render_template

from registry.access import Permission
from registry.queries import likeness
from registry.web import auth, door, forms

PAGE = Blueprint("likeness", __name__, url_prefix="/identify")

LIST_CHARACTERS = 200_000


@PAGE.get("")
@auth.needs(Permission.IMAGE_SEE)
def ask() -> str:
    """The form that takes a list."""
    return render_template("identify.html", found=None, listed="")


@PAGE.post("")
@auth.needs(Permission.IMAGE_SEE)
def identify() -> str:
    """The known variants that the list is like; nothing is recorded."""
    text = forms.needed("listed", "Paste a list first.", at_most=LIST_CHARACTERS)
    home = door.home()
    with home.reading() as session, tempfile.TemporaryDirectory(prefix="accession-identify-") as folder:
        found = likeness.identify(session, home.blobs, likeness.listed(text, Path(folder)))
    return render_template("identify.html", found=found, listed=text)
