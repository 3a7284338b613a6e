import os
from pathlib import Path

import pytest
from sqlmodel import Session, select

from registry.acts import Promise
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError, NotFoundError, UnavailableError, WrongStateError
from registry.home import Home
from registry.jobs import Job
from registry.models.datasets import Dataset, Variant
from registry.models.imports import Import, ImportState
from registry.services import imports
from registry.services.imports import HowToRead, Reading, VariantWords
from tests.factories import homes, layers
from tests.factories.homes import NOW, VARIANT

READING = Reading(
    "image-folder",
    "5" * 64,
    "sha256:" + "5" * 64,
    3,
    99,
    {"formats": {}, "defects": {"empty": 1}, "labels": {}, "refused": {}},
)
NO_WORDS = VariantWords()


def start(home: Home, source: Path, name: str = VARIANT, words: VariantWords = NO_WORDS) -> Import:
    """An import that mara has started."""
    with homes.act(home, "mara") as act:
        return imports.start(act, name, source, words)


def test_an_import_registers_what_is_new_and_promises_the_reading(bare_home: Home, tmp_path: Path) -> None:
    with homes.act(bare_home, "mara") as act:
        started = imports.start(act, VARIANT, tmp_path, VariantWords("Sample photographs", "CC-BY-4.0"))
    assert act.promises == [Promise(Job.READ_IMPORT, str(started.id))] == [imports.promise_of(started)]
    assert (started.state, started.source, started.started_at) == (ImportState.RUNNING, str(tmp_path), NOW)
    with bare_home.reading() as session:
        variant = session.exec(select(Variant)).one()
        assert (variant.title, variant.licence) == ("Sample photographs", "CC-BY-4.0")
    said = [(event.event, event.subject_id) for event in homes.events(bare_home)]
    assert said == [("variant.registered", VARIANT), ("import.started", str(started.id))]


def test_a_variant_without_words_is_called_as_it_is_named_and_asserts_no_licence(
    bare_home: Home, tmp_path: Path
) -> None:
    start(bare_home, tmp_path)
    with bare_home.reading() as session:
        variant = session.exec(select(Variant)).one()
    assert (variant.slug, variant.title, variant.licence) == ("photos", "photos", imports.NO_ASSERTION)


def test_starting_again_while_it_runs_continues_the_same_import(bare_home: Home, tmp_path: Path) -> None:
    first = start(bare_home, tmp_path)
    with homes.act(bare_home, "mo") as act:
        second = imports.start(act, VARIANT, tmp_path / "." / ".." / tmp_path.name, NO_WORDS)
    assert second.id == first.id
    assert act.promises == [imports.promise_of(first)]
    assert homes.count(bare_home, Import) == homes.count(bare_home, Dataset) == 1


def test_starting_again_when_it_is_done_is_another_import(bare_home: Home, tmp_path: Path) -> None:
    first = start(bare_home, tmp_path)
    with homes.act(bare_home, "operator") as act:
        imports.finish(act, first.id, READING)
    assert start(bare_home, tmp_path).id != first.id


