"""What layers say becomes facts of the images that they name, by path or by stem."""

from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.layers import content, known
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.known import Known, Source
from registry.errors import InvalidInputError
from tests.factories import trees

PATHS = ("n01/a.JPEG", "n01/b.JPEG", "n02/c.JPEG")
ROWS: dict[Kind, list[content.Row]] = {
    Kind.LABELS: [("a", ("n01", "n05")), ("n02/c.JPEG", ())],
    Kind.VOTES: [("a", "n01", "n01", None, 3), ("a", "n01", "neither", None, 1), ("a", "n09", "n09", None, 7)],
    Kind.DEFECTS: [("b", "cmyk", None), ("b", "duplicate", None), ("n01/b", "elsewhere", None)],
    Kind.SOURCES: [("c", "http://me@Farm1.photos.example:80/1.jpg?x", "2011-11-30")],
    Kind.RIGHTS: [
        ("a", "conflict", "XMP", "CC-BY-4.0", 0.9, None, 20, "00"),
        ("a", "licence", "url", "LicenseRef-flickr-various", 0.3, None, None, None),
        ("b", "holder", "EXIF", "Ann", 0.6, None, 20, "00"),
        ("n01/a.JPEG", "licence", "XMP", "CC-BY-4.0", 0.9, None, 20, "00"),
    ],
}


def manifest(folder: Path, paths: tuple[str, ...] = PATHS) -> Path:
    """A manifest of images with these paths."""
    manifests.write_source([trees.entry(path) for path in paths], folder / "manifest")
    return folder / "manifest"


def sources(folder: Path, *kinds: Kind, name: str = "real") -> list[Source]:
    """A layer of each kind."""
    for kind in kinds:
        content.write(kind, ROWS[kind], folder / kind)
    return [Source(kind, name, folder / kind) for kind in kinds]


def asked(folder: Path, *kinds: Kind, name: str = "real") -> Known:
    known.write(manifest(folder), sources(folder, *kinds, name=name), folder / "known")
    return Known(folder / "known")


def test_labels_belong_to_the_image_that_is_named_by_path_or_stem(tmp_path: Path) -> None:
    found = asked(tmp_path, Kind.LABELS)
    assert [dict(found.of(path)) for path in PATHS] == [
        {"layer": (("real", ("n01", "n05")),)},
        {},
        {"layer": (("real", ()),)},
    ]


def test_votes_are_counted_for_the_label_that_the_image_has(tmp_path: Path) -> None:
    found = asked(tmp_path, Kind.VOTES)
    assert found.of(PATHS[0]) == {"votes": 4, "agreement": 75}
    assert found.of(PATHS[1]) == {"votes": None, "agreement": None}


def test_an_image_that_no_layer_of_defects_names_has_no_advisory(tmp_path: Path) -> None:
    found = asked(tmp_path, Kind.DEFECTS)
    assert [found.of(path)["advisories"] for path in PATHS] == [(), ("cmyk", "duplicate"), ()]


def test_a_source_is_its_url_with_the_host_as_hosts_are_compared(tmp_path: Path) -> None:
    url = "http://me@Farm1.photos.example:80/1.jpg?x"
    assert asked(tmp_path, Kind.SOURCES).of(PATHS[2]) == {
        "source_url": url,
        "source_host": "farm1.photos.example",
        "retrieved_on": "2011-11-30",
    }


def test_rights_are_the_licence_with_the_strongest_evidence_and_the_conflicts(tmp_path: Path) -> None:
    found = asked(tmp_path, Kind.RIGHTS)
    assert [tuple(found.of(path).values()) for path in PATHS] == [
        ("CC-BY-4.0", 90, 1),
        (None, None, 0),
        (None, None, None),
    ]


