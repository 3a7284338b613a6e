"""Every layout meets every bad thing that can happen to it: each is said with its place, and the rest is kept.

That rows that came in are those taken and those refused is a law of `reading`, and checked there each time.
"""

import os
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from registry.catalogue.entries import Defect
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import bag, kaggle_loc
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import canonical, manifest
from registry.proof.manifest import Row, Verdict
from tests.factories import sources
from tests.factories.sources import Imported

if TYPE_CHECKING:
    from registry.proof.canonical import JsonObject, JsonValue

Odd = Sequence[tarfile.TarInfo]
Files = dict[str, bytes]
WNID, OTHER = sources.WNIDS[:2]
# Two pictures of each class.
KEPT = {
    f"{wnid}/{name}": data
    for wnid, files in sources.class_images(wnids=(WNID, OTHER)).items()
    for name, data in files.items()
}
VALIDATION = {f"ILSVRC2012_val_{number:08}.JPEG": sources.picture(number) for number in range(1, 5)}
TEST = {f"ILSVRC2012_test_{number:08}.JPEG": sources.picture(number) for number in range(1, 5)}


class Packed(NamedTuple):
    """A source in archives: itself, and the archive with what is bad."""

    root: Path
    archive: Path


def _train(folder: Path, odd: Odd, more: Files) -> Packed:
    inner = sources.tar(_of(WNID) | more, odd)
    file = folder / "ILSVRC2012_img_train.tar"
    file.write_bytes(sources.tar({f"{OTHER}.tar": sources.tar(_of(OTHER)), f"{WNID}.tar": inner}))
    return Packed(file, file)


def _class_archives(folder: Path, odd: Odd, more: Files) -> Packed:
    sources.folder(
        folder / "x", {f"{OTHER}.tar": sources.tar(_of(OTHER)), f"{WNID}.tar": sources.tar(_of(WNID) | more, odd)}
    )
    return Packed(folder / "x", folder / "x" / f"{WNID}.tar")


def _folder_archive(folder: Path, odd: Odd, more: Files) -> Packed:
    (folder / "imagenet-a.tar").write_bytes(
        sources.tar({f"a/{path}": data for path, data in (KEPT | more).items()}, odd)
    )
    return Packed(folder / "imagenet-a.tar", folder / "imagenet-a.tar")


def _validation(folder: Path, odd: Odd, more: Files) -> Packed:
    (folder / "val.tar").write_bytes(sources.tar(VALIDATION | more, odd))
    return Packed(folder / "val.tar", folder / "val.tar")


def _test(folder: Path, odd: Odd, more: Files) -> Packed:
    (folder / "test.tar").write_bytes(sources.tar(TEST | more, odd))
    return Packed(folder / "test.tar", folder / "test.tar")


def _shards(folder: Path, odd: Odd, more: Files) -> Packed:
    good = {
        f"{number}.{kind}": data
        for number in range(4)
        for kind, data in (("jpg", sources.picture(number)), ("cls", b"7"))
    }
    sources.folder(folder / "x", {"s-000000.tar": sources.tar(good | more, odd)})
    return Packed(folder / "x", folder / "x/s-000000.tar")


def _described(folder: Path, odd: Odd, more: Files) -> Packed:
    data = sources.tar(KEPT | more, odd)
    parts: list[JsonValue] = [
        {"@type": "cr:FileObject", "@id": "i", "contentUrl": "images.tar", "sha256": sources.checksum(data)},
        {"@type": "cr:FileSet", "@id": "s", "containedIn": {"@id": "i"}, "includes": "*.JPEG"},
    ]
    said: JsonObject = {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": parts,
    }
    sources.folder(folder / "x", {"images.tar": data, "croissant.json": canonical.canonical_bytes(said)})
    return Packed(folder / "x", folder / "x/images.tar")


def _of(wnid: str) -> Files:
    return {path.partition("/")[2]: data for path, data in KEPT.items() if path.startswith(wnid)}


# Each with the name that a fifth image of it has.
PACKED: dict[LayoutName, tuple[Callable[[Path, Odd, Files], Packed], str]] = {
    LayoutName.TRAIN_ARCHIVE: (_train, f"{WNID}_9.JPEG"),
    LayoutName.CLASS_ARCHIVES: (_class_archives, f"{WNID}_9.JPEG"),
    LayoutName.FOLDER_ARCHIVE: (_folder_archive, f"a/{WNID}/{WNID}_9.JPEG"),
    LayoutName.VALIDATION: (_validation, "ILSVRC2012_val_00000009.JPEG"),
    LayoutName.WITHHELD: (_test, "ILSVRC2012_test_00000009.JPEG"),
    LayoutName.WEBDATASET: (_shards, "9.jpg"),
    LayoutName.CROISSANT: (_described, f"{WNID}/{WNID}_9.JPEG"),
}
packed = pytest.mark.parametrize("layout", PACKED, ids=str)


