"""A device that keeps keys, as software: SoftHSM, from Debian."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories import programs

MODULES = [Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")]
TOKEN, PIN = "release", "1234"
# A printable string, as PKCS#11 3.0 §2.3.3 names the curve.
ED25519 = b"\x13\x0cedwards25519"


@dataclass(frozen=True)
class Device:
    """A token with one Ed25519 key and one P-256 key, and one that signs nothing here."""

    module: Path

    def reference(self, folder: Path, label: str, token: str = TOKEN) -> Path:
        """A file that names a key of the device, for its owner alone."""
        file = folder / f"{label}.pkcs11"
        file.touch(0o600)
        file.write_text(f"pkcs11:token={token};object={label}?module-path={self.module}\n")
        return file


@contextmanager
def plugged_in(folder: Path) -> Iterator[Device]:
    """The device, for as long as the block lasts; a process can have one in its life."""
    import pkcs11  # noqa: PLC0415 - an extra
    from pkcs11 import Attribute, KeyType, Mechanism  # noqa: PLC0415 - likewise
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415 - likewise

    tool = programs.other("softhsm2-util", "softhsm2")
    module = next(path for path in MODULES if path.exists())
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        words = [tool, "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "5678"]
        subprocess.run(words, capture_output=True, check=True, env=dict(os.environ))  # noqa: TID251 - SoftHSM asks it
        with pkcs11.lib(str(module)).get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
            for label, curve in (("models", "secp256r1"), ("large", "secp384r1")):
                parameters = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
                domain = session.create_domain_parameters(KeyType.EC, parameters, local=True)
                domain.generate_keypair(store=True, label=label)
            domain = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: ED25519}, local=True)
            domain.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label="root")
        yield Device(module)