def test_two_sources_of_a_variant_are_two_imports(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert start(bare_home, tmp_path).id != start(bare_home, tmp_path / "other").id
    assert homes.count(bare_home, Variant) == 1


def test_two_variants_of_a_dataset_share_it(bare_home: Home, tmp_path: Path) -> None:
    start(bare_home, tmp_path)
    start(bare_home, tmp_path, "sample/others")
    assert (homes.count(bare_home, Dataset), homes.count(bare_home, Variant)) == (1, 2)


@pytest.mark.parametrize("name", ["", "sample", "sample/", "a/b/c", "Sample/photos", "sample/pho tos", "a" * 65 + "/b"])
def test_a_name_of_another_form_is_refused(bare_home: Home, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError):
        start(bare_home, tmp_path, name)
    assert homes.count(bare_home, Dataset) == 0


def test_a_source_exists_and_can_be_named(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(NotFoundError, match="There is no "):
        start(bare_home, tmp_path / "missing")
    assert start(bare_home, tmp_path / "file").source == str(tmp_path / "file")
    for name in (b"caf\xe9", b"two\nlines"):
        odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        odd.mkdir()
        with pytest.raises(InvalidInputError, match="none that can be kept"):
            start(bare_home, odd)


@pytest.mark.parametrize(
    "words",
    [
        VariantWords(licence=""),
        VariantWords(licence="my own licence!"),
        VariantWords(licence="a\nb"),
        VariantWords(licence="a" * 501),
        VariantWords(title=""),
        VariantWords(title=" "),
        VariantWords(title="a\nb"),
        VariantWords(title="a" * 201),
    ],
)
def test_words_that_no_datasheet_could_say_are_refused_at_once(
    bare_home: Home, tmp_path: Path, words: VariantWords
) -> None:
    with pytest.raises(InvalidInputError, match=r"line of at most|licence expression"):
        start(bare_home, tmp_path, words=words)
    assert homes.count(bare_home, Variant) == 0


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "MIT OR (Apache-2.0 AND LicenseRef-x)", "GPL-2.0+", "NOASSERTION"])
def test_licence_expressions_are_taken(bare_home: Home, tmp_path: Path, licence: str) -> None:
    start(bare_home, tmp_path, words=VariantWords(licence=licence))


def test_words_cannot_be_changed_in_passing(bare_home: Home, tmp_path: Path) -> None:
    words = VariantWords("Photos", "CC-BY-4.0")
    start(bare_home, tmp_path, words=words)
    start(bare_home, tmp_path, words=words)
    for other in (VariantWords(title="Pictures"), VariantWords(licence="CC0-1.0")):
        with pytest.raises(WrongStateError, match="is registered already"):
            start(bare_home, tmp_path, words=other)


def test_after_a_first_import_that_failed_the_variant_may_be_called_otherwise(bare_home: Home, tmp_path: Path) -> None:
    failed = start(bare_home, tmp_path, words=VariantWords("Photos", "CC-BY-4.0"))
    with homes.act(bare_home, "operator") as act:
        imports.fail(act, failed.id, UnavailableError("The disk is full."))
    start(bare_home, tmp_path, words=VariantWords("Pictures"))
    with bare_home.reading() as session:
        variant = session.exec(select(Variant)).one()
        assert (variant.title, variant.licence) == ("Pictures", "CC-BY-4.0")
    assert [event.event for event in homes.events(bare_home)].count("variant.registered") == 2
    # The one that runs now is called so, and stays called so.
    with pytest.raises(WrongStateError, match="is registered already, with the title 'Pictures'"):
        start(bare_home, tmp_path, words=VariantWords("Photos"))


def test_a_variant_of_which_a_layer_speaks_keeps_its_words_though_its_imports_failed(
    bare_home: Home, tmp_path: Path
) -> None:
    failed = start(bare_home, tmp_path)
    layers.add(bare_home, Kind.LABELS, "real", [("a.jpg", ())])
    with homes.act(bare_home, "operator") as act:
        imports.fail(act, failed.id, UnavailableError("The disk is full."))
    with pytest.raises(WrongStateError, match="is registered already"):
        start(bare_home, tmp_path, words=VariantWords("Pictures"))


def test_a_finished_import_has_its_manifest_and_is_finished_once(bare_home: Home, tmp_path: Path) -> None:
    started = start(bare_home, tmp_path)
    with homes.act(bare_home, "operator") as act:
        assert imports.running(act, started.id) is not None
        imports.finish(act, started.id, READING)
        assert imports.running(act, started.id) is None
        imports.finish(act, started.id, Reading("url-list", "6" * 64, "sha256:" + "6" * 64, 0, 0, {"defects": {}}))
        imports.fail(act, started.id, UnavailableError("Too late."))
    found = of(bare_home, started)
    assert (found.state, found.manifest_sha256, found.row_count) == (ImportState.DONE, READING.manifest_sha256, 3)
    assert [event.facts for event in homes.events(bare_home)][2:] == [
        {"root": READING.root, "layout": "image-folder", "rows": 3, "refused": 0, "defects": 1}
    ]


