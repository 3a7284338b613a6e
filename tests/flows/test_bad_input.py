"""Whatever lies in a source folder ends in a verdict with a reason, or in one clear sentence and an exit code."""

import os
from pathlib import Path

import pytest

from registry.proof import manifest
from tests.factories import pictures
from tests.factories.commands import Registry, registry

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bad-input")]  # one process makes the registry
LABEL = "zoo/bad/2026.1"
LONG = "n" * 250 + ".JPEG"


def draw(folder: Path) -> dict[str, tuple[str, str]]:
    """Lay out everything that real datasets hold; returns verdict and first reason by path in the manifest."""
    cls = folder / "n01"
    cls.mkdir(parents=True)
    (folder / "empty-class").mkdir()
    files: dict[str, tuple[bytes, str, str]] = {
        "good.JPEG": (pictures.jpeg(), "keep", "no-face-found"),
        "twin.JPEG": (pictures.jpeg(), "keep", "no-face-found"),
        "empty.JPEG": (b"", "exclude", "empty"),
        "truncated.JPEG": (pictures.truncated_jpeg(), "exclude", "truncated"),
        "text.jpg": (b"no picture\n", "exclude", "not-an-image"),
        "inside.JPEG": (pictures.png(), "keep", "no-face-found"),
        "cmyk.JPEG": (pictures.cmyk_jpeg(), "keep", "no-face-found"),
        "grey.JPEG": (pictures.grey_jpeg(), "keep", "no-face-found"),
        "deep.png": (pictures.grey16_png(), "keep", "no-face-found"),
        "turned.JPEG": (pictures.oriented_jpeg(6), "keep", "no-face-found"),
        "bomb.png": (pictures.bomb_png(), "exclude", "decompression-bomb"),
        "two words.JPEG": (pictures.jpeg(seed=3), "keep", "no-face-found"),
        LONG: (pictures.jpeg(seed=4), "keep", "no-face-found"),
    }
    for name, (data, _, _) in files.items():
        (cls / name).write_bytes(data)
    for odd in (b"new\nline.JPEG", b"back\\slash.JPEG", b"caf\xe9.JPEG"):
        Path(os.fsdecode(os.fsencode(cls) + b"/" + odd)).write_bytes(pictures.jpeg(seed=5))
    (cls / "link.JPEG").symlink_to("good.JPEG")
    (cls / "out.JPEG").symlink_to("/etc/hostname")
    os.mkfifo(cls / "pipe.JPEG")
    expected = {f"n01/{name}": (verdict, reason) for name, (_, verdict, reason) in files.items()}
    escaped = (r"n01/new\x0aline.JPEG", r"n01/back\x5cslash.JPEG", r"n01/caf\xe9.JPEG")
    expected |= dict.fromkeys(escaped, ("exclude", "unportable-name"))
    expected |= dict.fromkeys(("n01/link.JPEG", "n01/out.JPEG"), ("exclude", "symlink"))
    return expected | {"n01/pipe.JPEG": ("exclude", "special-file")}


def test_everything_that_real_datasets_hold_has_one_verdict_and_the_release_verifies(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    expected = draw(tmp_path / "source")
    at.must("policies", "publish", "ilsvrc-faces-2021", who="mira")
    at.must("datasets", "import", "zoo/bad", tmp_path / "source", who="mira")
    at.released(LABEL, "ilsvrc-faces-2021")
    at.must("releases", "export", LABEL, tmp_path / "export", who="mira")
    at.must("verify", tmp_path / "export", "--trust", at.trust_root)
    rows = {row.path: row for row in manifest.read_file(tmp_path / "export" / "manifest.lines")}
    assert rows.keys() == expected.keys()
    for path, (verdict, reason) in expected.items():
        assert rows[path].verdict == verdict, path
        assert reason in rows[path].reasons, path


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registry(tmp_path_factory.mktemp("home") / "home")


def test_a_folder_that_is_not_there_is_not_found(at: Registry, tmp_path: Path) -> None:
    said = at.say("datasets", "import", "zoo/none", tmp_path / "nowhere", who="mira")
    assert (said.code, said.out) == (3, "")


def test_a_file_instead_of_a_folder_is_invalid(at: Registry, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(pictures.jpeg())
    assert at.say("datasets", "import", "zoo/none", tmp_path / "file", who="mira").code == 4


@pytest.mark.parametrize("content", [{}, {"readme.txt": b"nothing to see"}])
def test_a_folder_without_a_single_image_is_refused_in_one_sentence(
    at: Registry, tmp_path: Path, content: dict[str, bytes]
) -> None:
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    said = at.say("datasets", "import", "zoo/none", tmp_path, who="mira")
    assert said.code == 4
    assert said.err.strip().splitlines()[-1].startswith("accession: ")
