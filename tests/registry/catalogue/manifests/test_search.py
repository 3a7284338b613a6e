from dataclasses import replace
from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import Defect
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import search
from registry.catalogue.manifests.search import Beside, Wanted
from registry.errors import InvalidInputError
from tests.factories import trees

PATHS = ("n1/a.JPEG", "n1/b.JPEG", "n2/c.JPEG", "n3/d.JPEG")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A manifest of four images, one of which is broken, and one of which says where it came from."""
    entries = [trees.entry(path) for path in PATHS]
    entries[1] = replace(entries[1], defect=Defect.TRUNCATED)
    entries[2] = replace(entries[2], url="http://example.org/c.jpg", size_bytes=1000)
    manifests.write_source(entries, tmp_path / "manifest", ("url",))
    return tmp_path / "manifest"


def found(file: Path, wanted: Wanted, after: str | None = None, beside: Beside = Beside()) -> list[str]:  # noqa: B008
    return [entry.path for entry in search.search(file, wanted, after, 10, beside)]


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (Wanted(), PATHS),
        (Wanted(labels=("n1", "n3")), (PATHS[0], PATHS[1], PATHS[3])),
        (Wanted(labels=()), ()),
        (Wanted(path="/c."), (PATHS[2],)),
        (Wanted(path="%"), ()),
        (Wanted(sha256=trees.sha256(PATHS[3])), (PATHS[3],)),
        (Wanted(url="example.org"), (PATHS[2],)),
        (Wanted(licence="CC0-1.0"), ()),
        (Wanted(least_bytes=500), (PATHS[2],)),
        (Wanted(most_bytes=500), (PATHS[0], PATHS[1], PATHS[3])),
        (Wanted(defect="truncated"), (PATHS[1],)),
        (Wanted(labels=("n1",), defect="truncated"), (PATHS[1],)),
        (Wanted(labels=("n2",), defect="truncated"), ()),
    ],
)
def test_images_are_found_by_all_that_is_known(file: Path, wanted: Wanted, paths: tuple[str, ...]) -> None:
    assert found(file, wanted) == list(paths)


def test_a_page_goes_on_behind_a_path(file: Path) -> None:
    assert found(file, Wanted(labels=("n1",)), PATHS[0]) == [PATHS[1]]
    for limit in (0, search.MAX_PAGE_ROWS + 1):
        with pytest.raises(InvalidInputError, match="A page has"):
            search.search(file, Wanted(), None, limit)


def test_layers_are_asked_too_by_path_or_by_bare_name(file: Path, tmp_path: Path) -> None:
    rows: dict[Kind, list[content.Row]] = {
        Kind.SOURCES: [("a", "http://other.example/a", None), ("n3/d.JPEG", "http://other.example/d", None)],
        Kind.DEFECTS: [("b.png", "cmyk", None), ("n1/a", "cmyk", None)],
        Kind.RIGHTS: [("c.JPEG", "licence", "exif", "CC0-1.0", 0.9, None, 0, "CC0")],
    }
    for kind, said in rows.items():
        content.write(kind, said, tmp_path / kind)
    beside = Beside([tmp_path / Kind.SOURCES], [tmp_path / Kind.RIGHTS], [tmp_path / Kind.DEFECTS])
    assert found(file, Wanted(url="example"), beside=beside) == [PATHS[0], PATHS[2], PATHS[3]]
    assert found(file, Wanted(defect="cmyk"), beside=beside) == [PATHS[1]]
    assert found(file, Wanted(licence="CC0-1.0"), beside=beside) == [PATHS[2]]
    assert found(file, Wanted(licence="CC0-1.0", url="other"), beside=beside) == []


@pytest.mark.parametrize("sha256", ["", "z" * 64, "A" * 64, "0" * 63])
def test_what_is_no_digest_is_refused(file: Path, sha256: str) -> None:
    with pytest.raises(InvalidInputError, match="64 lower-case hex digits"):
        search.search(file, Wanted(sha256=sha256), None, 1)


def test_a_manifest_without_urls_knows_none(tmp_path: Path) -> None:
    manifests.write_source([trees.entry(PATHS[0])], tmp_path / "manifest")
    assert found(tmp_path / "manifest", Wanted(url="x")) == []


def test_equal_bytes_are_told_with_their_paths(tmp_path: Path) -> None:
    one, two = trees.entry(PATHS[0]), trees.entry(PATHS[1])
    twins = [one, two, replace(one, path=PATHS[2]), replace(two, path=PATHS[3])]
    manifests.write_source(twins, tmp_path / "manifest")
    first, second = search.copies(tmp_path / "manifest", None, 10)
    assert dict([first, second]) == {one.sha256: [PATHS[0], PATHS[2]], two.sha256: [PATHS[1], PATHS[3]]}
    assert search.copies(tmp_path / "manifest", first[0], 10) == [second]
    with pytest.raises(InvalidInputError):
        search.copies(tmp_path / "manifest", None, 0)
