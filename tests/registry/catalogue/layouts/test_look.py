from pathlib import Path

import pytest

from registry.catalogue.layouts import look
from registry.errors import NotFoundError, UnavailableError
from tests.factories import sources


def test_a_folder_shows_its_files_folders_and_the_beginning_of_its_first_archive(tmp_path: Path) -> None:
    sources.class_archives(tmp_path / "x")
    (tmp_path / "x/below").mkdir()
    seen = look.take(tmp_path / "x")
    assert seen.is_folder
    assert seen.folders == ("below",)
    assert seen.archives == tuple(f"{wnid}.tar" for wnid in sources.WNIDS)
    assert seen.members == (f"{sources.WNIDS[0]}_0.JPEG", f"{sources.WNIDS[0]}_1.JPEG")
    assert seen.seen().startswith("1 folders and 3 files, such as below/, n01440764.tar")


def test_a_file_shows_its_start_and_an_archive_its_members_too(tmp_path: Path) -> None:
    seen = look.take(sources.train_archive(tmp_path / "x.tar"))
    assert not seen.is_folder
    assert len(seen.members) == 3
    assert "the first archive begins with n03064758.tar" in seen.seen()
    (tmp_path / "empty").touch()
    assert look.take(tmp_path / "empty").members == ()
    (tmp_path / "text.tar").write_text("x" * 1000)
    assert look.take(tmp_path / "text.tar").members == ()


def test_what_is_not_there_or_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        look.take(tmp_path / "missing")
    with pytest.raises(UnavailableError):
        look.take(tmp_path / ("x" * 300))


def test_a_link_among_the_archives_is_not_followed_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.tar").symlink_to(tmp_path)
    assert look.take(tmp_path).members == ()
