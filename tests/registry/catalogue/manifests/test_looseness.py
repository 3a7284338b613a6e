from dataclasses import replace
from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import Looseness, Looser
from tests.factories import trees

BLURRED = trees.blurred("n01/b")
# What a group imports from an export of the base: the blurred picture is a source with the bytes that were handed out.
BASE = [trees.kept("n01/a"), BLURRED, trees.excluded("n01/c", "takedown")]
COPY = [
    trees.kept("n01/a"),
    replace(trees.kept("n01/b"), source=replace(trees.entry("n01/b"), sha256=BLURRED.output_sha256)),
]


def held_against(base: list[ReleaseEntry], release: list[ReleaseEntry], folder: Path, limit: int = 9) -> Looseness:
    manifests.write_release(base, folder / "base")
    manifests.write_release(release, folder / "release")
    return manifests.looseness(folder / "release", folder / "base", limit)


def test_a_copy_of_what_was_handed_out_is_not_looser(tmp_path: Path) -> None:
    assert held_against(BASE, COPY, tmp_path) == Looseness(2, 0, ())


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (trees.kept("n01/aa"), Looser.ABSENT),
        (trees.kept("n01/c"), Looser.EXCLUDED),
        (trees.kept("n01/b"), Looser.OTHER_BYTES),
    ],
)
def test_what_came_from_elsewhere_is_named_with_its_reason(tmp_path: Path, entry: ReleaseEntry, why: Looser) -> None:
    found = held_against(BASE, [entry], tmp_path)
    assert found == Looseness(1, 1, ((entry.source.path, why),))


def test_what_the_overlay_excludes_may_come_from_anywhere(tmp_path: Path) -> None:
    assert held_against(BASE, [trees.excluded("n01/c", "ours")], tmp_path) == Looseness(0, 0, ())


def test_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    many = [trees.kept(f"n02/{number}") for number in range(5)]
    found = held_against(BASE, many, tmp_path, 2)
    assert (found.looser, [path for path, _ in found.first]) == (5, ["n02/0", "n02/1"])
