"""What does checking a release cost, beside the hashing that cannot be saved? Against three peers, in one run.

`openssl dgst -sha256` and `sha256sum -c` over the same files, and `model_signing verify` over the same release. CPU
seconds are those of the whole child process, user and system; memory is its peak. Cold runs first push the files out
of the page cache, as far as the kernel agrees.
"""

import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

from registry.proof import digests, inclusion, manifest, merkle, tree
from registry.proof.manifest import Row, Verdict
from tests.factories import proofs
from tests.factories.logs import Log

PHOTOGRAPHS, PHOTOGRAPH_BYTES = 20_000, 110_000
SMALL_FILES, SMALL_BYTES = 100_000, 600
FOLDERS = 1000
LEAVES = 14_200_000
LINE_BYTES = 200
LOG_ENTRIES, LOG_PROOFS = 100_000, 200
ROUNDS = 3


_TELL_PEAK = """
import atexit, os, re
def tell():
    os.write(2, re.search("VmHWM.*", open("/proc/self/status").read())[0].encode())
atexit.register(tell)
"""


class Cost(NamedTuple):
    """What a child process used; `peak` is in megabytes, and 0 for programs that are not Python."""

    cpu_seconds: float
    wall_seconds: float
    peak: float


def run() -> list[str]:
    """The measured lines, ready to print."""
    lines = [_speeds(), _leaves(), _log()]
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        for count, size in ((PHOTOGRAPHS, PHOTOGRAPH_BYTES), (SMALL_FILES, SMALL_BYTES)):
            root = Path(folder) / str(count)
            _export(root, count, size)
            lines += _against_peers(root, count)
            lines.append(_cold(root) if size == PHOTOGRAPH_BYTES else _packed(root, count))
    return lines


def _against_peers(root: Path, count: int) -> list[str]:
    export = root / "export"
    files = [found.name for found in tree.walk(export / "data")]
    hashing = _best([["xargs", "-0", "openssl", "dgst", "-sha256"]], "\0".join(files).encode())
    ours = _best([_verify(root)])
    sums = _best([["sha256sum", "--check", "--quiet", "SHA256SUMS"]], folder=export)
    key = next(line for line in (export / "VERIFY.md").read_text().splitlines() if line.startswith("model_signing"))
    models = _best([_python("from model_signing._cli import main; main()", *key.split()[1:])], folder=export, rounds=1)
    start = _best([_python("import cli.main, cli.verify")]).cpu_seconds
    cpu, least = ours.cpu_seconds, hashing.cpu_seconds
    beside = (cpu - _hashing_seconds(files)) / count * 1e6
    what = f"verify, {count:,} files"
    peers = (
        f"{what}: {sums.cpu_seconds / cpu:.2f} times less CPU than sha256sum -c ({sums.cpu_seconds:.2f} s), "
        f"{models.cpu_seconds / cpu:.2f} times less than model_signing ({models.cpu_seconds:.2f} s)"
    )
    against = (
        f"{what}: {cpu / least:.2f} of openssl's CPU ({cpu:.2f} s, {least:.2f} s), {(cpu - start) / least:.2f} without "
        f"the {start:.2f} s of the start; {ours.wall_seconds / hashing.wall_seconds:.2f} of its time on the clock"
    )
    spent = (
        f"{what}: {beside:.1f} us a file beside reading and hashing, {start / count * 1e6:.1f} of them the start; "
        f"{ours.peak:.0f} MB (theirs {models.peak:.0f})"
    )
    return [against, peers, spent]


def _cold(root: Path) -> str:
    files = [found.name for found in tree.walk(root / "export" / "data")]
    _forget(files)
    theirs = _cost(["xargs", "-0", "openssl", "dgst", "-sha256"], "\0".join(files).encode())
    _forget(files)
    ours = _cost(_verify(root))
    _forget(files)
    eight = _cost([*_verify(root), "--readers", "8"])
    return (
        f"verify cold, {len(files):,} files: {theirs.wall_seconds / ours.wall_seconds:.2f} times as fast as openssl "
        f"on the clock ({ours.wall_seconds:.1f} s, openssl {theirs.wall_seconds:.1f} s), with 8 readers from the start "
        f"{theirs.wall_seconds / eight.wall_seconds:.2f} times"
    )


