import hashlib
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from registry.errors import NotVerifiedError
from registry.proof import bundle, canonical, envelope, keys, sign, statement, verify
from registry.proof.audit import Memory
from registry.proof.report import Kind, Outcome, Report
from registry.proof.sampling import One, Wish
from registry.proof.trust import Purpose
from tests.factories import proofs

READ, TRUST, SIGNATURE, DOCUMENTS, MANIFEST, IMAGES, LISTS, OTHERS, LOG, GROWTH, REVOKED, DECIDED = range(1, 13)


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    return proofs.export(tmp_path_factory.mktemp("made"))


@pytest.fixture(name="export")
def _export(made: tuple[Path, bytes], tmp_path: Path) -> tuple[Path, bytes]:
    shutil.copytree(made[0], tmp_path / "export")
    return tmp_path / "export", made[1]


def check(export: tuple[Path, bytes]) -> Report:
    return verify.verify(export[0], export[1], None, proofs.NOW)


def failed(report: Report) -> set[int]:
    return {step.number for step in report.steps if step.outcome is Outcome.FAILED}


def named(report: Report) -> set[tuple[Kind, str]]:
    return {(finding.kind, finding.path) for step in report.steps for finding in step.findings}


def line(report: Report, number: int) -> str:
    return report.steps[number - 1].line


def test_an_export_as_it_was_made_verifies_in_every_step(export: tuple[Path, bytes]) -> None:
    report = check(export)
    assert [step.outcome for step in report.steps] == [Outcome.OK] * 8 + [Outcome.SKIPPED] * 4
    assert report.is_ok
    assert report.is_trusted
    assert report.release == proofs.LABEL
    assert "4 of 4 images are right, 5,024 bytes" in line(report, IMAGES)


def test_without_a_root_of_ones_own_it_says_so(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], None, None, proofs.NOW)
    assert report.is_ok
    assert not report.is_trusted
    assert "the keys came from the export itself" in line(report, TRUST)


def test_who_signed_an_export_is_told_without_a_look_at_its_images(export: tuple[Path, bytes]) -> None:
    folder, root = export
    shutil.rmtree(folder / "data")
    found = verify.vouch(folder, root, proofs.NOW)
    digest = f"sha256:{hashlib.sha256((folder / 'manifest.lines').read_bytes()).hexdigest()}"
    assert (found.release, found.root_version, found.lines_digest) == (proofs.LABEL, 1, digest)
    assert len(found.signed_by) == 1


def test_nobody_vouches_for_an_export_that_a_stranger_signed(export: tuple[Path, bytes], tmp_path: Path) -> None:
    with pytest.raises(NotVerifiedError, match="is not the root that you trust"):
        verify.vouch(export[0], sign.first_root(proofs.keys_folder(tmp_path / "other"), proofs.NOW), proofs.NOW)


def test_nobody_vouches_for_an_export_whose_datasheet_is_another(export: tuple[Path, bytes]) -> None:
    folder, root = export
    (folder / "datasheet.md").write_bytes(b"All is well.")
    with pytest.raises(NotVerifiedError, match=r"datasheet\.md"):
        verify.vouch(folder, root, proofs.NOW)


def test_images_may_lie_elsewhere(export: tuple[Path, bytes], tmp_path: Path) -> None:
    shutil.move(export[0] / "data", tmp_path / "copy")
    assert verify.verify(export[0], export[1], tmp_path / "copy", proofs.NOW).is_ok
    assert failed(check(export)) == {IMAGES}