def read(root: Path, layout: LayoutName, **asked: Path) -> Imported:
    """The source, with the four pictures that are never lost."""
    found = sources.read(root, layout, **asked)
    assert sum(entry.defect is None for entry in found.entries) >= 4, found.refused
    return found


@packed
@pytest.mark.parametrize("start", ["/", "/tmp/", "../", "a/../../"])  # noqa: S108 - never written to
def test_a_member_whose_name_leads_away_is_refused(tmp_path: Path, layout: LayoutName, start: str) -> None:
    make, name = PACKED[layout]
    found = read(make(tmp_path, [sources.member(start + name, tarfile.REGTYPE)], {}).root, layout)
    assert len(found.entries) == 4
    ((file, where, why),) = found.refused
    assert file
    assert "byte" in where, (file, where)
    assert why == "its name is no plain relative path"


@packed
@pytest.mark.parametrize(
    ("kind", "defect"),
    [
        (tarfile.SYMTYPE, Defect.SYMLINK),
        (tarfile.LNKTYPE, Defect.SYMLINK),
        (tarfile.CHRTYPE, Defect.SPECIAL_FILE),
        (tarfile.BLKTYPE, Defect.SPECIAL_FILE),
        (tarfile.FIFOTYPE, Defect.SPECIAL_FILE),
    ],
)
def test_links_and_devices_in_an_archive_are_rows_with_a_defect(
    tmp_path: Path, layout: LayoutName, kind: bytes, defect: Defect
) -> None:
    make, name = PACKED[layout]
    found = read(make(tmp_path, [sources.member(name, kind, "/etc/passwd")], {}).root, layout)
    assert [entry.defect for entry in found.entries if entry.defect] == [defect]
    assert (len(found.entries), found.refused) == (5, [])


@packed
def test_a_name_that_comes_twice_is_one_image_and_one_refusal(tmp_path: Path, layout: LayoutName) -> None:
    make, name = PACKED[layout]
    again = sources.member(name, tarfile.REGTYPE)
    found = read(make(tmp_path, [again], {name.removeprefix("a/"): sources.picture(9)}).root, layout)
    assert len(found.entries) == 5
    ((file, where, why),) = found.refused
    assert file
    assert where.startswith("byte ")
    assert why == "its path came before"


@packed
def test_two_names_that_differ_in_case_are_both_taken_and_said(tmp_path: Path, layout: LayoutName) -> None:
    make, name = PACKED[layout]
    if layout in (LayoutName.VALIDATION, LayoutName.WITHHELD):
        other = name.replace("JPEG", "jpeg")
        found = read(make(tmp_path, [], {other: sources.picture(9)}).root, layout)
        # Their names have one form alone, so the other spelling is no image of the set.
        assert [why for *_, why in found.refused] == ["its name is none of an image of this set"]
        return
    pair = {
        it.removeprefix("a/"): sources.picture(9) for it in (name, name.replace("9.", "9A."), name.replace("9.", "9a."))
    }
    found = read(make(tmp_path, [], pair).root, layout)
    assert (len(found.entries), found.refused) == (7, [])
    assert "differ from another only in case" in found.said


@packed
def test_an_archive_that_is_cut_off_gives_what_it_has(tmp_path: Path, layout: LayoutName) -> None:
    made = PACKED[layout][0](tmp_path, [], {})
    data = made.archive.read_bytes()
    made.archive.write_bytes(data[: data.rindex(b"\xff\xd9") - 3])
    found = sources.read(made.root, layout)
    assert len(found.entries) >= 3
    faults = [fault for fault in found.report.faults if "cut off" in fault.why]
    # Where the cut goes through a class tar inside, both tars are.
    count = 2 if layout is LayoutName.TRAIN_ARCHIVE else 1
    assert [(fault.file != "", fault.where[:5]) for fault in faults] == [(True, "byte ")] * count


