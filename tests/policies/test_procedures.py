"""Procedures are read as strictly as policies, once, and are named by their bytes."""

import pytest

from policies import procedures, shipped
from policies.errors import PolicyError
from policies.lanes import Procedure
from policies.procedures import NAMES, SHIPPED, Kind
from policies.releases import ApprovalProcedure
from tests.factories.policies import digest_of


def test_the_procedures_that_come_with_the_program_can_be_followed() -> None:
    assert procedures.shipped(Kind.TAKEDOWNS, Procedure).name == SHIPPED[Kind.TAKEDOWNS]
    assert procedures.shipped(Kind.RELEASE_APPROVAL, ApprovalProcedure).name == SHIPPED[Kind.RELEASE_APPROVAL]


def test_what_comes_with_the_program_never_changes_because_plans_and_cases_name_it_by_its_digest() -> None:
    assert procedures.shipped_by_digest() == {
        "sha256:d725d6a1e38b0a92949e7f667c77568b288c16b5ace0c3503c14576710ddb56b": "release-approval",
        "sha256:bde0e143d7fb9b523d5bbc1d49f35d9827ac8dc4d0129ef0b449e3069f3bcd27": "takedowns-dmca-gdpr-dsa",
    }


def test_a_procedure_is_no_policy_and_not_another_one() -> None:
    assert not set(NAMES) & set(shipped.names())
    with pytest.raises(PolicyError):
        procedures.shipped(Kind.RELEASE_APPROVAL, Procedure)


def test_a_procedure_is_read_once_and_named_by_its_bytes() -> None:
    first = procedures.shipped(Kind.TAKEDOWNS, Procedure)
    assert procedures.shipped(Kind.TAKEDOWNS, Procedure) is first
    assert procedures.digest(first.name) == digest_of(procedures.written(first.name))
