"""The log as Go sees it: every part is checked by golang.org/x/mod/sumdb, and by nothing of ours."""

import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.home import Home
from registry.proof import inclusion, note, witness
from registry.proof.logfiles import LogFolder
from registry.proof.sign import FileSigner
from registry.queries import transparency
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import golang, homes, manifests, witnessing
from tests.factories.logs import Log


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go's program. Without Go tests are skipped; under CI that is a failure."""
    if not golang.is_here():
        if os.environ.get("CI") == "true":  # noqa: TID251 - a test run is told by CI alone where it happens
            pytest.fail("Go and golang.org/x/mod are not here, and under CI no test may be left out.")
        pytest.skip("needs Go (Debian: golang-go and golang-golang-x-mod-dev)")
    return golang.built(tmp_path_factory.mktemp("go"))


class Place:
    """What Go is given: a log's files, an earlier tree head, a proof and a witness's request."""

    def __init__(self, folder: Path, log: Log, old_size: int, number: int) -> None:
        [self.key] = note.log_keys(log.origin, [log.signer.key])
        before = Log(log.signer, log.origin)
        before.append(log.entries[:old_size])
        path = inclusion.consistency_path(old_size, len(log.entries), log.tree().subtree)
        request = witness.Request(old_size, tuple(path), note.parse(log.checkpoint()))
        self.folder = folder
        log.write(folder / "log")
        for name, data in {
            "log/checkpoint": log.checkpoint(),
            "old": before.checkpoint(),
            "proof": log.proof(number).to_bytes(),
            "request": request.to_bytes(),
        }.items():
            (folder / name).write_bytes(data)

    def ask(self, program: Path) -> "subprocess.CompletedProcess[str]":
        """What Go says."""
        command: list[str | Path] = [program, self.key.to_text()]
        command += [self.folder / name for name in ("log", "old", "proof", "request")]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def log_of(size: int) -> Log:
    """A log of so many entries."""
    log = Log()
    log.append([f"entry {number}".encode() for number in range(size)])
    return log


@pytest.mark.parametrize(
    ("size", "old_size", "number"),
    [(1, 1, 0), (2, 1, 1), (7, 3, 6), (256, 255, 0), (257, 256, 256), (600, 300, 299), (66_000, 65_537, 65_999)],
)
def test_go_agrees_with_every_part_of_a_log(
    program: Path, tmp_path: Path, size: int, old_size: int, number: int
) -> None:
    said = Place(tmp_path, log_of(size), old_size, number).ask(program)
    assert said.returncode == 0, said.stderr
    assert f"of {size} entries\nconsistency: from {old_size} to {size} entries" in said.stdout
    assert f"tlog-proof: entry {number} of {size}\nadd-checkpoint: from {old_size} to {size} entries" in said.stdout


@pytest.mark.parametrize(
    "name",
    ["log/checkpoint", "log/tile/0/000", "log/tile/1/000.p/2", "log/tile/entries/001", "old", "proof", "request"],
)
def test_go_refuses_what_was_touched(program: Path, tmp_path: Path, name: str) -> None:
    place = Place(tmp_path, log_of(600), 300, 299)
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(data)
    assert place.ask(program).returncode == 1


def test_go_agrees_with_the_log_of_a_registry_that_is_witnessed(
    program: Path, furnished_home: Home, tmp_path: Path
) -> None:
    home, folder = furnished_home, LogFolder(furnished_home.settings.log_folder)
    [key] = witnessing.log_keys(home)
    old = folder.checkpoint() or b""
    label = manifests.label_of(home, manifests.build(home))
    homes.released(home, label)
    with witnessing.running(tmp_path / "w", "w.example/1", [key]) as one:
        witnessing.told(home, [one], 1)
        checkpoints.sign_checkpoint(Station(home), "log")
    with home.reading() as session:
        proof = transparency.release_proof(session, folder, label)
    now = note.parse(folder.checkpoint() or b"")
    old_size, size = (int(data.split(b"\n")[1]) for data in (old, now.to_bytes()))
    path = inclusion.consistency_path(old_size, size, folder.tree(size).subtree)
    request = witness.Request(old_size, tuple(path), now)
    for name, data in {"old": old, "proof": proof or b"", "request": request.to_bytes()}.items():
        (tmp_path / name).write_bytes(data)
    command: list[str | Path] = [program, key.to_text(), folder.root]
    command += [tmp_path / name for name in ("old", "proof", "request")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    assert f"signed by {home.settings.log_origin}\n" in said.stdout


def test_go_believes_no_other_key(program: Path, tmp_path: Path) -> None:
    place = Place(tmp_path, log_of(5), 2, 4)
    other = FileSigner(Ed25519PrivateKey.generate())
    [place.key] = note.log_keys(place.key.name, [other.key])
    said = place.ask(program)
    assert (said.returncode, said.stderr) == (1, "note has no verifiable signatures\n")
