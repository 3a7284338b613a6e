import json
from pathlib import Path

import pytest

from tests.factories.terminal import Terminal

CAT, DOG, EEL = "n00000001", "n00000002", "n00000003"


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """A list of three classes without ids."""
    (tmp_path / "classes.txt").write_text(f"{CAT} cat\n{DOG} dog\n{EEL} eel\n")
    return tmp_path / "classes.txt"


def test_a_ground_truth_is_read_and_what_was_concluded_is_said(classes: Path, tmp_path: Path) -> None:
    (tmp_path / "truth.txt").write_text("a 0\nb 2\nc 2\nd what\n")
    done = Terminal().run("labels", "truth", tmp_path / "truth.txt", "--classes", classes)
    assert done.code == 0
    assert "index-in-sorted-wnids-from-0" in done.out
    assert "It alone has every number from 0 to 2." in done.out
    assert done.err == "refused: truth.txt, line 4: it gives neither a number nor a synset\n"
    printed = Terminal().run("labels", "truth", tmp_path / "truth.txt", "--classes", classes, "--json")
    facts = json.loads(printed.out)
    assert (facts["images"], facts["classes"], facts["most images of a class"]) == (3, 2, 2)
    assert len(facts["refusals"]) == 1


def test_an_ambiguous_ground_truth_is_refused_in_one_sentence(classes: Path, tmp_path: Path) -> None:
    (tmp_path / "truth.txt").write_text("1\n1\n2\n")
    done = Terminal().run("labels", "truth", tmp_path / "truth.txt", "--classes", classes)
    assert (done.code, done.err.count("\n")) == (4, 1)
    assert "ambiguous" in done.err


def test_a_ground_truth_one_line_short_is_refused(classes: Path, tmp_path: Path) -> None:
    (tmp_path / "truth.txt").write_text("0\n0\n")
    done = Terminal().run("labels", "truth", tmp_path / "truth.txt", "--classes", classes, "--images", "3")
    assert done.code == 4
    assert "labels 2 images, and there are 3" in done.err


def test_sets_and_votes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("[[], [1], [2, 3]]")
    done = Terminal().run("labels", "judged", tmp_path / "real.json")
    assert [line.split()[-1] for line in done.out.splitlines()] == ["3", "1", "1"]
    answers = '{"given": 1, "guessed": 4, "both": 0, "neither": 0}'
    (tmp_path / "votes.json").write_text(
        f'[{{"id": 1, "given_original_label": 0, "our_guessed_label": 1, "mturk": {answers}}}]'
    )
    printed = Terminal().run("labels", "judged", tmp_path / "votes.json", "--json")
    assert json.loads(printed.out) == {"candidates": 1, "confirmed wrong": 1}


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert Terminal().run("labels", "judged", tmp_path / "missing").code == 3
