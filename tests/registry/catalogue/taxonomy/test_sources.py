from pathlib import Path

import pytest

from registry.catalogue.taxonomy import sources
from registry.catalogue.taxonomy.graph import Synset
from registry.errors import InvalidInputError, NotFoundError
from tests.factories.wordnet import (
    ALONE,
    ANIMAL,
    DOG,
    ENTITY,
    KINDS,
    LAP_DOG,
    SYNSETS,
    Noun,
    data_noun,
    imagenet_folder,
)

EDGES = "wordnet.is_a.txt"
NOUNS: tuple[Noun, ...] = (
    ("entity", "that which is", []),
    ("dog, domestic dog", 'barks; "a dog"', [("@", 0), ("~", 2)]),
    ("lap dog", "small", [("@", 1), ("%p", 0)]),
    ("Rex", "a king", [("@i", 1)]),
)


def wordnet(folder: Path, text: str) -> sources.Reading:
    (folder / "data.noun").write_text(text)
    return sources.read(folder)


def wnid(line: int) -> str:
    return f"n{100 * line:08d}"


def test_imagenets_lists_are_read(tmp_path: Path) -> None:
    reading = sources.read(imagenet_folder(tmp_path))
    assert reading.form == "imagenet"
    assert reading.taxonomy.kinds == KINDS
    assert reading.taxonomy.synsets[ANIMAL] == Synset("animal, beast")
    assert (reading.taxonomy.instances, reading.report.refusals) == ((), [])
    assert reading.report.rows == {"words.txt": len(SYNSETS), "wordnet.is_a.txt": len(KINDS)}


def test_glosses_are_read_where_they_are(tmp_path: Path) -> None:
    (imagenet_folder(tmp_path) / "gloss.txt").write_text(f"{DOG}\tbarks\n")
    assert sources.read(tmp_path).taxonomy.synsets[DOG] == Synset("dog", "barks")


@pytest.mark.parametrize(
    ("words", "edges", "file", "line", "why"),
    [
        ("no id\n", "", "words.txt", 11, "it is not a WordNet id, a TAB and text"),
        (f"{DOG}\tagain\n", "", "words.txt", 11, f"it says {DOG} again"),
        ("", f"{DOG}\n", EDGES, 10, "it is not `parent child`, two WordNet ids"),
        ("", f"{DOG} {LAP_DOG}\n", EDGES, 10, "it repeats line 5"),
        ("", f"{DOG} n99999999\n", EDGES, 10, "n99999999 is not in words.txt"),
        (
            "",
            f"{LAP_DOG} {ENTITY}\n",
            "wordnet.is_a.txt",
            10,
            f"it closes a cycle: {ENTITY} is already above {LAP_DOG}",
        ),
        ("", f"{ALONE} {ALONE}\n", EDGES, 10, f"it closes a cycle: {ALONE} is already above {ALONE}"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_the_rest_is_kept(
    tmp_path: Path, words: str, edges: str, file: str, line: int, why: str
) -> None:
    reading = sources.read(imagenet_folder(tmp_path, words=words, edges=edges))
    assert [(found.file, found.line, found.why) for found in reading.report.refusals] == [(file, line, why)]
    assert reading.taxonomy.kinds == KINDS
    assert set(reading.taxonomy.synsets) == set(SYNSETS)


def test_wordnets_own_file_is_read(tmp_path: Path) -> None:
    reading = wordnet(tmp_path, data_noun(*NOUNS))
    assert (reading.form, reading.report.refusals) == ("wordnet", [])
    assert reading.taxonomy.synsets[wnid(1)] == Synset("dog, domestic dog", 'barks; "a dog"')
    assert reading.taxonomy.kinds == ((wnid(0), wnid(1)), (wnid(1), wnid(2)))
    assert reading.taxonomy.instances == ((wnid(1), wnid(3)),)
    assert reading.taxonomy.roots == (wnid(0),)


def test_the_licence_in_front_is_no_synset(tmp_path: Path) -> None:
    licence = "  1 This software and database is being provided to you\n"
    reading = wordnet(tmp_path, licence + data_noun(*NOUNS, first=len(licence)))
    assert (len(reading.taxonomy.synsets), reading.report.refusals) == (4, [])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("00000300 03 n 01 Rex", "00000301 03 n 01 Rex", "its id is not its byte offset"),
        ("00000300 03 n 01 Rex", "00000300 03 v 01 Rex", "it is no synset as wndb(5WN) describes it"),
        ("00000300 03 n 01 Rex", "00000300 03 n zz Rex", "it is no synset as wndb(5WN) describes it"),
        ("00000300 03 n 01 Rex", "00000300 03 n 09 Rex", "it is no synset as wndb(5WN) describes it"),
        ("@ 00000000 n", "@ 00000050 n", "its parent n00000050 is no synset of the file"),
    ],
)
def test_a_line_of_wordnet_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, why: str) -> None:
    reading = wordnet(tmp_path, data_noun(*NOUNS).replace(old, new))
    assert [refusal.why for refusal in reading.report.refusals] == [why]


def test_an_instance_of_what_is_not_there_has_no_edge(tmp_path: Path) -> None:
    reading = wordnet(tmp_path, data_noun(*NOUNS).replace("@i 00000100", "@i 00000150"))
    assert reading.taxonomy.instances == ()


def test_a_longer_cycle_loses_only_the_edge_that_closes_it(tmp_path: Path) -> None:
    nouns: list[Noun] = [("a", "", [("@", 2)]), ("b", "", [("@", 0)]), ("c", "", [("@", 1)])]
    reading = wordnet(tmp_path, data_noun(*nouns))
    assert len(reading.taxonomy.kinds) == 2
    assert [refusal.line for refusal in reading.report.refusals] in ([1], [2], [3])


def test_a_folder_of_neither_form_or_of_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="neither"):
        sources.read(tmp_path)
    imagenet_folder(tmp_path)
    (tmp_path / "data.noun").touch()
    with pytest.raises(InvalidInputError, match="both"):
        sources.read(tmp_path)


def test_edges_without_words_are_refused(tmp_path: Path) -> None:
    (imagenet_folder(tmp_path) / "words.txt").unlink()
    with pytest.raises(NotFoundError, match=r"words\.txt"):
        sources.read(tmp_path)
