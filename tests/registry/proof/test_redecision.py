"""Verdicts are decided again by whoever is brought along; what cannot be read is said, and nothing is believed."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from registry.errors import InvalidInputError
from registry.proof import bundle, canonical, verify
from registry.proof.audit import Judge
from registry.proof.manifest import Row
from registry.proof.report import Outcome, Report
from tests.factories import proofs
from tests.factories.proofs import LISTED

STEP = [name for name, _ in verify.STEPS].index("Verdicts decided again")


def decider(policy: bytes, files: Mapping[str, bytes]) -> Judge:
    """A face blurs, and a person excludes: what the factory's rows say."""
    if b"careful" not in policy:
        raise InvalidInputError("This is no policy.")
    assert files == {canonical.digest(LISTED): LISTED}

    def wrong(row: Row, line: bytes) -> str | None:
        if not line.startswith(b"{"):
            raise InvalidInputError("It is no fact.")
        said = {b"{}": "keep", b'{"faces":1}': "blur"}.get(line, "exclude")
        return None if row.verdict == said else f"the policy says {said}"

    return wrong


@pytest.fixture(name="made")
def _made(tmp_path: Path) -> tuple[Path, bytes]:
    return proofs.decided_export(tmp_path)


def check(made: tuple[Path, bytes], by: Callable[..., Judge] | None = decider) -> Report:
    return verify.verify(made[0], made[1], None, proofs.NOW, decider=by)


def test_every_verdict_is_decided_again(made: tuple[Path, bytes]) -> None:
    report = check(made)
    assert report.is_ok
    assert report.steps[STEP].line == "6 verdicts follow from the policy and the facts of each image"


def test_an_export_from_before_facts_were_carried_is_not_failed(tmp_path: Path) -> None:
    step = check(proofs.export(tmp_path)).steps[STEP]
    assert (step.outcome, "does not carry the facts" in step.line) == (Outcome.SKIPPED, True)


def test_without_anybody_who_decides_the_step_is_skipped(made: tuple[Path, bytes]) -> None:
    step = check(made, None).steps[STEP]
    assert (step.outcome, "nobody here" in step.line) == (Outcome.SKIPPED, True)


def test_a_planted_verdict_is_named(tmp_path: Path) -> None:
    facts = [b"{}"] * 6
    step = check(proofs.decided_export(tmp_path, facts)).steps[STEP]
    assert step.outcome is Outcome.FAILED
    assert [finding.path for finding in step.findings] == ["n03/face.JPEG", "n04/person.JPEG", "n05/bad\\x0aname"]
    assert step.line == "3 of 6 verdicts do not follow from the policy"


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ([b"{}"], "Facts.lines ends, or has no whole line, at row 2."),
        ([*proofs.FACTS, b"{}"], "Facts.lines has more lines than there are rows."),
        ([b"{}", b"[]", *proofs.FACTS[2:]], "Line 2 of facts.lines: It is no fact."),
    ],
)
def test_facts_that_do_not_belong_to_the_rows_fail(tmp_path: Path, facts: list[bytes], says: str) -> None:
    step = check(proofs.decided_export(tmp_path, facts)).steps[STEP]
    assert (step.outcome, step.line) == (Outcome.FAILED, says)


def test_a_policy_that_cannot_be_run_fails(made: tuple[Path, bytes]) -> None:
    (made[0] / bundle.POLICY).write_bytes(b"name: other\n")
    report = check(made)
    assert report.steps[STEP].line == "The policy cannot be run: This is no policy."
    assert not report.is_ok


def test_without_facts_policy_or_rows_nothing_is_decided(made: tuple[Path, bytes]) -> None:
    (made[0] / bundle.FACTS).unlink()
    assert check(made).steps[STEP].line == "not checked: the manifest could not be read to its end"
    (made[0] / bundle.POLICY).unlink()
    assert not check(made).is_ok


def test_an_altered_list_is_named_and_a_strange_one_is_a_stranger(made: tuple[Path, bytes]) -> None:
    name = canonical.digest(LISTED).removeprefix("sha256:")
    (made[0] / bundle.LISTS / ("0" * 64)).write_bytes(b"n00007846\n")
    found = {finding.path for step in check(made).steps for finding in step.findings}
    assert f"{bundle.LISTS}/{'0' * 64}" in found
    (made[0] / bundle.LISTS / name).write_bytes(b"n02084071\n")
    report = verify.verify(made[0], made[1], None, proofs.NOW)
    assert f"{bundle.LISTS}/{name}" in {finding.path for step in report.steps for finding in step.findings}
