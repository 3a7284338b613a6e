import json
from pathlib import Path
from typing import Any

import pytest

from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources

ONE, TWO = sources.picture(1), sources.picture(2)


def file_object(name: str, data: bytes) -> dict[str, Any]:
    return {"@type": "cr:FileObject", "@id": name, "contentUrl": name, "sha256": sources.checksum(data)}


def written(folder: Path, *distribution: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    document = {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": list(distribution),
    }
    (folder / "croissant.json").write_text(json.dumps(document))  # noqa: TID251 - somebody else's document
    return folder


def test_pictures_that_the_document_names_are_compared_with_it(tmp_path: Path) -> None:
    parts = [file_object("a/1.jpg", ONE), file_object("a/2.jpg", TWO), file_object("a/3.jpg", TWO)]
    root = written(tmp_path / "x", *parts)
    (root / "a").mkdir()
    (root / "a/1.jpg").write_bytes(ONE)
    (root / "a/2.jpg").write_bytes(ONE)
    (root / "a/stranger.jpg").write_bytes(ONE)
    found = sources.read(root)
    assert found.layout is LayoutName.CROISSANT
    assert found.labels == {"a/1.jpg": "a"}
    assert sorted(found.refused) == [
        ("a/stranger.jpg", "", "nothing in croissant.json names it"),
        ("croissant.json", "a/2.jpg", "is not what the list says"),
        ("croissant.json", "a/3.jpg", "there is no such file"),
    ]


def test_a_set_in_an_archive_and_a_set_in_the_folder_are_read(tmp_path: Path) -> None:
    archive = sources.tar({"cat/1.jpg": ONE, "cat/1.txt": b"no"})
    root = written(
        tmp_path / "x",
        file_object("images.tar", archive),
        file_object("labels.csv", b"a,b"),
        file_object("gone.csv", b""),
        file_object("../up.csv", b""),
        {"@type": "cr:FileObject", "@id": "web", "contentUrl": "https://example.org/x.zip"},
        {"@type": "cr:FileSet", "@id": "s", "containedIn": {"@id": "images.tar"}, "includes": "*.jpg"},
        {"@type": "cr:FileSet", "@id": "t", "includes": ["loose/*.jpg"]},
    )
    (root / "images.tar").write_bytes(archive)
    (root / "labels.csv").write_bytes(b"other")
    (root / "loose").mkdir()
    (root / "loose/2.jpg").write_bytes(TWO)
    found = sources.read(root)
    assert found.labels == {"images/cat/1.jpg": "cat", "loose/2.jpg": "loose"}
    assert sorted((fault.where, fault.why[:30]) for fault in found.report.faults) == [
        ("../up.csv", "The path '../up.csv' is not a "),
        ("gone.csv", "it cannot be read: no such fil"),
        ("labels.csv", "its bytes are not those that t"),
    ]
    assert "croissant.json describes 4 files and 2 sets of files." in found.said


def test_a_document_about_nothing_that_is_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="describes no file that is here"):
        sources.read(written(tmp_path / "x"))


