"""Decisions are written down in one form, with the options that lost; every library has its line of facts."""

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.house import pages, tree
from tests.house.test_lock import LOCK, pins, wanted_names

FOLDER = Path("docs/adr")
LIBRARIES = "docs/libraries.md"
SECTIONS = ["Context", "Options", "Decision", "Consequences"]


def decisions() -> list[Path]:
    """The decisions, oldest first."""
    return [page for page in pages.pages() if page.parent == FOLDER and page.name != "README.md"]


def faults(name: str, text: str) -> list[str]:
    """How a decision departs from the form."""
    found = []
    number = name[:4]
    if not re.match(rf"# {int(number)}\. \S", text):
        found.append("its title does not begin with its number")
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != SECTIONS:
        found.append("its sections are not " + ", ".join(SECTIONS))
    options = re.search(r"^## Options\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    if options is None or len(re.findall(r"^- \*\*", options[1], re.MULTILINE)) < 2:
        found.append("it names fewer than two options")
    return found


def test_decisions_have_one_form() -> None:
    assert len(decisions()) > 5
    assert {page.name: found for page in decisions() if (found := faults(page.name, tree.read(page)))} == {}


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name) for page in decisions())


def test_a_decision_without_a_loser_is_found() -> None:
    text = "# 7. Some choice\n\n## Context\n\n## Options\n\n- **One**\n\n## Decision\n\n## Consequences\n"
    assert faults("0007-some-choice.md", text) == ["it names fewer than two options"]
    assert len(faults("0008-other.md", "# Other\n")) == 3


def test_every_library_has_its_line_with_a_version_that_is_locked() -> None:
    listed = {row["Library"].strip("`"): row["Version"] for row in pages.rows(LIBRARIES, "Library")}
    assert listed.keys() == wanted_names()
    locked = {(pin.name, pin.version) for pin in pins(tree.read(LOCK))}
    assert {*listed.items()} - locked == set()


def test_every_library_says_when_how_large_under_which_licence_and_why() -> None:
    for row in pages.rows(LIBRARIES, "Library"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["Released"]), row
        assert re.fullmatch(r"[\d.,]+ (kB|MB)", row["Size"]), row
        assert row["Licence"], row
        assert len(row["Why this one"]) > 20, row
        assert row["Library"].strip("`") == canonicalize_name(row["Library"].strip("`"))
