"""Does this copy of a release hold? Numbered steps, no network, no database, no account, no key of one's own.

Each step that needs what an earlier one could not establish is skipped, never passed; one failed step fails the
whole. Nothing in the folder is believed before a step has proved it, and memory does not grow with the release.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from registry import clock
from registry.errors import AccountNotClosedError, InvalidInputError, NotVerifiedError
from registry.proof import (
    archives,
    bundle,
    digests,
    envelope,
    growth,
    instructions,
    keys,
    manifest,
    oms,
    redecision,
    sshsig,
    statement,
    trust,
    withdrawals,
)
from registry.proof.audit import Audit, Decider, Memory, Skipped
from registry.proof.images import Comparison
from registry.proof.keys import Key
from registry.proof.manifest import PAYLOAD, Row, Tally
from registry.proof.report import Findings, Kind, Outcome, Report, Step
from registry.proof.sampling import Everything, One, Sample, Scope, Wish
from registry.proof.trust import Purpose, Trust
from registry.proof.withdrawals import Withdrawals

MAX_ROOTS = 1024

_REFUSALS = (InvalidInputError, NotVerifiedError, AccountNotClosedError)


def verify(  # noqa: PLR0913 - what an auditor may bring along
    folder: Path,
    trust_root: bytes | None,
    images: Path | None,
    now: datetime,
    *,
    wish: Everything | One | Wish | None = None,
    readers: int | None = None,
    memory: Memory | None = None,
    revocations: Path | None = None,
    decider: Decider | None = None,
) -> Report:
    """Check an export, or another folder of images beside an export's documents.

    Args:
        folder: the export.
        trust_root: root metadata that the auditor trusts; None takes the export's own, which proves less.
        images: where the images lie, if not below `folder/data`.
        now: the time at which keys must be good.
        wish: how many images to look at; None looks at all.
        readers: how many files to read at once.
        memory: what the auditor remembers of the log.
        revocations: a file or folder of signed revocations, to learn what was withdrawn since.
        decider: decides by a policy, to decide every verdict again; None where nobody here can.
    """
    place = images or folder / PAYLOAD
    audit = Audit(folder, place, trust_root, now, wish or Everything(), readers, memory or Memory(), revocations)
    audit.decider = decider
    steps = tuple(_step(number, name, check, audit) for number, (name, check) in enumerate(STEPS, start=1))
    label = audit.statement.datasheet.release if audit.statement else None
    report = Report(label, trust_root is not None, steps, audit.statement, audit.comparison.scope.limit())
    return replace(report, checkpoint=growth.newest(audit)) if report.is_ok else report


@dataclass(frozen=True, slots=True)
class Voucher:
    """Whose word an export is.

    Attributes:
        release: its label.
        signed_by: ids of the trusted keys that signed its datasheet, in order.
        root_version: of the trust root that lists them.
        lines_digest: `sha256:<hex>`, which the bytes of `manifest.lines` must have.
    """

    release: str
    signed_by: tuple[str, ...]
    root_version: int
    lines_digest: str


def vouch(folder: Path, trust_root: bytes, now: datetime) -> Voucher:
    """Who signed an export, for somebody who compares its images by themselves: the first three steps of `verify`.

    Raises:
        InvalidInputError: the documents or the root are not well formed.
        NotVerifiedError: not enough trusted keys signed, or a file of the datasheet is not the signed one.
    """
    audit = Audit(folder, folder / PAYLOAD, trust_root, now)
    for check in (_read, _check_trust, _check_signature):
        check(audit)
        if audit.findings.total:
            found = audit.findings.named[0]
            raise NotVerifiedError(f"{found.path} {found.sentence}.")
    return Voucher(
        audit.datasheet.release,
        tuple(sorted(audit.signatures.signers(audit.keys(Purpose.DATASHEETS)))),
        audit.root.version,
        audit.signed.files[bundle.LINES],
    )


def _step(number: int, name: str, check: Callable[[Audit], str], audit: Audit) -> Step:
    audit.findings = Findings()
    try:
        line, outcome = check(audit), Outcome.OK
    except Skipped as why:
        line, outcome = f"not checked: {why}", Outcome.SKIPPED
    except _REFUSALS as problem:
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
    if set(found.files) - bundle.OPTIONAL_FILES != set(bundle.SIGNED_FILES) or found.payload != (
        PAYLOAD,
        found.files[bundle.SUMS],
    ):
        raise InvalidInputError("The statement does not speak for exactly the files of an export.")
    audit.statement = found
    return f"release {audit.datasheet.release}, {audit.datasheet.manifest.images:,} images, well formed"


def _check_trust(audit: Audit) -> str:
    """The root is signed by itself and still good; newer ones in the export follow from it step by step."""
    if audit.given_trust is None:
        found = trust.load(audit.document(bundle.ROOT, trust.MAX_ROOT_BYTES))
        source = "the keys came from the export itself, which proves only that it agrees with itself; use --trust"
    else:
        found = trust.load(audit.given_trust)
        source = "the root that was given"
        given = found.version
        while found.version < MAX_ROOTS and audit.has(name := f"{bundle.TRUST}/{found.version + 1}.root.json"):
            found = trust.follow(found, audit.document(name, trust.MAX_ROOT_BYTES))
        if found.version > given:
            source = f"followed from version {given}, which was given"
        _check_own_root(audit, found)
    found.check_time(audit.now)
    audit.trust = found
    return f"root version {found.version}, good until {clock.rfc3339(found.expires_at)}; {source}"


def _check_own_root(audit: Audit, trusted: Trust) -> None:
    """The root that the export hands on is the trusted one, or an older one; a stranger's would deceive the next."""
    own = trust.load(audit.document(bundle.ROOT, trust.MAX_ROOT_BYTES))
    is_other = own.version == trusted.version and own.metadata.signed != trusted.metadata.signed
    if own.version > trusted.version or is_other:
        audit.findings.add(Kind.ALTERED, bundle.ROOT, "is not the root that you trust, and does not follow from it")


