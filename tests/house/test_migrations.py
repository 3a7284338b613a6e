"""A migration says what was true when it was written, so it leans on nothing of ours that may change."""

import ast
from collections.abc import Iterator

from tests.house import tree

OURS = frozenset({*tree.CODE, "migrations", "tests"})


def our_imports(source: str) -> Iterator[str]:
    """Each module of ours that the source imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                imported = [alias.name for alias in names]
            case ast.ImportFrom(module=module, level=level):
                imported = ["." * level + (module or "")]
            case _:
                continue
        yield from (name for name in imported if name.partition(".")[0] in {*OURS, ""})


def test_migrations_import_nothing_of_ours() -> None:
    versions = [file for file in tree.python_files("migrations") if file.parent.name == "versions"]
    assert versions
    assert {str(file): found for file in versions if (found := list(our_imports(tree.read(file))))} == {}


def test_an_import_of_ours_is_found() -> None:
    source = "import sqlalchemy\nfrom registry.models import people\nfrom . import env\nimport cli.main\n"
    assert list(our_imports(source)) == ["registry.models", ".", "cli.main"]


def test_head_names_the_newest_migration() -> None:
    head = (tree.ROOT / "migrations" / "HEAD").read_text(encoding="utf-8").strip()
    names = sorted(file.stem for file in tree.python_files("migrations") if file.parent.name == "versions")
    assert names[-1].startswith(head)
