from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.errors import AccountNotClosedError
from registry.services import accounts
from tests.factories import trees

PATHS = [f"a/{number}" for number in range(6)]


def parent(*paths: str) -> list[SourceEntry]:
    """The images of a parent."""
    return [trees.entry(path) for path in paths]


def release(*paths: str) -> list[ReleaseEntry]:
    """A verdict about each."""
    made = [trees.kept, trees.blurred, trees.excluded]
    return [made[number % 3](path) for number, path in enumerate(paths)]


def problems(ours: list[SourceEntry], theirs: list[ReleaseEntry]) -> list[str]:
    """What is wrong with the account."""
    try:
        accounts.check(ours, theirs)
    except AccountNotClosedError as error:
        found = error.facts["problems"]
        assert isinstance(found, list)
        return [problem for problem in found if problem in error.sentence]
    return []


def test_an_account_in_which_every_image_has_one_verdict_is_closed() -> None:
    assert problems(parent(*PATHS), release(*PATHS)) == []
    assert problems([], []) == []


@pytest.mark.parametrize("missing", PATHS)
def test_an_image_without_a_verdict_is_named(missing: str) -> None:
    judged = release(*(path for path in PATHS if path != missing))
    assert problems(parent(*PATHS), judged) == [f"{missing} has no verdict"]


@pytest.mark.parametrize("invented", ["a/", "a/00", "a/6", "b"])
def test_an_image_that_the_parent_does_not_hold_is_named(invented: str) -> None:
    judged = release(*sorted([*PATHS, invented]))
    assert problems(parent(*PATHS), judged) == [f"{invented} is no image of the parent, or has two verdicts"]


def test_an_image_with_two_verdicts_is_named() -> None:
    judged = [trees.kept("a/0"), trees.excluded("a/0"), trees.kept("a/1")]
    assert problems(parent("a/0", "a/1"), judged) == ["a/0 is no image of the parent, or has two verdicts"]


def test_an_image_that_was_changed_on_the_way_is_named() -> None:
    judged = [trees.kept("a/0"), trees.kept("a/1")]
    ours = [trees.entry("a/0"), SourceEntry("a/1", 1, "0" * 64)]
    assert problems(ours, judged) == ["a/1 is not the image that the parent holds"]


def test_several_mistakes_are_named_in_the_order_of_paths_and_a_crowd_is_cut() -> None:
    many = [f"a/{number:03}" for number in range(accounts.NAMED_AT_MOST + 1)]
    with pytest.raises(AccountNotClosedError) as refused:
        accounts.check(parent(*many), [])
    assert refused.value.sentence.endswith("a/019 has no verdict and more.")
    assert refused.value.facts["problems"] == [f"{path} has no verdict" for path in many[: accounts.NAMED_AT_MOST]]
    with pytest.raises(AccountNotClosedError) as refused:
        accounts.check(parent(*many[:-1]), [])
    assert not refused.value.sentence.endswith("and more.")


@given(st.sets(st.sampled_from(PATHS)), st.sets(st.sampled_from(PATHS)))
def test_exactly_the_images_that_differ_are_named(ours: set[str], theirs: set[str]) -> None:
    found = problems(parent(*sorted(ours)), release(*sorted(theirs)))
    assert [problem.split(" ")[0] for problem in found] == sorted(ours ^ theirs)


def test_files_are_compared_as_their_entries_are(tmp_path: Path) -> None:
    parents, releases = tmp_path / "parent", tmp_path / "release"
    manifests.write_source(parent(*PATHS), parents)
    manifests.write_release(release(*PATHS), releases)
    accounts.check_files(parents, releases)
    manifests.write_release(release(*PATHS[1:]), releases)
    with pytest.raises(AccountNotClosedError, match="a/0 has no verdict"):
        accounts.check_files(parents, releases)
    other = [replace(entry, width=1) if entry.path == PATHS[2] else entry for entry in parent(*PATHS)]
    manifests.write_source(other, parents)
    manifests.write_release(release(*PATHS), releases)
    with pytest.raises(AccountNotClosedError, match="a/2 is not the image that the parent holds"):
        accounts.check_files(parents, releases)


def test_where_an_image_lies_is_nothing_to_account_for(tmp_path: Path) -> None:
    placed = [replace(entry, part="x.tar", position=1) for entry in parent(*PATHS)]
    manifests.write_source(placed, tmp_path / "parent", ("part", "position"))
    manifests.write_release(release(*PATHS), tmp_path / "release")
    accounts.check_files(tmp_path / "parent", tmp_path / "release")
