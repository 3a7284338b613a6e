"""Small signed releases, made by the real code from a handful of bytes."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from registry.errors import NotFoundError
from registry.proof import bundle, canonical, envelope, manifest, roots, sign, trust
from registry.proof.datasheet import (
    Datasheet,
    ManifestFacts,
    ParentFacts,
    PersonFacts,
    PolicyFacts,
    RecipeFacts,
    VerdictCounts,
)
from registry.proof.logproof import LogEntry
from registry.proof.manifest import Row, Totals, Verdict
from registry.proof.revocation import Revocation
from registry.proof.roots import Change
from registry.proof.trust import Purpose
from tests.factories.logs import Log

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LISTED = b"n00007846\n"
POLICY = f"name: careful\nversion: 1\nlist: sha256:{hashlib.sha256(LISTED).hexdigest()}\n".encode()
RECIPE = b'{"blur":"gaussian"}'
LABEL = "imagenet/fb/2026.1"

IMAGES = {
    "n01/cat.JPEG": b"a cat",
    "n01/copy.JPEG": b"a cat",
    'n02/dog "with" spaces & ümlaut.JPEG': b"a dog" * 1000,
    "n03/face.JPEG": b"a blurred face",
}


def sha(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def kept(path: str, data: bytes) -> Row:
    """The row of an image that was kept byte for byte."""
    return Row(path, len(data), sha(data), _label(path), Verdict.KEEP, (), path, len(data), sha(data))


def blurred(path: str, before: bytes, after: bytes) -> Row:
    """The row of an image whose faces were blurred."""
    return Row(path, len(before), sha(before), _label(path), Verdict.BLUR, ("face",), path, len(after), sha(after))


def excluded(path: str, data: bytes | None, *reasons: str) -> Row:
    """The row of an image that was left out; `None` for one that could not be read."""
    size, digest = (None, None) if data is None else (len(data), sha(data))
    return Row(path, size, digest, _label(path), Verdict.EXCLUDE, reasons, None, None, None)


def rows() -> list[Row]:
    """One of everything, over `IMAGES`."""
    found = [kept(path, data) for path, data in IMAGES.items() if "face" not in path]
    found.append(blurred("n03/face.JPEG", b"a face", IMAGES["n03/face.JPEG"]))
    found.append(excluded("n04/person.JPEG", b"a person", "person"))
    found.append(excluded("n05/bad\\x0aname", None, "unportable-name", "unreadable"))
    return sorted(found)


def write_lines(path: Path, found: list[Row]) -> Totals:
    """The canonical lines in a file."""
    with path.open("wb") as out:
        return manifest.write(found, out)


def datasheet(totals: Totals, **changes: object) -> Datasheet:
    """A datasheet that agrees with these totals."""
    facts: dict[str, object] = {
        "release": LABEL,
        "dataset": "imagenet",
        "variant": "fb",
        "release_number": "2026.1",
        "created_at": NOW,
        "parent": ParentFacts(root=totals.parent_root, rows=totals.rows),
        "manifest": ManifestFacts.of(totals),
        "verdicts": VerdictCounts(**totals.verdicts),
        "reasons": totals.reasons,
        "policy": PolicyFacts(name="careful", version="1", digest=canonical.digest(POLICY)),
        "recipe": RecipeFacts(digest=canonical.digest(RECIPE), detector={"name": "drawn", "version": "1"}),
        "sources": ("A folder that a test made.",),
        "licence": "LicenseRef-research-only",
        "people": (PersonFacts(role="planned", person="ada"), PersonFacts(role="approved", person="grace")),
        "known_limits": ("No picture here is one.",),
        "previous_release": "none",
    }
    return Datasheet.model_validate(facts | changes)


def keys_folder(folder: Path) -> Path:
    """A folder with fresh keys for every purpose."""
    sign.create_keys(folder / "keys")
    return folder / "keys"


def next_root(keys: Path, previous: bytes, *, retired: frozenset[str] = frozenset(), log_size: int = 0) -> bytes:
    """The root after `previous` with every new key of the folder, signed by those root keys that are in it."""
    before = trust.load(previous)
    gone = {each.key.keyid for each in before.retired}
    added = {}
    for role in trust.ROLES:
        try:
            found = [signer.key for signer in sign.signers(keys, role)]
        except NotFoundError:
            continue
        added[role] = [key for key in found if key.keyid not in retired | gone]
    draft = roots.successor(before, Change(added, retired, log_size=log_size), NOW)
    return sign.root(draft, sign.signers(keys, trust.ROOT))


def signed_release(keys: Path, lines: Path, facts: bytes | None = None) -> bundle.SignedRelease:
    """The lines, signed with all keys of the folder, and the digest of the facts where there are some."""
    with lines.open("rb") as file:
        totals = manifest.measure(file)
    inputs = sign.Inputs(
        datasheet(totals), lines, POLICY, RECIPE, facts=None if facts is None else canonical.digest(facts)
    )
    return sign.release(sign.signers(keys, Purpose.DATASHEETS), sign.signers(keys, Purpose.MODELS), inputs)


def export(folder: Path, found: list[Row] | None = None) -> tuple[Path, bytes]:
    """A whole export with its images, and the trust root it was signed under."""
    keys = keys_folder(folder)
    root = sign.first_root(keys, NOW)
    lines = folder / "lines"
    write_lines(lines, rows() if found is None else found)
    out = folder / "export"
    out.mkdir()
    bundle.write(out, signed_release(keys, lines), lines, [root])
    if found is None:
        write_images(out)
    return out, root


# What stands beside the lines of `rows`: nothing for what was kept.
FACTS = [b"{}", b"{}", b"{}", b'{"faces":1}', b'{"faces":0}', b'{"defect":"unreadable"}']


def decided_export(folder: Path, facts: list[bytes] | None = None) -> tuple[Path, bytes]:
    """As `export`, with these facts beside the rows, and the list that the policy names."""
    keys = keys_folder(folder)
    root = sign.first_root(keys, NOW)
    write_lines(folder / "lines", rows())
    data = b"".join(line + b"\n" for line in (FACTS if facts is None else facts))
    release = signed_release(keys, folder / "lines", data)
    out = folder / "export"
    out.mkdir()
    (out / bundle.FACTS).write_bytes(data)
    bundle.write(out, release, folder / "lines", [root], lists={canonical.digest(LISTED): LISTED})
    write_images(out)
    return out, root


PARQUET = b"what stands here is checked by its digest alone"


def full_export(folder: Path, log: Log) -> tuple[Path, bytes]:
    """An export with everything that one can have; the root that is returned is the first of two."""
    keys = keys_folder(folder)
    first = sign.first_root(keys, NOW)
    sign.create_key(keys, Purpose.MODELS)
    second = next_root(keys, first)
    lines, facts = folder / "lines", b"".join(line + b"\n" for line in FACTS)
    totals = write_lines(lines, rows())
    digests = {"parquet": canonical.digest(PARQUET), "facts": canonical.digest(facts)}
    inputs = sign.Inputs(datasheet(totals), lines, POLICY, RECIPE, **digests)
    release = sign.release(sign.signers(keys, Purpose.DATASHEETS), sign.signers(keys, Purpose.MODELS), inputs)
    out = folder / "export"
    out.mkdir()
    (out / bundle.FACTS).write_bytes(facts)
    (out / bundle.PARQUET).write_bytes(PARQUET)
    proof = _proof(log, keys, release)
    bundle.write(out, release, lines, [first, second], proof, {canonical.digest(LISTED): LISTED})
    write_images(out)
    return out, first


def logged(folder: Path, log: Log, before: int = 0) -> tuple[Path, bytes]:
    """As `export`, with its entry in this log after so many others; the log is signed by the export's own keys."""
    keys = keys_folder(folder)
    root = sign.first_root(keys, NOW)
    write_lines(folder / "lines", rows())
    release = signed_release(keys, folder / "lines")
    bundle.write(folder / "export", release, folder / "lines", [root], _proof(log, keys, release, before))
    write_images(folder / "export")
    return folder / "export", root


