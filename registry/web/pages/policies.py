"""Which policies decide what happens to images, and what exactly do they say? Public, like the releases they shape."""

from flask import Blueprint, Response, render_template

from registry.queries import policies
from registry.services import explanations
from registry.web import door, files, forms

PAGE = Blueprint("policies", __name__)

SYNSET_CHARACTERS = 40


@PAGE.get("/policies")
def index() -> str:
    """Every version of every policy ever published."""
    with door.home().reading() as session:
        return render_template("policies.html", policies=policies.list_policies(session))


@PAGE.get("/policies/synsets")
def synset() -> str:
    """What every policy does with a synset, by which rule and by which way; ids only, because words may hurt."""
    asked = forms.asked("synset", at_most=SYNSET_CHARACTERS) or ""
    with door.home().reading() as session:
        found = explanations.explain_synset(session, door.home().blobs, asked) if asked else []
    return render_template("policy_synset.html", synset=asked, explanations=found)


@PAGE.get("/policies/<name>")
def policy(name: str) -> str:
    """One version, `NAME@VERSION`, word by word; or the newest of `NAME`."""
    with door.home().reading() as session:
        found = policies.read_policy(session, door.home().blobs, name)
    return render_template("policy.html", policy=found, words=found.document.decode())


@PAGE.get("/policies/<name>/document")
def document(name: str) -> Response:
    """The very bytes that the policy's digest names."""
    with door.home().reading() as session:
        found = policies.read_policy(session, door.home().blobs, name)
    return files.download(found.document, f"{found.line.label}.yaml", "application/yaml")
