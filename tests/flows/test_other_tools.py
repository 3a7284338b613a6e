"""An export is what other people's tools take it for; all of them run here, and none of them is ours."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bagit
import jsonschema
import pytest
from google.protobuf import json_format
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from sigstore_models.bundle.v1 import Bundle

from registry.proof import bundle
from tests.factories import programs, proofs

NODE = Path(__file__).parents[1] / "node"
HEX = {"type": "string", "pattern": "^[0-9a-f]+$"}
TEXT = {"type": "string", "minLength": 1}

# OpenSSF Model Signing v1.0, what its bundle, envelope, statement and predicate must be for a signature by a key. Its
# JSON schemas come in no package of PyPI, npm or Debian, so the rules stand here as the specification gives them.
BUNDLE = {
    "required": ["mediaType", "verificationMaterial", "dsseEnvelope"],
    "additionalProperties": False,
    "properties": {
        "mediaType": {"const": "application/vnd.dev.sigstore.bundle.v0.3+json"},
        "verificationMaterial": {
            "required": ["publicKey"],
            "properties": {
                "publicKey": {"required": ["hint"], "properties": {"hint": TEXT}},
                "tlogEntries": {"type": "array"},
            },
        },
        "dsseEnvelope": {
            "required": ["payload", "payloadType", "signatures"],
            "additionalProperties": False,
            "properties": {
                "payload": TEXT,
                "payloadType": {"const": "application/vnd.in-toto+json"},
                "signatures": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "items": {
                        "required": ["sig"],
                        "additionalProperties": False,
                        "properties": {"sig": TEXT, "keyid": {"type": ["string", "null"]}},
                    },
                },
            },
        },
    },
}
STATEMENT = {
    "required": ["_type", "subject", "predicateType", "predicate"],
    "additionalProperties": False,
    "properties": {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "predicateType": {"const": "https://model_signing/signature/v1.0"},
        "subject": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "required": ["name", "digest"],
                "properties": {
                    "name": TEXT,
                    "digest": {"type": "object", "minProperties": 1, "additionalProperties": HEX},
                },
            },
        },
        "predicate": {
            "required": ["resources", "serialization"],
            "additionalProperties": False,
            "properties": {
                "resources": {
                    "type": "array",
                    "items": {
                        "required": ["name", "digest", "algorithm"],
                        "properties": {"name": TEXT, "digest": HEX, "algorithm": {"const": "sha256"}},
                    },
                },
                "serialization": {
                    "required": ["method", "hash_type", "allow_symlinks"],
                    "additionalProperties": False,
                    "properties": {
                        "method": {"const": "files"},
                        "hash_type": {"const": "sha256"},
                        "allow_symlinks": {"type": "boolean"},
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module", name="export")
def _export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return proofs.export(tmp_path_factory.mktemp("made"))[0]


def model_bundle(export: Path) -> dict[str, Any]:
    found = json.loads((export / "model.sig").read_bytes())
    assert isinstance(found, dict)
    return found


def model_statement(export: Path) -> dict[str, Any]:
    found = json.loads(base64.b64decode(model_bundle(export)["dsseEnvelope"]["payload"]))
    assert isinstance(found, dict)
    return found


def model_key(export: Path) -> Path:
    """The public half of the key that signed the model bundle."""
    line = next(line for line in (export / bundle.INSTRUCTIONS).read_text().splitlines() if "model_signing" in line)
    return export / line.split("--public_key ")[1].split()[0]


def run(*words: str | Path, folder: Path) -> int:
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode


def test_coreutils_check_the_list_of_images(export: Path) -> None:
    sha256sum = programs.other("sha256sum", "coreutils")
    assert run(sha256sum, "--check", "--strict", "--quiet", "SHA256SUMS", folder=export) == 0


def test_the_reference_validator_of_bagit_takes_the_export_for_a_bag(export: Path) -> None:
    assert bagit.Bag(str(export)).validate()


def test_model_signing_verifies_the_payload_with_the_bundle_and_the_key(export: Path) -> None:
    script = "from model_signing._cli import main; main()"
    asked = ("verify", "key", "--signature", "model.sig", "--public_key")
    assert run(sys.executable, "-c", script, *asked, model_key(export), "data", folder=export) == 0
    others = next(key for key in (export / bundle.KEYS).iterdir() if key != model_key(export))
    assert run(sys.executable, "-c", script, *asked, others, "data", folder=export) != 0


def test_the_bundle_and_its_statement_keep_the_rules_of_model_signing(export: Path) -> None:
    jsonschema.validate(model_bundle(export), BUNDLE)
    jsonschema.validate(model_statement(export), STATEMENT)
    names = [each["name"] for each in model_statement(export)["predicate"]["resources"]]
    assert names == sorted(names)
    assert set(names) == set(proofs.IMAGES)


def test_sigstores_own_models_read_the_bundle(export: Path) -> None:
    found = Bundle.from_json((export / "model.sig").read_bytes())
    assert found.dsse_envelope is not None
    assert len(found.dsse_envelope.signatures) == 1


@pytest.mark.parametrize("document", ["model.sig", bundle.ENVELOPE])
def test_in_totos_own_library_takes_both_statements_for_valid(export: Path, document: str) -> None:
    found = json.loads((export / document).read_bytes())
    payload = base64.b64decode(found.get("dsseEnvelope", found)["payload"])
    statement = Statement([ResourceDescriptor(name="a", digest={"sha256": "00"}).pb], "a", {})
    json_format.Parse(payload, statement.pb)
    statement.validate()


def test_sigstores_javascript_verifier_accepts_the_bundle_and_no_changed_one(export: Path, tmp_path: Path) -> None:
    node = programs.other("node", "nodejs")
    if not (NODE / "node_modules").is_dir():
        programs.left_out("The packages of tests/node are not here (npm ci --prefix tests/node)")
    done = subprocess.run(
        [node, NODE / "verify.mjs", export / "model.sig", model_key(export)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "application/vnd.dev.sigstore.bundle.v0.3+json"), done.stderr
    changed = model_bundle(export)
    statement = model_statement(export)
    statement["predicate"]["resources"][0]["name"] = "n01/dog.JPEG"
    changed["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()  # noqa: TID251 - a forgery
    (tmp_path / "model.sig").write_text(json.dumps(changed))  # noqa: TID251 - likewise
    done = subprocess.run(
        [node, NODE / "verify.mjs", tmp_path / "model.sig", model_key(export)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "signature verification failed" in done.stderr
