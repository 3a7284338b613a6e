"""`accession verify`: does this copy of a release hold? Needs no registry, no network and no key.

Answers on the terminal, one line per step, or as JSON; exits with 0 or 7. It imports nothing but the proofs, so an
auditor's laptop needs neither a database nor a web framework.
"""

import secrets
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from cli import cosigners
from registry import clock
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import canonical, sampling
from registry.proof.audit import Judge, Memory
from registry.proof.manifest import PAYLOAD, Row
from registry.proof.monitor import Witnesses
from registry.proof.report import Finding, Outcome, Report, Step
from registry.proof.sampling import Everything, One, Wish
from registry.proof.verify import verify as check

EXIT_NOT_VERIFIED = 7
PART = click.FloatRange(0, 1, min_open=True, max_open=True)
SHOWN_FINDINGS = 100  # per step on a terminal; --json has up to ten thousand

_MARKS = {Outcome.OK: "ok", Outcome.FAILED: "FAILED", Outcome.SKIPPED: "skipped"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    "trust_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Trust root (root.json).",
)
@click.option("--images", type=click.Path(path_type=Path), help="Where the images lie, if not in FOLDER/data.")
@click.option("--image", metavar="PATH", help="Check this one image, and the manifest that it stands in.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Read N images, drawn by chance.")
@click.option("--confidence", type=PART, metavar="P", help="Draw as many as it takes to find, this surely, ...")
@click.option("--bad-rate", type=PART, metavar="R", help="... that this part of the images is wrong.")
@click.option("--nonce", metavar="HEX", help="Repeat the sample that this nonce drew.")
@click.option("--as-of", metavar="TIME", help="Judge keys as of this time, such as 2026-11-22T09:30:00Z; else now.")
@click.option(
    "--checkpoint",
    "checkpoint_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Remember the log's tree head here, and refuse a log that does not extend it.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A copy of the log's files, to show that it extends the remembered tree head.",
)
@cosigners.options
@click.option(
    "--revocations",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Signed revocations (a file, or a folder of .dsse.json files): was anything withdrawn since?",
)
@click.option("--readers", type=click.IntRange(1, 8), help="How many files to read at once.")
@click.option(
    "--attest", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a signed result."
)
@click.option(
    "--key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Your own key, to sign it with."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    folder: Path,
    trust_file: Path | None,
    images: Path | None,
    readers: int | None,
    checkpoint_file: Path | None,
    log: Path | None,
    revocations: Path | None,
    *,
    as_json: bool,
    **asked: str | float | Path | Witnesses | None,
) -> None:
    """Check the release exported to FOLDER, offline."""
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {folder}.")
    trust_root = trust_file.read_bytes() if trust_file else None
    remembered = checkpoint_file.read_bytes() if checkpoint_file and checkpoint_file.exists() else None
    report = check(
        folder,
        trust_root,
        images,
        _instant(asked["as_of"]),
        wish=_wish(asked),
        readers=readers,
        memory=Memory(remembered, log, _witnesses(asked)),
        revocations=revocations,
        decider=decider_of,
    )
    if checkpoint_file and report.checkpoint is not None:
        _remember(checkpoint_file, report.checkpoint)
    if isinstance(attest := asked["attest"], Path) and report.is_ok:
        _attest(attest, asked["key"], report)
    if as_json:
        click.echo(canonical.canonical_bytes(report.to_json()))
    else:
        click.echo("\n".join(lines(report)))
    sys.exit(0 if report.is_ok else EXIT_NOT_VERIFIED)


def lines(report: Report) -> list[str]:
    """The report as a person reads it in a terminal; nothing in it can move the cursor."""
    parts: list[str] = []
    for step in report.steps:
        parts.append(f"{step.number}. {step.name}: {_MARKS[step.outcome]} - {_printable(step.line)}")
        parts.extend(map(_finding, step.findings[:SHOWN_FINDINGS]))
        parts.extend(_rest(step))
    named = _printable(report.release) if report.release else "this folder"
    parts.append(_verdict(report, named))
    return parts


