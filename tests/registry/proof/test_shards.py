import io
import tarfile
from pathlib import Path

import pytest

from registry.proof import shards, verify
from registry.proof.images import Comparison
from registry.proof.report import Kind
from registry.proof.sampling import One, Sample, Scope
from tests.factories import proofs

Files = dict[str, bytes]
WHOLE = tuple(proofs.IMAGES.items())


def packed(path: Path, files: tuple[tuple[str, bytes], ...]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def compared(found: list[Path], scope: Scope | None = None) -> Comparison:
    comparison = Comparison(scope)
    shards.run(comparison, proofs.rows(), found)
    return comparison


def named(comparison: Comparison) -> set[tuple[Kind, str]]:
    return {(finding.kind, finding.path) for finding in comparison.findings.named}


def test_one_archive_of_everything_in_any_order_is_right(tmp_path: Path) -> None:
    comparison = compared([packed(tmp_path / "all.tar", WHOLE[::-1])])
    assert named(comparison) == set()
    assert comparison.images == 4


def test_the_training_set_as_a_tar_of_tars_or_as_a_folder_of_them(tmp_path: Path) -> None:
    by_class: dict[str, list[tuple[str, bytes]]] = {}
    for path, data in WHOLE:
        label, _, name = path.partition("/")
        by_class.setdefault(label, []).append((name, data))
    inner = [packed(tmp_path / f"{label}.tar", tuple(files)) for label, files in by_class.items()]
    assert compared(inner).images == 4
    outer = packed(tmp_path / "ILSVRC2012_img_train.tar", tuple((path.name, path.read_bytes()) for path in inner))
    comparison = compared([outer])
    assert (comparison.images, named(comparison)) == (4, set())


def test_webdataset_shards_may_carry_other_files_of_the_same_key(tmp_path: Path) -> None:
    files = []
    for path, data in WHOLE:
        key = path.removesuffix(".JPEG")
        files += [(f"{key}.cls", b"1"), (path, data), (f"{key}.json", b"{}")]
    found = [packed(tmp_path / "shard-0.tar", tuple(files[:6])), packed(tmp_path / "shard-1.tar", tuple(files[6:]))]
    comparison = compared(found)
    assert (comparison.images, named(comparison)) == (4, set())


def test_altered_added_removed_renamed_and_repeated_members_are_named(tmp_path: Path) -> None:
    files = dict(WHOLE)
    files["n01/cat.JPEG"] = b"b cat"
    del files["n01/copy.JPEG"]
    files["n03/visage.JPEG"] = files.pop("n03/face.JPEG")
    files["n04/person.JPEG"] = b"a person"
    dog = next(path for path in files if "dog" in path)
    everything = (*files.items(), ("n09/new.JPEG", b"new"), (dog, files[dog]))
    comparison = compared([packed(tmp_path / "all.tar", everything)])
    assert named(comparison) == {
        (Kind.ALTERED, "n01/cat.JPEG"),
        (Kind.MISSING, "n01/copy.JPEG"),
        (Kind.RENAMED, "all.tar/n03/visage.JPEG"),
        (Kind.EXCLUDED, "n04/person.JPEG"),
        (Kind.EXTRA, "all.tar/n09/new.JPEG"),
        (Kind.EXTRA, dog),
    }


def test_a_link_in_place_of_an_image_is_not_followed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar", WHOLE[1:])
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo(WHOLE[0][0])
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert named(compared([path])) == {(Kind.LINK, WHOLE[0][0])}


def test_one_image_is_looked_at_alone(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar", (WHOLE[0], ("extra", b"")))
    comparison = compared([path], One(WHOLE[0][0]))
    assert (comparison.images, named(comparison)) == (1, set())
    assert comparison.seen is not None
    assert named(compared([path], One("n03/face.JPEG"))) == {(Kind.MISSING, "n03/face.JPEG")}


@pytest.mark.parametrize(("numbers", "right"), [({0, 3}, 1), ({1, 2}, 2)])
def test_a_sample_reads_only_what_was_drawn(tmp_path: Path, numbers: set[int], right: int) -> None:
    files = (*WHOLE[:-1], ("n03/face.JPEG", b"a face"))
    comparison = compared([packed(tmp_path / "a.tar", files)], Sample(frozenset(numbers), 4, 0.99, b""))
    assert comparison.images == right
    assert comparison.findings.total == 2 - right


def test_an_export_is_verified_against_archives_and_a_damaged_one_fails_its_step(tmp_path: Path) -> None:
    folder, root = proofs.export(tmp_path)
    path = packed(tmp_path / "all.tar", WHOLE[2:] + WHOLE[:2])
    assert verify.verify(folder, root, path, proofs.NOW).is_ok
    path.write_bytes(path.read_bytes()[:700])
    report = verify.verify(folder, root, path, proofs.NOW)
    assert "cut off" in report.steps[4].line
    assert not report.is_ok
