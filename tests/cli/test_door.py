import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.door import Door
from registry import db, environment
from registry.errors import NotFoundError, UnauthenticatedError, UnavailableError
from registry.home import Home
from tests.factories.people import PASSWORD
from tests.factories.terminal import Terminal


@pytest.fixture(autouse=True)
def _nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (environment.HOME_VARIABLE, environment.PERSON_VARIABLE, environment.PASSWORD_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_the_home_is_the_one_that_was_named_before_the_variable(
    bare_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bare_home.settings.home
    monkeypatch.setenv(environment.HOME_VARIABLE, str(tmp_path / "elsewhere"))
    with Door(str(folder), None).open() as home:
        assert home.settings.home == folder
    with pytest.raises(NotFoundError, match="elsewhere"), Door(None, None).open():
        pass
    monkeypatch.setenv(environment.HOME_VARIABLE, str(folder))
    with Door(None, None).open() as home:
        assert home.settings.home == folder


def test_a_database_of_another_shape_is_not_opened(bare_home: Home) -> None:
    db.migrate(bare_home.engine, "base")
    with pytest.raises(UnavailableError, match="accession migrate"), Door(str(bare_home.settings.home), None).open():
        pass


def test_the_actor_is_the_person_whose_password_is_right(bare_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.setenv(environment.PERSON_VARIABLE, "rita")
    assert Door(None, None).actor(bare_home).name == "rita"
    assert Door(None, "mara").actor(bare_home).name == "mara"


def test_nobody_acts_without_a_name_or_with_a_wrong_password(bare_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnauthenticatedError, match="Say who acts"):
        Door(None, None).actor(bare_home)
    monkeypatch.setenv(environment.PASSWORD_VARIABLE, "wrong")
    with pytest.raises(UnauthenticatedError, match="not right"):
        Door(None, "mara").actor(bare_home)


def test_the_operator_of_the_home_is_not_a_person_to_act_as(bare_home: Home) -> None:
    done = Terminal(bare_home.settings.home, "operator").run("policies", "publish", "ilsvrc-faces-2021")
    assert (done.code, done.err) == (6, "accession: The handle or the password is not right.\n")


def test_the_password_is_asked_for_and_not_shown(bare_home: Home) -> None:
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "cli",
        "--home",
        str(bare_home.settings.home),
        "--as",
        "mara",
        "policies",
        "publish",
    ]
    with subprocess.Popen(
        [*command, "ilsvrc-faces-2021"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Password of mara" not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, f"{PASSWORD}\n".encode())
        out, _ = process.communicate(timeout=60)
        rest = os.read(ours, 1024) if process.returncode else b""
    os.close(ours)
    assert process.returncode == 0, rest
    assert out.startswith("Published ilsvrc-faces-2021@1")
    assert PASSWORD.encode() not in shown
