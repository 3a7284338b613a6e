import click
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli import cosigners
from registry.errors import InvalidInputError
from registry.proof import note
from registry.proof.monitor import Witnesses
from registry.proof.sign import FileSigner

SIGNER = FileSigner(Ed25519PrivateKey.generate())
KEY = note.witness_key("w.example/1", SIGNER.key)


def test_all_that_are_named_are_needed_unless_a_number_is_given() -> None:
    assert cosigners.asked_for([], None) == Witnesses()
    assert cosigners.asked_for([KEY.to_text()], None) == Witnesses((KEY,), 1)
    assert cosigners.asked_for([KEY.to_text()], 0) == Witnesses((KEY,), 0)


def test_more_than_are_named_cannot_be_needed() -> None:
    with pytest.raises(click.UsageError, match="More witnesses"):
        cosigners.asked_for([KEY.to_text()], 2)


def test_what_is_no_key_of_a_witness_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        cosigners.asked_for(["w.example/1"], None)
    [log] = note.log_keys("log.example", [SIGNER.key])
    with pytest.raises(click.UsageError, match="that of a log"):
        cosigners.asked_for([log.to_text()], None)