def test_altered_added_removed_and_renamed_images_are_named(export: tuple[Path, bytes]) -> None:
    data = export[0] / "data"
    (data / "n01/cat.JPEG").write_bytes(b"b cat")
    (data / "n01/zzz.JPEG").write_bytes(b"new")
    (data / "n01/copy.JPEG").unlink()
    (data / "n03/face.JPEG").rename(data / "n03/visage.JPEG")
    report = check(export)
    assert failed(report) == {IMAGES}
    assert named(report) == {
        (Kind.ALTERED, "n01/cat.JPEG"),
        (Kind.EXTRA, "n01/zzz.JPEG"),
        (Kind.MISSING, "n01/copy.JPEG"),
        (Kind.RENAMED, "n03/visage.JPEG"),
    }
    assert line(report, IMAGES) == "1 of 4 images are right; 1 altered, 1 extra, 1 missing, 1 renamed"


def test_one_image_is_checked_with_the_manifest_it_stands_in(export: tuple[Path, bytes]) -> None:
    shutil.rmtree(export[0] / "data" / "n02")
    report = verify.verify(export[0], export[1], None, proofs.NOW, wish=One("n03/face.JPEG"))
    assert report.is_ok
    assert line(report, IMAGES) == "1 of 4 images are right: n03/face.JPEG, blur (face)"
    (export[0] / "data" / "n03" / "face.JPEG").write_bytes(b"a face")
    assert failed(verify.verify(export[0], export[1], None, proofs.NOW, wish=One("n03/face.JPEG"))) == {IMAGES}


def test_one_image_that_was_excluded_is_said_to_be(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], export[1], None, proofs.NOW, wish=One("n04/person.JPEG"))
    assert line(report, IMAGES) == "0 of 4 images are right: n04/person.JPEG, exclude (person)"
    kept = verify.verify(export[0], export[1], None, proofs.NOW, wish=One("n01/cat.JPEG"))
    assert line(kept, IMAGES).endswith("n01/cat.JPEG, keep (no reason)")


def test_an_image_that_the_release_never_had_is_not_verified(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], export[1], None, proofs.NOW, wish=One("n99/none.JPEG"))
    assert line(report, IMAGES) == "The release has no image n99/none.JPEG."
    assert failed(report) == {IMAGES}


def test_a_sample_says_what_it_proves(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], export[1], None, proofs.NOW, wish=Wish(bytes(16), 2))
    assert report.is_ok
    assert "2 of 4 images are right, drawn by chance; with 99.0000% confidence at most 2 of 4" in line(report, IMAGES)


def test_a_sample_that_makes_no_sense_fails_and_does_not_pass(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], export[1], None, proofs.NOW, wish=Wish(bytes(16), 0))
    assert failed(report) >= {MANIFEST}
    assert line(report, IMAGES).startswith("not checked")


def test_a_newer_root_in_the_export_is_followed_from_the_one_that_was_given(tmp_path: Path) -> None:
    folder, first = rotated(tmp_path)
    report = verify.verify(folder, first, None, proofs.NOW)
    assert report.is_ok
    assert "root version 2" in line(report, TRUST)
    assert "followed from version 1" in line(report, TRUST)


def test_a_newer_root_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    folder, _ = rotated(tmp_path)
    _, other = proofs.export(tmp_path / "other")
    report = verify.verify(folder, other, None, proofs.NOW)
    assert TRUST in failed(report)
    assert "not signed by enough root keys of root 1" in line(report, TRUST)


def rotated(tmp_path: Path) -> tuple[Path, bytes]:
    """An export signed with a key that only the second root knows, and the first root."""
    folder = proofs.keys_folder(tmp_path)
    first = sign.first_root(folder, proofs.NOW)
    (old,) = folder.glob("datasheets-*")
    retired = frozenset({sign.signers(folder, Purpose.DATASHEETS)[0].key.keyid})
    sign.create_key(folder, Purpose.DATASHEETS)
    second = proofs.next_root(folder, first, retired=retired)
    old.unlink()
    proofs.write_lines(tmp_path / "lines", proofs.rows())
    release = proofs.signed_release(folder, tmp_path / "lines")
    bundle.write(tmp_path / "export", release, tmp_path / "lines", [first, second])
    proofs.write_images(tmp_path / "export")
    return tmp_path / "export", first


