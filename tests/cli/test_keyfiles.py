from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import keyfiles
from registry import environment
from registry.proof import sign


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def opened(file: Path) -> None:
    """Says which key it is."""
    click.echo(keyfiles.signer_in(file).key.keyid)


@pytest.mark.parametrize("passphrase", [None, "secret"])
def test_a_locked_key_asks_for_its_passphrase_and_a_plain_one_does_not(tmp_path: Path, passphrase: str | None) -> None:
    key = sign.create_key(tmp_path / "keys", "root", passphrase)
    (file,) = (tmp_path / "keys").iterdir()
    done = CliRunner().invoke(opened, [str(file)], input="secret\n")
    assert done.stdout.strip() == key.keyid
    assert ("Passphrase of the key" in done.stderr) is (passphrase is not None)
    assert "secret" not in done.output


def test_a_variable_answers_where_nobody_can_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.KEYS_PASSPHRASE_VARIABLE, "secret")
    key = sign.create_key(tmp_path / "keys", "root", keyfiles.passphrase("New", is_new=True))
    (file,) = (tmp_path / "keys").iterdir()
    assert keyfiles.signer_in(file).key == key
