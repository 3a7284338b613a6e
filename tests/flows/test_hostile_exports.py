"""Whatever somebody does to an export, the verifier ends soon, in bounded memory, with 7 or 4 and with words.

Each case runs the command as a process of its own, since a crash, a hang or a flood of memory is what is tried.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from registry.proof import bundle, envelope, sign, statement
from registry.proof.checkpoint import Checkpoint
from registry.proof.trust import Purpose
from tests.factories import proofs
from tests.factories.logs import Log

pytestmark = pytest.mark.slow

REFUSED = {4, 7}
MEMORY_MB = 110
PATIENCE_SECONDS = 60
TEN_GIGABYTES = 10_000_000_000
TELL_PEAK = """
import atexit, os, re
atexit.register(lambda: os.write(2, re.search("VmHWM.*", open("/proc/self/status").read())[0].encode()))
from cli.main import main
main()
"""

Export = tuple[Path, Path]
Harm = Callable[[Path], object]


@pytest.fixture(name="export")
def _export(tmp_path: Path) -> Export:
    """An export that stands in the log, and the trust root that an auditor has from elsewhere."""
    folder, root = proofs.logged(tmp_path, Log(), before=3)
    (tmp_path / "root.json").write_bytes(root)
    return folder, tmp_path / "root.json"


def verify(export: Export, *more: str | Path) -> subprocess.CompletedProcess[bytes]:
    words = ["verify", export[0], "--trust", export[1], "--as-of", "2026-11-22T09:30:00Z", *more]
    return subprocess.run(
        [sys.executable, "-c", TELL_PEAK, *words], capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )


def refused(export: Export, *more: str | Path) -> str:
    """What the verifier says; it has refused, in one piece and within its limits."""
    done = verify(export, *more)
    assert done.returncode in REFUSED, (done.returncode, done.stdout, done.stderr)
    peak = re.search(rb"VmHWM:\s+(\d+) kB", done.stderr)
    assert peak is not None
    assert int(peak[1]) / 1024 < MEMORY_MB
    said = (done.stdout + done.stderr).decode()
    assert "Traceback" not in said
    assert "was not written for" not in said
    return said


def rewritten(name: str, change: Callable[[bytes], bytes]) -> Harm:
    """The named file of the export, changed."""
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def instead(name: str, data: bytes) -> Harm:
    """The named file of the export, replaced."""
    return lambda folder: (folder / name).write_bytes(data)


def stretched(name: str) -> Harm:
    """The named file of the export, of ten gigabytes that take no place on the disk."""
    return lambda folder: os.truncate(folder / name, TEN_GIGABYTES)


def linked(name: str) -> Harm:
    """A symbolic link in place of the named file or folder, which lies elsewhere."""

    def harm(folder: Path) -> None:
        (folder / name).rename(folder.parent / "elsewhere")
        (folder / name).symlink_to(folder.parent / "elsewhere")

    return harm


def piped(name: str) -> Harm:
    """A pipe in place of the named file."""

    def harm(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return harm


def strange(name: str, size: int) -> Harm:
    """A file that is in no manifest, among the images; it takes no place on the disk."""

    def harm(folder: Path) -> None:
        with (folder / "data" / name).open("wb") as file:
            file.truncate(size)

    return harm


def emptied(folder: Path) -> None:
    """Every file is gone, and the folders are not."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def payload_of(change: Callable[[bytes], bytes]) -> Harm:
    """Another payload in the envelope, its signatures left as they are."""

    def harm(folder: Path) -> None:
        found = envelope.parse((folder / bundle.ENVELOPE).read_bytes())
        (folder / bundle.ENVELOPE).write_bytes(found._replace(payload=change(found.payload)).to_bytes())

    return harm


