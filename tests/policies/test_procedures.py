"""Procedures are read as strictly as policies, once, and are named by their bytes."""

import pytest

from policies import procedures, shipped
from policies.lanes import Procedure
from policies.releases import ApprovalProcedure
from tests.factories.policies import digest_of


def test_the_procedures_that_come_with_the_program_can_be_followed() -> None:
    assert procedures.shipped(procedures.TAKEDOWNS, Procedure).name == procedures.TAKEDOWNS
    assert procedures.shipped(procedures.RELEASE_APPROVAL, ApprovalProcedure).name == procedures.RELEASE_APPROVAL


def test_a_procedure_is_no_policy_and_not_another_one() -> None:
    assert not set(procedures.NAMES) & set(shipped.names())
    with pytest.raises(TypeError, match="is no Procedure"):
        procedures.shipped(procedures.RELEASE_APPROVAL, Procedure)


def test_a_procedure_is_read_once_and_named_by_its_bytes() -> None:
    first = procedures.shipped(procedures.TAKEDOWNS, Procedure)
    assert procedures.shipped(procedures.TAKEDOWNS, Procedure) is first
    assert procedures.digest(procedures.TAKEDOWNS) == digest_of(procedures.written(procedures.TAKEDOWNS))
