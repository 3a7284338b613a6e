import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from cli import ceremony, init
from registry import environment, settings
from registry.proof import keys, sign, trust
from registry.proof.trust import Purpose, Trust
from tests.factories.devices import PIN, Device
from tests.factories.people import PASSWORD
from tests.factories.terminal import Terminal


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    init.create(tmp_path / "home")
    return tmp_path / "home"


def newest(home: Path) -> Trust:
    """The newest root, reached from the first as an auditor reaches it."""
    roots = settings.trust_roots(settings.load(home))
    found = trust.load(roots[0])
    for root in roots[1:]:
        found = trust.follow(found, root)
    return found


def key_ids(home: Path, role: str) -> list[str]:
    return [signer.key.keyid for signer in sign.signers(home / "keys", role)]


def test_the_list_names_every_key_and_shows_no_private_one(home: Path) -> None:
    done = Terminal(home).run("keys", "list", "--json")
    found = json.loads(done.out)
    assert [key["role"] for key in found] == ["root", *Purpose]
    assert all(key["is_listed"] for key in found)
    table = Terminal(home).run("keys", "list").out
    assert key_ids(home, Purpose.DATASHEETS)[0] in table
    assert "PRIVATE" not in table + done.out


def test_a_new_key_signs_beside_the_old_one(home: Path) -> None:
    before = key_ids(home, Purpose.DATASHEETS)
    done = Terminal(home).run("keys", "new", "datasheets")
    assert done.code == 0
    assert str(home / "trust" / "2.root.json") in done.out
    after = set(newest(home).keys(Purpose.DATASHEETS))
    assert after > set(before)
    assert after == set(key_ids(home, Purpose.DATASHEETS))


@pytest.mark.parametrize("role", list(Purpose))
def test_a_rotated_key_takes_over_and_the_old_one_is_set_aside(home: Path, role: Purpose) -> None:
    (before,) = key_ids(home, role)
    done = Terminal(home).run("keys", "rotate", role, "--log-size", "7")
    assert done.code == 0
    (after,) = key_ids(home, role)
    found = newest(home)
    assert set(found.keys(role)) == {after}
    assert [(each.key.keyid, each.log_size) for each in found.retired] == [(before, 7)]
    (aside,) = (home / "keys" / "retired").iterdir()
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_the_root_key_itself_can_be_rotated_and_the_next_root_follows(home: Path) -> None:
    (before,) = key_ids(home, trust.ROOT)
    assert Terminal(home).run("keys", "rotate", "root").code == 0
    assert Terminal(home).run("keys", "new", "checkpoints").code == 0
    found = newest(home)
    assert found.version == 3
    assert not found.lists(before)
    assert found.lists(key_ids(home, trust.ROOT)[0])


def test_a_key_is_revoked_by_its_id_but_not_the_last_of_its_role(home: Path) -> None:
    (only,) = key_ids(home, Purpose.DATASHEETS)
    refused = Terminal(home).run("keys", "revoke", only)
    assert refused.code == 4
    assert "accession keys rotate datasheets" in refused.err
    Terminal(home).run("keys", "new", "datasheets")
    assert Terminal(home).run("keys", "revoke", only).code == 0
    assert only not in newest(home).keys(Purpose.DATASHEETS)
    assert only not in key_ids(home, Purpose.DATASHEETS)


def test_an_unknown_key_or_role_is_refused(home: Path) -> None:
    assert Terminal(home).run("keys", "revoke", "nothing").code == 3
    assert Terminal(home).run("keys", "new", "everything").code == 2


def test_a_key_of_a_role_that_needs_several_is_not_replaced_by_one(home: Path) -> None:
    other = sign.create_key(home / "keys" / ceremony.PENDING, "checkpoints")
    (home / "other.pem").write_bytes(keys.to_pem(other))
    added = Terminal(home).run(
        "trust", "draft", "--add", f"checkpoints={home / 'other.pem'}", "--threshold", "checkpoints=2"
    )
    assert added.code == 0
    assert len(key_ids(home, "checkpoints")) == 2
    refused = Terminal(home).run("keys", "rotate", "checkpoints")
    assert refused.code == 4
    assert "accession trust draft" in refused.err
    assert len(key_ids(home, "checkpoints")) == 2


