import os
import stat
from pathlib import Path

import pytest

from registry import environment, settings
from registry.errors import InvalidInputError, NotFoundError, WrongStateError


def written(home: Path, text: str) -> Path:
    """A home whose settings file says this, beside a secret."""
    home.mkdir()
    (home / settings.FILE_NAME).write_text(f'web_secret = "{"s" * 32}"\n{text}\n')
    return home


def test_a_new_home_is_for_its_owner_only_and_says_where_everything_is(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    made = settings.create(home)
    assert stat.S_IMODE(home.stat().st_mode) == settings.OWNER_ONLY_FOLDER
    assert stat.S_IMODE((home / settings.FILE_NAME).stat().st_mode) == settings.OWNER_ONLY_FILE
    assert made.home == home
    assert made.database_url == f"sqlite:///{home}/registry.sqlite"
    assert made.jobs_database_url == f"sqlite:///{home}/jobs.sqlite"
    assert made.blobs_url == str(home / "blobs")
    assert (made.keys_folder, made.trust_folder) == (home / "keys", home / "trust")
    assert settings.load(home) == made


def test_two_homes_have_different_secrets_and_show_neither(tmp_path: Path) -> None:
    first, second = settings.create(tmp_path / "first"), settings.create(tmp_path / "second")
    assert first.web_secret != second.web_secret
    assert first.web_secret not in repr(first)


def test_a_home_is_made_once(tmp_path: Path) -> None:
    settings.create(tmp_path)
    before = (tmp_path / settings.FILE_NAME).read_bytes()
    with pytest.raises(WrongStateError, match="is a registry home already"):
        settings.create(tmp_path)
    assert (tmp_path / settings.FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("password", ["plain", 'with"quote', "with\\backslash"])
def test_a_database_on_a_server_holds_the_jobs_too(tmp_path: Path, password: str) -> None:
    url = f"postgresql://accession:{password}@db/accession"
    made = settings.create(tmp_path, database_url=url)
    assert made.database_url == made.jobs_database_url == url


def test_as_many_processes_as_cores_work_unless_a_number_is_set(tmp_path: Path) -> None:
    assert settings.create(tmp_path / "new").processes == (os.cpu_count() or 1)
    assert settings.load(written(tmp_path / "home", "worker_processes = 3")).processes == 3


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = written(tmp_path / "home", 'device = "cuda:0"')
    assert settings.load(home).device == "cuda:0"
    monkeypatch.setenv("ACCESSION_DEVICE", "cpu")
    assert settings.load(home).device == "cpu"


def test_the_home_that_is_opened_is_the_one_that_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = written(tmp_path / "home", "")
    monkeypatch.setenv(environment.HOME_VARIABLE, "elsewhere")
    assert settings.load(home).home == home


def test_a_folder_without_settings_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is no registry home"):
        settings.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("device = ", "is not TOML"),
        ("device = 1", "`device`"),
        ("divice = 'cpu'", "`divice`"),
        ("worker_processes = 0", "`worker_processes`"),
        ("web_secret = 'again'", "is not TOML"),
    ],
)
def test_a_settings_file_that_cannot_be_meant_is_refused_in_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    home = written(tmp_path / "home", text)
    with pytest.raises(InvalidInputError, match=sentence) as refused:
        settings.load(home)
    assert "\n" not in refused.value.sentence
    assert "s" * 32 not in refused.value.sentence


def test_a_settings_file_that_is_no_text_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / settings.FILE_NAME).write_bytes(b"device = '\xff'")
    with pytest.raises(InvalidInputError, match="is not TOML"):
        settings.load(tmp_path)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / settings.FILE_NAME).write_text('web_secret = "xyzzy"')
    with pytest.raises(InvalidInputError, match="`web_secret`") as refused:
        settings.load(tmp_path)
    assert "xyzzy" not in refused.value.sentence


def test_the_command_line_names_the_home_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.HOME_VARIABLE, str(tmp_path))
    assert settings.chosen_home(None) == tmp_path
    assert settings.chosen_home("relative") == Path.cwd() / "relative"
    monkeypatch.delenv(environment.HOME_VARIABLE)
    with pytest.raises(InvalidInputError, match="--home"):
        settings.chosen_home(None)


def test_trust_roots_come_in_the_order_of_their_versions(tmp_path: Path) -> None:
    made = settings.create(tmp_path)
    with pytest.raises(NotFoundError, match="no trust root"):
        settings.trust_roots(made)
    made.trust_folder.mkdir()
    for name in ("10", "9", "1", "old"):
        (made.trust_folder / f"{name}.root.json").write_text(name)
    assert settings.trust_roots(made) == [b"1", b"9", b"10"]
