from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests.search import Wanted
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.queries import search
from registry.services import imports
from registry.services.imports import HowToRead, VariantWords
from registry.worker.handlers import imports as reading
from registry.worker.station import Station
from tests.factories import homes, layers, pictures, rows
from tests.factories.homes import VARIANT
from tests.factories.wordnet import ANIMAL, DOG, LAP_DOG, SAILOR, WORDNET

LOOKED = "sample/looked"


@pytest.fixture
def looked_home(bare_home: Home, tmp_path: Path) -> Home:
    """A home with an import whose pictures have perceptual hashes: two of one picture, one of another."""
    folder = tmp_path / "looked" / "n1"
    folder.mkdir(parents=True)
    for name, data in {
        "a.jpg": pictures.face(quality=95),
        "b.jpg": pictures.face(quality=60),
        "c.png": pictures.png(200, 160, seed=3),
        "d.txt": b"no picture",
    }.items():
        (folder / name).write_bytes(data)
    with homes.act(bare_home, "mara") as act:
        started = imports.start(act, LOOKED, folder.parent, VariantWords(), HowToRead(has_pdq=True))
    reading.read(Station(bare_home), str(started.id))
    return bare_home


def test_pages_of_what_is_found_follow_one_another(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        first = search.search(session, furnished_home.blobs, VARIANT, Wanted(path="n02000001"), limit=2)
        second = search.search(
            session, furnished_home.blobs, VARIANT, Wanted(path="n02000001"), after=first.next, limit=2
        )
    assert [it.path for it in (*first.items, *second.items)] == [homes.ASTRONAUT, homes.GPS, homes.WAVES]
    assert second.next is None


def test_the_newest_layers_are_asked(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.DEFECTS, "seen", [(homes.GPS, "cmyk", None)])
    layers.add(furnished_home, Kind.DEFECTS, "seen", [(homes.WAVES, "cmyk", None)])
    with furnished_home.reading() as session:
        found = search.search(session, furnished_home.blobs, VARIANT, Wanted(defect="cmyk"))
    assert [it.path for it in found.items] == [homes.WAVES]


def test_pictures_are_found_by_look(looked_home: Home) -> None:
    home = looked_home.settings.home
    with looked_home.reading() as session:
        [one] = search.search(session, looked_home.blobs, LOOKED, Wanted(path="a.jpg")).items
        pairs = search.lookalikes(session, looked_home.blobs, home, LOOKED, 31, 10)
        with search._opened(session, looked_home.blobs, LOOKED) as (file, _):
            [entry] = manifests.find_source(file, path="n1/a.jpg")
        assert entry.pdq is not None
        found = search.alike(session, looked_home.blobs, home, LOOKED, entry.pdq.upper())
        assert search.measure(session, looked_home.blobs, LOOKED).lookalikes is not None
    assert one.path == "n1/a.jpg"
    assert [it.entry.path for it in found] == ["n1/a.jpg", "n1/b.jpg"]
    assert found[0].distance == 0
    assert [(a, b) for a, b, _ in pairs] == [("n1/a.jpg", "n1/b.jpg")]


def test_without_hashes_nothing_is_found_by_look(furnished_home: Home) -> None:
    with furnished_home.reading() as session, pytest.raises(InvalidInputError, match="--pdq"):
        search.alike(session, furnished_home.blobs, furnished_home.settings.home, VARIANT, "0" * 64)


def test_bytes_that_are_there_twice_are_told(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        page = search.copies(session, furnished_home.blobs, VARIANT)
        assert search.measure(session, furnished_home.blobs, VARIANT).copies == 1
    assert [it.paths for it in page.items] == [homes.TWINS]


def test_a_variant_without_an_import_has_nothing_to_search(bare_home: Home) -> None:
    with homes.act(bare_home, "operator") as act:
        rows.variant(act.session, "photos", dataset_id=rows.dataset(act.session, "sample").id)
    with bare_home.reading() as session:
        with pytest.raises(WrongStateError):
            search.search(session, bare_home.blobs, VARIANT, Wanted())
        with pytest.raises(NotFoundError):
            search.measure(session, bare_home.blobs, "sample/none")


def test_words_mean_synsets_unless_they_are_hidden() -> None:
    assert search.synsets_called(WORDNET, " Beast ", frozenset()) == (ANIMAL,)
    for word, hidden in (("sailor", frozenset[str]()), ("dog", frozenset({DOG})), ("nothing", frozenset())):
        with pytest.raises(InvalidInputError, match="No synset is called so"):
            search.synsets_called(WORDNET, word, hidden)
    assert SAILOR in WORDNET.synsets


def test_a_subtree_is_a_synset_and_all_below_it() -> None:
    assert search.below(WORDNET, DOG) == (DOG, LAP_DOG)
    with pytest.raises(NotFoundError):
        search.below(WORDNET, "n99999999")
