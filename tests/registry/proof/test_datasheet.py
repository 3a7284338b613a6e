import io
from datetime import datetime

import pytest
from pydantic import ValidationError

from registry.errors import AccountNotClosedError, InvalidInputError
from registry.proof import canonical, datasheet, manifest
from registry.proof.manifest import Totals
from tests.factories import proofs


def totals() -> Totals:
    return manifest.write(proofs.rows(), io.BytesIO())


def test_a_datasheet_is_read_back_from_its_bytes() -> None:
    document = proofs.datasheet(totals())
    assert datasheet.parse(document.to_bytes()) == document


def test_its_bytes_are_canonical_and_its_times_whole_seconds() -> None:
    document = proofs.datasheet(totals(), created_at=proofs.NOW.replace(microsecond=999_999))
    value = canonical.parse_object(document.to_bytes())
    assert value["created_at"] == "2026-11-22T09:30:00Z"
    assert canonical.canonical_bytes(value) == document.to_bytes()


def test_what_nobody_knows_is_said_and_not_left_out() -> None:
    facts = proofs.datasheet(totals()).model_dump()
    recipe = facts["recipe"] | {"detector": "unknown"}
    known = proofs.datasheet(totals(), licence="unknown", previous_release="unknown", recipe=recipe)
    assert (known.licence, known.recipe.detector) == ("unknown", "unknown")
    for name in facts.keys() - {"format"}:
        with pytest.raises(ValidationError, match="Field required"):
            datasheet.Datasheet.model_validate({key: value for key, value in facts.items() if key != name})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verdicts": {"keep": 2, "blur": 1, "exclude": 3}}, "released ones"),
        ({"verdicts": {"keep": 3, "blur": 1, "exclude": 1}}, "add up to the parent"),
        ({"verdicts": {"keep": 3, "blur": 1, "exclude": -2}}, "greater than or equal"),
        ({"verdicts": {"keep": True, "blur": 1, "exclude": 2}}, "valid integer"),
        ({"parent": {"root": "sha256:" + "0" * 64, "rows": 7}}, "add up to the parent"),
        ({"release": "imagenet/other/2026.1"}, "dataset/variant/number"),
        ({"variant": "FB"}, "pattern"),
        ({"created_at": datetime(2026, 1, 1)}, "naive"),  # noqa: DTZ001 - that is what is refused
        ({"created_at": 5}, "instant"),
        ({"licence": "MIT\nGPL"}, "pattern"),
        ({"sources": ("a\x1b[2J",)}, "pattern"),
        ({"known_limits": ("",)}, "at least 1"),
        ({"previous_release": ""}, "none"),
        ({"unheard": 1}, "Extra inputs"),
        ({"format": "accession/datasheet/v2"}, "v1"),
    ],
)
def test_a_datasheet_that_contradicts_itself_cannot_exist(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        proofs.datasheet(totals(), **changes)


def test_it_agrees_with_its_own_manifest() -> None:
    proofs.datasheet(totals()).check_against(totals())


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"root": "sha256:" + "1" * 64}, "root"),
        ({"parent_root": "sha256:" + "1" * 64}, "parent root"),
        ({"lines_sha256": "sha256:" + "1" * 64}, "digest of the lines"),
        ({"sums_sha256": "sha256:" + "1" * 64}, "digest of SHA256SUMS"),
        ({"rows": 7}, "rows"),
        ({"images": 3}, "images"),
        ({"output_size_bytes": 3}, "bytes"),
        ({"verdicts": {"keep": 2, "blur": 2, "exclude": 2}}, "verdicts"),
        ({"reasons": {"face": 2}}, "reasons"),
    ],
)
def test_a_manifest_that_adds_up_to_anything_else_is_refused_by_name(
    changes: dict[str, object], differing: str
) -> None:
    found = Totals(**(totals()._asdict() | changes))
    with pytest.raises(AccountNotClosedError) as problem:
        proofs.datasheet(totals()).check_against(found)
    assert problem.value.facts["differing"] == [differing]


def test_bytes_that_are_no_datasheet_are_refused_with_the_place() -> None:
    with pytest.raises(InvalidInputError, match="the whole"):
        datasheet.parse(b"[]")
    data = proofs.datasheet(totals()).to_bytes()
    with pytest.raises(InvalidInputError, match=r"manifest\.root"):
        datasheet.parse(data.replace(b'"root":"sha256:', b'"root":"sha255:', 1))


def test_a_datasheet_in_another_form_than_the_canonical_one_is_refused() -> None:
    data = proofs.datasheet(totals()).to_bytes()
    with pytest.raises(InvalidInputError, match="canonical"):
        datasheet.parse(data + b"\n")
