import json
import re
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import homes
from tests.factories.terminal import Done, Terminal


@pytest.fixture
def home(furnished_home: Home) -> Path:
    return furnished_home.settings.home


def submitted(home: Path, *words: str) -> dict[str, str]:
    done = Terminal(home).run("takedowns", "submit", *words, "--json")
    assert done.code == 0, done.err
    receipt: dict[str, str] = json.loads(done.out)
    return receipt


def status(home: Path, receipt: dict[str, str]) -> Done:
    return Terminal(home).run("takedowns", "status", receipt["number"], "--code-words", receipt["code_words"])


def test_anyone_asks_by_path_and_follows_with_the_code_words(home: Path) -> None:
    receipt = submitted(home, homes.WAVES)
    assert len(receipt["code_words"].split()) == 5
    assert status(home, receipt).out.split() == ["case", receipt["number"], "state", "matched", "images", "found", "1"]


def test_case_number_and_code_words_are_printed_for_people(home: Path) -> None:
    done = Terminal(home).run("takedowns", "submit", homes.WAVES)
    lines = done.out.splitlines()
    assert lines[0].startswith("Case number: TD-")
    assert lines[1].startswith("Code words:  ")


def test_wrong_code_words_and_wrong_numbers_are_answered_alike(home: Path) -> None:
    receipt = submitted(home, homes.WAVES)
    wrong = status(home, receipt | {"code_words": "acorn acorn acorn acorn acorn"})
    unknown = status(home, receipt | {"number": "TD-2222-2222"})
    assert (wrong.code, wrong.err) == (unknown.code, unknown.err) == (3, unknown.err)


def test_a_request_that_finds_nothing_gets_its_image_from_a_reviewer(home: Path) -> None:
    receipt = submitted(home, "nowhere/at-all.jpg")
    assert "no-match" in status(home, receipt).out
    words = ("takedowns", "add-image", receipt["number"], homes.WAVES, "--reason", "found by hand")
    assert Terminal(home, "rita").run(*words).out == f"{receipt['number']} is about 1 more.\n"
    assert "matched" in status(home, receipt).out
    nothing = ("takedowns", "add-image", receipt["number"], "no/such.jpg", "--reason", "typo")
    assert Terminal(home, "rita").run(*nothing).code == 3


def test_a_case_is_listed_shown_held_decided_refused_and_confirmed(home: Path) -> None:
    receipt = submitted(home, homes.WAVES, "--ground", "privacy")
    number = receipt["number"]
    rita, ana = Terminal(home, "rita"), Terminal(home, "ana")
    assert number in rita.run("takedowns", "list").out
    assert rita.run("takedowns", "hold", number, "--reason", "credible").out == f"{number} is held.\n"
    decide = ("takedowns", "decide", number, "uphold", "--reason", "it shows them")
    assert rita.run(*decide).out == f"{number} is upheld-pending-confirmation.\n"
    refused = ana.run("takedowns", "refuse", number, "--reason", "look again")
    assert refused.out == f"{number} is held, and to be decided again.\n"
    rita.run(*decide)
    assert ana.run("takedowns", "confirm", number, "--reason", "now I see").out == f"{number} is upheld.\n"
    shown = json.loads(rita.run("takedowns", "show", number, "--json").out)
    assert [step["kind"] for step in shown["steps"]] == [
        "received",
        "searched",
        "hold-placed",
        "decided",
        "confirmation-refused",
        "decided",
        "confirmed",
    ]
    assert homes.WAVES in rita.run("takedowns", "show", number).out
    assert re.search(r"entry \d+ of the public log: sha256:[0-9a-f]{64}, salt", status(home, receipt).out)
    forgotten = ana.run("takedowns", "forget", number)
    assert forgotten.out == f"2 leaves of the public log can no longer be told to be about {number}.\n"
    assert ana.run("takedowns", "forget", number).code == 3


def test_a_withdrawn_case_is_over_and_listed_only_among_all(home: Path) -> None:
    receipt = submitted(home, homes.WAVES)
    words = ("takedowns", "withdraw", receipt["number"], "--code-words", receipt["code_words"])
    assert Terminal(home).run(*words).out == f"{receipt['number']} is withdrawn.\n"
    rita = Terminal(home, "rita")
    assert receipt["number"] not in rita.run("takedowns", "list").out
    assert receipt["number"] in rita.run("takedowns", "list", "--all").out


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "TD-2222-2222"),
        ("hold", "TD-2222-2222", "--reason", "x"),
        ("decide", "TD-2222-2222", "reject", "--reason", "x"),
        ("confirm", "TD-2222-2222", "--reason", "x"),
        ("refuse", "TD-2222-2222", "--reason", "x"),
        ("forget", "TD-2222-2222"),
    ],
)
def test_working_on_cases_needs_a_person_with_the_permission(home: Path, words: tuple[str, ...]) -> None:
    assert Terminal(home).run("takedowns", *words).code == 6
    assert Terminal(home, "mara").run("takedowns", *words).code == 6


@pytest.mark.parametrize("words", [("x" * 5000,), ("not-a-hash", "--by", "sha256"), ("ftp://x", "--by", "url")])
def test_what_names_no_image_is_refused_in_a_sentence(home: Path, words: tuple[str, ...]) -> None:
    done = Terminal(home).run("takedowns", "submit", *words)
    assert done.code == 4
    assert done.err.startswith("accession: ")
