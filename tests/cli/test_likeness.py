import json
import shutil
from pathlib import Path

from registry.home import Home
from tests.factories import pictures
from tests.factories.homes import VARIANT, Stock
from tests.factories.terminal import Terminal


def folder_like(stock: Stock, folder: Path) -> Path:
    """A copy of the pictures that were imported."""
    shutil.copytree(stock.pictures, folder)
    return folder


def test_a_copy_of_an_imported_folder_is_identified(furnished_home: Home, stock: Stock, tmp_path: Path) -> None:
    copy = folder_like(stock, tmp_path / "copy")
    terminal = Terminal(furnished_home.settings.home)
    (found,) = json.loads(terminal.run("datasets", "identify", copy, "--json").out)
    assert (found["variant"], found["relation"], found["confidence"]) == (VARIANT, "identical", 1.0)
    assert "identical" in terminal.run("datasets", "identify", copy).out


def test_a_folder_with_one_image_more_and_one_less_is_like_it(
    furnished_home: Home, stock: Stock, tmp_path: Path
) -> None:
    copy = folder_like(stock, tmp_path / "copy")
    next(copy.rglob("*.jpg")).unlink()
    (copy / "new.jpg").write_bytes(pictures.jpeg(seed=99))
    (found,) = json.loads(Terminal(furnished_home.settings.home).run("datasets", "identify", copy, "--json").out)
    assert (found["relation"], found["only_here"], found["only_there"]) == ("overlapping", 1, 1)


def test_a_folder_that_nobody_knows_is_like_nothing(furnished_home: Home, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/new.jpg").write_bytes(pictures.jpeg(seed=99))
    done = Terminal(furnished_home.settings.home).run("datasets", "identify", tmp_path / "other")
    assert (done.code, done.out) == (0, "No known variant has a file, a class or a name of it.\n")


def test_two_variants_are_compared(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    (found,) = json.loads(terminal.run("datasets", "compare", VARIANT, VARIANT, "--json").out)
    assert (found["relation"], found["overlap"]["labels_only_here"]) == ("identical", 0)
    assert terminal.run("datasets", "compare", VARIANT, "no/such").code == 3


def test_a_folder_that_is_not_there_is_not_found(furnished_home: Home, tmp_path: Path) -> None:
    done = Terminal(furnished_home.settings.home).run("datasets", "identify", tmp_path / "missing")
    assert (done.code, done.err.count("\n")) == (3, 1)
