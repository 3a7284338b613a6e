from pathlib import Path

import bagit
import pytest

from registry.errors import InvalidInputError
from registry.proof import bundle, manifest, sign
from registry.proof.trust import Purpose
from tests.factories import proofs


def test_an_export_holds_exactly_the_promised_files(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *bundle.SIGNED_FILES,
        bundle.ENVELOPE,
        bundle.SUMS_SIGNATURE,
        bundle.ALLOWED_SIGNERS,
        bundle.BAG_MANIFEST,
        bundle.TAG_MANIFEST,
        bundle.ROOT,
        bundle.KEYS,
        "model.sig",
        "data",
    }


def test_an_export_is_a_valid_bag(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    assert bagit.Bag(str(folder)).validate()
    (folder / "data" / "n01" / "cat.JPEG").write_bytes(b"a dog")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_the_lists_follow_from_the_rows(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    listed = b"".join(bundle.sums(manifest.read_file(folder / bundle.LINES)))
    assert (folder / bundle.SUMS).read_bytes() == (folder / bundle.BAG_MANIFEST).read_bytes() == listed
    assert listed.count(b"\n") == 4


def test_nothing_that_is_already_there_is_overwritten(tmp_path: Path) -> None:
    folder, root = proofs.export(tmp_path)
    release = proofs.signed_release(tmp_path / "keys", tmp_path / "lines")
    with pytest.raises(FileExistsError):
        bundle.write(folder, release, tmp_path / "lines", [root])


def test_an_export_needs_a_root_and_carries_the_way_from_the_first_to_the_last(tmp_path: Path) -> None:
    keys = proofs.keys_folder(tmp_path)
    proofs.write_lines(tmp_path / "lines", proofs.rows())
    release = proofs.signed_release(keys, tmp_path / "lines")
    with pytest.raises(InvalidInputError, match="trust root"):
        bundle.write(tmp_path / "a", release, tmp_path / "lines", [])
    first = sign.first_root(keys, proofs.NOW)
    roots = [first, proofs.next_root(keys, first)]
    bundle.write(tmp_path / "b", release, tmp_path / "lines", roots)
    assert (tmp_path / "b" / bundle.ROOT).read_bytes() == roots[-1]
    assert [path.read_bytes() for path in sorted((tmp_path / "b" / bundle.TRUST).iterdir())] == roots


def test_a_release_may_have_several_model_signers(tmp_path: Path) -> None:
    keys = proofs.keys_folder(tmp_path)
    sign.create_key(keys, Purpose.MODELS)
    proofs.write_lines(tmp_path / "lines", proofs.rows())
    release = proofs.signed_release(keys, tmp_path / "lines")
    bundle.write(tmp_path / "out", release, tmp_path / "lines", [sign.first_root(keys, proofs.NOW)])
    assert {path.name for path in (tmp_path / "out").glob("model*")} == {"model.sig", "model-2.sig"}


def test_too_many_files_beside_the_images_are_not_listed(tmp_path: Path) -> None:
    for number in range(bundle.MAX_TAG_FILES + 1):
        (tmp_path / str(number)).touch()
    with pytest.raises(InvalidInputError, match="More than"):
        bundle.tag_manifest(tmp_path)


def test_a_link_beside_the_images_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(InvalidInputError, match="link cannot be listed"):
        bundle.tag_manifest(tmp_path)
