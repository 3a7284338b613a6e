from pathlib import Path

import pytest

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import envelope, sign, trust, verify, withdrawals
from registry.proof.report import Kind, Outcome, Report
from registry.proof.trust import Purpose
from tests.factories import proofs

REVOKED = 11


@pytest.fixture(name="made")
def _made(tmp_path: Path) -> tuple[Path, bytes]:
    return proofs.export(tmp_path)


def check(made: tuple[Path, bytes], place: Path) -> Report:
    return verify.verify(made[0], made[1], None, proofs.NOW, revocations=place)


def line(report: Report) -> str:
    return report.steps[REVOKED - 1].line


def test_a_release_of_which_nothing_was_withdrawn_passes(made: tuple[Path, bytes], tmp_path: Path) -> None:
    report = check(made, proofs.write_revocations(tmp_path, [["something else"], ["more"]]))
    assert report.is_ok
    assert line(report) == "2 revocations: nothing in this release was withdrawn"


def test_withdrawn_images_are_named_by_what_they_are_and_by_what_they_were_made_from(
    made: tuple[Path, bytes], tmp_path: Path
) -> None:
    place = proofs.write_revocations(tmp_path, [["a cat"], ["a face", "a person"]])
    report = check(made, place)
    assert not report.is_ok
    assert [(finding.kind, finding.path, finding.sentence) for finding in report.steps[REVOKED - 1].findings] == [
        (Kind.WITHDRAWN, "n01/cat.JPEG", "was withdrawn by revocation 1"),
        (Kind.WITHDRAWN, "n01/copy.JPEG", "was withdrawn by revocation 1"),
        (Kind.WITHDRAWN, "n03/face.JPEG", "was withdrawn by revocation 2"),
    ]


def test_a_single_file_is_enough_when_there_is_only_one(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = proofs.write_revocations(tmp_path, [["something else"]])
    assert line(check(made, place / "1.dsse.json")).startswith("1 revocation: nothing")


def test_a_missing_number_is_noticed(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = proofs.write_revocations(tmp_path, [["a"], ["b"], ["c"]])
    (place / "2.dsse.json").unlink()
    report = check(made, place)
    assert line(report) == "A revocation is missing, or stands here twice."
    assert report.steps[REVOKED - 1].outcome is Outcome.FAILED


def test_a_revocation_that_no_trusted_key_signed_does_not_count(made: tuple[Path, bytes], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    proofs.keys_folder(tmp_path / "other")
    place = proofs.write_revocations(tmp_path / "other", [["a cat"]])
    report = check(made, place)
    assert "not signed by enough trusted keys" in line(report)
    assert not report.steps[REVOKED - 1].findings


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100])
def test_what_is_no_revocation_is_refused(made: tuple[Path, bytes], tmp_path: Path, data: bytes) -> None:
    place = proofs.write_revocations(tmp_path, [["a"]])
    (place / "1.dsse.json").write_bytes(data)
    assert check(made, place).steps[REVOKED - 1].outcome is Outcome.FAILED


def test_another_document_under_the_same_keys_is_no_revocation(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = proofs.write_revocations(tmp_path, [["a"]])
    found = envelope.parse((place / "1.dsse.json").read_bytes())
    (place / "1.dsse.json").write_bytes(found._replace(payload_type=envelope.IN_TOTO).to_bytes())
    assert "is no revocation" in line(check(made, place))


def test_an_empty_folder_and_a_huge_file_are_refused(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = tmp_path / "empty"
    place.mkdir()
    assert "There are 0 revocations" in line(check(made, place))
    with (place / "1.dsse.json").open("wb") as file:
        file.truncate(10_000_000_000)
    assert "too large" in line(check(made, place))


def test_more_images_than_fit_are_refused(
    made: tuple[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "MAX_DIGESTS", 1)
    with pytest.raises(InvalidInputError, match="more than 1 images"):
        withdrawals.load(proofs.write_revocations(tmp_path, [["a", "b"]]), trust.load(made[1]))


def test_without_trust_or_a_whole_manifest_nothing_is_said(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = proofs.write_revocations(tmp_path, [["a"]])
    (made[0] / "manifest.lines").write_bytes(b"damaged")
    assert line(check(made, place)) == "not checked: the manifest could not be read to its end"
    assert line(check((made[0], b"{}"), place)) == "not checked: there is no usable trust root"


def test_a_key_for_datasheets_cannot_revoke(made: tuple[Path, bytes], tmp_path: Path) -> None:
    place = tmp_path / "one.dsse.json"
    signers = sign.signers(tmp_path / "keys", Purpose.DATASHEETS)
    place.write_bytes(sign.withdrawal(signers, proofs.revocation(1, ["a cat"])))
    with pytest.raises(NotVerifiedError, match="trusted keys"):
        withdrawals.load(place, trust.load(made[1]))
