from pathlib import Path

import pytest
from sqlmodel import select

from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from registry.models.imports import Import
from registry.models.layers import Layer
from registry.queries import layers as queries
from registry.services import rights
from tests.factories import homes, layers, pictures, sources
from tests.factories.homes import VARIANT
from tests.factories.terminal import Terminal


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Pictures of several formats, of which all but one say something."""
    files = {
        "n1/reserved.jpg": pictures.commented_jpeg(b"All rights reserved"),
        "n1/silent.jpg": pictures.jpeg(seed=1),
        "n2/authored.png": pictures.commented_png(),
        "n2/words.txt": b"All rights reserved",
    }
    return sources.folder(tmp_path / "source", files)


def collected(home: Home) -> list[tuple[object, ...]]:
    """The rows of the newest layer, by image, kind and value."""
    with home.reading() as session:
        line = queries.read_layer(session, VARIANT, "rights/collected")
        return [(row[0], row[1], row[3]) for row in queries.page(home.blobs, line, limit=50).items]


def test_an_import_that_was_asked_for_it_hears_what_its_images_say(bare_home: Home, source: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "import", VARIANT, source, "--rights")
    assert "3 pieces of evidence about rights are kept as the layer rights/collected." in done.out
    assert collected(bare_home) == [
        ("n1/reserved.jpg", "licence", "LicenseRef-all-rights-reserved"),
        ("n1/reserved.jpg", "statement", "All rights reserved"),
        ("n2/authored.png", "holder", "A. Photographer"),
    ]
    # Collected from the files afterwards, it is the same version.
    assert "rights/collected@1" in terminal.run("rights", "collect", VARIANT).out
    with bare_home.reading() as session:
        layer = session.exec(select(Layer)).one()
        assert layer.imported_by == session.exec(select(Import)).one().started_by
        assert layer.dated_on is not None


def test_where_images_were_found_is_taken_from_layers_of_sources(bare_home: Home, source: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    terminal.run("datasets", "import", VARIANT, source)
    layers.add(bare_home, Kind.SOURCES, "urls", [("silent", "http://x.org/1.jpg", "2011-10-31")])
    terminal.run("datasets", "import", VARIANT, source, "--rights")
    assert ("n1/silent.jpg", "host", "x.org") in collected(bare_home)
    with bare_home.reading() as session:
        assert rights.origins(session, bare_home.blobs, VARIANT)["silent"].retrieved_on == "2011-10-31"
        assert rights.origins(session, bare_home.blobs, "other/variant") == {}


def test_images_that_say_nothing_make_no_layer(bare_home: Home, tmp_path: Path) -> None:
    plain = sources.folder(tmp_path / "plain", {"n1/a.jpg": pictures.jpeg()})
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "import", VARIANT, plain, "--rights")
    assert "No image says anything of rights, and no URL does." in done.out
    assert homes.count(bare_home, Layer) == 0


@pytest.mark.parametrize("at_import", [True, False])
def test_a_list_of_urls_says_where_its_images_were_found(bare_home: Home, tmp_path: Path, *, at_import: bool) -> None:
    (tmp_path / "urls.txt").write_text(
        "n00000001_1\thttp://farm1.static.flickr.com/1.jpg\nn00000001_2\thttp://x.org/2\n"
    )
    terminal = Terminal(bare_home.settings.home, "mara")
    terminal.run("datasets", "import", VARIANT, tmp_path / "urls.txt", *(["--rights"] if at_import else []))
    if not at_import:
        assert terminal.run("rights", "collect", VARIANT).code == 0
    assert collected(bare_home) == [
        ("n00000001/n00000001_1", "host", "farm1.static.flickr.com"),
        ("n00000001/n00000001_1", "licence", "LicenseRef-flickr-various"),
        ("n00000001/n00000001_1", "source", "http://farm1.static.flickr.com/1.jpg"),
        ("n00000001/n00000001_2", "host", "x.org"),
        ("n00000001/n00000001_2", "source", "http://x.org/2"),
    ]
