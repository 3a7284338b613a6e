from pathlib import Path

import pytest

from registry.errors import NotVerifiedError
from registry.proof import canonical, envelope, result, sign, verify
from registry.proof.report import Report
from registry.proof.sampling import Everything, One, Wish
from registry.proof.trust import Purpose
from tests.factories import proofs


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    return proofs.export(tmp_path_factory.mktemp("made"))


def check(made: tuple[Path, bytes], wish: Everything | One | Wish | None = None, *, trusted: bool = True) -> Report:
    return verify.verify(made[0], made[1] if trusted else None, None, proofs.NOW, wish=wish)


def properties(report: Report) -> list[str]:
    predicate = canonical.parse_object(result.statement(report, "key", proofs.NOW))["predicate"]
    assert isinstance(predicate, dict)
    return list(predicate["properties"])


def test_a_result_names_the_release_the_verifier_the_time_and_what_passed(made: tuple[Path, bytes]) -> None:
    value = canonical.parse_object(result.statement(check(made), "abc", proofs.NOW))
    payload = envelope.parse((made[0] / "datasheet.dsse.json").read_bytes()).payload
    assert value["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    assert value["subject"] == [
        {"name": proofs.LABEL, "digest": {"sha256": proofs.sha(payload)}},
        {"name": "data", "digest": {"dirHash": proofs.sha((made[0] / "SHA256SUMS").read_bytes())}},
    ]
    assert value["predicate"] == {
        "verifier": {"id": "urn:accession:verifier:v1:abc"},
        "timeCreated": "2026-11-22T09:30:00Z",
        "properties": [
            "ACCESSION_DOCUMENTS_WELL_FORMED",
            "ACCESSION_KEYS_TRUSTED",
            "ACCESSION_DATASHEET_SIGNATURE",
            "ACCESSION_SIGNED_DOCUMENTS",
            "ACCESSION_MANIFEST",
            "ACCESSION_IMAGES",
            "ACCESSION_LISTS_FOR_OTHER_TOOLS",
            "ACCESSION_SIGNATURES_FOR_OTHER_TOOLS",
        ],
    }


def test_it_never_says_more_than_was_looked_at(made: tuple[Path, bytes]) -> None:
    assert "ACCESSION_KEYS_TRUSTED" not in properties(check(made, trusted=False))
    sampled = properties(check(made, Wish(bytes(16), 2)))
    assert "ACCESSION_IMAGES" not in sampled
    assert "ACCESSION_SAMPLE_OF_2_OF_4_IMAGES" in sampled
    assert "ACCESSION_ONE_IMAGE" in properties(check(made, One("n01/cat.JPEG")))


def test_a_check_that_failed_has_no_result(made: tuple[Path, bytes], tmp_path: Path) -> None:
    for report in (check((made[0], b"{}")), check((tmp_path, made[1]))):
        with pytest.raises(NotVerifiedError):
            result.statement(report, "key", proofs.NOW)


def test_it_is_signed_with_the_auditors_own_key(made: tuple[Path, bytes], tmp_path: Path) -> None:
    sign.create_keys(tmp_path / "auditor", "secret")
    (file,) = (tmp_path / "auditor").glob("datasheets-*")
    signer = sign.signer_in(file, "secret")
    signed = envelope.parse(sign.result(signer, result.statement(check(made), signer.key.keyid, proofs.NOW)))
    assert signed.signers({signer.key.keyid: signer.key}) == {signer.key.keyid}
    assert signer.key.keyid == sign.signers(tmp_path / "auditor", Purpose.DATASHEETS, "secret")[0].key.keyid
