import json
from pathlib import Path

import pytest

from cli import init
from registry import environment
from registry.proof import sign
from tests.factories import proofs
from tests.factories.devices import PIN, Device
from tests.factories.terminal import Done, Terminal


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    init.create(tmp_path / "home")
    return tmp_path / "home"


def test_the_homes_own_root_is_shown(home: Path) -> None:
    done = Terminal(home).run("trust", "show")
    assert done.code == 0
    assert "version     1" in done.out
    for purpose in ("datasheets", "checkpoints", "revocations", "models"):
        assert purpose in done.out


def test_any_root_can_be_shown_without_a_home_and_as_json(home: Path) -> None:
    Terminal(home).run("keys", "rotate", "datasheets", "--log-size", "5")
    file = home / "trust" / "2.root.json"
    found = json.loads(Terminal().run("trust", "show", file, "--json").out)
    assert found["version"] == 2
    assert found["purposes"]["datasheets"]["threshold"] == 1
    assert [each["log_size"] for each in found["retired"]] == [5]
    assert "good below log entry" in Terminal().run("trust", "show", file).out


def test_a_newer_root_is_followed_from_the_one_that_is_trusted(home: Path) -> None:
    Terminal(home).run("keys", "new", "datasheets")
    Terminal(home).run("keys", "new", "datasheets")
    files = [home / "trust" / f"{version}.root.json" for version in (1, 2, 3)]
    done = Terminal().run("trust", "check", *files)
    assert (done.code, done.out.split(";")[0]) == (0, "Root version 3 holds")
    assert Terminal().run("trust", "check", files[0], files[2]).code == 7


def alone(*words: str | Path, typed: str = "", knows: str = "secret", pin: str | None = None) -> Done:
    """A command where no registry is, but a guardian who knows a passphrase, and perhaps a PIN."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(environment.KEYS_PASSPHRASE_VARIABLE, knows)
        if pin is not None:
            patch.setenv(environment.KEYS_PIN_VARIABLE, pin)
        return Terminal().run(*words, typed=typed)


def public(folder: Path) -> Path:
    """The public half of the one key in a guardian's folder."""
    return next(folder.glob("*.pub"))


def private(folder: Path) -> Path:
    return next(folder.glob("*.pem"))


def guarded(home: Path, tmp_path: Path, *names: str) -> list[Path]:
    """The folders of guardians, two of whom must sign from root 2 on; the home's own root key is retired."""
    folders = [tmp_path / name for name in names]
    for folder in folders:
        alone("keys", "new", "root", "--apart", folder)
    (lone,) = sign.signers(home / "keys", "root")
    added = [word for folder in folders for word in ("--add", f"root={public(folder)}")]
    done = Terminal(home).run("trust", "draft", *added, "--retire", lone.key.keyid, "--threshold", "root=2")
    assert done.code == 0, done.err
    return folders


def signed(draft: Path, folder: Path) -> Done:
    """The draft with the signature of a guardian, given where their key is: without the registry."""
    return alone("trust", "sign", draft, "--key", private(folder), typed="y\n")


def test_two_guardians_sign_a_root_in_separate_steps_and_neither_is_enough_alone(home: Path, tmp_path: Path) -> None:
    ada, ben, cleo = guarded(home, tmp_path, "ada", "ben", "cleo")
    draft = home / "trust" / "2.root.draft.json"
    for folder, code in ((ada, 7), (ben, 0)):
        shown = signed(draft, folder)
        assert shown.code == 0
        assert "2029" in shown.out
        published = Terminal(home).run("trust", "publish", draft)
        assert published.code == code, published.err
    assert "Signed by 2 of the 2 root keys that root 2 needs." in published.out
    assert not list((home / "keys").glob("root-*")), "no root key is left where releases are signed"
    Terminal(home).run("keys", "rotate", "datasheets")
    third = home / "trust" / "3.root.draft.json"
    carried = tmp_path / "stick" / "root.json"
    carried.parent.mkdir()
    carried.write_bytes(third.read_bytes())
    for folder in (cleo, ada):
        assert signed(carried, folder).code == 0
    assert Terminal(home).run("trust", "publish", carried).code == 0
    assert not third.exists()
    roots = [home / "trust" / f"{version}.root.json" for version in (1, 2, 3)]
    assert Terminal().run("trust", "check", *roots).code == 0
    facts = json.loads(Terminal().run("trust", "show", roots[2], "--json").out)
    assert (facts["root"]["threshold"], len(facts["root"]["keys"])) == (2, 3)