def test_the_root_key_may_be_kept_elsewhere_until_it_is_needed(home: Path, tmp_path: Path) -> None:
    (root,) = (home / "keys").glob("root-*")
    root.rename(tmp_path / root.name)
    before = key_ids(home, "datasheets")
    done = Terminal(home).run("keys", "list", "--json")
    assert [key["role"] for key in json.loads(done.out)] == list(Purpose)
    done = Terminal(home).run("keys", "new", "datasheets")
    draft = home / "trust" / "2.root.draft.json"
    assert done.code == 0
    assert "Signed by 0 of the 1 root keys that root 1 needs." in done.out
    assert str(draft) in done.out
    assert key_ids(home, "datasheets") == before, "nothing is signed with a key that no root lists"
    assert newest(home).version == 1
    assert Terminal(home).run("keys", "new", "models").code == 5
    assert Terminal().run("trust", "sign", draft, "--key", tmp_path / root.name, "--yes").code == 0
    assert Terminal(home).run("trust", "publish", draft).code == 0
    assert set(key_ids(home, "datasheets")) == set(newest(home).keys(Purpose.DATASHEETS)) > set(before)
    assert not draft.exists()


def test_a_guardians_key_is_made_without_a_registry_and_only_its_public_half_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(environment.KEYS_PASSPHRASE_VARIABLE, "secret")
    done = Terminal().run("keys", "new", "root", "--apart", tmp_path / "ada")
    assert done.code == 0
    private, public = sorted((tmp_path / "ada").iterdir())
    assert b"ENCRYPTED" in private.read_bytes()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert public.read_bytes().startswith(b"-----BEGIN PUBLIC KEY")
    assert keys.from_pem(public.read_bytes()).keyid in done.out


def test_a_key_in_a_device_signs_for_a_role_from_the_next_root_on(
    home: Path, tmp_path: Path, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (home / "keys").glob("*.pem"):
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        locked = serialization.BestAvailableEncryption(b"of the files")
        file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    monkeypatch.setenv(environment.KEYS_PASSPHRASE_VARIABLE, "of the files")
    adopt = ("keys", "new", "models", "--token", device.reference(tmp_path, "models"))
    refused = Terminal(home).run(*adopt)
    assert (refused.code, "say its PIN in keys_pin" in refused.err) == (6, True)
    monkeypatch.setenv(environment.KEYS_PIN_VARIABLE, PIN)
    done = Terminal(home).run(*adopt)
    assert done.code == 0, done.err
    found = sign.signers(home / "keys", "models", "of the files", PIN)
    assert {signer.key.keyid for signer in found} == set(newest(home).keys(Purpose.MODELS))
    assert sorted(file.suffix for file in (home / "keys").glob("models-*")) == [".pem", ".pkcs11"]


def test_the_audit_trail_says_who_made_and_retired_which_key_and_shows_none(home: Path) -> None:
    (old,) = key_ids(home, "datasheets")
    Terminal(home).run("people", "add", "ada", "--role", "administrator", "--password-stdin", typed=f"{PASSWORD}\n")
    Terminal(home).run("people", "add", "mara", "--role", "maintainer", "--password-stdin", typed=f"{PASSWORD}\n")
    assert Terminal(home, "mara").run("keys", "rotate", "datasheets").code == 6
    assert key_ids(home, "datasheets") == [old]
    assert Terminal(home, "ada").run("keys", "rotate", "datasheets").code == 0
    (new,) = key_ids(home, "datasheets")
    done = Terminal(home, "ada").run("audit", "--json")
    found = [event for event in json.loads(done.out)["items"] if event["event"].startswith(("key.", "root."))]
    assert {(event["event"], event["subject_id"], event["actor_name"]) for event in found} == {
        ("key.made", new, "ada"),
        ("key.trusted", new, "ada"),
        ("key.retired", old, "ada"),
        ("root.published", "2", "ada"),
    }
    assert "PRIVATE" not in done.out
