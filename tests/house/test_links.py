"""Links on the pages lead somewhere, and a path in backticks is a path of this tree."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import pages, tree

IN_THE_TREE = re.compile(r"(?:registry|policies|blurring|cli|migrations|tests|docker|docs|\.ci)/[\w./\-]*[\w/]")
PICTURE_BYTES = 200_000


def dead_links(page: Path, text: str) -> Iterator[str]:
    """Each link within the project that leads nowhere."""
    for link in pages.links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (tree.ROOT / page.parent / name) if name else tree.ROOT / page
        if not target.exists() or not target.resolve().is_relative_to(tree.ROOT):
            yield f"{link} leads nowhere"
        elif anchor and anchor not in pages.anchors(text if not name else target.read_text(encoding="utf-8")):
            yield f"{link}: no such heading"


def missing_paths(text: str) -> Iterator[str]:
    """Each path in backticks that is not in the tree; patterns with * or NNNN or CAPITALS are not paths."""
    for code in pages.inline_code(text):
        path = code.partition("::")[0]
        if (
            IN_THE_TREE.fullmatch(path)
            and not re.search(r"[A-Z]{2,}(?!\w*\.md)", path)
            and not (tree.ROOT / path).exists()
        ):
            yield f"{path} is not there"


def test_every_link_leads_somewhere() -> None:
    found = {str(page): list(dead_links(page, tree.read(page))) for page in pages.pages()}
    assert {page: links for page, links in found.items() if links} == {}


def test_every_path_that_the_pages_name_is_there() -> None:
    found = {str(page): list(missing_paths(tree.read(page))) for page in pages.pages()}
    assert {page: paths for page, paths in found.items() if paths} == {}


def test_pictures_of_the_pages_are_small() -> None:
    pictures = [file for file in tree.files() if file.parts[0] == "docs" and file.suffix in {".png", ".jpg", ".webp"}]
    assert {str(file) for file in pictures if (tree.ROOT / file).stat().st_size >= PICTURE_BYTES} == set()


def test_a_dead_link_and_a_missing_path_are_found() -> None:
    text = "# Here\n[a](nowhere.md) [b](#here) [c](#there) [d](https://example.org) `registry/nothing.py` `docs/adr`\n"
    assert list(dead_links(Path("README.md"), text)) == ["nowhere.md leads nowhere", "#there: no such heading"]
    assert list(missing_paths(text)) == ["registry/nothing.py is not there"]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, pending = set[Path](), [Path("README.md")]
    while pending:
        page = pending.pop()
        reached.add(page)
        for link in pages.links(tree.read(page)):
            target = (tree.ROOT / page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                here = target.relative_to(tree.ROOT)
                pending += [] if here in reached or here in pending else [here]
    assert {*pages.pages()} - reached == set()
