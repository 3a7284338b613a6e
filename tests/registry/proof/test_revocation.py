import pytest
from pydantic import ValidationError

from registry.errors import InvalidInputError, WrongStateError
from registry.proof import envelope, revocation, sign
from registry.proof.revocation import Revocation
from tests.factories import proofs


def test_a_revocation_is_read_back_from_its_bytes() -> None:
    document = proofs.revocation(3, ["a cat", "a dog"])
    assert revocation.parse(document.to_bytes()) == document


def test_it_says_digests_labels_and_a_code_and_nothing_about_who_asked() -> None:
    assert set(Revocation.model_fields) == {
        "format",
        "number",
        "issued_at",
        "reason",
        "images",
        "withdrawn_from",
        "released_without",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"images": ()}, "at least 1"),
        ({"images": ("sha256:" + "b" * 64, "sha256:" + "a" * 64)}, "not sorted"),
        ({"images": ("sha256:" + "a" * 64,) * 2}, "repeat"),
        ({"images": ("a" * 64,)}, "pattern"),
        ({"withdrawn_from": ("b", "a")}, "not sorted"),
        ({"released_without": ()}, "at least 1"),
        ({"number": -1}, "greater"),
        ({"reason": "because"}, "takedown"),
        ({"person": "ada"}, "Extra"),
    ],
)
def test_a_revocation_that_is_not_in_order_cannot_exist(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Revocation.model_validate({**proofs.revocation(1, ["a"]).model_dump(), **changes})


@pytest.mark.parametrize("data", [b"{}", b"[]", proofs.revocation(1, ["a"]).to_bytes() + b" "])
def test_bytes_that_are_no_revocation_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        revocation.parse(data)


def test_a_revocation_that_nobody_signs_is_none() -> None:
    with pytest.raises(WrongStateError, match="nobody signs"):
        sign.withdrawal([], proofs.revocation(1, ["a"]))
    assert revocation.PAYLOAD_TYPE != envelope.IN_TOTO
