import json
import stat
from pathlib import Path

import pytest

from cli import init
from registry import settings
from registry.proof import sign, trust
from registry.proof.trust import Purpose, Trust
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
    (before,) = key_ids(home, sign.ROOT)
    assert Terminal(home).run("keys", "rotate", "root").code == 0
    assert Terminal(home).run("keys", "new", "checkpoints").code == 0
    found = newest(home)
    assert found.version == 3
    assert not found.lists(before)
    assert found.lists(key_ids(home, sign.ROOT)[0])


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


def test_the_root_key_may_be_kept_elsewhere_until_it_is_needed(home: Path, tmp_path: Path) -> None:
    (root,) = (home / "keys").glob("root-*")
    root.rename(tmp_path / root.name)
    done = Terminal(home).run("keys", "list", "--json")
    assert [key["role"] for key in json.loads(done.out)] == list(Purpose)
    assert Terminal(home).run("keys", "new", "datasheets").code == 3
