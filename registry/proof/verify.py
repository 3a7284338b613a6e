"""Does this copy of a release hold? Numbered steps, no network, no database, no account, no key of one's own.

Each step that needs what an earlier one could not establish is skipped, never passed; one failed step fails the
whole. Nothing in the folder is believed before a step has proved it, and memory does not grow with the release.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from registry import clock
from registry.errors import AccountNotClosedError, InvalidInputError, NotVerifiedError
from registry.proof import (
    bundle,
    canonical,
    digests,
    envelope,
    instructions,
    keys,
    manifest,
    oms,
    sshsig,
    statement,
    trust,
)
from registry.proof.datasheet import Datasheet
from registry.proof.envelope import Envelope
from registry.proof.images import Comparison
from registry.proof.keys import Key
from registry.proof.manifest import PAYLOAD, Row, Tally, Totals
from registry.proof.report import Findings, Kind, Outcome, Report, Step
from registry.proof.statement import Statement
from registry.proof.trust import Purpose, Trust

MAX_DOCUMENT_BYTES = canonical.MAX_JSON_BYTES

Refused = (InvalidInputError, NotVerifiedError, AccountNotClosedError)


class Skipped(Exception):  # noqa: N818 - no error: the step says why it was not done
    """A step cannot be done, through no fault that is not already reported."""


@dataclass
class Audit:
    """One check in progress: what was given, and what the steps have established so far."""

    folder: Path
    given_trust: bytes | None
    images: Path
    now: datetime
    readers: int | None
    findings: Findings = field(default_factory=Findings)
    envelope: Envelope | None = None
    statement: Statement | None = None
    trust: Trust | None = None
    totals: Totals | None = None
    comparison: Comparison | None = None

    def document(self, name: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
        """A small file of the export.

        Raises:
            InvalidInputError: it is missing, too large, or no regular file.
        """
        path = self.folder / name
        if path.is_symlink() or not path.is_file():
            raise InvalidInputError(f"{name} is missing.")
        try:
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
        except OSError as problem:
            raise InvalidInputError(f"{name} cannot be read: {problem.strerror}.") from problem
        if len(data) > max_bytes:
            raise InvalidInputError(f"{name} is larger than {max_bytes} bytes.")
        return data

    @property
    def signed(self) -> Statement:
        """The statement, once it could be read."""
        if self.statement is None:
            raise Skipped("the signed statement could not be read")
        return self.statement

    @property
    def datasheet(self) -> Datasheet:
        """The datasheet inside the statement."""
        return self.signed.datasheet

    @property
    def root(self) -> Trust:
        """The trust root, once it was checked."""
        if self.trust is None:
            raise Skipped("there is no usable trust root")
        return self.trust

    @cached_property
    def hashes(self) -> dict[str, str]:
        """The digest of every signed file as it lies here, empty where it cannot be read."""
        named = [(name, str(self.folder / name)) for name in self.signed.files]
        return {name: found.sha256 for name, found in digests.hash_files(named, readers=self.readers)}


def verify(
    folder: Path, trust_root: bytes | None, images: Path | None, now: datetime, *, readers: int | None = None
) -> Report:
    """Check an export, or another folder of images beside an export's documents.

    Args:
        folder: the export.
        trust_root: root metadata that the auditor trusts; None takes the export's own, which proves less.
        images: where the images lie, if not below `folder/data`.
        now: the time at which keys must be good.
        readers: how many files to read at once.
    """
    audit = Audit(folder, trust_root, images or folder / PAYLOAD, now, readers)
    steps = tuple(_step(number, name, check, audit) for number, (name, check) in enumerate(STEPS, start=1))
    label = audit.statement.datasheet.release if audit.statement else None
    return Report(label, trust_root is not None, steps)


def _step(number: int, name: str, check: Callable[[Audit], str], audit: Audit) -> Step:
    audit.findings = Findings()
    try:
        line, outcome = check(audit), Outcome.OK
    except Skipped as why:
        line, outcome = f"not checked: {why}", Outcome.SKIPPED
    except Refused as problem:
        line, outcome = problem.sentence, Outcome.FAILED
    if audit.findings.total:
        outcome = Outcome.FAILED
    return Step(number, name, outcome, line, tuple(audit.findings.named), audit.findings.total)


def _read(audit: Audit) -> str:
    """The envelope and the statement are what they claim to be; nothing is believed yet."""
    if not audit.folder.is_dir():
        raise InvalidInputError("There is no such folder.")
    audit.envelope = envelope.parse(audit.document(bundle.ENVELOPE))
    if audit.envelope.payload_type != envelope.IN_TOTO:
        raise InvalidInputError("The envelope does not hold an in-toto statement.")
    found = statement.parse(audit.envelope.payload)
    if set(found.files) != set(bundle.SIGNED_FILES) or found.payload != (PAYLOAD, found.files[bundle.SUMS]):
        raise InvalidInputError("The statement does not speak for exactly the files of an export.")
    audit.statement = found
    return f"release {audit.datasheet.release}, {audit.datasheet.manifest.images:,} images, well formed"


def _check_trust(audit: Audit) -> str:
    """The root is signed by itself, still good, and the export's own root follows from it."""
    if audit.given_trust is None:
        found = trust.load(audit.document(bundle.ROOT, trust.MAX_ROOT_BYTES))
        source = "the keys came from the export itself, which proves only that it agrees with itself; use --trust"
    else:
        found = trust.load(audit.given_trust)
        source = "the root that was given"
    found.check_time(audit.now)
    audit.trust = found
    return f"root version {found.version}, good until {clock.rfc3339(found.expires_at)}; {source}"


