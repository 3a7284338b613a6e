"""The repository holds what people wrote: nothing made, nothing large, nothing that knows one machine."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import tree

LARGEST_BYTES = 1 << 20
ADDRESSES = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]+|Users/[a-z]+)/(?!\.\.\.)"),
    "a package registry": re.compile(
        r"--(?:extra-)?index-url\b|\bpypi\.org\b|\bpythonhosted\.org\b|\bregistry\.npmjs\.org\b|\bdeb\.debian\.org\b"
    ),
}
# Files that speak of such words because they look for them.
WATCHERS = {"tests/house/test_repository.py", "tests/house/test_lock.py"}
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".json", ".lock", ".ini", ".mako", ".txt", ""}


def texts() -> list[Path]:
    """The files that people wrote and read; golden files are kept as the bytes that they were."""
    return [file for file in tree.files() if file.suffix in TEXT and "golden" not in file.parts]


def addresses(text: str) -> Iterator[str]:
    """What a text says that is true on one machine only."""
    return (what for what, pattern in ADDRESSES.items() if pattern.search(text))


def oversized(sizes: dict[str, int]) -> list[str]:
    """The files that are too large to be kept."""
    return [name for name, size in sizes.items() if size > LARGEST_BYTES]


def ignored_but_tracked(root: Path) -> list[str]:
    """Files that .gitignore leaves out and that are tracked all the same."""
    command = ["git", "ls-files", "-z", "--cached", "--ignored", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name]


def test_nothing_large_is_kept() -> None:
    assert oversized({str(file): (tree.ROOT / file).stat().st_size for file in tree.files()}) == []
    assert oversized({"a.png": LARGEST_BYTES, "b.png": LARGEST_BYTES + 1}) == ["b.png"]


def test_nothing_ignored_is_tracked() -> None:
    assert ignored_but_tracked(tree.ROOT) == []


def test_an_ignored_file_that_is_tracked_is_found(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.sqlite\n")
    (tmp_path / "registry.sqlite").write_text("")
    for command in (["init", "--quiet"], ["add", "--force", "registry.sqlite"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert ignored_but_tracked(tmp_path) == ["registry.sqlite"]


def test_nothing_names_a_path_of_one_machine_or_a_package_registry() -> None:
    watched = [file for file in texts() if str(file) not in WATCHERS]
    assert {str(file): found for file in watched if (found := list(addresses(tree.read(file))))} == {}


# Put together, so that this file holds neither a path of a machine nor the option itself.
WORK, OPTION = "work", "index-url"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("see /home/somebody/registry", ["a path of one machine"]),
        (f"see /{WORK}/main/registry", ["a path of one machine"]),
        ("open('/home/ana/pictures')", ["a path of one machine"]),
        (f"pip install --{OPTION} x", ["a package registry"]),
        ("https://files.pythonhosted.org/x", ["a package registry"]),
        ("/srv/accession and a/root/flow and 'homework/'", []),
    ],
)
def test_each_kind_of_address_is_found(text: str, what: list[str]) -> None:
    assert list(addresses(text)) == what


def test_every_text_ends_with_one_newline() -> None:
    read = {file: tree.read(file) for file in texts()}
    assert [
        str(file) for file, text in read.items() if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ] == []


def test_ci_runs_the_command_that_the_readme_gives_for_tests() -> None:
    script = tree.read(Path(".ci/run"))
    command = script.rstrip().splitlines()[-1].removeprefix("exec ")
    assert command in tree.read(Path("README.md"))
    assert "set -euo pipefail" in script
    assert (tree.ROOT / ".ci" / "run").stat().st_mode & 0o111
    subprocess.run(["bash", "-n", ".ci/run"], cwd=tree.ROOT, check=True)
