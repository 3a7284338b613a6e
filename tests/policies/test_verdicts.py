"""A verdict always has reasons, and they always look the same."""

import pytest

from policies.verdicts import Action, Verdict


def test_actions_are_ordered_from_keep_to_exclude() -> None:
    assert [action.strictness for action in (Action.KEEP, Action.BLUR, Action.EXCLUDE)] == [0, 1, 2]


def test_a_verdict_says_what_why_and_by_which_rule() -> None:
    verdict = Verdict(Action.BLUR, ("face", "person-class"), "faces")
    assert (verdict.action, verdict.reasons, verdict.rule) == ("blur", ("face", "person-class"), "faces")


@pytest.mark.parametrize("reasons", [(), ("b", "a"), ("a", "a")])
def test_reasons_that_are_missing_unsorted_or_repeated_are_refused(reasons: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="sorted, each once, and at least one"):
        Verdict(Action.KEEP, reasons, "otherwise")


@pytest.mark.parametrize("reason", ["Face", "a b", "", "-a", "a-", "a--b", "a\tb", "é", "a" * 65])
def test_a_reason_that_is_not_kebab_case_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="is no reason code"):
        Verdict(Action.KEEP, (reason,), "otherwise")


def test_a_reason_may_have_64_characters() -> None:
    assert Verdict(Action.KEEP, ("a" * 64,), "otherwise").reasons == ("a" * 64,)