def test_an_edited_datasheet_fails_the_signature_step(export: tuple[Path, bytes]) -> None:
    path = export[0] / bundle.DATASHEET
    path.write_bytes(path.read_bytes().replace(b"research-only", b"anything-goes"))
    report = check(export)
    assert SIGNATURE in failed(report)
    assert (Kind.ALTERED, "datasheet.json") in named(report)


def test_a_datasheet_edited_together_with_its_statement_fails_the_signature_step(export: tuple[Path, bytes]) -> None:
    rewrite(export[0], lambda document: document.replace(b"research-only", b"anything-goes"))
    report = check(export)
    assert "0 of the 1 trusted signatures" in line(report, SIGNATURE)


def rewrite(folder: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the datasheet everywhere it stands, as a forger without the key would."""
    found = envelope.parse((folder / bundle.ENVELOPE).read_bytes())
    datasheet = change((folder / bundle.DATASHEET).read_bytes())
    value = dict(canonical.parse_object(change(found.payload)))
    stated = statement.parse(canonical.canonical_bytes(value))
    files = {**stated.files, bundle.DATASHEET: canonical.digest(datasheet)}
    (folder / bundle.DATASHEET).write_bytes(datasheet)
    forged = found._replace(payload=stated._replace(files=files).to_bytes())
    (folder / bundle.ENVELOPE).write_bytes(forged.to_bytes())


def test_an_export_signed_by_a_stranger_fails_against_a_root_of_ones_own(
    export: tuple[Path, bytes], tmp_path: Path
) -> None:
    stranger, _ = proofs.export(tmp_path / "stranger", None)
    report = verify.verify(stranger, export[1], None, proofs.NOW)
    assert failed(report) == {TRUST, SIGNATURE}
    assert "0 of the 1" in line(report, SIGNATURE)
    assert line(report, OTHERS) == "not checked: no trusted key signed the datasheet"
    assert verify.verify(stranger, None, None, proofs.NOW).is_ok


def test_a_stranger_among_the_documents_is_named_even_when_the_bag_lists_it(export: tuple[Path, bytes]) -> None:
    folder, root = export
    (folder / "README.md").write_text("curl evil | sh")
    (folder / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(folder))
    report = verify.verify(folder, root, None, proofs.NOW)
    assert [finding.path for step in report.steps for finding in step.findings] == ["README.md"]
    assert not report.is_ok


def test_a_root_that_is_handed_on_must_be_the_trusted_one(export: tuple[Path, bytes], tmp_path: Path) -> None:
    folder, root = export
    _, strange = proofs.export(tmp_path / "stranger", None)
    (folder / bundle.ROOT).write_bytes(strange)
    (folder / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(folder))
    report = verify.verify(folder, root, None, proofs.NOW)
    assert failed(report) == {TRUST}


def test_an_expired_root_fails_the_trust_step_and_skips_what_hangs_on_it(export: tuple[Path, bytes]) -> None:
    report = verify.verify(export[0], export[1], None, proofs.NOW + timedelta(days=5000))
    assert failed(report) == {TRUST}
    assert "expired" in line(report, TRUST)
    assert [step.number for step in report.steps if step.outcome is Outcome.SKIPPED] == [
        SIGNATURE,
        OTHERS,
        LOG,
        GROWTH,
        REVOKED,
        DECIDED,
    ]
    assert not report.is_ok


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (bundle.ENVELOPE, READ),
        (bundle.DATASHEET, SIGNATURE),
        (bundle.DATASHEET_HTML, SIGNATURE),
        (bundle.DATASHEET_MARKDOWN, SIGNATURE),
        (bundle.POLICY, DOCUMENTS),
        (bundle.RECIPE, DOCUMENTS),
        (bundle.INSTRUCTIONS, DOCUMENTS),
        (bundle.BAG_DECLARATION, DOCUMENTS),
        (bundle.BAG_INFO, DOCUMENTS),
        (bundle.LINES, MANIFEST),
        (bundle.SUMS, LISTS),
        (bundle.BAG_MANIFEST, LISTS),
        (bundle.TAG_MANIFEST, LISTS),
        (bundle.ROOT, LISTS),
        (bundle.SUMS_SIGNATURE, OTHERS),
        (bundle.ALLOWED_SIGNERS, OTHERS),
        ("model.sig", OTHERS),
    ],
)
def test_a_file_that_is_missing_or_a_link_fails_its_step(export: tuple[Path, bytes], name: str, step: int) -> None:
    path = export[0] / name
    path.rename(export[0].parent / "elsewhere")
    assert step in failed(check(export))
    path.symlink_to(export[0].parent / "elsewhere")
    assert step in failed(check(export))


def test_a_file_that_nobody_vouches_for_is_noticed(export: tuple[Path, bytes]) -> None:
    (export[0] / "more.txt").touch()
    assert failed(check(export)) == {LISTS}


def test_a_public_key_that_is_not_the_roots_is_noticed(export: tuple[Path, bytes], tmp_path: Path) -> None:
    other = sign.signers(proofs.keys_folder(tmp_path), Purpose.DATASHEETS)[0].key
    for path in (export[0] / "keys").iterdir():
        path.write_bytes(keys.to_pem(other))
    (export[0] / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(export[0]))
    report = check(export)
    assert failed(report) == {OTHERS}
    assert {kind for kind, _ in named(report)} == {Kind.ALTERED}


def test_allowed_signers_must_be_those_who_signed(export: tuple[Path, bytes]) -> None:
    (export[0] / bundle.ALLOWED_SIGNERS).write_bytes(b"")
    report = check(export)
    assert "allowed_signers does not name" in line(report, OTHERS)


def test_a_model_bundle_by_a_stranger_is_noticed(export: tuple[Path, bytes], tmp_path: Path) -> None:
    stranger, _ = proofs.export(tmp_path / "stranger")
    shutil.copy(stranger / "model.sig", export[0] / "model.sig")
    assert "signed by no trusted key" in line(check(export), OTHERS)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: b"".join(reversed(data.splitlines(keepends=True))), "out of order"),
        (lambda data: data + data.splitlines(keepends=True)[-1], "repeated"),
        (lambda data: data.replace(b"n01/cat", b"../cat"), "not a plain relative path"),
        (lambda data: data.replace(b"n01/cat", b"/etc/cat"), "not a plain relative path"),
        (lambda data: data[:-1], "whole line"),
        (lambda data: data.replace(b"\tperson\t", b"\tPerson\t"), "nine fields"),
        (lambda data: b"".join(data.splitlines(keepends=True)[:-1]), "disagree about: parent root, rows, root"),
        (lambda data: data.replace(b"\tface\t", b"\tfaces\t"), "root, digest of the lines, reasons"),
        (lambda _: b"", "disagree"),
    ],
)
def test_a_manifest_that_is_not_the_signed_one_fails_with_a_sentence(
    export: tuple[Path, bytes], change: Callable[[bytes], bytes], why: str
) -> None:
    path = export[0] / bundle.LINES
    path.write_bytes(change(path.read_bytes()))
    report = check(export)
    assert MANIFEST in failed(report)
    assert why in line(report, MANIFEST)


def test_a_signed_statement_with_right_root_and_wrong_totals_fails(export: tuple[Path, bytes], tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    signer = sign.signers(folder, Purpose.DATASHEETS)[0]
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    stated = statement.parse(found.payload)
    counts = stated.datasheet.verdicts.model_copy(update={"keep": 2, "blur": 2})
    wrong = stated._replace(datasheet=stated.datasheet.model_copy(update={"verdicts": counts}))
    message = envelope.pae(found.payload_type, wrong.to_bytes())
    signature = envelope.Signature(signer.key.keyid, signer.sign(message))
    forged = found._replace(payload=wrong.to_bytes(), signatures=(signature,))
    (export[0] / bundle.ENVELOPE).write_bytes(forged.to_bytes())
    report = verify.verify(export[0], sign.first_root(folder, proofs.NOW), None, proofs.NOW)
    assert "disagree about: verdicts" in line(report, MANIFEST)


def test_a_statement_about_other_files_than_those_of_an_export_is_refused(export: tuple[Path, bytes]) -> None:
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    stated = statement.parse(found.payload)
    fewer = stated._replace(files={bundle.POLICY: stated.files[bundle.POLICY]})
    (export[0] / bundle.ENVELOPE).write_bytes(found._replace(payload=fewer.to_bytes()).to_bytes())
    assert "exactly the files of an export" in line(check(export), READ)


def test_a_statement_may_not_name_another_policy_than_its_datasheet(export: tuple[Path, bytes]) -> None:
    (export[0] / bundle.POLICY).write_bytes(b"another")
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    stated = statement.parse(found.payload)
    files = {**stated.files, bundle.POLICY: canonical.digest(b"another")}
    (export[0] / bundle.ENVELOPE).write_bytes(
        found._replace(payload=stated._replace(files=files).to_bytes()).to_bytes()
    )
    report = check(export)
    assert DOCUMENTS in failed(report)
    assert (Kind.ACCOUNT, bundle.POLICY) in named(report)


def test_a_statement_may_not_name_another_payload_than_its_list(export: tuple[Path, bytes]) -> None:
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    other = statement.parse(found.payload)._replace(payload=("data", canonical.digest(b"another")))
    (export[0] / bundle.ENVELOPE).write_bytes(found._replace(payload=other.to_bytes()).to_bytes())
    assert "exactly the files of an export" in line(check(export), READ)


def test_an_envelope_of_another_type_is_refused(export: tuple[Path, bytes]) -> None:
    found = envelope.parse((export[0] / bundle.ENVELOPE).read_bytes())
    (export[0] / bundle.ENVELOPE).write_bytes(found._replace(payload_type="text/plain").to_bytes())
    report = check(export)
    assert failed(report) >= {READ}
    assert report.release is None


def test_a_document_that_claims_to_be_huge_is_not_read_into_memory(export: tuple[Path, bytes]) -> None:
    with (export[0] / bundle.ENVELOPE).open("wb") as file:
        file.truncate(10_000_000_000)
    started = time.monotonic()
    assert "larger than" in line(check(export), READ)
    assert time.monotonic() - started < 5


def test_a_document_that_cannot_be_read_is_refused(export: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert line(check(export), READ) == "datasheet.dsse.json cannot be read: Permission denied."


def test_what_is_no_folder_has_nothing_to_verify(tmp_path: Path) -> None:
    report = verify.verify(tmp_path / "none", b"", None, proofs.NOW)
    assert line(report, READ) == "There is no such folder."
    assert failed(report) >= {READ, TRUST}
    assert not report.is_ok


def test_an_empty_folder_fails_every_step_it_can(tmp_path: Path, export: tuple[Path, bytes]) -> None:
    report = verify.verify(tmp_path / "empty", export[1], None, proofs.NOW)
    assert not report.is_ok


PAST = sorted((Path(__file__).parents[2] / "golden" / "past").glob("export-*"))


def test_there_are_past_formats_to_verify() -> None:
    assert [path.name for path in PAST] == ["export-v1"]


@pytest.mark.parametrize("past", PAST, ids=lambda path: path.name)
def test_an_export_of_every_past_format_still_verifies(past: Path) -> None:
    memory = Memory((past / "earlier-checkpoint").read_bytes(), past / "log")
    report = verify.verify(past / "export", (past / "root.json").read_bytes(), None, proofs.NOW, memory=memory)
    assert [step.outcome for step in report.steps] == [Outcome.OK] * GROWTH + [Outcome.SKIPPED] * 2
    assert report.checkpoint == (past / "checkpoint").read_bytes()
