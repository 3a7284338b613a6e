from pathlib import Path

import pytest

from blurring import detectors
from blurring.detectors import supplied
from blurring.detectors.supplied import Kind
from blurring.errors import DetectorError
from tests.factories import networks, recipes


def test_a_network_is_told_by_its_form_and_not_by_its_name(tmp_path: Path) -> None:
    assert supplied.kind_of(networks.yunet(tmp_path).rename(tmp_path / "scrfd_10g.onnx")) is Kind.YUNET
    assert supplied.kind_of(networks.scrfd(tmp_path).rename(tmp_path / "yunet.onnx")) is Kind.SCRFD


def test_a_file_with_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_bytes(b"no network")
    for file in (networks.something_else(tmp_path), tmp_path / "text.onnx"):
        with pytest.raises(DetectorError, match="neither a YuNet nor a SCRFD"):
            supplied.kind_of(file)


def test_a_recipe_opens_the_detector_whose_weights_were_brought(tmp_path: Path) -> None:
    files = {recipes.digest_of(file): file for file in (networks.yunet(tmp_path), networks.scrfd(tmp_path))}
    for choice in (recipes.yunet(tmp_path / "yunet.onnx"), recipes.scrfd(tmp_path / "scrfd.onnx")):
        wanted = recipes.recipe_of(choice)
        opened = detectors.open(wanted.with_files(files))
        assert (opened.name, opened.weights_digest) == (choice.name, choice.weights)
        with pytest.raises(DetectorError, match="which nobody has added"):
            detectors.open(wanted)


def test_weights_that_changed_or_went_are_refused(tmp_path: Path) -> None:
    file = networks.yunet(tmp_path)
    wanted = recipes.digest_of(file)
    assert supplied.file_of(wanted, {wanted: file}) == file
    file.write_bytes(b"other")
    with pytest.raises(DetectorError, match="the file has sha256:"):
        supplied.file_of(wanted, {wanted: file})
    file.unlink()
    with pytest.raises(DetectorError, match="nobody has added"):
        supplied.file_of(wanted, {wanted: file})
