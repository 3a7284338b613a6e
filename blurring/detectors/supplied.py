"""Weights that the user has: which network is in a file, and is it the one that a recipe names?

Answers: is this a YuNet or a SCRFD, told by asking it, not by its name? And where is the file with this digest?
Refuses to fetch anything: what nobody has added is not there.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from blurring.detectors.scrfd import ScrfdNetwork
from blurring.detectors.yunet import YunetNetwork
from blurring.errors import DetectorError
from blurring.recipe import Precision


class Kind(StrEnum):
    """Networks whose weights a user may bring, named as recipes name them."""

    YUNET = "yunet"
    SCRFD = "scrfd"


def kind_of(file: Path) -> Kind:
    """Which network is in the file: each is asked about an empty picture.

    Raises:
        DetectorError: none that is known here.
    """
    try:
        ScrfdNetwork.opened(file, "cpu", Precision.F32)
    except DetectorError:
        pass
    else:
        return Kind.SCRFD
    try:
        YunetNetwork(file)
    except DetectorError as error:
        raise DetectorError(f"{file.name} holds neither a YuNet nor a SCRFD network in ONNX") from error
    return Kind.YUNET


def file_of(weights: str, files: Mapping[str, Path]) -> Path:
    """The file with that digest, its bytes checked.

    Args:
        weights: `sha256:<hex>`.
        files: by digest, as `Recipe.with_files` got them.

    Raises:
        DetectorError: nobody has added it, or it has changed.
    """
    file = files.get(weights)
    if file is None or not file.is_file():
        raise DetectorError(f"the recipe asks for weights {weights}, which nobody has added here")
    found = "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    if found != weights:
        raise DetectorError(f"the recipe asks for weights {weights}, the file has {found}")
    return file