def _check_signature(audit: Audit) -> str:
    """Enough trusted keys signed the datasheet, and the datasheet's files say what was signed."""
    trusted, needed = audit.root.keys(Purpose.DATASHEETS), audit.root.threshold(Purpose.DATASHEETS)
    if audit.envelope is None:
        raise Skipped("the envelope could not be read")
    signed_by = audit.envelope.signers(trusted)
    _check_files(audit, (bundle.DATASHEET, bundle.DATASHEET_MARKDOWN, bundle.DATASHEET_HTML))
    if len(signed_by) < needed:
        raise NotVerifiedError(f"{len(signed_by)} of the {needed} trusted signatures it needs are on the datasheet.")
    if audit.findings.total:
        return "the datasheet's files are not the ones that were signed"
    return f"signed by {len(signed_by)} trusted key{'s' if len(signed_by) > 1 else ''}: {', '.join(sorted(signed_by))}"


def _check_documents(audit: Audit) -> str:
    """Policy, recipe and instructions are the signed ones."""
    names = (bundle.POLICY, bundle.RECIPE, bundle.INSTRUCTIONS, bundle.BAG_DECLARATION, bundle.BAG_INFO)
    _check_files(audit, names)
    for name, said in ((bundle.POLICY, audit.datasheet.policy.digest), (bundle.RECIPE, audit.datasheet.recipe.digest)):
        if audit.signed.files[name] != said:
            audit.findings.add(Kind.ACCOUNT, name, "is not the one that the datasheet names")
    return audit.findings.summary() or f"{len(names)} documents are the signed ones"


def _check_manifest(audit: Audit) -> str:
    """The lines are the signed ones, in order, and add up to the datasheet; images are compared on the way."""
    path = audit.folder / bundle.LINES
    if path.is_symlink() or not path.is_file():
        raise InvalidInputError(f"{bundle.LINES} is missing.")
    tally, audit.comparison = Tally(), Comparison()
    audit.signed  # noqa: B018 - without a statement there is nothing to compare with
    with path.open("rb") as lines:
        audit.comparison.run(_tallied(manifest.read_lines(lines), tally), audit.images, readers=audit.readers)
    audit.totals = tally.totals()
    audit.datasheet.check_against(audit.totals)
    return f"{audit.totals.rows:,} rows in order, each parent image once; root {audit.totals.root}"


def _tallied(rows: Iterator[tuple[Row, bytes]], tally: Tally) -> Iterator[Row]:
    for row, line in rows:
        tally.add(row, line)
        yield row


def _check_images(audit: Audit) -> str:
    """Every released image is here with its bytes, and nothing else is."""
    if audit.comparison is None or audit.totals is None:
        raise Skipped("the manifest could not be read to its end")
    audit.findings = audit.comparison.findings
    right = f"{audit.comparison.images:,} of {audit.totals.images:,} images are right"
    if audit.findings.total:
        return f"{right}; {audit.findings.summary()}"
    return f"{right}, {audit.comparison.size_bytes:,} bytes, and nothing else is here"


