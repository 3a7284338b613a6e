import hashlib
from pathlib import Path

import pytest

from registry.home import Home
from registry.models.takedowns import SubjectKind
from registry.queries import images, names
from tests.factories import homes, manifests, pictures
from tests.factories.homes import FIRST, TWINS, VARIANT, WAVES

OTHER = "sample/other"


def places(home: Home, kind: SubjectKind, subject: str) -> list[tuple[str, str]]:
    """Variant and path of every image that is meant."""
    with home.reading() as session:
        found = images.named(session, home.blobs, kind, subject)
        return sorted((names.variant_name(session, place.variant_id), place.path) for place in found)


def digest(data: bytes) -> str:
    """The SHA-256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def test_bytes_are_found_in_every_variant_under_every_name(furnished_home: Home, tmp_path: Path) -> None:
    twin = pictures.jpeg(seed=2)
    (tmp_path / "p" / "x").mkdir(parents=True)
    (tmp_path / "p" / "x" / "copy.jpg").write_bytes(twin)
    homes.import_folder(furnished_home, tmp_path / "p", OTHER)
    everywhere = [(OTHER, "x/copy.jpg"), (VARIANT, TWINS[0]), (VARIANT, TWINS[1])]
    assert places(furnished_home, SubjectKind.SHA256, digest(twin)) == everywhere
    assert places(furnished_home, SubjectKind.SHA256, "0" * 64) == []
    with furnished_home.reading() as session:
        holding = images.variants_holding(session, furnished_home.blobs, [digest(twin), "0" * 64])
        assert holding == {names.variant(session, name).id for name in (OTHER, VARIANT)}


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (SubjectKind.PATH, WAVES),
        (SubjectKind.PATH, f"{VARIANT}/{WAVES}"),
        (SubjectKind.PATH, WAVES.replace("/", "//")),
        (SubjectKind.URL, f"https://a.example/{WAVES}"),
        (SubjectKind.URL, f"https://a.example/deep/er/{WAVES}?size=2#top"),
        (SubjectKind.URL, "https://a.example/n02000001/%77aves.jpg"),
    ],
)
def test_a_path_is_found_at_the_end_of_what_is_said(furnished_home: Home, kind: SubjectKind, subject: str) -> None:
    assert places(furnished_home, kind, subject) == [(VARIANT, WAVES)]


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (SubjectKind.PATH, "waves.jpg"),
        (SubjectKind.URL, "https://a.example/waves.jpg"),
        (SubjectKind.URL, "https://a.example/"),
        (SubjectKind.URL, "https://a.example/%00/%ff/%ED%A0%80.jpg"),
        (SubjectKind.PATH, f"{WAVES}/more"),
        (SubjectKind.PATH, "' OR 1=1 --/x"),
        (SubjectKind.PATH, "a/nul\x00"),
    ],
)
def test_nothing_is_found_where_nothing_is_meant(furnished_home: Home, kind: SubjectKind, subject: str) -> None:
    assert places(furnished_home, kind, subject) == []


def test_the_longest_path_that_a_subject_ends_in_comes_first() -> None:
    assert images.searched_paths(SubjectKind.PATH, "a/b/c.jpg") == ["a/b/c.jpg", "b/c.jpg"]
    assert images.searched_paths(SubjectKind.PATH, "c.jpg") == ["c.jpg"]
    assert images.searched_paths(SubjectKind.URL, "https://a.example/c.jpg") == []


def test_a_hostile_subject_costs_a_bounded_number_of_searches() -> None:
    searched = images.searched_paths(SubjectKind.PATH, "a/" * 2000 + "b.jpg")
    assert len(searched) == images.SEARCHED_PARTS - 1
    assert searched[-1] == "a/b.jpg"


def test_the_newest_import_and_those_of_published_releases_are_searched(furnished_home: Home, tmp_path: Path) -> None:
    manifests.build(furnished_home)
    homes.released(furnished_home, FIRST)
    source = homes.draw(tmp_path / "again")
    (source / WAVES).unlink()
    (source / "n02000001" / "new.jpg").write_bytes(pictures.jpeg(seed=7))
    homes.import_folder(furnished_home, source)
    newest = [(VARIANT, "n02000001/new.jpg")]
    assert places(furnished_home, SubjectKind.PATH, WAVES) == [(VARIANT, WAVES)], "a published release has it"
    assert places(furnished_home, SubjectKind.PATH, "n02000001/new.jpg") == newest


def test_an_old_import_that_nothing_was_published_from_is_over(furnished_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "again")
    (source / WAVES).unlink()
    homes.import_folder(furnished_home, source)
    assert places(furnished_home, SubjectKind.PATH, WAVES) == []


def test_what_has_no_bytes_is_no_image(furnished_home: Home, tmp_path: Path) -> None:
    (tmp_path / "p" / "x").mkdir(parents=True)
    (tmp_path / "p" / "x" / "link.jpg").symlink_to("fine.jpg")
    (tmp_path / "p" / "x" / "fine.jpg").write_bytes(pictures.jpeg())
    homes.import_folder(furnished_home, tmp_path / "p", OTHER)
    assert places(furnished_home, SubjectKind.PATH, "x/link.jpg") == []
    assert places(furnished_home, SubjectKind.PATH, "x/fine.jpg") == [(OTHER, "x/fine.jpg")]
