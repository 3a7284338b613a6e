from pathlib import Path

import pytest

from registry.catalogue.labels import classes
from registry.catalogue.labels.classes import Classes, Numbering
from registry.errors import InvalidInputError

CAT, DOG, EEL = "n00000001", "n00000002", "n00000003"


def written(folder: Path, text: str) -> Path:
    (folder / "classes.txt").write_text(text)
    return folder / "classes.txt"


def test_the_devkits_map_gives_ids_that_are_not_the_order_of_wnids(tmp_path: Path) -> None:
    found = classes.read(written(tmp_path, f"{EEL} 1 eel\n{CAT} 2 cat\n{DOG} 3 dog\n"))
    assert found == Classes((CAT, DOG, EEL), {1: EEL, 2: CAT, 3: DOG})


def test_kaggles_map_and_a_plain_list_give_no_ids(tmp_path: Path) -> None:
    assert classes.read(written(tmp_path, f"{DOG} dog, 7 of them\n{CAT} cat\n")) == Classes((CAT, DOG), {})
    assert classes.read(written(tmp_path, f"{DOG}\n{CAT}\n")).wnids == (CAT, DOG)


def test_a_number_means_one_synset_in_each_numbering() -> None:
    space = Classes((CAT, DOG, EEL), {1: EEL, 2: CAT, 3: DOG})
    assert [space.of(numbering).get(1) for numbering in Numbering] == [EEL, DOG, CAT]
    assert [0 in space.of(numbering) for numbering in Numbering] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    ["", "cat\n", f"{CAT}\n{CAT}\n", f"{CAT} 1\n{DOG} 1\n", f"{CAT} 1\n{DOG}\n"],
)
def test_a_list_with_a_fault_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError):
        classes.read(written(tmp_path, text))


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_bytes(b"n00000001\n\xff\n")
    with pytest.raises(InvalidInputError, match="no list"):
        classes.read(tmp_path / "classes.txt")