def _speeds() -> str:
    """How fast SHA-256 alone is here and in the peer, over one buffer of a photograph's size."""
    data, rounds = bytes(PHOTOGRAPH_BYTES), 5000
    began = time.process_time()
    for _ in range(rounds):
        sha256(data).digest()
    ours = rounds * len(data) / (time.process_time() - began) / 1e6
    words = ["openssl", "speed", "-seconds", "1", "-evp", "sha256", "-bytes", str(len(data))]
    said = subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()[-1]
    return f"SHA-256 of one buffer: hashlib {ours:,.0f} MB/s, openssl {float(said.removesuffix('k')) / 1000:,.0f} MB/s"


def _packed(root: Path, count: int) -> str:
    """The same release in one tar; beside hashing, because the files are tiny."""
    archive = root / "images.tar"
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(root / "export" / "data", arcname=".")
    cost = _cost([*_verify(root), "--images", str(archive)])
    return f"verify in a tar, {count:,} members: {cost.cpu_seconds / count * 1e6:.0f} us each; {cost.peak:.0f} MB"


def _log() -> str:
    """A log of a hundred thousand entries in memory: what a proof costs, and how large it is."""
    log = Log()
    log.append([number.to_bytes(8) for number in range(LOG_ENTRIES)])
    began = time.perf_counter()
    for number in range(LOG_PROOFS):
        inclusion.inclusion_path(number * LOG_ENTRIES // LOG_PROOFS, LOG_ENTRIES, log.tree().subtree)
    seconds = (time.perf_counter() - began) / LOG_PROOFS
    return f"log of {LOG_ENTRIES:,} entries: {seconds * 1e3:.2f} ms a proof, {len(log.proof(77).to_bytes()):,} bytes"


def _leaves() -> str:
    line = os.urandom(LINE_BYTES - 8)
    began, before = time.process_time(), _peak_megabytes()
    root = merkle.Tree()
    for start in range(0, LEAVES, merkle.CHUNK):
        end = min(start + merkle.CHUNK, LEAVES)
        root.extend([sha256(b"\x00" + line + number.to_bytes(8)).digest() for number in range(start, end)])
    root.root()
    seconds = time.process_time() - began
    return f"Merkle root of {LEAVES:,} leaves: {seconds:.1f} s CPU, {_peak_megabytes() - before:.1f} MB more memory"


def _export(root: Path, count: int, size: int) -> None:
    """A signed export of so many files of about so many bytes."""
    root.mkdir()
    chance, images = Random(1), root / "images"  # noqa: S311 - noise for files
    noise = chance.randbytes(2 * size)
    rows = []
    for number in range(count):
        folder = f"n{number * FOLDERS // count:08}"
        start, length = chance.randrange(size), chance.randrange(size * 4 // 5, size * 6 // 5)
        data = number.to_bytes(8) + noise[start : start + length - 8]
        path = f"{folder}/{folder}_{number:06}.JPEG"
        (images / folder).mkdir(parents=True, exist_ok=True)
        (images / path).write_bytes(data)
        digest = sha256(data).hexdigest()
        rows.append(Row(path, len(data), digest, folder, Verdict.KEEP, ("no-face",), path, len(data), digest))
    _, trust_root = proofs.export(root, rows)
    (root / "root.json").write_bytes(trust_root)
    (root / "export" / manifest.PAYLOAD).rmdir()
    images.rename(root / "export" / manifest.PAYLOAD)


def _verify(root: Path) -> list[str]:
    arguments = ("verify", str(root / "export"), "--trust", str(root / "root.json"))
    return _python("from cli.main import main; main()", *arguments)


def _python(script: str, *arguments: str) -> list[str]:
    """A Python command that tells its own peak: what wait4 says includes the memory of whoever started it."""
    return [sys.executable, "-c", f"{_TELL_PEAK}\n{script}", *arguments]


def _hashing_seconds(files: list[str]) -> float:
    """The CPU seconds of opening, reading and hashing alone, in this process and one thread."""
    began = time.process_time()
    for name in files:
        digests.hash_file(name)
    return time.process_time() - began


def _best(
    commands: Sequence[Sequence[str]], given: bytes | None = None, *, folder: Path | None = None, rounds: int = ROUNDS
) -> Cost:
    """The cheapest of some runs: what disturbs a run only ever adds to it."""
    return min(_cost(command, given, folder) for command in commands for _ in range(rounds))


def _cost(command: Sequence[str], given: bytes | None = None, folder: Path | None = None) -> Cost:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, input=given or b"", capture_output=True, check=True)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = re.search(rb"VmHWM:\s+(\d+) kB", done.stderr)
    return Cost(cpu, wall, int(peak[1]) / 1024 if peak else 0)


def _forget(files: list[str]) -> None:
    """Push the files out of the page cache."""
    for name in files:
        descriptor = os.open(name, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