@packed
def test_an_archive_that_is_none_is_refused_in_one_sentence_or_is_a_fault_beside_the_others(
    tmp_path: Path, layout: LayoutName
) -> None:
    made = PACKED[layout][0](tmp_path, [], {})
    made.archive.write_bytes(b"no archive at all" * 100)
    if layout is LayoutName.CLASS_ARCHIVES:
        found = sources.read(made.root, layout)
        assert [fault.file for fault in found.report.faults] == [made.archive.name]
        assert {entry.label for entry in found.entries} == {OTHER}
        return
    with pytest.raises(InvalidInputError, match=made.archive.name):
        sources.read(made.root, layout)


class Spread(NamedTuple):
    """A source in a folder of files: itself, and the folder with the images."""

    root: Path
    images: Path


def _image_folder(folder: Path) -> Spread:
    return Spread(sources.folder(folder / "x", KEPT), folder / "x" / WNID)


def _flat_validation(folder: Path) -> Spread:
    return Spread(sources.folder(folder / "x", VALIDATION), folder / "x")


def _flat_test(folder: Path) -> Spread:
    return Spread(sources.folder(folder / "x", TEST), folder / "x")


def _kaggle(folder: Path) -> Spread:
    train = f"{kaggle_loc.DATA}/train"
    sources.folder(folder / "x", {f"{train}/{path}": data for path, data in KEPT.items()})
    return Spread(folder / "x", folder / "x" / train / WNID)


def _imagenet21k_p(folder: Path) -> Spread:
    root = sources.folder(folder / "x", {f"imagenet21k_train/{path}": data for path, data in KEPT.items()})
    sources.folder(root, {f"imagenet21k_val/{WNID}/{WNID}_5.JPEG": sources.picture(5)})
    return Spread(root, root / "imagenet21k_train" / WNID)


def _checksums(folder: Path) -> Spread:
    root = sources.folder(folder / "x", KEPT)
    (root / "SHA256SUMS").write_text("".join(f"{sources.checksum(data)}  {path}\n" for path, data in KEPT.items()))
    return Spread(root, root / WNID)


def _bag(folder: Path) -> Spread:
    root = sources.folder(folder / "x", {f"data/{path}": data for path, data in KEPT.items()})
    sums = "".join(f"{sources.checksum(data)}  data/{path}\n" for path, data in KEPT.items())
    sources.folder(root, {bag.MANIFEST: sums.encode(), bag.DECLARATION: b"BagIt-Version: 1.0\n"})
    return Spread(root, root / "data" / WNID)


def _described_folder(folder: Path) -> Spread:
    root = sources.folder(folder / "x", KEPT)
    parts: list[JsonValue] = [
        {"@type": "cr:FileObject", "@id": path, "contentUrl": path, "sha256": sources.checksum(data)}
        for path, data in KEPT.items()
    ]
    said: JsonObject = {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": parts,
    }
    (root / "croissant.json").write_bytes(canonical.canonical_bytes(said))
    return Spread(root, root / WNID)


def _export(folder: Path) -> Spread:
    root = sources.folder(folder / "x", {f"data/{path}": data for path, data in KEPT.items()})
    rows = []
    for path, data in sorted(KEPT.items()):
        kept = len(data), sources.checksum(data)
        rows.append(Row(path, *kept, path.partition("/")[0], Verdict.KEEP, ("no-rule",), path, *kept))
    with (root / "manifest.lines").open("wb") as out:
        manifest.write(rows, out)
    return Spread(root, root / "data" / WNID)


SPREAD: dict[LayoutName, Callable[[Path], Spread]] = {
    LayoutName.IMAGE_FOLDER: _image_folder,
    LayoutName.VALIDATION: _flat_validation,
    LayoutName.WITHHELD: _flat_test,
    LayoutName.KAGGLE_LOC: _kaggle,
    LayoutName.IMAGENET_21K_P: _imagenet21k_p,
    LayoutName.CHECKSUMS: _checksums,
    LayoutName.BAG: _bag,
    LayoutName.CROISSANT: _described_folder,
    LayoutName.EXPORT: _export,
}
spread = pytest.mark.parametrize("layout", SPREAD, ids=str)


def _link(place: Path) -> None:
    place.symlink_to("/etc/passwd")


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _not_text(place: Path) -> None:
    Path(os.fsdecode(os.fsencode(place.parent) + b"/caf\xe9.JPEG")).write_bytes(sources.picture(9))


def _empty(place: Path) -> None:
    place.write_bytes(b"")


