"""Bytes that anybody hands in are a procedure of one kind, or are refused with the line that is wrong."""

import pytest

from policies import procedure_forms, procedures
from policies.errors import PolicyError
from policies.procedures import SHIPPED, Kind
from tests.factories import policies
from tests.factories.policies import digest_of

APPROVAL = procedures.written(SHIPPED[Kind.RELEASE_APPROVAL])
BOMB = b"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"


@pytest.mark.parametrize("kind", Kind)
def test_what_comes_with_the_program_is_of_its_kind(kind: Kind) -> None:
    data = procedures.written(SHIPPED[kind])
    found = procedure_forms.read(data)
    assert (found.kind, found.label, found.digest) == (kind, f"{SHIPPED[kind]}@1", digest_of(data))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The document is empty"),
        (b"\xff\xfe", "UTF-8"),
        (b"- a\n", "begins with `format: accession-approval/1 or accession-takedowns/1`"),
        (b"name: x\n", "begins with `format:"),
        (b"format: [a]\n", "begins with `format:"),
        (policies.text(policies.document()), "begins with `format:"),
        (BOMB, "line 1: Anchors"),
        (b"format: accession-approval/1\nformat: accession-approval/1\n", "line 2: `format` stands here for a second"),
        (APPROVAL.replace(b"otherwise:", b"else:"), "`else` is not known here"),
        (APPROVAL.replace(b"otherwise:", b"<<: *x\notherwise:"), "Aliases"),
        (APPROVAL.replace(b"Who must approve what", b"x" * 201), "a title of at most 200 characters"),
        (b"[" * 99, "levels deep"),
        (b"x" * (1 << 19), "longer than|bytes|larger"),
    ],
)
def test_what_cannot_be_followed_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        procedure_forms.read(data)
