"""Killed at any point and repeated, the main job ends where it would have ended undisturbed."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.factories import pictures, sources
from tests.factories.commands import Registry, registry

pytestmark = pytest.mark.slow
POLICY = "ilsvrc-faces-2021"
KILLS = 5


def draw(folder: Path) -> Path:
    for number in range(40):
        file = folder / f"n{number % 4:08}" / f"{number:03}.JPEG"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pictures.gps_jpeg() if number % 3 == 0 else pictures.jpeg(320, 240, seed=number))
    (folder / "n00000000" / "face.JPEG").write_bytes(pictures.face())
    return folder


def killed(at: Registry, after_seconds: float, *words: str) -> int | None:
    """Give a command as mira, kill it with SIGKILL after a while; its exit code if it was quicker."""
    command = [sys.executable, "-m", "cli", *words]
    process = subprocess.Popen(
        command, env=at.environment("mira"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(after_seconds)
    finished = process.poll()
    process.send_signal(signal.SIGKILL)
    process.wait()
    return finished


def test_an_import_and_a_build_that_are_killed_again_and_again_end_in_the_same_manifest(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    source = draw(tmp_path / "source")
    at.must("policies", "publish", POLICY, who="mira")
    moments = random.Random(20261122)  # noqa: S311 - repeatable, not secret

    calm = at.json("datasets", "import", "zoo/calm", source, who="mira")
    for _ in range(KILLS):
        killed(at, moments.uniform(0.6, 2.5), "datasets", "import", "zoo/killed", str(source))
    stormy = at.json("datasets", "import", "zoo/killed", source, who="mira")
    assert stormy["root"] == calm["root"]
    assert stormy["manifest_sha256"] == calm["manifest_sha256"]

    for name in ("calm", "killed"):
        plan = ("releases", "plan", f"zoo/{name}", "--policy", POLICY, "--recipe", "dlib-hog")
        at.must(*plan, who="mira")
    at.must("releases", "build", "zoo/calm/2026.1", who="mira")
    for _ in range(KILLS):
        killed(at, moments.uniform(0.6, 4.0), "releases", "build", "zoo/killed/2026.1")
        state = at.json("releases", "show", "zoo/killed/2026.1")["state"]
        assert state in {"planned", "building", "built"}, "a killed build never looks whole, and never failed"
    if at.json("releases", "show", "zoo/killed/2026.1")["state"] != "built":
        at.must("releases", "build", "zoo/killed/2026.1", who="mira")
    built = [at.json("releases", "show", f"zoo/{name}/2026.1") for name in ("calm", "killed")]
    assert built[0]["root"] == built[1]["root"]
    assert built[0]["manifest_sha256"] == built[1]["manifest_sha256"]


def test_a_first_import_that_was_killed_or_has_failed_is_taken_up_by_the_next(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    source = draw(tmp_path / "source")
    (tmp_path / "empty").mkdir()
    failing = ("datasets", "import", "zoo/new", str(tmp_path / "empty"), "--title", "Tset", "--licence", "MIT")
    moments = random.Random(20261124)  # noqa: S311 - repeatable, not secret
    for _ in range(KILLS):
        killed(at, moments.uniform(0.6, 2.5), *failing)
    assert at.say(*failing, who="mira").code == 4
    (listed,) = at.json("datasets", "list")
    assert (listed["title"], listed["image_count"], listed["newest_import"]) == ("Tset", None, "failed")
    assert "import failed" in at.must("datasets", "list")
    right = ("datasets", "import", "zoo/new", str(source), "--title", "Test", "--licence", "MIT")
    for _ in range(KILLS):
        killed(at, moments.uniform(0.6, 2.5), *right)
    at.must(*right, who="mira")
    (listed,) = at.json("datasets", "list")
    assert (listed["title"], listed["image_count"], listed["newest_import"]) == ("Test", 41, "done")


def test_imports_whose_rows_have_to_be_sorted_end_in_the_same_manifest_too(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    moments = random.Random(20261123)  # noqa: S311 - repeatable, not secret
    urls = tmp_path / "urls.txt"
    urls.write_text("".join(f"n{n % 7:08}_{n}\thttp://example.org/{n}.jpg\n" for n in range(200_000)))
    for name, source in (("tar", sources.train_archive(tmp_path / "train.tar", per_class=60)), ("urls", urls)):
        calm = at.json("datasets", "import", f"zoo/calm-{name}", source, who="mira")
        for _ in range(KILLS):
            killed(at, moments.uniform(0.8, 2.5), "datasets", "import", f"zoo/{name}", str(source))
        stormy = at.json("datasets", "import", f"zoo/{name}", source, who="mira")
        assert (stormy["root"], stormy["manifest_sha256"]) == (calm["root"], calm["manifest_sha256"])


def test_an_import_that_collects_evidence_ends_in_the_same_evidence_and_keeps_it_once(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    source = tmp_path / "source"
    # Enough that reading, and writing the layer, are both met by a kill.
    words = [pictures.commented_jpeg(f"Photo {number}. All rights reserved.".encode()) for number in range(8)]
    for number in range(1200):
        file = source / f"n{number % 4:08}" / f"{number:04}.JPEG"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(words[number % len(words)])
    moments = random.Random(20261125)  # noqa: S311 - repeatable, not secret

    calm = at.json("datasets", "import", "zoo/calm", source, "--rights", who="mira")
    for _ in range(2 * KILLS):
        killed(at, moments.uniform(0.8, 3.0), "datasets", "import", "zoo/killed", str(source), "--rights")
    stormy = at.json("datasets", "import", "zoo/killed", source, "--rights", who="mira")
    assert stormy["manifest_sha256"] == calm["manifest_sha256"]
    layers = [at.json("layers", "list", f"zoo/{name}") for name in ("calm", "killed")]
    assert [len(kept) for kept in layers] == [1, 1], "evidence that is the same is one layer"
    assert layers[0][0]["digest"] == layers[1][0]["digest"]
    assert layers[0][0]["row_count"] == 2 * 1200, "of each picture a statement and a licence"
    assert {it["state"] for it in at.json("datasets", "show", "zoo/killed")["imports"]} == {"done"}