@spread
@pytest.mark.parametrize(
    ("spoil", "name", "defect"),
    [
        (_link, "odd.JPEG", Defect.SYMLINK),
        (_pipe, "odd.JPEG", Defect.SPECIAL_FILE),
        (_not_text, "caf", Defect.UNPORTABLE_NAME),
        (_empty, "odd.JPEG", Defect.EMPTY),
    ],
)
def test_what_is_odd_in_a_folder_is_a_row_with_a_defect_or_refused_by_name(
    tmp_path: Path, layout: LayoutName, spoil: Callable[[Path], None], name: str, defect: Defect
) -> None:
    root, images = SPREAD[layout](tmp_path)
    spoil(images / "odd.JPEG")
    found = read(root, layout)
    rows = [entry.defect for entry in found.entries if name in entry.path]
    refused = [why for file, _, why in found.refused if name in file]
    assert (rows, refused) in (([defect], []), ([], refused[:1])), found.refused
    assert rows or refused


@spread
def test_a_file_that_differs_in_case_from_another_is_taken_and_said_or_refused_by_name(
    tmp_path: Path, layout: LayoutName
) -> None:
    root, images = SPREAD[layout](tmp_path)
    first = min(images.glob("*.JPEG"))
    (images / first.name.replace("JPEG", "jpeg")).write_bytes(sources.picture(9))
    found = read(root, layout)
    assert ("differ from another only in case" in found.said) != any(".jpeg" in file for file, *_ in found.refused)


LABELLED = [it for it in SPREAD if it not in (LayoutName.VALIDATION, LayoutName.WITHHELD)]


@pytest.mark.parametrize("layout", LABELLED, ids=str)
def test_images_of_a_class_of_no_list_are_refused_and_the_rest_is_kept(tmp_path: Path, layout: LayoutName) -> None:
    root, _ = SPREAD[layout](tmp_path)
    (tmp_path / "classes.txt").write_text(f"{OTHER}\n")
    found = sources.read(root, layout, classes=tmp_path / "classes.txt")
    assert {entry.label for entry in found.entries} == {OTHER}
    assert {why for *_, why in found.refused} == {"its class is none of the list"}
    assert all(WNID in file + where for file, where, _ in found.refused)


LISTED = {
    LayoutName.CHECKSUMS: "SHA256SUMS",
    LayoutName.BAG: bag.MANIFEST,
    LayoutName.EXPORT: "manifest.lines",
    LayoutName.CROISSANT: "croissant.json",
}
listed = pytest.mark.parametrize("layout", LISTED, ids=str)


@listed
def test_an_image_that_is_not_what_its_list_says_is_refused_with_the_line(tmp_path: Path, layout: LayoutName) -> None:
    root, images = SPREAD[layout](tmp_path)
    min(images.glob("*.JPEG")).write_bytes(sources.picture(99))
    found = sources.read(root, layout)
    ((file, where, why),) = found.refused
    assert (file, why) == (LISTED[layout], "is not what the list says")
    assert where
    assert len(found.entries) == 3


@listed
def test_an_image_that_the_list_names_and_that_is_gone_is_refused_with_the_line(
    tmp_path: Path, layout: LayoutName
) -> None:
    root, images = SPREAD[layout](tmp_path)
    min(images.glob("*.JPEG")).unlink()
    found = sources.read(root, layout)
    ((file, where, why),) = found.refused
    assert (file, why) == (LISTED[layout], "there is no such file")
    assert where
    assert len(found.entries) == 3


@pytest.mark.parametrize("layout", [LayoutName.CHECKSUMS, LayoutName.BAG], ids=str)
def test_a_line_that_is_no_text_or_comes_twice_is_named(tmp_path: Path, layout: LayoutName) -> None:
    root, _ = SPREAD[layout](tmp_path)
    file = root / LISTED[layout]
    first = file.read_bytes().splitlines(keepends=True)[0]
    file.write_bytes(file.read_bytes() + b"\xff\xfe nonsense\n" + first)
    found = read(root, layout)
    assert [(fault.file, fault.where) for fault in found.report.faults] == [
        (file.name, "line 5"),
        (file.name, "line 6"),
    ]


def test_an_export_whose_lines_are_not_whole_is_refused_with_the_line(tmp_path: Path) -> None:
    root, _ = _export(tmp_path)
    lines = (root / "manifest.lines").read_bytes()
    for broken, line in ((b"\xff\n" + lines, "Line 1"), (lines + lines, "Line 5"), (lines[:-9], "a whole line")):
        (root / "manifest.lines").write_bytes(broken)
        with pytest.raises(InvalidInputError, match=line):
            sources.read(root, LayoutName.EXPORT)


