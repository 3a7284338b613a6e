"""`accession verify`: does this copy of a release hold? Needs no registry, no network and no key.

Answers on the terminal, one line per step, or as JSON; exits with 0 or 7. It imports nothing but the proofs, so an
auditor's laptop needs neither a database nor a web framework.
"""

import sys
from pathlib import Path

import click

from registry import clock
from registry.proof import canonical
from registry.proof.report import Finding, Outcome, Report, Step
from registry.proof.verify import verify as check

EXIT_NOT_VERIFIED = 7
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
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(folder: Path, trust_file: Path | None, images: Path | None, *, as_json: bool) -> None:
    """Check the release exported to FOLDER, offline."""
    trust_root = trust_file.read_bytes() if trust_file else None
    report = check(folder, trust_root, images, clock.utc_now())
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
    parts.append(f"VERIFIED: {named}" if report.is_ok else f"NOT VERIFIED: {named}")
    return parts


def _finding(finding: Finding) -> str:
    return f"   {finding.kind.value}: {_printable(finding.path)} {_printable(finding.sentence)}"


def _rest(step: Step) -> list[str]:
    more = step.findings_count - min(len(step.findings), SHOWN_FINDINGS)
    return [f"   and {more:,} more"] if more else []


def _printable(text: str) -> str:
    """Text from an untrusted export, with everything that a terminal might obey written out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
