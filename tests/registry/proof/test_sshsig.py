import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import InvalidInputError
from registry.proof import sshsig
from registry.proof.sign import FileSigner
from tests.factories import proofs

SIGNER, OTHER = FileSigner(Ed25519PrivateKey.generate()), FileSigner(Ed25519PrivateKey.generate())
DATA = b"a list of files\n"


def armour(data: bytes = DATA) -> bytes:
    return sshsig.armoured(SIGNER.key, SIGNER.sign(sshsig.signed_data(proofs.sha(data))))


def ssh_keygen(folder: Path, signed: bytes, signer: FileSigner = SIGNER) -> bool:
    (folder / "allowed").write_bytes(sshsig.allowed_signers([signer.key]))
    (folder / "sig").write_bytes(armour())
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", sshsig.IDENTITY, "-n", sshsig.NAMESPACE]
    done = subprocess.run([*command, "-s", "sig"], cwd=folder, input=signed, capture_output=True, check=False)
    return done.returncode == 0


def test_stock_ssh_keygen_accepts_the_signature_and_only_for_these_bytes(tmp_path: Path) -> None:
    assert ssh_keygen(tmp_path, DATA)
    assert not ssh_keygen(tmp_path, DATA + b"more\n")
    assert not ssh_keygen(tmp_path, DATA, OTHER)


def test_we_accept_what_we_wrote() -> None:
    sshsig.check(armour(), SIGNER.key, proofs.sha(DATA))


def test_another_file_or_key_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="not this key"):
        sshsig.check(armour(), SIGNER.key, proofs.sha(b"other"))
    with pytest.raises(InvalidInputError, match="not this key"):
        sshsig.check(armour(), OTHER.key, proofs.sha(DATA))


@pytest.mark.parametrize("position", range(len(armour())))
def test_no_byte_of_the_signature_can_be_changed(position: int) -> None:
    changed = bytearray(armour())
    changed[position] ^= 1
    with pytest.raises(InvalidInputError):
        sshsig.check(bytes(changed), SIGNER.key, proofs.sha(DATA))


@pytest.mark.parametrize("data", [b"", b"\xff" * 100, b"a" * 5000, armour() + b"\n", armour()[:-1]])
def test_what_is_no_signature_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        sshsig.check(data, SIGNER.key, proofs.sha(DATA))
