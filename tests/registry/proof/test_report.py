from registry.proof import canonical
from registry.proof.report import MAX_FINDINGS, Finding, Findings, Kind, Outcome, Report, Step

OK = Step(1, "One", Outcome.OK, "fine")
SKIPPED = Step(2, "Two", Outcome.SKIPPED, "not checked")
FAILED = Step(3, "Three", Outcome.FAILED, "bad", (Finding(Kind.MISSING, "a", "is missing"),), 1)


def test_a_report_holds_when_something_was_checked_and_nothing_failed() -> None:
    assert Report("a", True, (OK, SKIPPED)).is_ok
    assert not Report("a", True, (OK, FAILED)).is_ok
    assert not Report("a", True, (SKIPPED,)).is_ok
    assert not Report(None, True, ()).is_ok


def test_a_report_is_a_json_value() -> None:
    value = canonical.parse_object(canonical.canonical_bytes(Report("a", False, (OK, FAILED)).to_json()))
    assert value["ok"] is False
    assert value["trusted"] is False
    steps = value["steps"]
    assert isinstance(steps, list)
    assert steps[1] == {
        "number": 3,
        "name": "Three",
        "outcome": "failed",
        "line": "bad",
        "findings": [{"kind": "missing", "path": "a", "sentence": "is missing"}],
        "findings_count": 1,
    }


def test_findings_beyond_the_limit_are_counted_and_not_kept() -> None:
    findings = Findings()
    for number in range(MAX_FINDINGS + 5):
        findings.add(Kind.EXTRA, str(number), "is extra")
    findings.add(Kind.ALTERED, "x", "was altered")
    assert len(findings.named) == MAX_FINDINGS
    assert findings.total == MAX_FINDINGS + 6
    assert findings.summary() == "1 altered, 10,005 extra"
