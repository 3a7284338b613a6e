"""What newcomers read holds: the tour walks through files that exist, the glossary defines words that are used."""

import re
from pathlib import Path

from tests.house import pages, tree

WORDS = Path("docs/words.md")
TOUR = Path("docs/tour.md")
MINUTES = 20


def defined(text: str) -> list[str]:
    """The words that a glossary defines, in its order."""
    return [row["Word"].strip("*") for table in pages.tables(text) if table and "Word" in table[0] for row in table]


def unused(words: list[str], code: str) -> list[str]:
    """The words that occur nowhere in the code."""
    return [word for word in words if not re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es|ing|ed)?(?![a-z])", code)]


def test_the_words_of_the_glossary_are_the_words_of_the_code() -> None:
    code = "\n".join(tree.read(file) for file in tree.python_files(*tree.CODE)).lower()
    words = defined(tree.read(WORDS))
    assert {"dataset", "variant", "release", "entry", "verdict", "policy", "recipe", "hold", "takedown"} <= {*words}
    assert unused(words, code) == []


def test_each_word_is_defined_once_and_in_order() -> None:
    words = defined(tree.read(WORDS))
    assert words == sorted(set(words))


def test_a_word_that_nobody_uses_is_found() -> None:
    assert unused(["hold", "frobnication"], "holds = 1") == ["frobnication"]


def test_the_tour_walks_through_every_room_and_takes_twenty_minutes() -> None:
    text = tree.read(TOUR)
    stops = [code for code in pages.inline_code(text) if (tree.ROOT / code).is_file()]
    assert {stop.partition("/")[0] for stop in stops} >= {*tree.CODE, "tests", "migrations"}
    minutes = [int(number) for number in re.findall(r"^## .*\((\d+) minutes?\)$", text, re.MULTILINE)]
    assert sum(minutes) == MINUTES