def test_all_kinds_together_and_a_name_with_quotes(tmp_path: Path) -> None:
    found = asked(tmp_path, *ROWS, name='o"dd')
    assert set(found.of(PATHS[0])) == {
        "layer", "votes", "agreement", "advisories", "source_url", "source_host", "retrieved_on",
        "licence", "licence_confidence", "rights_conflicts",
    }  # fmt: skip
    assert found.of(PATHS[0])["layer"] == (('o"dd', ("n01", "n05")),)


def test_images_can_be_asked_for_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "ROWS", 1)
    found = asked(tmp_path, Kind.DEFECTS)
    for path in (*PATHS, *reversed(PATHS), "n99/none", *PATHS):
        assert bool(found.of(path)) is (path in PATHS)


def test_nothing_is_known_where_nobody_said_anything() -> None:
    assert Known().of("a") == {}


def test_a_file_that_is_no_layer_is_refused(tmp_path: Path) -> None:
    [labels] = sources(tmp_path, Kind.LABELS)
    with pytest.raises(InvalidInputError):
        known.write(manifest(tmp_path), [Source(Kind.VOTES, "x", labels.file)], tmp_path / "known")


def test_pieces_of_any_size_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = tuple(f"n01/{number:02}.JPEG" for number in range(20))
    file = manifest(tmp_path, paths)
    content.write(Kind.LABELS, [(path, (path,)) for path in paths], tmp_path / "every")
    content.write(Kind.DEFECTS, [(path, "cmyk", None) for path in ("n00/0", *paths[3:9], "n99/9")], tmp_path / "some")
    votes = [(path, "n01", answer, None, 1) for path in paths[::2] for answer in ("n01", "neither")]
    content.write(Kind.VOTES, sorted(votes), tmp_path / "votes")
    asked = [
        Source(Kind.LABELS, "every", tmp_path / "every"),
        Source(Kind.DEFECTS, "some", tmp_path / "some"),
        Source(Kind.VOTES, "votes", tmp_path / "votes"),
    ]
    whole = [row for piece in known.pieces(file, asked) for row in piece.to_pylist()]
    for piece_rows, rows in ((1, 1), (4, 3), (7, 50)):
        monkeypatch.setattr(known, "PIECE_ROWS", piece_rows)
        monkeypatch.setattr(known, "ROWS", rows)
        assert [row for piece in known.pieces(file, asked) for row in piece.to_pylist()] == whole
    assert [row["votes"] for row in whole] == [2, None] * 10
    assert [row["advisories"] for row in whole[2:4]] == [[], ["cmyk"]]


def test_one_image_alone_is_told_of_like_among_all(tmp_path: Path) -> None:
    layers = sources(tmp_path, *ROWS)
    [alone] = known.pieces(manifest(tmp_path), layers, PATHS[0])
    assert (
        alone.to_pylist()
        == [known_of for piece in known.pieces(manifest(tmp_path), layers) for known_of in piece.to_pylist()][:1]
    )


def test_a_manifest_of_no_image_has_one_piece_of_nothing(tmp_path: Path) -> None:
    layers = sources(tmp_path, *ROWS)
    manifests.write_source([], tmp_path / "manifest")
    assert [len(piece) for piece in known.pieces(tmp_path / "manifest", layers)] == [0]


def test_facts_of_layers_come_in_step_with_the_batches_of_a_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = tuple(f"n01/{number:03}.JPEG" for number in range(25))
    content.write(Kind.LABELS, [(path, (path,)) for path in paths], tmp_path / "labels")
    file = manifest(tmp_path, paths)
    monkeypatch.setattr(known, "PIECE_ROWS", 7)
    monkeypatch.setattr(known, "ROWS", 3)
    said = known.pieces(file, [Source(Kind.LABELS, "own", tmp_path / "labels")])
    monkeypatch.setattr(manifests.facts, "BATCH_ROWS", 10)
    batches = list(manifests.fact_batches(file, held=[], taken_down=[], known=said))
    assert [batch.num_rows for batch in batches] == [10, 10, 5]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["layer:own"] for row in rows] == [[path] for path in paths]