def test_a_failed_import_says_why_and_can_be_started_again(bare_home: Home, tmp_path: Path) -> None:
    started = start(bare_home, tmp_path)
    with homes.act(bare_home, "operator") as act:
        imports.fail(act, started.id, UnavailableError("The disk is full." + "!" * 2000))
        imports.fail(act, started.id, NotFoundError("Again."))
    failed = of(bare_home, started)
    assert failed.state is ImportState.FAILED
    assert (failed.failure or "")[:17] == "The disk is full."
    assert failed.failure_code == "unavailable"
    assert [event.event for event in homes.events(bare_home)][-1] == "import.failed"
    assert start(bare_home, tmp_path).id != started.id


def of(home: Home, started: Import) -> Import:
    """The import as the database has it now."""
    with home.reading() as session:
        assert isinstance(session, Session)
        return session.get_one(Import, started.id)


def test_how_a_source_is_to_be_read_is_kept_until_it_is_known(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "truth.txt").write_text("1")
    how = HowToRead(LayoutName.VALIDATION, truth=tmp_path / "truth.txt", classes=tmp_path / "truth.txt")
    with homes.act(bare_home, "mara") as act:
        begun = imports.start(act, VARIANT, tmp_path, NO_WORDS, how)
        files = {"truth": str(tmp_path / "truth.txt"), "classes": str(tmp_path / "truth.txt")}
        assert (begun.layout, begun.asked) == ("ilsvrc-validation", files)
        assert imports.start(act, VARIANT, tmp_path, NO_WORDS, how).id == begun.id
        with pytest.raises(WrongStateError, match="in another way"):
            imports.start(act, VARIANT, tmp_path, NO_WORDS)
        with pytest.raises(NotFoundError):
            imports.start(act, VARIANT, tmp_path, NO_WORDS, HowToRead(truth=tmp_path / "missing"))


def test_what_explains_a_source_is_a_file_and_no_source_vouches_for_itself(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/root.json").touch()
    with homes.act(bare_home, "mara") as act:
        for how in (HowToRead(truth=tmp_path), HowToRead(classes=tmp_path), HowToRead(trust=tmp_path)):
            with pytest.raises(InvalidInputError, match="is no file"):
                imports.start(act, VARIANT, tmp_path / "source", NO_WORDS, how)
        with pytest.raises(InvalidInputError, match=r"root\.json lies in .* itself, which proves nothing"):
            imports.start(act, VARIANT, tmp_path / "source", NO_WORDS, HowToRead(trust=tmp_path / "source/root.json"))


def test_a_finished_import_names_the_layout_that_was_found(bare_home: Home, tmp_path: Path) -> None:
    begun = start(bare_home, tmp_path)
    assert begun.layout == "auto"
    with homes.act(bare_home, "operator") as act:
        imports.finish(act, begun.id, READING)
    with bare_home.reading() as session:
        assert session.get_one(Import, begun.id).layout == "image-folder"


def test_an_import_remembers_that_perceptual_hashes_were_asked_for(bare_home: Home, tmp_path: Path) -> None:
    with homes.act(bare_home, "mara") as act:
        started = imports.start(act, VARIANT, tmp_path, VariantWords(), imports.HowToRead(has_pdq=True))
    assert started.asked == {"pdq": "yes"}


def test_an_import_remembers_the_trust_root_and_that_rights_were_asked_for(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "root.json").write_text("{}")
    (tmp_path / "source").mkdir()
    how = HowToRead(trust=tmp_path / "root.json", has_rights=True)
    with homes.act(bare_home, "mara") as act:
        started = imports.start(act, VARIANT, tmp_path / "source", VariantWords(), how)
    assert started.asked == {"trust": str(tmp_path / "root.json"), "rights": "yes"}