def test_other_json_is_no_croissant(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text("{}")
    (tmp_path / "1.jpg").write_bytes(ONE)
    assert sources.read(tmp_path).layout is LayoutName.IMAGE_FOLDER


def file_set(includes: object, **more: object) -> dict[str, Any]:
    return {"@type": "cr:FileSet", "@id": "s", "includes": includes, **more}


def placed(root: Path, *names: str) -> Path:
    return sources.folder(root, {name: sources.picture(number) for number, name in enumerate(names)})


def test_the_class_is_the_first_folder_that_a_pattern_leaves_open(tmp_path: Path) -> None:
    root = written(tmp_path / "x", file_set(["images/train/*/*.jpg", "flat/*.jpg", "*.png"]))
    placed(root, "images/train/cat/1.jpg", "flat/2.jpg", "dog/deep/3.png", "4.png")
    assert sources.read(root).labels == {
        "images/train/cat/1.jpg": "cat",
        "flat/2.jpg": "flat",
        "dog/deep/3.png": "dog",
        "4.png": None,
    }


@pytest.mark.parametrize("key", ["excludes", "cr:excludes"])
def test_what_a_set_leaves_out_is_refused(tmp_path: Path, key: str) -> None:
    root = placed(written(tmp_path / "x", file_set("*.jpg", **{key: "cat/*"})), "cat/1.jpg", "dog/2.jpg")
    found = sources.read(root)
    assert found.labels == {"dog/2.jpg": "dog"}
    assert found.refused == [("cat/1.jpg", "", "nothing in croissant.json names it")]


def test_sets_in_several_archives_read_each_once(tmp_path: Path) -> None:
    tars = {f"{name}.tar": sources.tar({f"cat/{name}.jpg": ONE, f"cat/{name}.png": TWO}) for name in "ab"}
    holders = [{"@id": name} for name in tars]
    sets = [file_set("*.jpg", containedIn=holders), file_set(["*.png", "*.jpg"], containedIn=holders)]
    root = written(tmp_path / "x", *(file_object(name, data) for name, data in tars.items()), *sets)
    sources.folder(root, tars)
    found = sources.read(root)
    assert sorted(found.labels) == ["a/cat/a.jpg", "a/cat/a.png", "b/cat/b.jpg", "b/cat/b.png"]
    assert found.refused == []


def test_a_file_that_was_fetched_from_its_url_is_compared_like_every_other(tmp_path: Path) -> None:
    archive = sources.tar({"cat/1.jpg": ONE})
    fetched = file_object("images.tar", archive) | {"contentUrl": "https://example.org/files/images.tar?download=1"}
    root = written(tmp_path / "x", fetched, file_set("*.jpg", containedIn={"@id": "images.tar"}))
    (root / "images.tar").write_bytes(archive)
    assert sources.read(root).report.faults == []
    (root / "images.tar").write_bytes(archive + bytes(512))
    (fault,) = sources.read(root).report.faults
    assert (fault.where, fault.why) == ("images.tar", "its bytes are not those that the document says")


def test_files_that_lie_elsewhere_are_said_and_their_pictures_refused(tmp_path: Path) -> None:
    urls = [
        "https://example.org/a.jpg?size=1",
        "file:///etc/passwd",
        "data:text/plain,x",
        "/etc/hostname",
        "http://[x/b",
    ]
    parts = [{"@type": "cr:FileObject", "@id": str(at), "contentUrl": url} for at, url in enumerate(urls)]
    typed = {
        "@type": "cr:FileObject",
        "@id": "t",
        "contentUrl": "https://example.org/b",
        "encodingFormat": "image/jpeg",
    }
    root = placed(written(tmp_path / "x", *parts, typed, file_object("1.jpg", sources.picture(0))), "1.jpg")
    found = sources.read(root)
    assert list(found.labels) == ["1.jpg"]
    assert found.refused == [
        ("croissant.json", urls[0], "it lies elsewhere, and nothing is fetched"),
        ("croissant.json", "https://example.org/b", "it lies elsewhere, and nothing is fetched"),
    ]
    assert "Besides, 6 files that lie elsewhere" in found.said


def test_pictures_whose_names_lead_away_are_refused_for_their_names(tmp_path: Path) -> None:
    names = ("../up.jpg", "a/../../up.jpg", "a\\b.jpg", "a\0.jpg")
    root = placed(written(tmp_path / "x", *(file_object(name, ONE) for name in (*names, "./1.jpg"))), "1.jpg")
    (root / "1.jpg").write_bytes(ONE)
    found = sources.read(root)
    assert list(found.labels) == ["1.jpg"]
    whys = [why for *_, why in found.refused]
    assert sorted(whys) == [*["its name is no plain relative path"] * 3, "there is no such file"]


def test_a_picture_of_which_the_document_gives_no_sha256_is_taken_and_that_is_said(tmp_path: Path) -> None:
    said = {"@type": "cr:FileObject", "@id": "1.jpg", "contentUrl": "1.jpg", "md5": "0" * 32}
    root = placed(written(tmp_path / "x", said, {**said, "@id": "l", "contentUrl": "labels.csv"}), "1.jpg")
    (root / "labels.csv").touch()
    found = sources.read(root)
    assert (list(found.labels), found.report.faults, found.refused) == (["1.jpg"], [], [])
    assert "Of 2 of these files it gives no SHA-256" in found.said


def test_parquet_files_that_a_document_names_give_their_pictures(tmp_path: Path) -> None:
    repository = {"@type": "cr:FileObject", "@id": "repo", "contentUrl": "https://example.org/x", "sha256": "see there"}
    held = file_set("default/*/*.parquet", containedIn={"@id": "repo"})
    root = written(tmp_path / "x", repository, held)
    sources.parquet(root / "default/train/0000.parquet", [(ONE, "1.jpg"), (TWO, "2.jpg")], [0, 1])
    found = sources.read(root)
    assert found.layout is LayoutName.CROISSANT
    cat, dog, _ = sources.WNIDS
    assert found.labels == {"default/train/0000/1.jpg": cat, "default/train/0000/2.jpg": dog}


@pytest.mark.parametrize("name", ["images.zip", "images.tar.gz", "images.tgz"])
def test_a_compressed_archive_is_said_to_be_one(tmp_path: Path, name: str) -> None:
    root = written(tmp_path / "x", file_object(name, ONE), file_set("*.jpg", containedIn={"@id": name}), file_set("*"))
    placed(root, "1.jpg")
    (root / name).write_bytes(ONE)
    (fault,) = sources.read(root).report.faults
    assert (fault.file, fault.why[:16]) == (name, "it is compressed")


def test_a_document_of_another_name_is_found(tmp_path: Path) -> None:
    root = placed(written(tmp_path / "x", file_set("*.jpg")), "1.jpg")
    (root / "croissant.json").rename(root / "pets-metadata.json")
    (root / "a.json").write_text("{}")
    found = sources.read(root)
    assert found.layout is LayoutName.CROISSANT
    assert found.refused == [("a.json", "", "nothing in pets-metadata.json names it")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[" * 100_000, "nests deeper"),
        (b"\xff\xfe{}", "is not JSON"),
        (b'{"a": ', "is not JSON"),
        (b"", "is not an object"),
        (b" " * (1 << 24) + b"{}", "is larger than"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: bytes, why: str) -> None:
    (tmp_path / "croissant.json").write_bytes(b'"http://mlcommons.org/croissant/1.0"' + text)
    with pytest.raises(InvalidInputError, match=rf"croissant\.json cannot be read: .*{why}"):
        sources.read(tmp_path)


@pytest.mark.parametrize("name", ["../away.tar", "link.tar", "gone.tar"])
def test_an_archive_outside_or_that_is_not_there_is_named_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    good, away = sources.tar({"cat/1.jpg": ONE}), sources.tar({"cat/2.jpg": TWO})
    (tmp_path / "away.tar").write_bytes(away)
    sets = [file_set("*.jpg", containedIn={"@id": it}) for it in (name, "good.tar")]
    parts = [{"@type": "cr:FileObject", "@id": name, "contentUrl": name}, file_object("good.tar", good)]
    root = sources.folder(written(tmp_path / "x", *parts, *sets), {"good.tar": good})
    (root / "link.tar").symlink_to("../away.tar")
    found = sources.read(root)
    assert found.labels == {"good/cat/1.jpg": "cat"}
    assert [fault.file for fault in found.report.faults] == [name]


def test_the_document_itself_is_no_file_of_a_set(tmp_path: Path) -> None:
    found = sources.read(placed(written(tmp_path / "x", file_set("*")), "1.jpg"))
    assert (list(found.labels), found.refused) == (["1.jpg"], [])
