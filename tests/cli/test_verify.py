import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.verify import decider_of, lines, verify
from registry.errors import InvalidInputError
from registry.proof import envelope, sign
from registry.proof.report import Finding, Kind, Outcome, Report, Step
from registry.proof.verify import verify as check
from tests.factories import policies, proofs
from tests.factories.logs import Log

FORBIDDEN = ("flask", "sqlalchemy", "sqlmodel", "cv2", "pyarrow", "duckdb", "PIL", "numpy")
SLOW = ("pydantic_settings", "asyncio", "sqlite3")


@pytest.fixture(name="export")
def _export(tmp_path: Path) -> Path:
    folder, root = proofs.export(tmp_path)
    (tmp_path / "root.json").write_bytes(root)
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(verify, [str(argument) for argument in arguments])


def test_a_good_export_exits_with_nought_and_says_so_in_one_line_per_step(export: Path) -> None:
    result = run(export, "--trust", export.parent / "root.json")
    assert result.exit_code == 0
    printed = result.output.splitlines()
    assert printed[0].startswith("1. Documents well formed: ok - release imagenet/fb/2026.1")
    assert printed[-1] == "VERIFIED: imagenet/fb/2026.1"
    assert len(printed) == 13


def test_without_a_root_it_says_where_the_keys_came_from(export: Path) -> None:
    result = run(export)
    assert result.exit_code == 0
    assert "the keys came from the export itself" in result.output


def test_an_altered_image_is_named_and_exits_with_seven(export: Path) -> None:
    (export / "data/n01/cat.JPEG").write_bytes(b"a dog")
    result = run(export, "--trust", export.parent / "root.json")
    assert result.exit_code == 7
    assert "   altered: n01/cat.JPEG was altered" in result.output
    assert result.output.endswith("NOT VERIFIED: imagenet/fb/2026.1\n")


def test_json_has_the_steps_and_the_same_exit_codes(export: Path) -> None:
    result = run(export, "--json")
    assert result.exit_code == 0
    value = json.loads(result.output)
    assert value["ok"] is True
    assert [step["number"] for step in value["steps"]] == list(range(1, 13))
    (export / "policy.yaml").unlink()
    assert run(export, "--json").exit_code == 7


