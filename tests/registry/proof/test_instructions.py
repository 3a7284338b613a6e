import re
import subprocess
import sys
from pathlib import Path

import pytest

from registry.proof import bundle, instructions, sign
from registry.proof.trust import Purpose
from tests.factories import proofs


def blocks(folder: Path) -> list[str]:
    """The shell lines of `VERIFY.md`, those for Accession itself left out."""
    found = re.findall(r"```sh\n(.*?)```", (folder / "VERIFY.md").read_text(), re.DOTALL)
    return [block for block in found if not block.startswith("accession")]


def outcomes(folder: Path) -> list[bool]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return [
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=folder, env={"PATH": path}, capture_output=True, check=False
        ).returncode
        == 0
        for block in blocks(folder)
    ]


def test_every_line_of_the_instructions_works_as_it_stands(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    assert outcomes(folder) == [True, True, True, True]


def test_the_stock_tools_notice_what_they_should(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    (folder / "data" / "n01" / "extra.JPEG").touch()
    assert outcomes(folder) == [False, True, True, False]
    (folder / "data" / "n01" / "extra.JPEG").unlink()
    (folder / bundle.SUMS).write_bytes(b"")
    envelope = folder / bundle.ENVELOPE
    envelope.write_bytes(envelope.read_bytes().replace(b'"payload":"eyJ', b'"payload":"eyK'))
    assert outcomes(folder) == [False, False, False, False]


def test_every_signer_has_lines_of_its_own(tmp_path: Path) -> None:
    keys = proofs.keys_folder(tmp_path)
    for purpose in (Purpose.DATASHEETS, Purpose.MODELS):
        sign.create_key(keys, purpose)
    proofs.write_lines(tmp_path / "lines", proofs.rows())
    text = proofs.signed_release(keys, tmp_path / "lines").documents[bundle.INSTRUCTIONS].decode()
    for purpose in (Purpose.DATASHEETS, Purpose.MODELS):
        for signer in sign.signers(keys, purpose):
            assert f"keys/{signer.key.keyid}.pem" in text
    assert "model-2.sig" in text


@pytest.mark.parametrize(("count", "names"), [(0, []), (1, ["model.sig"]), (2, ["model.sig", "model-2.sig"])])
def test_model_signatures_are_numbered_from_the_second(count: int, names: list[str]) -> None:
    assert instructions.model_signature_names(count) == names