def _verdict(report: Report, named: str) -> str:
    if not report.is_ok:
        return f"NOT VERIFIED: {named}"
    if not report.is_trusted:
        return f"AGREES WITH ITSELF: {named}; whose it is nobody vouches for, give --trust"
    return f"VERIFIED: {named}"


def _remember(file: Path, checkpoint: bytes) -> None:
    """Put the checkpoint in place at once, so that a crash leaves the old one or the new one."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(checkpoint)
    fresh.replace(file)


def _attest(file: Path, key: object, report: Report) -> None:
    """Write the result, signed with the auditor's own key."""
    from cli import keyfiles  # noqa: PLC0415 - only who signs needs what signs
    from registry.proof import result, sign  # noqa: PLC0415 - likewise

    if not isinstance(key, Path):
        raise click.UsageError("A result is signed: name your own key with --key.")
    signer = keyfiles.signer_in(key)
    file.write_bytes(sign.result(signer, result.statement(report, signer.key.keyid, clock.utc_now())))


def decider_of(policy: bytes, files: Mapping[str, bytes]) -> Judge:
    """What decides by this policy; refuses one that cannot be run."""
    from policies import document, errors, records, redecision  # noqa: PLC0415 - only where an export carries facts

    try:
        judge = redecision.Judge(document.parse(policy, files))
    except errors.PolicyError as error:
        raise InvalidInputError(str(error)) from error

    def wrong(row: Row, line: bytes) -> str | None:
        try:
            return judge.wrong(row, line)
        except records.RecordError as error:
            raise InvalidInputError(str(error)) from error

    return wrong


def _witnesses(asked: Mapping[str, object]) -> Witnesses:
    found = asked["witnesses"]
    return found if isinstance(found, Witnesses) else Witnesses()


def _instant(as_of: object) -> datetime:
    if as_of is None:
        return clock.utc_now()
    try:
        return clock.parse_rfc3339(str(as_of))
    except ValueError as problem:
        raise click.BadParameter("write the time as 2026-11-22T09:30:00Z", param_hint="--as-of") from problem


def _wish(asked_for: Mapping[str, object]) -> Everything | One | Wish:
    """What the scope options ask for; one way of asking at a time."""
    image, count = asked_for["image"], asked_for["sample"]
    confidence, bad_rate, nonce = asked_for["confidence"], asked_for["bad_rate"], asked_for["nonce"]
    asked = [image is not None, count is not None, confidence is not None and bad_rate is not None]
    if (confidence is None) != (bad_rate is None) or sum(asked) > 1 or (nonce is not None and not any(asked[1:])):
        raise click.UsageError("Ask for one image, or for --sample N, or for --confidence P with --bad-rate R.")
    if image is not None:
        return One(str(image).removeprefix("./").removeprefix(f"{PAYLOAD}/"))
    if count is not None:
        return Wish(_nonce(nonce), int(str(count)))
    if confidence is not None and bad_rate is not None:
        return Wish(_nonce(nonce), None, float(str(confidence)), float(str(bad_rate)))
    return Everything()


def _nonce(text: object) -> bytes:
    if text is None:
        return secrets.token_bytes(sampling.NONCE_BYTES)
    try:
        return bytes.fromhex(str(text))
    except ValueError as problem:
        raise click.BadParameter("a nonce is hexadecimal", param_hint="--nonce") from problem


def _finding(finding: Finding) -> str:
    return f"   {finding.kind.value}: {_printable(finding.path)} {_printable(finding.sentence)}"


def _rest(step: Step) -> list[str]:
    more = step.findings_count - min(len(step.findings), SHOWN_FINDINGS)
    return [f"   and {more:,} more"] if more else []


def _printable(text: str) -> str:
    """Text from an untrusted export, with everything that a terminal might obey written out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
