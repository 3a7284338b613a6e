"""Which synsets are there, and what lies above and below one? Words that may hurt are hidden until somebody asks."""

from flask import Blueprint, render_template

from registry.access import Permission
from registry.queries import classes, taxonomies
from registry.services import taxonomies as services
from registry.web import auth, door, forms

PAGE = Blueprint("taxonomies", __name__, url_prefix="/synsets")

CHILDREN_SHOWN = 60


@PAGE.get("")
def index() -> str:
    """Every version of every taxonomy, and a way to a synset of one."""
    with door.home().reading() as session:
        found = taxonomies.list_taxonomies(session)
    return render_template("taxonomies.html", taxonomies=found)


@PAGE.get("/<wnid>")
def synset(wnid: str) -> str:
    """One synset in a taxonomy, `?in=NAME@VERSION` where there are several."""
    return _shown(wnid, forms.asked("in"), is_revealed=False)


@PAGE.post("/<wnid>/words")
@auth.needs(Permission.IMAGE_REVEAL)
def words(wnid: str) -> str:
    """The same with its hidden words, once it is on record that this person asked."""
    label = forms.line("in") or None
    with door.home().reading() as session:
        line = taxonomies.find(session, label)
    taxonomies.load(door.home().blobs, line).require(wnid)
    with door.home().act(auth.actor()) as act:
        services.reveal(act, line.label, wnid)
    return _shown(wnid, label, is_revealed=True)


def _shown(wnid: str, label: str | None, *, is_revealed: bool) -> str:
    """The page of a synset; of its neighbours only the words that nobody hides."""
    blobs = door.home().blobs
    with door.home().reading() as session:
        line = taxonomies.find(session, label)
        taxonomy = taxonomies.load(blobs, line)
        place = taxonomies.place(taxonomy, wnid)
        unsafe = services.marked(session, blobs)
        # Lists lie over variants, which strangers may not all know of.
        within = taxonomies.within(session, blobs, taxonomy, wnid) if auth.is_insider() else ()
        held = classes.holdings(session, blobs, taxonomy.by_kind, wnid) if auth.is_insider() else ()
    hidden = {it for it in (wnid, *place.parents, *place.children) if services.is_hidden(taxonomy, unsafe, it)}
    shown = hidden - {wnid} if is_revealed else hidden
    said = {"line": line, "synsets": taxonomy.synsets, "hidden": shown, "is_hidden": wnid in hidden, "held": held}
    return render_template("synset.html", wnid=wnid, place=place, within=within, at_most=CHILDREN_SHOWN, **said)