def test_a_guardian_may_keep_the_key_in_a_device(home: Path, tmp_path: Path, device: Device) -> None:
    reference = device.reference(tmp_path, "root")
    shown = alone("keys", "public", reference, pin=PIN)
    assert shown.code == 0
    (tmp_path / "device.pub").write_text(shown.out)
    done = Terminal(home).run("trust", "draft", "--add", f"root={tmp_path / 'device.pub'}", "--threshold", "root=2")
    assert done.code == 0, done.err
    draft = home / "trust" / "2.root.draft.json"
    assert alone("trust", "sign", draft, "--key", reference, "--yes", pin="wrong").code == 6
    assert alone("trust", "sign", draft, "--key", reference, "--yes", pin=PIN).code == 0
    assert Terminal(home).run("trust", "publish", draft).code == 0


def test_a_guardian_who_says_no_signs_nothing(home: Path, tmp_path: Path) -> None:
    ada, _ = guarded(home, tmp_path, "ada", "ben")
    draft = home / "trust" / "2.root.draft.json"
    before = draft.read_bytes()
    assert alone("trust", "sign", draft, "--key", private(ada), typed="n\n").code == 130
    assert alone("trust", "sign", draft, "--key", private(ada), typed="y\n", knows="wrong").code == 6
    assert draft.read_bytes() == before


def test_a_root_is_made_to_last_longer_without_any_other_change(home: Path) -> None:
    assert Terminal(home).run("trust", "draft", "--days", "4000").code == 0
    assert "2037" in Terminal(home).run("trust", "show").out


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--add", "root"], 4, "Write ROLE=..."),
        (["--add", "everything=a.pem"], 4, "Write ROLE=..."),
        (["--add", "root=nowhere.pem"], 4, "no public key"),
        (["--threshold", "root=many"], 4, "a number"),
        (["--threshold", "root=2"], 4, "2 of 1 keys"),
        (["--retire", "abc"], 3, "lists no key"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_with_a_sentence(
    home: Path, words: list[str], code: int, why: str
) -> None:
    done = Terminal(home).run("trust", "draft", *words)
    assert done.code == code
    assert why in done.err
    assert sorted(file.name for file in (home / "trust").iterdir()) == ["1.root.json"]


def test_what_is_no_draft_is_neither_signed_nor_published(home: Path, tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_bytes(b"{}")
    (key,) = (home / "keys").glob("root-*")
    assert Terminal().run("trust", "sign", tmp_path / "draft.json", "--key", key, "--yes").code == 4
    assert Terminal(home).run("trust", "publish", tmp_path / "draft.json").code == 4
    old = home / "trust" / "1.root.json"
    assert Terminal(home).run("trust", "publish", old).code == 7


def test_a_forged_or_damaged_root_is_refused_with_a_sentence(home: Path, tmp_path: Path) -> None:
    _, other = proofs.export(tmp_path / "other")
    (tmp_path / "forged.json").write_bytes(other)
    (tmp_path / "damaged.json").write_bytes(b"{}")
    first = home / "trust" / "1.root.json"
    assert Terminal().run("trust", "check", first, tmp_path / "forged.json").code == 7
    assert Terminal().run("trust", "show", tmp_path / "damaged.json").code == 4
