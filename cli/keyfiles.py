"""How is somebody's own private key opened? Asks for its passphrase, or a device's PIN; needs no registry."""

from pathlib import Path

import click

from registry import environment
from registry.proof import sign, tokens
from registry.proof.sign import Signer


def passphrase(question: str, *, is_new: bool = False) -> str:
    """What the variable says, or else what somebody types unseen; a new one twice."""
    return _secret(environment.KEYS_PASSPHRASE_VARIABLE, question, is_new=is_new)


def _secret(variable: str, question: str, *, is_new: bool = False) -> str:
    known = environment.variable(variable)
    if known:
        return known
    typed: str = click.prompt(question, hide_input=True, confirmation_prompt=is_new, err=True)
    return typed


def signer_in(file: Path) -> Signer:
    """The signer of a key file that somebody keeps; asks for the passphrase where it has one.

    Raises:
        ForbiddenError: others can read the file, or the passphrase is wrong.
        NotFoundError, UnavailableError: it names a key in a device, which is not there.
    """
    if file.suffix == tokens.SUFFIX:
        return sign.signer_in(file, pin=_secret(environment.KEYS_PIN_VARIABLE, "PIN of the device"))
    is_locked = b"ENCRYPTED" in file.read_bytes()
    return sign.signer_in(file, passphrase("Passphrase of the key") if is_locked else None)