def _check_lists(audit: Audit) -> str:
    """What other people's tools read says the same: SHA256SUMS, the bag, and the list of tag files."""
    _check_files(audit, (bundle.LINES, bundle.SUMS))
    bag = digests.hash_file(audit.folder / bundle.BAG_MANIFEST)
    if f"sha256:{bag.sha256}" != audit.signed.files[bundle.SUMS]:
        audit.findings.add(Kind.ALTERED, bundle.BAG_MANIFEST, "is not the same list as SHA256SUMS")
    if audit.document(bundle.TAG_MANIFEST) != bundle.tag_manifest(audit.folder):
        audit.findings.add(Kind.ALTERED, bundle.TAG_MANIFEST, "does not list the files beside the images as they are")
    return audit.findings.summary() or "SHA256SUMS and the BagIt lists agree with the manifest"


def _check_other_signatures(audit: Audit) -> str:
    """The signatures for ssh-keygen and for OpenSSF Model Signing are by trusted keys, over the same images."""
    if audit.envelope is None:
        raise Skipped("the envelope could not be read")
    trusted = audit.root.keys(Purpose.DATASHEETS)
    signers = [trusted[key_id] for key_id, _ in audit.envelope.signatures if key_id in trusted]
    if not signers:
        raise Skipped("no trusted key signed the datasheet")
    listed = audit.datasheet.manifest.sums_sha256.removeprefix("sha256:")
    sshsig.check(audit.document(bundle.SUMS_SIGNATURE), signers[0], listed)
    if audit.document(bundle.ALLOWED_SIGNERS) != sshsig.allowed_signers(signers):
        raise NotVerifiedError("allowed_signers does not name the keys that signed the datasheet.")
    model_signers = _model_signers(audit)
    _check_key_files(audit, [*signers, *model_signers])
    return audit.findings.summary() or f"SHA256SUMS for ssh-keygen, and {len(model_signers)} OMS bundle(s)"


def _model_signers(audit: Audit) -> list[Key]:
    """The trusted keys of the OMS bundles that lie here, each bundle checked against the manifest."""
    if audit.totals is None:
        raise Skipped("the manifest could not be read to its end")
    by_hint = {oms.hint(key): key for key in audit.root.keys(Purpose.MODELS).values()}
    found: list[Key] = []
    for name in instructions.model_signature_names(len(by_hint)):
        path = audit.folder / name
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                key = by_hint.get(oms.stated_hint(file))
                if key is None or key in found:
                    raise NotVerifiedError(f"{name} is signed by no trusted key, or by one twice.")
                oms.check(
                    file, manifest.read_file(audit.folder / bundle.LINES), bundle.model_facts(audit.datasheet), key
                )
            found.append(key)
    needed = audit.root.threshold(Purpose.MODELS)
    if len(found) < needed:
        raise NotVerifiedError(f"{len(found)} of the {needed} OMS bundles it needs are here.")
    return found


def _check_key_files(audit: Audit, signers: list[Key]) -> None:
    """The public keys that lie here for openssl are the trusted ones."""
    for key in signers:
        name = f"{bundle.KEYS}/{key.keyid}.pem"
        if audit.document(name) != keys.to_pem(key):
            audit.findings.add(Kind.ALTERED, name, "is not the key of the trust root")


def _check_files(audit: Audit, names: tuple[str, ...]) -> None:
    """Note each of these signed files that is missing or altered."""
    for name in names:
        found = audit.hashes[name]
        if not found:
            audit.findings.add(Kind.MISSING, name, "is missing or cannot be read")
        elif f"sha256:{found}" != audit.signed.files[name]:
            audit.findings.add(Kind.ALTERED, name, "is not the file that was signed")


STEPS: tuple[tuple[str, Callable[[Audit], str]], ...] = (
    ("Documents well formed", _read),
    ("Keys trusted", _check_trust),
    ("Datasheet signature", _check_signature),
    ("Signed documents", _check_documents),
    ("Manifest", _check_manifest),
    ("Images", _check_images),
    ("Lists for other tools", _check_lists),
    ("Signatures for other tools", _check_other_signatures),
)