def _check_signature(audit: Audit) -> str:
    """Enough trusted keys signed the datasheet, and the datasheet's files say what was signed."""
    trusted, needed = audit.keys(Purpose.DATASHEETS), audit.root.threshold(Purpose.DATASHEETS)
    signed_by = audit.signatures.signers(trusted)
    audit.compare_files((bundle.DATASHEET, bundle.DATASHEET_MARKDOWN, bundle.DATASHEET_HTML))
    if len(signed_by) < needed:
        raise NotVerifiedError(f"{len(signed_by)} of the {needed} trusted signatures it needs are on the datasheet.")
    if audit.findings.total:
        return "the datasheet's files are not the ones that were signed"
    return f"signed by {len(signed_by)} trusted key{'s' if len(signed_by) > 1 else ''}: {', '.join(sorted(signed_by))}"


def _check_documents(audit: Audit) -> str:
    """Policy, recipe and instructions are the signed ones."""
    names = [bundle.POLICY, bundle.RECIPE, bundle.INSTRUCTIONS, bundle.BAG_DECLARATION, bundle.BAG_INFO]
    names += sorted(bundle.OPTIONAL_FILES & audit.signed.files.keys())
    audit.compare_files(tuple(names))
    redecision.check_lists(audit)
    for name, said in ((bundle.POLICY, audit.datasheet.policy.digest), (bundle.RECIPE, audit.datasheet.recipe.digest)):
        if audit.signed.files[name] != said:
            audit.findings.add(Kind.ACCOUNT, name, "is not the one that the datasheet names")
    return audit.findings.summary() or f"{len(names)} documents are the signed ones"


def _check_manifest(audit: Audit) -> str:
    """The lines are the signed ones, in order, and add up to the datasheet; images are compared on the way."""
    document = audit.datasheet
    if not audit.has(bundle.LINES):
        raise InvalidInputError(f"{bundle.LINES} is missing.")
    with ExitStack() as files:
        models = _opened_models(audit, files)
        withdrawn = _loaded_withdrawals(audit)
        decided = redecision.opened(audit, files)
        watchers = [*(model.add for model in models.values()), *(found.add for found in withdrawn)]
        tally = Tally([*watchers, *(found.add for found in decided)])
        audit.comparison = Comparison(_scope(audit))
        lines = files.enter_context((audit.folder / bundle.LINES).open("rb"))
        rows = _tallied(manifest.read_batches(lines), tally)
        if packed := archives.archives_in(audit.images):
            from registry.proof import shards  # noqa: PLC0415 - only copies in archives need SQLite

            shards.run(audit.comparison, rows, packed)
        else:
            audit.comparison.run(rows, audit.images, readers=audit.readers)
        audit.totals = tally.totals()
        _finish_models(audit, models)
        audit.withdrawals = withdrawn[0] if withdrawn else None
        audit.redecision = redecision.finished(decided)
    document.check_against(audit.totals)
    return f"{audit.totals.rows:,} rows in order, each parent image once; root {audit.totals.root}"


def _scope(audit: Audit) -> Scope:
    if isinstance(audit.wish, Wish):
        return audit.wish.draw(audit.datasheet.manifest.images, audit.datasheet.manifest.root, growth.anchor(audit))
    return audit.wish


def _tallied(batches: Iterator[tuple[list[Row], list[bytes]]], tally: Tally) -> Iterator[Row]:
    for rows, lines in batches:
        tally.extend(rows, lines)
        yield from rows


def _opened_models(audit: Audit, files: ExitStack) -> dict[str, oms.Check]:
    """A check for each OMS bundle that names a trusted key, by the bundle's name."""
    if audit.trust is None:
        return {}
    by_hint = {oms.hint(key): key for key in audit.keys(Purpose.MODELS).values()}
    found = {}
    for name in filter(audit.has, instructions.model_signature_names(len(by_hint))):
        file = files.enter_context((audit.folder / name).open("rb"))
        key = by_hint.pop(oms.stated_hint(file), None)
        audit.models[name] = key, None
        if key is not None:
            found[name] = oms.Check(file, bundle.model_facts(audit.datasheet), key)
    return found


