import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import inclusion, merkle, tiles
from registry.proof.tiles import TiledTree


def entry(number: int) -> bytes:
    return str(number).encode()


def leaf(number: int) -> bytes:
    return merkle.leaf_hash(entry(number))


def missing(path: str) -> bytes:
    raise AssertionError(path)


def log_of(sizes: list[int]) -> tuple[dict[str, bytes], int]:
    """All files of a log that grew by these numbers of entries."""
    files: dict[str, bytes] = {}
    size = 0
    for more in sizes:
        numbers = range(size, size + more)
        files |= tiles.grown(size, [leaf(number) for number in numbers], files.__getitem__)
        files |= tiles.bundled(size, [entry(number) for number in numbers], files.__getitem__)
        size += more
    return files, size


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 273, 112, "tile/0/273.p/112"),
        (1, 1234067, 256, "tile/1/x001/x234/067"),
        ("entries", 1000, 1, "tile/entries/x001/000.p/1"),
    ],
)
def test_a_file_is_named_as_the_specification_says(level: int | str, index: int, width: int, path: str) -> None:
    assert tiles.tile_path(level, index, width) == path


def test_the_example_of_the_specification() -> None:
    files = tiles.grown(0, [leaf(number) for number in range(70_000)], missing)
    partial = {path for path in files if ".p/" in path}
    assert partial == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert len(files) == 273 + 1 + 1 + 1 + 1
    assert set(tiles.grown(0, [leaf(number) for number in range(256)], missing)) == {"tile/0/000", "tile/1/000.p/1"}


@settings(max_examples=25)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6), st.data())
def test_a_log_that_grew_in_steps_has_the_root_and_the_proofs_of_its_leaves(
    sizes: list[int], data: st.DataObject
) -> None:
    files, size = log_of(sizes)
    leaves = [leaf(number) for number in range(size)]
    tree = TiledTree(size, files.__getitem__)
    assert tree.root() == merkle.root_of(leaves)
    assert list(tree.entries(0)) == [entry(number) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    assert tree.leaf(index) == leaves[index]
    assert list(tree.entries(index)) == [entry(number) for number in range(index, size)]
    path = inclusion.inclusion_path(index, size, tree.subtree)
    inclusion.check_inclusion(leaves[index], index, size, tree.root(), path)
    old = data.draw(st.integers(1, size))
    grown = inclusion.consistency_path(old, size, tree.subtree)
    inclusion.check_consistency(old, merkle.root_of(leaves[:old]), size, tree.root(), grown)


def test_any_earlier_size_at_which_the_log_stood_can_still_be_read() -> None:
    files, _ = log_of([3, 250, 10, 500])
    for size in (3, 253, 263, 763):
        assert TiledTree(size, files.__getitem__).root() == merkle.root_of([leaf(number) for number in range(size)])


def test_an_empty_log_has_the_root_of_nothing_and_no_files() -> None:
    assert TiledTree(0, missing).root() == merkle.EMPTY_ROOT
    assert list(TiledTree(0, missing).entries(0)) == []
    assert tiles.grown(0, [], missing) == {}
    assert tiles.bundled(256, [], missing) == {}


def test_a_tile_that_is_not_as_wide_as_its_name_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="not as wide"):
        tiles.grown(3, [leaf(3)], lambda _: b"short")
    with pytest.raises(InvalidInputError, match="not as wide"):
        TiledTree(3, lambda _: b"short").root()


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x05abc", b"\x00\x00" * 257])
def test_a_malformed_bundle_is_refused(bundle: bytes) -> None:
    with pytest.raises(InvalidInputError, match="malformed"):
        tiles.entries_in(bundle)


def test_a_bundle_with_too_few_entries_is_refused() -> None:
    files, size = log_of([3])
    files["tile/entries/000.p/3"] = b"\x00\x01a"
    with pytest.raises(InvalidInputError, match="does not hold 3"):
        list(TiledTree(size, files.__getitem__).entries(0))


def test_an_entry_that_no_bundle_can_carry_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="65535"):
        tiles.bundled(0, [b"a" * 65_536], missing)


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/63/x001/000", "tile/entries/000.p/1", "tile/1/x001/x234/067.p/255", "tile/9/999"]
)
def test_a_name_is_read_as_it_is_written(path: str) -> None:
    name = tiles.tile_name(path)
    assert name.path() == path
    assert name.max_bytes >= name.width * merkle.HASH_BYTES


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/1000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000\n",
        "tile/0/../000",
        "/tile/0/000",
        "tile/entries/" + "x001/" * 7 + "000",
        "tile/0/\u0660\u0660\u0660",
    ],
)
def test_a_name_that_no_file_has_is_refused(path: str) -> None:
    with pytest.raises(InvalidInputError, match="no such name"):
        tiles.tile_name(path)


@settings(max_examples=25)
@given(st.integers(1, 255), st.integers(0, 300))
def test_a_part_that_is_gone_is_the_beginning_of_the_whole(width: int, more: int) -> None:
    parts, _ = log_of([width])
    whole, _ = log_of([width + more])
    for name, data in parts.items():
        found = tiles.fetched(name, whole.get)
        assert found == (data if width + more >= tiles.WIDTH or more == 0 else None)
    assert tiles.fetched("tile/0/007", whole.get) is None
