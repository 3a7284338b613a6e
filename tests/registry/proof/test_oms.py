import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import NotVerifiedError
from registry.proof import keys, manifest, oms
from registry.proof.manifest import Row
from registry.proof.sign import FileSigner
from tests.factories import proofs

SIGNER = FileSigner(ec.generate_private_key(ec.SECP256R1()))
OTHER = FileSigner(ec.generate_private_key(ec.SECP256R1()))
FACTS = oms.Facts("imagenet/fb/2026.1", "sha256:" + "1" * 64, "sha256:" + "2" * 64, "sha256:" + "3" * 64)


def bundle_of(rows: list[Row], signer: FileSigner = SIGNER) -> bytes:
    length = sum(map(len, oms.statement(rows, FACTS)))
    signature = signer.sign_digest(oms.signed_digest(length, oms.statement(rows, FACTS)))
    out = io.BytesIO()
    oms.write(out, oms.statement(rows, FACTS), signer.key, signature)
    return out.getvalue()


def check(data: bytes, rows: list[Row] | None = None, signer: FileSigner = SIGNER) -> None:
    compare(data, proofs.rows() if rows is None else rows, FACTS, signer)


def compare(data: bytes, rows: list[Row], facts: oms.Facts, signer: FileSigner = SIGNER) -> None:
    found = oms.Check(io.BytesIO(data), facts, signer.key)
    for batch in manifest.batches(rows):
        found.add(batch)
    found.finish()


def test_model_signing_accepts_the_bundle_and_notices_a_changed_image(tmp_path: Path) -> None:
    for path, data in proofs.IMAGES.items():
        (tmp_path / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / path).write_bytes(data)
    (tmp_path / "model.sig").write_bytes(bundle_of(proofs.rows()))
    (tmp_path / "key.pem").write_bytes(keys.to_pem(SIGNER.key))
    command = [sys.executable, "-m", "model_signing", "verify", "key", "--signature", "model.sig"]
    command += ["--public_key", "key.pem", "data"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "data" / "n01" / "cat.JPEG").write_bytes(b"a dog")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_statement_names_each_released_image_in_order_and_our_facts_beside_the_digest() -> None:
    value = json.loads(b"".join(oms.statement(proofs.rows(), FACTS)))
    assert [each["name"] for each in value["predicate"]["resources"]] == sorted(proofs.IMAGES)
    assert value["predicate"]["serialization"] == {"allow_symlinks": False, "hash_type": "sha256", "method": "files"}
    (subject,) = value["subject"]
    assert subject["digest"]["dirHash"] == "3" * 64
    assert subject["annotations"]["accession.release"] == FACTS.release


def test_the_bundle_has_the_media_type_and_hint_that_sigstore_asks_for() -> None:
    value = json.loads(bundle_of(proofs.rows()))
    assert value["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert value["verificationMaterial"]["publicKey"]["hint"] == proofs.sha(keys.to_pem(SIGNER.key))
    assert value["dsseEnvelope"]["payloadType"] == "application/vnd.in-toto+json"
    assert len(value["dsseEnvelope"]["signatures"]) == 1


def test_what_was_written_is_accepted_also_over_many_blocks() -> None:
    check(bundle_of(proofs.rows()))
    many = [proofs.kept(f"{number:06}", b"") for number in range(3000)]
    data = bundle_of(many)
    assert len(data) > 2 * oms.BASE64_BLOCK
    check(data, many)


@pytest.mark.parametrize("count", range(6))
def test_the_length_of_the_statement_does_not_matter(count: int) -> None:
    rows = [proofs.kept("a" * (count + 1), b"")]
    check(bundle_of(rows), rows)


def test_other_rows_facts_or_keys_are_refused() -> None:
    data = bundle_of(proofs.rows())
    with pytest.raises(NotVerifiedError, match="other images"):
        check(data, proofs.rows()[1:])
    with pytest.raises(NotVerifiedError, match="another"):
        check(data, signer=OTHER)
    with pytest.raises(NotVerifiedError, match="other images"):
        compare(data, proofs.rows(), FACTS._replace(release="other"))
    with pytest.raises(NotVerifiedError, match="elliptic"):
        check(
            bundle_of(proofs.rows()).replace(oms.hint(SIGNER.key).encode(), oms.hint(EDWARDS.key).encode()),
            signer=EDWARDS,
        )


EDWARDS = FileSigner(Ed25519PrivateKey.generate())


def test_a_signature_over_something_else_is_refused() -> None:
    out = io.BytesIO()
    oms.write(out, oms.statement(proofs.rows(), FACTS), SIGNER.key, SIGNER.sign(b"something else"))
    with pytest.raises(NotVerifiedError, match="signature is wrong"):
        check(out.getvalue())


def test_bytes_after_or_inside_the_statement_are_refused() -> None:
    data = bundle_of(proofs.rows())
    text = json.loads(data)["dsseEnvelope"]["payload"].encode()
    longer = base64.b64encode(base64.b64decode(text) + b" " * 3)
    with pytest.raises(NotVerifiedError):
        check(data.replace(text, longer))
    with pytest.raises(NotVerifiedError):
        check(data.replace(b'","payloadType"', b'AAAA","payloadType"'))
    with pytest.raises(NotVerifiedError):
        check(data.replace(b'{"dsse', b' {"dsse'))


def test_no_byte_of_the_bundle_can_be_changed() -> None:
    data = bundle_of(proofs.rows()[:2])
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        with pytest.raises(NotVerifiedError):
            check(bytes(changed), proofs.rows()[:2])


def test_the_key_that_a_bundle_names_is_only_a_hint() -> None:
    assert oms.stated_hint(io.BytesIO(bundle_of(proofs.rows()))) == oms.hint(SIGNER.key)
    assert oms.stated_hint(io.BytesIO(b"{}")) == ""
    with pytest.raises(NotVerifiedError):
        check(b"{}")
    with pytest.raises(NotVerifiedError, match="not base64"):
        check(bundle_of(proofs.rows()).replace(b'"sig":"', b'"sig":"-'))


@pytest.mark.parametrize("extra", [0, 1])
def test_blocks_join_to_the_same_bytes_wherever_they_end(extra: int) -> None:
    pieces = [b"a" * (oms.BASE64_BLOCK - 1), b"b" * (1 + extra), b"c" * 3 * oms.BASE64_BLOCK]
    blocks = oms._Blocks()
    cut = [block for piece in pieces for block in blocks.whole(piece)]
    assert b"".join(cut) + blocks.rest() == b"".join(pieces)
    assert {len(block) for block in cut} == {oms.BASE64_BLOCK}


def test_excluded_images_are_not_in_the_statement() -> None:
    rows = [proofs.excluded(f"{number:06}", b"", "person") for number in range(2000)] + [proofs.kept("z", b"")]
    check(bundle_of(rows), rows)