def _proof(log: Log, keys: Path, release: bundle.SignedRelease, before: int = 0) -> bytes:
    """The release's place in the log, after so many others; signed by the folder's key for checkpoints."""
    log.signer = sign.signers(keys, Purpose.CHECKPOINTS)[0]
    payload = envelope.parse(release.documents[bundle.ENVELOPE]).payload
    log.append([str(number).encode() for number in range(before)])
    entry = LogEntry(kind="release", at=NOW, subject=canonical.digest(payload), label=LABEL)
    return log.proof(log.append([entry.to_bytes()])).to_bytes()


def revocation(number: int, withdrawn: list[str]) -> Revocation:
    """The revocation of images with these contents."""
    return Revocation(
        number=number,
        issued_at=NOW,
        reason="takedown",
        images=tuple(sorted(canonical.digest(text.encode()) for text in withdrawn)),
        withdrawn_from=(LABEL,),
        released_without=("imagenet/fb/2026.2",),
    )


def write_revocations(folder: Path, withdrawn: list[list[str]]) -> Path:
    """Signed revocations, numbered from 1, of images with these contents; signed with the folder's keys."""
    place = folder / "revocations"
    place.mkdir()
    signers = sign.signers(folder / "keys", Purpose.REVOCATIONS)
    for number, images in enumerate(withdrawn, start=1):
        (place / f"{number}.dsse.json").write_bytes(sign.withdrawal(signers, revocation(number, images)))
    return place


def write_images(folder: Path) -> None:
    """`IMAGES` below `folder/data`."""
    for path, data in IMAGES.items():
        target = folder / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _label(path: str) -> str:
    return path.split("/", maxsplit=1)[0]
