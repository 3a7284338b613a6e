"""Groups of images that a policy cannot tell apart stand for exactly these images."""

import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies import impact, vectorised
from policies.document import parse
from policies.facts import ImageFacts
from registry.catalogue import manifests
from tests.factories.policies import FILES, Plain, batch, documents, images, text


def groups(folder: Path, *batches: pa.RecordBatch, columns: frozenset[str]) -> list[dict[str, object]]:
    manifests.write_groups(batches, columns, folder / "groups")
    return [row for found in manifests.read_groups(folder / "groups") for row in found.to_pylist()]


def test_equal_images_are_one_group_named_by_the_first_of_them(tmp_path: Path) -> None:
    first = pa.RecordBatch.from_pydict({"path": ["a", "b"], "label": ["x", None], "width": [1, 2]})
    second = pa.RecordBatch.from_pydict({"path": ["c", "d"], "label": ["x", "y"], "width": [3, 4]})
    assert groups(tmp_path, first, second, columns=frozenset({"label", "none"})) == [
        {"label": "x", "path": "a", "images": 2},
        {"label": None, "path": "b", "images": 1},
        {"label": "y", "path": "d", "images": 1},
    ]


def test_lists_tell_images_apart_too_and_none_is_not_an_empty_one(tmp_path: Path) -> None:
    lists = pa.array([["a", "b"], [], None, ["a", "b"]], pa.list_(pa.string()))
    rows = pa.RecordBatch.from_pydict({"path": ["1", "2", "3", "4"], 'layer:o"dd': lists})
    found = groups(tmp_path, rows, columns=frozenset({'layer:o"dd'}))
    assert [(row['layer:o"dd'], row["images"]) for row in found] == [(["a", "b"], 2), ([], 1), (None, 1)]


def test_no_images_have_no_groups(tmp_path: Path) -> None:
    assert groups(tmp_path, columns=frozenset({"label"})) == []


@settings(max_examples=40)
@given(documents(), documents(), st.lists(images(), min_size=1, max_size=12))
def test_a_policy_does_the_same_to_groups_as_to_their_images(old: Plain, new: Plain, rows: list[ImageFacts]) -> None:
    before, after = parse(text(old), FILES), parse(text(new), FILES)
    facts = batch(*rows)
    columns = vectorised.columns_of(before, after) | {"label", "split", "rights_conflicts"}
    assume(vectorised.ALL_DIFFERENT.isdisjoint(columns))
    with_groups = _through(facts, columns)
    one, other = (impact.measure(after, [found], before) for found in (facts, with_groups))
    assert (one.outcomes, one.classes, one.splits) == (other.outcomes, other.classes, other.splits)
    assert one.conflicts_stay == other.conflicts_stay
    assert {(c.before, c.after, c.count) for c in one.changes} == {(c.before, c.after, c.count) for c in other.changes}


def _through(facts: pa.RecordBatch, columns: frozenset[str]) -> pa.RecordBatch:
    """The facts as groups, by way of a file."""
    with tempfile.TemporaryDirectory() as folder:
        manifests.write_groups([facts], columns, Path(folder) / "groups")
        [found] = manifests.read_groups(Path(folder) / "groups")
    return found
