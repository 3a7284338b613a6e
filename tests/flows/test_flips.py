"""Whoever changes an export is noticed, whichever byte it is, and also where they mend the list of what lies there."""

from pathlib import Path

import pytest

from registry.proof import bundle, verify
from registry.proof.report import Outcome, Report
from tests.factories import proofs
from tests.factories.logs import Log

READ, TRUST, SIGNATURE, DOCUMENTS, MANIFEST, IMAGES, LISTS, OTHERS, LOG = range(1, 10)
# What is parsed, and the steps that notice when it is another. Whoever flips a byte there mends the list of tag files.
PARSED = {
    bundle.ENVELOPE: {READ, SIGNATURE},
    bundle.ROOT: {TRUST},
    bundle.LINES: {MANIFEST},
    bundle.SUMS_SIGNATURE: {OTHERS},
    bundle.ALLOWED_SIGNERS: {OTHERS},
    "model.sig": {OTHERS},
}
# What is compared as a whole, or parsed as its fellow is: there a byte in so many is flipped.
COMPARED = {
    bundle.DATASHEET: {SIGNATURE},
    bundle.DATASHEET_MARKDOWN: {SIGNATURE},
    bundle.DATASHEET_HTML: {SIGNATURE},
    bundle.POLICY: {DOCUMENTS},
    bundle.RECIPE: {DOCUMENTS},
    bundle.INSTRUCTIONS: {DOCUMENTS},
    bundle.BAG_DECLARATION: {DOCUMENTS},
    bundle.BAG_INFO: {DOCUMENTS},
    bundle.SUMS: {LISTS},
    bundle.BAG_MANIFEST: {LISTS},
    bundle.TAG_MANIFEST: {LISTS},
    "keys": {OTHERS},
    "data": {IMAGES},
}
MORE_COMPARED = {
    bundle.FACTS: {DOCUMENTS},
    bundle.PARQUET: {DOCUMENTS},
    "lists": {DOCUMENTS},
    f"{bundle.TRUST}/1.root.json": {LISTS},  # older than the root that is trusted, so nobody reads it
    f"{bundle.TRUST}/2.root.json": {TRUST},
    "model-2.sig": {OTHERS},
}
ONE_IN = 16
# All but the one that tells `a` from `A`: a signature in hex is the same with either, so a root is.
BITS = (0, 1, 2, 3, 4, 6, 7)


@pytest.fixture(scope="module", name="single")
def _single(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder, root = proofs.export(tmp_path_factory.mktemp("single"), [proofs.kept("a", b"image")])
    (folder / "data" / "a").write_bytes(b"image")
    return folder, root


@pytest.fixture(scope="module", name="full")
def _full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    return proofs.full_export(tmp_path_factory.mktemp("full"), Log())


def check(export: tuple[Path, bytes]) -> Report:
    return verify.verify(export[0], export[1], None, proofs.NOW)


def test_every_file_of_an_export_is_in_a_list_above(single: tuple[Path, bytes]) -> None:
    assert {path.name for path in single[0].iterdir()} == PARSED.keys() | COMPARED.keys()


def test_every_file_that_an_export_may_have_is_in_one_of_the_lists(full: tuple[Path, bytes]) -> None:
    known = {*PARSED, *COMPARED, *MORE_COMPARED, bundle.LOG_PROOF}
    files = {path.relative_to(full[0]) for path in full[0].rglob("*") if path.is_file()}
    assert {path for path in files if str(path) not in known and path.parts[0] not in known} == set()
    assert check(full).is_ok


def notice_flips(export: tuple[Path, bytes], name: str, steps: set[int], one_in: int) -> None:
    """Flip a bit of one byte in so many of a file, or of each file of a folder: one of these steps fails every time."""
    listed = export[0] / bundle.TAG_MANIFEST
    found = export[0] / name
    for path in sorted(found.iterdir()) if found.is_dir() else [found]:
        data, tags = path.read_bytes(), listed.read_bytes()
        for position in {*range(0, len(data), one_in), len(data) - 1}:
            flipped = data[position] ^ 1 << BITS[position % len(BITS)]
            path.write_bytes(data[:position] + bytes([flipped]) + data[position + 1 :])
            if LISTS not in steps:
                listed.write_bytes(bundle.tag_manifest(export[0]))
            report = check(export)
            failed = {step.number for step in report.steps if step.outcome is Outcome.FAILED}
            assert failed & steps, f"byte {position} of {path.name}"
            assert not report.is_ok
        path.write_bytes(data)
        if path != listed:
            listed.write_bytes(tags)
    assert check(export).is_ok


@pytest.mark.slow
@pytest.mark.no_cover  # thousands of times what other tests cover
@pytest.mark.parametrize("name", PARSED)
def test_no_byte_that_is_parsed_can_be_flipped_even_where_the_list_is_mended(
    single: tuple[Path, bytes], name: str
) -> None:
    notice_flips(single, name, PARSED[name], 1)


@pytest.mark.slow
@pytest.mark.no_cover  # thousands of times what other tests cover
def test_no_byte_of_the_proof_that_a_release_is_in_the_log_can_be_flipped(full: tuple[Path, bytes]) -> None:
    notice_flips(full, bundle.LOG_PROOF, {LOG}, 1)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", COMPARED)
def test_flips_all_over_what_is_compared_as_a_whole_are_noticed(single: tuple[Path, bytes], name: str) -> None:
    notice_flips(single, name, COMPARED[name], ONE_IN)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", MORE_COMPARED)
def test_flips_all_over_what_an_export_may_have_besides_are_noticed(full: tuple[Path, bytes], name: str) -> None:
    notice_flips(full, name, MORE_COMPARED[name], ONE_IN)
