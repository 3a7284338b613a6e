import pytest

from registry.catalogue.entries import Defect, SourceEntry, Thumbnail
from registry.errors import InvalidInputError
from registry.proof.manifest import Verdict
from tests.factories import trees


def test_the_line_of_a_source_is_the_first_four_fields_of_the_line_of_its_release() -> None:
    for entry in (trees.kept("a/b"), trees.blurred("a/b"), trees.excluded("a/b")):
        assert entry.to_row().line().split(b"\t")[:4] == entry.source.line().split(b"\t")


def test_an_entry_without_bytes_has_empty_fields() -> None:
    assert SourceEntry("a/link", label="a", defect=Defect.SYMLINK).line() == b"a/link\t\t\ta"
    assert SourceEntry("flat", 3, "0" * 64).line() == b"flat\t3\t" + b"0" * 64 + b"\t"


def test_an_image_keeps_its_path_in_the_release_unless_it_is_excluded() -> None:
    assert trees.kept("a/b").output_path == "a/b"
    assert trees.excluded("a/b").output_path is None


def test_a_row_carries_the_verdict_and_the_output() -> None:
    row = trees.blurred("a/b").to_row()
    assert (row.verdict, row.reasons, row.output_size_bytes) == (Verdict.BLUR, ("face",), 12)
    assert row.output_sha256 == trees.sha256("a/b blurred")


def test_an_entry_that_contradicts_itself_has_no_line() -> None:
    released = trees.kept("a/b")
    with pytest.raises(InvalidInputError):
        trees.excluded("a/b", "z", "a").to_row().line()
    assert released.to_row().line()


def test_every_word_is_a_code_in_kebab_case() -> None:
    for word in (*Defect, *Thumbnail):
        assert word == word.lower().replace("_", "-")