def _table(folder: Path, *names: str | None, labels: Sequence[int] = ()) -> Path:
    """A folder with one Parquet file of pictures with these names, and one of two good ones."""
    pairs = [(sources.picture(number), name) for number, name in enumerate(names)]
    sources.parquet(folder / "x/train-0.parquet", pairs, labels or None)
    sources.parquet(folder / "x/train-1.parquet", [(sources.picture(50), "50.jpg"), (sources.picture(51), "51.jpg")])
    return folder / "x"


@pytest.mark.parametrize("name", ["/etc/a.jpg", "../a.jpg", "a/../../b.jpg"])
def test_a_name_in_a_table_that_leads_away_is_refused_with_its_row(tmp_path: Path, name: str) -> None:
    found = sources.read(_table(tmp_path, "0.jpg", name))
    ((file, where, why),) = found.refused
    assert (file, where[:5], why) == ("train-0.parquet", "row 1", "its name is no plain relative path")
    assert len(found.entries) == 3


def test_names_in_a_table_that_come_twice_or_differ_in_case_are_told(tmp_path: Path) -> None:
    found = sources.read(_table(tmp_path, "0.jpg", "0.jpg", "A.jpg", "a.jpg"))
    assert [why for *_, why in found.refused] == ["its path came before"]
    assert "differ from another only in case" in found.said
    assert len(found.entries) == 5


def test_classes_of_a_table_that_are_in_no_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text(f"{OTHER}\n")
    found = sources.read(_table(tmp_path, "0.jpg", "1.jpg", labels=[0, 1]), classes=tmp_path / "classes.txt")
    assert [why for *_, why in found.refused] == ["its class is none of the list"]


def test_a_table_that_is_cut_off_is_a_fault_beside_the_others(tmp_path: Path) -> None:
    root = _table(tmp_path, "0.jpg", "1.jpg")
    (root / "train-0.parquet").write_bytes((root / "train-0.parquet").read_bytes()[:-20])
    found = sources.read(root)
    faults = {fault.file: fault.why for fault in found.report.faults}
    assert "is no Parquet file, or is damaged" in faults["train-0.parquet"]
    assert len(found.entries) == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"n00000001_1\thttp://x.org/again\n", "its path came before"),
        (b"../etc_1\thttp://x.org/1\n", "it does not begin with an image's id, such as n02084071_1234, and a TAB"),
        (b"\xff\xfe\thttp://x.org/1\n", "it does not begin with an image's id, such as n02084071_1234, and a TAB"),
        (b"n00000001_7\t\n", "it has no URL"),
    ],
)
def test_a_line_of_a_list_of_urls_that_is_wrong_is_refused_by_its_number(tmp_path: Path, line: bytes, why: str) -> None:
    (tmp_path / "urls.txt").write_bytes(b"n00000001_1\thttp://x.org/1\n" + line + b"n00000001_2\thttp://x.org/\xff\n")
    found = sources.read(tmp_path / "urls.txt", LayoutName.URL_LIST)
    assert [(file, where[:6], said) for file, where, said in found.refused] == [("urls.txt", "line 2", why)]
    assert [entry.url for entry in found.entries] == ["http://x.org/1", "http://x.org/%FF"]


def _refused(root: Path, layout: LayoutName) -> str | None:
    try:
        sources.read(root, layout)
    except (InvalidInputError, NotFoundError) as error:
        return error.sentence
    return None


@pytest.mark.parametrize("layout", sorted({*LayoutName} - {LayoutName.AUTO}), ids=str)
def test_a_layout_that_a_source_has_not_is_refused_in_a_sentence_or_takes_what_it_finds(
    tmp_path: Path, layout: LayoutName
) -> None:
    plain = _image_folder(tmp_path / "folder").root
    (tmp_path / "archive").mkdir()
    archive = _folder_archive(tmp_path / "archive", [], {}).root
    for root in (plain, archive, sources.parquet(tmp_path / "x.parquet", [])):
        sentence = _refused(root, layout)
        assert sentence is None or root.name in sentence


def test_the_layouts_of_files_in_folders_and_in_archives_and_the_tables_are_all_there_are() -> None:
    tables = {LayoutName.PARQUET, LayoutName.URL_LIST}
    assert {*PACKED, *SPREAD, *tables} == {*LayoutName} - {LayoutName.AUTO}