LINE = b"n01/cat.JPEG"
DEEP = b"[" * 100_000
CASES: dict[str, tuple[Harm, str]] = {
    "duplicate JSON keys in the envelope": (
        rewritten(bundle.ENVELOPE, lambda data: data.replace(b'{"payload"', b'{"payload":"","payload"', 1)),
        "same key twice",
    ),
    "duplicate JSON keys in the statement": (
        payload_of(lambda data: data.replace(b'"_type"', b'"_type":"","_type"', 1)),
        "same key twice",
    ),
    "duplicate JSON keys in the trust root": (
        rewritten(bundle.ROOT, lambda data: data.replace(b'"signed"', b'"signed":{},"signed"', 1)),
        "same key twice",
    ),
    "deep nesting in the envelope": (instead(bundle.ENVELOPE, DEEP), "nests deeper"),
    "deep nesting in the statement": (payload_of(lambda _: DEEP), "nests deeper"),
    "deep nesting in the trust root": (instead(bundle.ROOT, DEEP), "nests deeper"),
    "huge numbers": (payload_of(lambda data: data.replace(b'"rows":6', b'"rows":' + b"9" * 100_000, 1)), "larger than"),
    "a number that no double holds": (
        payload_of(lambda data: data.replace(b'"rows":6', b'"rows":9007199254740993', 1)),
        "larger than",
    ),
    "NaN": (payload_of(lambda data: data.replace(b'"rows":6', b'"rows":NaN', 1)), "NaN is not a JSON number"),
    "an infinity": (payload_of(lambda data: data.replace(b'"rows":6', b'"rows":1e999', 1)), "not finite"),
    "ten gigabytes of envelope": (stretched(bundle.ENVELOPE), "larger than"),
    "ten gigabytes of datasheet": (stretched(bundle.DATASHEET), "missing or cannot be read"),
    "ten gigabytes of SHA256SUMS": (stretched(bundle.SUMS), "missing or cannot be read"),
    "ten gigabytes of trust root": (stretched(bundle.ROOT), "larger than"),
    "ten gigabytes of manifest": (stretched(bundle.LINES), "line longer than"),
    "ten gigabytes of log proof": (stretched(bundle.LOG_PROOF), "larger than"),
    "ten gigabytes of model bundle": (stretched("model.sig"), "too large"),
    "ten gigabytes in an image's place": (stretched("data/n01/cat.JPEG"), "10,000,000,000 bytes instead of 5"),
    "a terabyte beside the images": (strange("zeros", 10**12), "extra: zeros"),
    "path traversal in the manifest": (
        rewritten(bundle.LINES, lambda data: data.replace(LINE, b"../cat")),
        "plain relative",
    ),
    "an absolute path in the manifest": (
        rewritten(bundle.LINES, lambda data: data.replace(LINE, b"/etc/cat")),
        "plain relative",
    ),
    "two entries with one path": (
        rewritten(bundle.LINES, lambda data: data.splitlines(keepends=True)[0] + data),
        "out of order or repeated",
    ),
    "unsorted rows": (
        rewritten(bundle.LINES, lambda data: b"".join(reversed(data.splitlines(keepends=True)))),
        "out of order or repeated",
    ),
    "an empty manifest": (instead(bundle.LINES, b""), "disagree"),
    "an empty list of keys in the trust root": (
        rewritten(bundle.ROOT, lambda data: re.sub(rb'"keyids":\s*\[[^]]*\]', b'"keyids":[]', data)),
        "FAILED",
    ),
    "an empty list of signatures": (
        lambda folder: (folder / bundle.ENVELOPE).write_bytes(
            re.sub(rb'"signatures":\[.*\]', b'"signatures":[]', (folder / bundle.ENVELOPE).read_bytes())
        ),
        "needs 1 to 16 signatures",
    ),
    "a symbolic link in an image's place": (linked("data/n01/cat.JPEG"), "link: n01/cat.JPEG"),
    "a folder that is a symbolic link": (linked("data/n01"), "link: n01"),
    "a link that leads back to its own folder": (lambda folder: (folder / "data/again").symlink_to("."), "link: again"),
    "an envelope that is a symbolic link": (linked(bundle.ENVELOPE), "datasheet.dsse.json is missing"),
    "a pipe in an image's place": (piped("data/n01/cat.JPEG"), "no regular file"),
    "folders without end": (
        lambda folder: (folder / "data" / "/".join("a" * 200)).mkdir(parents=True),
        "no regular file",
    ),
    "names that would steer a terminal": (
        lambda folder: (folder / "data" / "\x1b[2Jgone\n8. Fine: ok").touch(),
        "extra: ",
    ),
    "nothing but empty folders": (emptied, "is missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_export_is_refused_with_words(export: Export, case: str) -> None:
    harm, why = CASES[case]
    harm(export[0])
    said = refused(export)
    assert why in said
    assert "\x1b" not in said


def test_an_expired_trust_root_is_refused(export: Export) -> None:
    assert "expired" in refused(export, "--as-of", "2036-01-01T00:00:00Z")


def test_a_forged_successor_of_the_trust_root_is_refused(export: Export, tmp_path: Path) -> None:
    forger = proofs.keys_folder(tmp_path / "forger")
    forged = proofs.next_root(forger, sign.first_root(forger, proofs.NOW))
    (export[0] / bundle.TRUST).mkdir()
    (export[0] / bundle.TRUST / "2.root.json").write_bytes(forged)
    assert "not signed by enough root keys of root 1" in refused(export)


def test_a_manifest_with_the_right_root_and_wrong_totals_is_refused(export: Export, tmp_path: Path) -> None:
    signer = sign.signers(tmp_path / "keys", Purpose.DATASHEETS)[0]
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    stated = statement.parse(found.payload)
    counts = stated.datasheet.verdicts.model_copy(update={"keep": 2, "blur": 2})
    wrong = stated._replace(datasheet=stated.datasheet.model_copy(update={"verdicts": counts})).to_bytes()
    signature = envelope.Signature(signer.key.keyid, signer.sign(envelope.pae(found.payload_type, wrong)))
    forged = found._replace(payload=wrong, signatures=(signature,))
    (export[0] / bundle.ENVELOPE).write_bytes(forged.to_bytes())
    assert "disagree about: verdicts" in refused(export)


def test_a_checkpoint_from_another_log_is_refused(export: Export, tmp_path: Path) -> None:
    signers = sign.signers(tmp_path / "keys", Purpose.CHECKPOINTS)
    (tmp_path / "remembered").write_bytes(sign.checkpoint(signers, Checkpoint("example.com/another", 1, bytes(32))))
    assert "10. Growth of the log: FAILED" in refused(export, "--checkpoint", tmp_path / "remembered")
    (tmp_path / "remembered").write_bytes(b"no checkpoint")
    assert "10. Growth of the log: FAILED" in refused(export, "--checkpoint", tmp_path / "remembered")


def tar(folder: Path, *members: tuple[str, bytes | None, int | None]) -> Path:
    """An archive of these members: name, content, and the size that the header claims."""
    file = folder / "images.tar"
    with file.open("wb") as out:
        for name, data, claimed in members:
            info = tarfile.TarInfo(name)
            info.size = len(data or b"") if claimed is None else claimed
            out.write(info.tobuf(tarfile.GNU_FORMAT))
            out.write((data or b"") + bytes(-len(data or b"") % 512))
        out.write(bytes(1024))
    return file


INNER = BytesIO()
with tarfile.open(fileobj=INNER, mode="w") as _nested:
    _nested.addfile(tarfile.TarInfo("deep.tar"))


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("../../etc/cat", b"a stranger", None)], "extra: images.tar/"),
        ([("/etc/passwd", b"a stranger", None)], "extra: images.tar/"),
        ([("n01/cat.JPEG", b"a cat", TEN_GIGABYTES)], "FAILED"),
        ([("n01/cat.JPEG", b"a cat", None), ("n01/cat.JPEG", b"a cat", None)], "twice"),
        ([("inner.tar", INNER.getvalue(), None)], "missing"),
        ([(f"n{number:06}", b"", None) for number in range(20_000)], "20,000 extra"),
    ],
    ids=[
        "path traversal",
        "an absolute path",
        "a claim of 10 GB",
        "one path twice",
        "archives in archives",
        "a bomb of members",
    ],
)
def test_a_hostile_archive_is_refused_with_words(
    export: Export, tmp_path: Path, members: list[tuple[str, bytes | None, int | None]], why: str
) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    said = refused(export, "--images", tar(tmp_path, *members))
    assert why in said
    assert sorted(path for path in tmp_path.rglob("*") if path.name != "images.tar") == before, "nothing was unpacked"


def test_an_image_that_changes_while_it_is_read_is_never_called_right(export: Export) -> None:
    """A writer alternates between the image and something else of the same length, as fast as it can."""
    image = export[0] / "data" / "n01" / "cat.JPEG"
    script = (
        "import itertools, pathlib\n"
        f"for data in itertools.cycle([b'a cat', b'b cat']): pathlib.Path({str(image)!r}).write_bytes(data)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as writer:
        try:
            for _ in range(5):
                done = verify(export, "--json")
                report = json.loads(done.stdout)
                assert done.returncode in {0, *REFUSED}
                assert report["ok"] is (done.returncode == 0)
        finally:
            writer.kill()
