import io

import pytest

from registry.errors import InvalidInputError
from registry.proof import canonical, manifest, statement
from registry.proof.canonical import JsonValue
from registry.proof.statement import Statement
from tests.factories import proofs

DIGEST = "sha256:" + "a" * 64
SHA256: dict[str, JsonValue] = {"sha256": "a" * 64}
FOLDER: dict[str, JsonValue] = {"name": "data", "digest": {"dirHash": "a" * 64}}


def sample() -> Statement:
    datasheet = proofs.datasheet(manifest.write(proofs.rows(), io.BytesIO()))
    return Statement(datasheet, {"b.json": DIGEST, "a.md": DIGEST}, ("data", DIGEST))


def test_a_statement_is_read_back() -> None:
    assert statement.parse(sample().to_bytes()) == sample()


def test_it_is_an_in_toto_statement_with_the_files_in_order_and_the_folder_last() -> None:
    value = canonical.parse_object(sample().to_bytes())
    assert value["_type"] == "https://in-toto.io/Statement/v1"
    assert value["subject"] == [{"name": "a.md", "digest": SHA256}, {"name": "b.json", "digest": SHA256}, FOLDER]


def changed(**changes: JsonValue) -> bytes:
    return canonical.canonical_bytes({**canonical.parse_object(sample().to_bytes()), **changes})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{}", "no in-toto statement"),
        (changed(_type="https://in-toto.io/Statement/v0.1"), "about a datasheet"),
        (changed(predicateType="https://slsa.dev/provenance/v1"), "about a datasheet"),
        (changed(extra=1), "about a datasheet"),
        (changed(predicate={}), "no datasheet"),
        (changed(subject=[]), "1 to 64"),
        (changed(subject={}), "1 to 64"),
        (changed(subject=[FOLDER] * 65), "1 to 64"),
        (changed(subject=[FOLDER, 1]), "malformed"),
        (changed(subject=[FOLDER, {"name": "../a", "digest": SHA256}]), "malformed"),
        (changed(subject=[FOLDER, {"name": "a", "digest": {"sha256": "A" * 64}}]), "malformed"),
        (changed(subject=[{"name": "a", "digest": SHA256}]), "exactly one payload"),
        (changed(subject=[FOLDER, {"name": "more", "digest": {"dirHash": "a" * 64}}]), "exactly one payload"),
        (changed(subject=[{"name": "a", "digest": SHA256}, {"name": "a", "digest": SHA256}, FOLDER]), "canonical"),
        (changed(subject=[{"name": "a", "digest": SHA256, "uri": "x"}, FOLDER]), "canonical"),
        (sample().to_bytes() + b" ", "canonical"),
    ],
)
def test_any_other_statement_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        statement.parse(data)
