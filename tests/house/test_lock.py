"""The lock names every package by hash and no place to get it from; what must not be installed is not in it."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import tree

LOCK = Path("requirements.lock")
NEVER = (
    *("torch", "torchvision", "tensorflow", "transformers"),
    *("opencv-python", "opencv-contrib-python", "dlib", "imageio-ffmpeg", "onnxruntime-gpu"),
)
PLATFORMS = [
    {"sys_platform": system, "python_version": version, "python_full_version": f"{version}.0"}
    for system in ("linux", "darwin", "win32")
    for version in ("3.11", "3.12", "3.13", "3.14")
]


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of the lock."""

    name: str
    version: str
    marker: Marker | None
    hashes: int

    def is_ever_installed(self) -> bool:
        """Whether there is a platform that gets this package."""
        return self.marker is None or any(self.marker.evaluate({**platform}) for platform in PLATFORMS)


def pins(text: str) -> Iterator[Pin]:
    """Every package of a lock."""
    for block in re.split(r"\n(?=[^\s#])", text):
        lines = [line.strip().rstrip("\\").strip() for line in block.splitlines()]
        first = next((line for line in lines if line and not line.startswith("#")), None)
        if first is not None:
            wanted = Requirement(first)
            (exact,) = wanted.specifier
            hashes = sum(line.startswith("--hash=sha256:") for line in lines)
            yield Pin(canonicalize_name(wanted.name), exact.version, wanted.marker, hashes)


def problems(text: str) -> Iterator[str]:
    """What is wrong with a lock."""
    if re.search(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host", text):
        yield "it says where to get packages from"
    for pin in pins(text):
        if not pin.hashes:
            yield f"{pin.name} has no hash"
        if pin.name in NEVER and pin.is_ever_installed():
            yield f"{pin.name} would be installed"
        if pin.name == "setuptools" and int(pin.version.split(".")[0]) >= 82:
            yield "setuptools is too new for pkg_resources"


def wanted_names(groups: tuple[str, ...] = ("dependencies", "extras", "dev")) -> set[str]:
    """What pyproject.toml asks for."""
    project = tomllib.loads(tree.read(Path("pyproject.toml")))
    extras = project["project"]["optional-dependencies"].values()
    asked = {
        "dependencies": project["project"]["dependencies"],
        "extras": [line for extra in extras for line in extra],
        "dev": project["dependency-groups"]["dev"],
    }
    return {canonicalize_name(Requirement(line).name) for group in groups for line in asked[group]}


def test_the_lock_is_sound() -> None:
    assert list(problems(tree.read(LOCK))) == []


def test_everything_asked_for_is_locked() -> None:
    assert wanted_names() - {pin.name for pin in pins(tree.read(LOCK))} == set()


def test_what_is_installed_is_what_is_locked() -> None:
    locked: dict[str, set[str]] = {}
    for pin in pins(tree.read(LOCK)):
        if pin.is_ever_installed():
            locked.setdefault(pin.name, set()).add(pin.version)
    found = {name: importlib.metadata.version(name) for name in wanted_names() & locked.keys()}
    assert {name: version for name, version in found.items() if version not in locked[name]} == {}


def test_one_package_alone_provides_cv2() -> None:
    providers = {
        canonicalize_name(distribution.metadata["Name"])
        for distribution in importlib.metadata.distributions()
        if any(file.parts[0] == "cv2" for file in distribution.files or [])
    }
    assert providers == {"opencv-python-headless"}


@pytest.mark.parametrize("option", ["index-url", "extra-index-url", "find-links", "trusted-host"])
def test_a_lock_that_names_a_place_before_its_first_package_is_refused(option: str) -> None:
    text = f"--{option} elsewhere.example\n" + tree.read(LOCK)
    assert next(problems(text)) == "it says where to get packages from"


def test_a_lock_with_every_fault_is_refused() -> None:
    faulty = """# via https://elsewhere.example
alembic==1.0 \\
    --hash=sha256:00
torch==2.9 \\
    --hash=sha256:00
dlib==20.0 ; sys_platform == 'darwin' \\
    --hash=sha256:00
opencv-python==5.0 ; sys_platform == 'never' \\
    --hash=sha256:00
setuptools==82.0 \\
    --hash=sha256:00
flask==3.1
"""
    assert list(problems(faulty)) == [
        "it says where to get packages from",
        "torch would be installed",
        "dlib would be installed",
        "setuptools is too new for pkg_resources",
        "flask has no hash",
    ]
