"""What lies in an export beside the images, under which names, and how is it written?

One folder is at once a list that `sha256sum -c` reads, a BagIt bag (RFC 8493), an OpenSSF Model Signing payload and
a signed datasheet (docs/formats/export.md). Whoever exports puts the images below `data/`; this room writes the
rest. It signs nothing: what needs a key was signed once, before any export existed.
"""

import base64
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from registry.errors import InvalidInputError
from registry.proof import (
    canonical,
    datasheet,
    digests,
    instructions,
    keys,
    manifest,
    oms,
    rendering,
    sshsig,
    tree,
    trust,
)
from registry.proof.datasheet import Datasheet
from registry.proof.keys import Key
from registry.proof.manifest import PAYLOAD

LINES = "manifest.lines"
SUMS = "SHA256SUMS"
SUMS_SIGNATURE = "SHA256SUMS.sig"
ALLOWED_SIGNERS = "allowed_signers"
BAG_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
BAG_DECLARATION = "bagit.txt"
BAG_INFO = "bag-info.txt"
DATASHEET = "datasheet.json"
DATASHEET_MARKDOWN = "datasheet.md"
DATASHEET_HTML = "datasheet.html"
ENVELOPE = "datasheet.dsse.json"
POLICY = "policy.yaml"
RECIPE = "recipe.json"
INSTRUCTIONS = "VERIFY.md"
ROOT = "root.json"
KEYS = "keys"
TRUST = "trust"
PARQUET = "manifest.parquet"  # the manifest for analysis; signed for where an export carries it
FACTS = "facts.lines"  # by which facts each row was decided; signed for where an export carries it
LISTS = "lists"  # the files that the policy names, each called by its digest
LOG_PROOF = "release.tlog-proof"
MAX_TAG_FILES = 1000

SIGNED_FILES = (
    BAG_DECLARATION,
    BAG_INFO,
    DATASHEET,
    DATASHEET_HTML,
    DATASHEET_MARKDOWN,
    LINES,
    POLICY,
    RECIPE,
    SUMS,
    INSTRUCTIONS,
)
OPTIONAL_FILES = frozenset({PARQUET, FACTS})
_STORED_SIGNATURE = ".detached.json"  # how a model signature is kept until an export writes its whole bundle


@dataclass(frozen=True)
class SignedRelease:
    """What signing a release leaves behind: small documents by name, to be kept as they are.

    An OMS bundle repeats every row of the manifest, so only its signature is kept, and each export writes it anew.
    """

    documents: Mapping[str, bytes]


def documents(
    document: Datasheet, policy: bytes, recipe: bytes, signers: Sequence[Key], model_signers: Sequence[Key]
) -> dict[str, bytes]:
    """Everything of an export that can be written before it is signed, by name.

    Raises:
        InvalidInputError: policy or recipe are not the ones that the datasheet names.
    """
    for name, said, data in (
        ("policy", document.policy.digest, policy),
        ("recipe", document.recipe.digest, recipe),
    ):
        if canonical.digest(data) != said:
            raise InvalidInputError(f"The {name} is not the one that the datasheet names.")
    return {
        DATASHEET: document.to_bytes(),
        DATASHEET_MARKDOWN: rendering.markdown(document).encode(),
        DATASHEET_HTML: rendering.html_page(document).encode(),
        POLICY: policy,
        RECIPE: recipe,
        INSTRUCTIONS: instructions.text(document, signers, model_signers).encode(),
        BAG_DECLARATION: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        BAG_INFO: _bag_info(document),
        ALLOWED_SIGNERS: sshsig.allowed_signers(signers),
        **{f"{KEYS}/{key.keyid}.pem": keys.to_pem(key) for key in (*signers, *model_signers)},
    }


def signed_files(
    unsigned: Mapping[str, bytes], document: Datasheet, large: Mapping[str, str | None] | None = None
) -> dict[str, str]:
    """The digests that the statement speaks for, by name.

    Args:
        unsigned: the small documents.
        document: the datasheet.
        large: digests of those of `OPTIONAL_FILES` that the exports will carry.
    """
    streamed = {LINES: document.manifest.lines_sha256, SUMS: document.manifest.sums_sha256}
    files = {name: streamed.get(name) or canonical.digest(unsigned[name]) for name in SIGNED_FILES}
    return files | {name: digest for name, digest in (large or {}).items() if digest is not None}


def strangers(folder: Path, known: Container[str]) -> Iterator[str]:
    """Files beside the images that are no part of an export: no signature covers them, and nothing says what they are.

    Args:
        folder: the export.
        known: names of signed documents and of model signatures.
    """
    parts = {ENVELOPE, SUMS_SIGNATURE, ALLOWED_SIGNERS, BAG_MANIFEST, TAG_MANIFEST, ROOT, LOG_PROOF}
    for found in islice(tree.walk(folder, skip=PAYLOAD), MAX_TAG_FILES + 1):
        is_key = found.path.startswith(f"{KEYS}/") and found.path.endswith(".pem")
        is_root = found.path.startswith(f"{TRUST}/") and found.path.endswith(".root.json")
        if not (found.path in parts or found.path in known or is_key or is_root):
            yield found.path


