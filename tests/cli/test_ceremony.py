from pathlib import Path

import pytest

from cli import ceremony, init
from registry import settings
from registry.access import OPERATOR, PUBLIC
from registry.errors import UnauthenticatedError, WrongStateError
from registry.home import Home
from registry.proof import sign, trust
from registry.proof.roots import Change
from registry.settings import Settings


@pytest.fixture(name="chosen")
def _chosen(tmp_path: Path) -> Settings:
    return init.create(tmp_path / "home")


def files(folder: Path) -> list[str]:
    return sorted(file.name.partition("-")[0] for file in folder.glob("*.pem"))


def test_a_change_is_published_at_once_where_the_root_keys_that_are_here_are_enough(chosen: Settings) -> None:
    with Home(chosen) as home:
        key = ceremony.new_key(home, OPERATOR, "models")
        assert files(chosen.keys_folder / ceremony.PENDING) == ["models"]
        ceremony.change(home, OPERATOR, Change({"models": [key]}))
    assert ceremony.newest(chosen).version == 2
    assert files(chosen.keys_folder / ceremony.PENDING) == []
    assert files(chosen.keys_folder).count("models") == 2


def test_a_change_of_too_few_root_keys_waits_as_a_draft_and_a_second_one_is_not_begun(
    chosen: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = sign.create_key(tmp_path / "ada", trust.ROOT)
    with Home(chosen) as home:
        ceremony.change(home, OPERATOR, Change({"root": [other]}, thresholds={"root": 2}))
        with pytest.raises(WrongStateError, match="waits for signatures"):
            ceremony.change(home, OPERATOR, Change())
    assert "Signed by 1 of the 2 root keys that root 2 needs." in capsys.readouterr().out
    assert ceremony.newest(chosen).version == 1
    data = sign.root((chosen.trust_folder / "2.root.draft.json").read_bytes(), sign.signers(tmp_path / "ada", "root"))
    with Home(chosen) as home:
        ceremony.publish(home, OPERATOR, data)
    assert ceremony.newest(chosen).needed("root") == 2
    assert sorted(file.name for file in chosen.trust_folder.iterdir()) == ["1.root.json", "2.root.json"]


def test_a_key_that_a_root_drops_is_set_aside_and_never_deleted(chosen: Settings) -> None:
    (old,) = sign.signers(chosen.keys_folder, "models")
    with Home(chosen) as home:
        key = ceremony.new_key(home, OPERATOR, "models")
        ceremony.change(home, OPERATOR, Change({"models": [key]}, frozenset({old.key.keyid})))
    assert [signer.key.keyid for signer in sign.signers(chosen.keys_folder, "models")] == [key.keyid]
    assert sign.signers(chosen.keys_folder / ceremony.ASIDE, "models")[0].key == old.key


def test_who_may_not_manage_keys_makes_none(chosen: Settings) -> None:
    with Home(chosen) as home:
        for attempt in (
            lambda: ceremony.new_key(home, PUBLIC, "models"),
            lambda: ceremony.change(home, PUBLIC, Change()),
        ):
            with pytest.raises(UnauthenticatedError):
                attempt()
    assert not (chosen.keys_folder / ceremony.PENDING).exists()
    assert len(settings.trust_roots(chosen)) == 1


def test_every_key_that_is_here_has_its_role(chosen: Settings) -> None:
    assert [role for role, _ in ceremony.local_keys(chosen)] == list(trust.ROLES)


def test_what_is_in_the_log_now_stays_good_unless_somebody_says_otherwise(chosen: Settings) -> None:
    with Home(chosen) as home:
        ceremony.change(home, OPERATOR, Change())
        assert ceremony.log_size(home, None) == 2, "a leaf for each root"
        assert ceremony.log_size(home, 0) == 0