def test_a_folder_that_is_none_of_ours_is_not_verified(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 7
    assert "NOT VERIFIED: this folder" in result.output


def test_images_can_be_given(export: Path, tmp_path: Path) -> None:
    (export / "data").rename(tmp_path / "images")
    assert run(export, "--images", tmp_path / "images").exit_code == 0
    assert run(export).exit_code == 7


def test_a_hostile_name_cannot_move_the_cursor_and_long_lists_are_cut() -> None:
    findings = tuple(Finding(Kind.EXTRA, f"\x1b[2J\x9b{number}", "is not in the release") for number in range(150))
    report = Report("a\x1b[0m", True, (Step(1, "Images", Outcome.FAILED, "150 extra", findings, 20_000),))
    printed = lines(report)
    assert all(line.isprintable() for line in printed)
    assert printed[1] == "   extra: \\x1b[2J\\x9b0 is not in the release"
    assert printed[-2] == "   and 19,900 more"


def test_an_auditor_needs_no_database_no_web_and_no_pixels() -> None:
    script = f"import sys, cli.main, cli.verify; print([name for name in {FORBIDDEN + SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_image_a_sample_or_a_rate_can_be_asked_for(export: Path) -> None:
    assert "n01/cat.JPEG, keep" in run(export, "--image", "n01/cat.JPEG").output
    assert "drawn by chance" in run(export, "--sample", "2").output
    assert "every image was looked at" in run(export, "--confidence", "0.99", "--bad-rate", "0.001").output
    assert "nonce 00ff" in run(export, "--sample", "2", "--nonce", "00ff").output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--image", "a", "--sample", "2"],
        ["--confidence", "0.9"],
        ["--bad-rate", "0.9"],
        ["--nonce", "00"],
        ["--sample", "2", "--nonce", "xyz"],
        ["--as-of", "yesterday"],
        ["--readers", "9"],
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(export: Path, arguments: list[str]) -> None:
    assert run(export, *arguments).exit_code == 2


def test_keys_can_be_judged_as_of_another_time(export: Path) -> None:
    result = run(export, "--as-of", "2099-01-01T00:00:00Z")
    assert result.exit_code == 7
    assert "expired" in result.output
    assert run(export, "--as-of", "2026-12-01T00:00:00Z").exit_code == 0


def test_the_log_s_tree_head_is_remembered_and_a_log_that_does_not_extend_it_is_refused(tmp_path: Path) -> None:
    log, memory = Log(), tmp_path / "checkpoint"
    folder, _ = proofs.logged(tmp_path, log, before=9)
    assert run(folder, "--checkpoint", memory).exit_code == 0
    assert memory.read_bytes() == log.checkpoint()
    assert run(folder, "--checkpoint", memory).exit_code == 0
    forked = Log(log.signer)
    forked.append([b"another past"] * 5)
    memory.write_bytes(forked.checkpoint())
    log.write(tmp_path / "log")
    assert run(folder, "--checkpoint", memory, "--log", tmp_path / "log").exit_code == 7
    assert memory.read_bytes() == forked.checkpoint()


def test_what_was_withdrawn_since_is_named(tmp_path: Path) -> None:
    folder, _ = proofs.export(tmp_path)
    place = proofs.write_revocations(tmp_path, [["a cat"]])
    result = run(folder, "--revocations", place)
    assert result.exit_code == 7
    assert "   withdrawn: n01/cat.JPEG was withdrawn by revocation 1" in result.output


def test_the_result_is_signed_with_a_key_of_the_auditors_own(export: Path, tmp_path: Path) -> None:
    auditor = tmp_path / "auditor"
    sign.create_keys(auditor, "secret")
    (key,) = auditor.glob("datasheets-*")
    (plain,) = (export.parent / "keys").glob("datasheets-*")
    done = CliRunner().invoke(verify, [str(export), "--attest", str(tmp_path / "svr"), "--key", str(key)], "secret\n")
    assert done.exit_code == 0
    assert envelope.parse((tmp_path / "svr").read_bytes()).payload_type == envelope.IN_TOTO
    assert run(export, "--attest", tmp_path / "plain", "--key", plain).exit_code == 0
    assert run(export, "--attest", tmp_path / "none").exit_code == 2
    (export / "policy.yaml").unlink()
    assert run(export, "--attest", tmp_path / "failed", "--key", plain).exit_code == 7
    assert not (tmp_path / "failed").exists()


def test_a_policy_is_run_over_the_rows_and_their_facts_and_refuses_what_it_cannot_read() -> None:
    judge = decider_of(policies.text(policies.document()), {})
    kept = proofs.kept("n01/cat.JPEG", b"a cat")._replace(reasons=("nothing-found",))
    assert judge(kept, b'{"faces":0}') is None
    assert judge(kept, b'{"faces":1}') == "is recorded as keep (nothing-found), the policy says blur (face)"
    with pytest.raises(InvalidInputError, match="no fact"):
        judge(kept, b"[]")
    with pytest.raises(InvalidInputError, match="is missing"):
        decider_of(b"name: none\n", {})


DECIDED = Path(__file__).parents[1] / "golden" / "past" / "facts-v1"


def decided(export: Path) -> Step:
    """The last step of a check of an export that carries its facts."""
    report = check(export, (DECIDED / "root.json").read_bytes(), None, proofs.NOW, decider=decider_of)
    return report.steps[-1]


def test_a_past_release_with_facts_is_decided_again_for_ever() -> None:
    step = decided(DECIDED / "export")
    assert (step.outcome, step.line) == (
        Outcome.OK,
        "4 verdicts follow from the policy and the facts of each image",
    )


def test_a_planted_verdict_is_named_by_the_verifier(tmp_path: Path) -> None:
    shutil.copytree(DECIDED / "export", tmp_path / "export")
    file = tmp_path / "export" / "manifest.lines"
    file.write_bytes(file.read_bytes().replace(b"\texclude\tlisted\t", b"\texclude\tother\t"))
    [finding] = decided(tmp_path / "export").findings
    assert finding.path == "n10000001/one.JPEG"
    assert finding.sentence == "is recorded as exclude (other), the policy says exclude (listed)"