def _loaded_withdrawals(audit: Audit) -> list[Withdrawals]:
    """The revocations to hold the rows against; none where they are not asked for, or do not hold themselves."""
    if audit.revocations is None or audit.trust is None:
        return []
    try:
        return [withdrawals.load(audit.revocations, audit.trust)]
    except (InvalidInputError, NotVerifiedError):
        return []  # the step about them says why


def _finish_models(audit: Audit, models: dict[str, oms.Check]) -> None:
    for name, model in models.items():
        try:
            model.finish()
        except NotVerifiedError as problem:
            audit.models[name] = audit.models[name][0], problem


def _check_images(audit: Audit) -> str:
    """Every released image is here with its bytes, and nothing else is; or as much of that as was asked for."""
    totals, comparison = audit.account, audit.comparison
    audit.findings = comparison.findings
    if isinstance(comparison.scope, One) and comparison.seen is None:
        raise InvalidInputError(f"The release has no image {comparison.scope.path}.")
    right = f"{comparison.images:,} of {totals.images:,} images are right"
    if audit.findings.total:
        return f"{right}; {audit.findings.summary()}"
    if comparison.seen is not None:
        row = comparison.seen
        return f"{right}: {row.path}, {row.verdict.value} ({', '.join(row.reasons) or 'no reason'})"
    if isinstance(comparison.scope, Sample):
        return f"{right}, drawn by chance; {comparison.scope.claim()}; every name was compared"
    return f"{right}, {comparison.size_bytes:,} bytes, and nothing else is here"


def _check_lists(audit: Audit) -> str:
    """What other people's tools read says the same: SHA256SUMS, the bag, and the list of tag files."""
    audit.compare_files((bundle.LINES, bundle.SUMS))
    bag = digests.hash_file(audit.folder / bundle.BAG_MANIFEST, max_bytes=audit.max_bytes)
    if f"sha256:{bag.sha256}" != audit.signed.files[bundle.SUMS]:
        audit.findings.add(Kind.ALTERED, bundle.BAG_MANIFEST, "is not the same list as SHA256SUMS")
    if audit.document(bundle.TAG_MANIFEST) != bundle.tag_manifest(audit.folder, audit.max_bytes):
        audit.findings.add(Kind.ALTERED, bundle.TAG_MANIFEST, "does not list the files beside the images as they are")
    # Without a trust root nobody knows whose model signatures belong here; their own step says so.
    models = audit.models if audit.trust else instructions.model_signature_names(MAX_ROOTS)
    for stranger in bundle.strangers(audit.folder, {*audit.signed.files, *models, *redecision.lists(audit)}):
        audit.findings.add(Kind.EXTRA, stranger, "is no part of the export; no signature covers it")
    return audit.findings.summary() or "SHA256SUMS and the BagIt lists agree with the manifest; no stranger is here"


def _check_other_signatures(audit: Audit) -> str:
    """The signatures for ssh-keygen and for OpenSSF Model Signing are by trusted keys, over the same images."""
    trusted = audit.keys(Purpose.DATASHEETS)
    signers = [trusted[key_id] for key_id, _ in audit.signatures.signatures if key_id in trusted]
    if not signers:
        raise Skipped("no trusted key signed the datasheet")
    listed = audit.datasheet.manifest.sums_sha256.removeprefix("sha256:")
    sshsig.check(audit.document(bundle.SUMS_SIGNATURE), signers[0], listed)
    if audit.document(bundle.ALLOWED_SIGNERS) != sshsig.allowed_signers(signers):
        raise NotVerifiedError("allowed_signers does not name the keys that signed the datasheet.")
    model_signers = _model_signers(audit)
    for key in (*signers, *model_signers):
        name = f"{bundle.KEYS}/{key.keyid}.pem"
        if audit.document(name) != keys.to_pem(key):
            audit.findings.add(Kind.ALTERED, name, "is not the key of the trust root")
    return audit.findings.summary() or f"SHA256SUMS for ssh-keygen, and {len(model_signers)} OMS bundle(s)"


def _model_signers(audit: Audit) -> list[Key]:
    """The trusted keys of the OMS bundles that lie here, each bundle compared with the manifest before."""
    needed = audit.root.threshold(Purpose.MODELS)
    if audit.totals is None:
        raise Skipped("the manifest could not be read to its end")
    found: list[Key] = []
    for name, (key, problem) in audit.models.items():
        if problem is not None:
            raise problem
        if key is None:
            raise NotVerifiedError(f"{name} is signed by no trusted key, or by one twice.")
        found.append(key)
    if len(found) < needed:
        raise NotVerifiedError(f"{len(found)} of the {needed} OMS bundles it needs are here.")
    return found


STEPS: tuple[tuple[str, Callable[[Audit], str]], ...] = (
    ("Documents well formed", _read),
    ("Keys trusted", _check_trust),
    ("Datasheet signature", _check_signature),
    ("Signed documents", _check_documents),
    ("Manifest", _check_manifest),
    ("Images", _check_images),
    ("Lists for other tools", _check_lists),
    ("Signatures for other tools", _check_other_signatures),
    ("Transparency log", growth.check_log),
    ("Growth of the log", growth.check_growth),
    ("Revocations", withdrawals.check),
    ("Verdicts decided again", redecision.check),
)
