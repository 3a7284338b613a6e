import json
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import homes, manifests, reviews
from tests.factories.homes import ASTRONAUT, FIRST, GPS, WAVES
from tests.factories.reviews import BLURRED, DOUBTFUL, SECOND_DOUBT
from tests.factories.terminal import Terminal

BOX, OTHER = (",".join(map(str, box.place)) for box in (DOUBTFUL, SECOND_DOUBT))
REASON = ("--reason", "I looked at it.")
SECOND = "What is blurred stays blurred until a second person says the same.\n"


@pytest.fixture
def terminal(furnished_home: Home) -> Terminal:
    """A terminal whose home has a release in which something is doubtful."""
    reviews.build(furnished_home)
    return Terminal(furnished_home.settings.home, "rita")


def test_what_waits_is_listed_decided_and_gone(terminal: Terminal) -> None:
    listed = terminal.run("faces", "reviews", FIRST).out
    assert f"{GPS}" in listed
    assert BOX in listed
    words = {tuple(line.split()[1:4]) for line in listed.splitlines()}
    assert {(BOX, "0.04", "detector"), (OTHER, "0.35", "one-look"), (BOX, "under", "0.01")} <= words
    assert listed.endswith("3 of 3 doubtful pictures wait.\n")
    done = terminal.run("faces", "decide", FIRST, GPS, "--accept", BOX, "--reject", OTHER, "--add", "1,2,9,9", *REASON)
    assert (done.code, done.out) == (0, "Recorded 3 decisions.\n" + SECOND)
    done = terminal.run("faces", "decide", FIRST, WAVES, "--move", BOX, "1,1,9,9", *REASON)
    assert (done.code, done.out) == (0, "Recorded 1 decision.\n" + SECOND)
    after = terminal.run("faces", "reviews", FIRST).out
    assert GPS not in after
    assert "1 of 3 doubtful pictures wait.\n2 show a face that was confirmed since; plan and build again.\n" in after


def test_the_queue_comes_in_pages_and_as_json(terminal: Terminal) -> None:
    first = terminal.run("faces", "reviews", FIRST, "--limit", "1")
    assert first.out.endswith(f"more: --after '{ASTRONAUT}'\n")
    page = json.loads(terminal.run("faces", "reviews", FIRST, "--limit", "1", "--after", ASTRONAUT, "--json").out)
    assert (page["next"], page["standing"]) == (GPS, {"doubtful": 3, "open": 3, "unmet": 0, "proposed": 0})
    [item] = page["items"]
    assert (item["path"], item["width"], item["height"], len(item["sha256"])) == (GPS, 64, 48, 64)
    assert item["asked"][0] == {"box": [5, 6, 25, 26], "score": 0.04, "origin": "detector", "verdict": None}
    terminal.run("faces", "decide", FIRST, GPS, "--reject", BOX, "--reject", OTHER, *REASON)
    shown = json.loads(terminal.run("faces", "reviews", FIRST, "--all", "--json").out)["items"]
    assert [one["verdict"] for one in shown[1]["asked"]] == ["no-face", "no-face"]


def test_a_blur_goes_away_once_a_second_person_says_so(terminal: Terminal) -> None:
    box = ",".join(map(str, BLURRED.place))
    reject = ("faces", "decide", FIRST, ASTRONAUT, "--reject", box, *REASON)
    assert terminal.run(*reject).out == "Recorded 1 decision.\n" + SECOND
    listed = terminal.run("faces", "reviews", FIRST, "--proposed").out
    assert box in listed
    assert "1 hold a blur that one person would take away; a second has to agree: --proposed\n" in listed
    again = terminal.run(*reject)
    assert (again.code, "somebody else has to agree" in again.err) == (6, True)
    assert terminal.acting("ruth").run(*reject).out == "Recorded 1 decision.\n"
    assert terminal.run("faces", "reviews", FIRST, "--proposed").out.startswith("Nothing waits.\n")
    assert terminal.run("faces", "reviews", FIRST, "--proposed", "--all").code == 2


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,2,3,4,5", ""])
def test_a_box_is_four_whole_numbers(terminal: Terminal, box: str) -> None:
    done = terminal.run("faces", "decide", FIRST, GPS, "--accept", box, *REASON)
    assert (done.code, "LEFT,TOP,RIGHT,BOTTOM" in done.err) == (2, True)


def test_a_decision_that_is_refused_says_why(terminal: Terminal) -> None:
    done = terminal.run("faces", "decide", FIRST, GPS, "--accept", "1,2,3,4", *REASON)
    assert (done.code, done.err) == (4, "accession: There is no box at 1,2,3,4 in this picture.\n")
    assert terminal.acting("mara").run("faces", "decide", FIRST, GPS, "--accept", BOX, *REASON).code == 6


def test_blurred_faces_are_written_for_others_and_never_over_a_file(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "faces.json"
    done = terminal.acting("mara").run("faces", "export", FIRST, file)
    assert done.code == 0, done.err
    assert [one["url"] for one in json.loads(file.read_text())] == [ASTRONAUT]
    assert terminal.acting("mara").run("faces", "export", FIRST, file).code == 8
    assert terminal.run("faces", "export", FIRST, tmp_path / "other.json").code == 6
    missing = terminal.acting("mara").run("faces", "export", f"{homes.VARIANT}/1999.1", tmp_path / "other.json")
    assert (missing.code, (tmp_path / "other.json").exists()) == (3, False)


def test_a_release_without_doubts_has_nothing_to_wait_for(furnished_home: Home) -> None:
    manifests.build(furnished_home)
    out = Terminal(furnished_home.settings.home).run("faces", "reviews", FIRST).out
    assert out == "Nothing waits.\n0 of 0 doubtful pictures wait.\n"