def model_facts(document: Datasheet) -> oms.Facts:
    """What the OMS bundles of a release say beside its files."""
    return oms.Facts(
        document.release,
        document.manifest.root,
        canonical.digest(document.to_bytes()),
        document.manifest.sums_sha256,
    )


def stored_signature(name: str, key: Key, signature: bytes) -> tuple[str, bytes]:
    """The name and the bytes under which the signature of the OMS bundle `name` is kept."""
    kept = {"publicKey": keys.to_pem(key).decode(), "signature": base64.b64encode(signature).decode()}
    return name + _STORED_SIGNATURE, canonical.canonical_bytes(kept)


def write(
    folder: Path,
    signed: SignedRelease,
    lines: Path,
    roots: Sequence[bytes],
    log_proof: bytes | None = None,
    lists: Mapping[str, bytes] | None = None,
) -> None:
    """Write everything of an export but its images, which belong below `folder/data`.

    Args:
        folder: where the export is being made; must hold nothing of these names yet.
        signed: as `sign.release` returned it.
        lines: the file of canonical lines that was signed.
        roots: the trust root's versions, oldest first, without a gap.
        log_proof: the `.tlog-proof` of the release's entry in the public log, where there is one.
        lists: the files that the policy names, by `sha256:<hex>`.

    Raises:
        InvalidInputError: the lines are not a manifest, or there is no root.
    """
    if not roots:
        raise InvalidInputError("An export needs a trust root.")
    (folder / PAYLOAD).mkdir(parents=True, exist_ok=True)
    for name, data in signed.documents.items():
        if not name.endswith(_STORED_SIGNATURE):
            _put(folder / name, data)
    _copy_lines(folder, lines)
    for name, data in signed.documents.items():
        if name.endswith(_STORED_SIGNATURE):
            _write_model_bundle(folder, name, data, signed)
    _put(folder / ROOT, roots[-1])
    if len(roots) > 1:
        for root in roots:
            _put(folder / TRUST / f"{trust.load(root).version}.root.json", root)
    if log_proof is not None:
        _put(folder / LOG_PROOF, log_proof)
    for digest, data in (lists or {}).items():
        _put(folder / LISTS / digest.removeprefix("sha256:"), data)
    _put(folder / TAG_MANIFEST, tag_manifest(folder))


def tag_manifest(folder: Path, max_bytes: int | None = None) -> bytes:
    """The BagIt list of every file outside the payload, itself excepted, in path order.

    Args:
        folder: the export.
        max_bytes: how long a file may be.

    Raises:
        InvalidInputError: something there is no readable file, or there are too many.
    """
    tags = [(found, found.name, None) for found in islice(tree.walk(folder, skip=PAYLOAD), MAX_TAG_FILES + 1)]
    if len(tags) > MAX_TAG_FILES:
        raise InvalidInputError(f"More than {MAX_TAG_FILES} files lie beside the images.")
    lines = []
    others = (tag for tag in tags if tag[0].path != TAG_MANIFEST)
    for found, hashed in digests.hash_files(others, max_bytes=max_bytes):
        if hashed.problem is not None:
            raise InvalidInputError(f"{found.path} cannot be listed: {hashed.problem}.")
        lines.append(f"{hashed.sha256}  {found.path}\n")
    return "".join(lines).encode()


def sums(rows: Iterable[manifest.Row]) -> Iterator[bytes]:
    """`SHA256SUMS`, and `manifest-sha256.txt`, which has the same bytes: in pieces."""
    for batch in manifest.batches(rows):
        yield "".join(map(manifest.sum_line, batch)).encode()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        file.write(data)


def _copy_lines(folder: Path, lines: Path) -> None:
    """The manifest and the two lists that follow from it, in one pass each."""
    with lines.open("rb") as source, (folder / LINES).open("xb") as copy:
        while block := source.read(manifest.READ_BYTES):
            copy.write(block)
    with (folder / SUMS).open("xb") as coreutils, (folder / BAG_MANIFEST).open("xb") as bag:
        for piece in sums(manifest.read_file(folder / LINES)):
            coreutils.write(piece)
            bag.write(piece)


def _write_model_bundle(folder: Path, name: str, data: bytes, signed: SignedRelease) -> None:
    kept = canonical.parse_object(data)
    document = datasheet.parse(signed.documents[DATASHEET])
    payload = oms.statement(manifest.read_file(folder / LINES), model_facts(document))
    with (folder / name.removesuffix(_STORED_SIGNATURE)).open("xb") as out:
        key = keys.from_pem(str(kept["publicKey"]).encode())
        oms.write(out, payload, key, base64.b64decode(str(kept["signature"])))


def _bag_info(document: Datasheet) -> bytes:
    """RFC 8493 §2.2.2. The oxum is the payload's bytes and files."""
    facts = document.manifest
    return (
        f"Bag-Software-Agent: Accession\n"
        f"Bagging-Date: {document.created_at:%Y-%m-%d}\n"
        f"External-Identifier: {document.release}\n"
        f"Payload-Oxum: {facts.output_size_bytes}.{facts.images}\n"
    ).encode()
