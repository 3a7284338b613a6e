import json
import re
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories.policies import digest_of
from tests.factories.procedures import QUICK, THREE
from tests.factories.terminal import Terminal

PROCEDURES = ("policies", "procedures")


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> str:
    file = tmp_path / "ours.yaml"
    file.write_bytes(THREE)
    return str(file)


def test_a_procedure_is_published_proposed_and_put_in_force_by_two_people(bare_home: Home, file: str) -> None:
    mara = Terminal(bare_home.settings.home, "mara")
    ana = Terminal(bare_home.settings.home, "ana")
    assert mara.run(*PROCEDURES, "publish", file).out == f"Published ours@1  {digest_of(THREE)}\n"
    said = mara.run(*PROCEDURES, "propose", "ours", "--reason", "More care.").out
    number = re.search(r"Proposed (\S+): ours waits for a second person\.", said)
    assert number is not None
    own = mara.run(*PROCEDURES, "confirm", number[1], "--reason", "I agree.")
    assert own.code == 6
    done = ana.run(*PROCEDURES, "confirm", number[1], "--reason", "So do I.")
    assert re.fullmatch(r"In force from \S+Z; what began before stays as it began\.\n", done.out)
    listed = {it["label"]: it["is_in_force"] for it in json.loads(mara.run(*PROCEDURES, "list", "--json").out)}
    assert listed == {"ours@1": True, "release-approval@1": False, "takedowns-dmca-gdpr-dsa@1": True}
    assert "ours@1" in mara.run(*PROCEDURES, "list").out
    assert mara.run(*PROCEDURES, "show", "ours").out.encode() == THREE
    [change] = json.loads(mara.run(*PROCEDURES, "changes", "--json").out)
    assert (change["state"], change["settled_by"]) == ("confirmed", "ana")
    assert "So do I." in mara.run(*PROCEDURES, "changes").out


def test_a_day_can_be_named_and_a_proposal_refused(bare_home: Home, file: str) -> None:
    terminal = Terminal(bare_home.settings.home, "rita")
    terminal.run(*PROCEDURES, "publish", file)
    over = terminal.run(*PROCEDURES, "propose", "ours", "--from", "2001-01-01", "--reason", "Because.")
    assert (over.code, "this time is over" in over.err) == (4, True)
    said = terminal.run(*PROCEDURES, "propose", "ours@1", "--from", "2999-01-01", "--reason", "Because.").out
    number = said.split()[1].rstrip(":")
    assert terminal.run(*PROCEDURES, "refuse", number, "--reason", "No.").out == f"Refused {number}.\n"


def test_a_procedure_is_checked_without_a_home(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "none")
    file = tmp_path / "quick.yaml"
    file.write_bytes(QUICK)
    assert terminal.run(*PROCEDURES, "check", str(file)).out == (
        f"our-clocks@1 can be followed: it is for takedowns.\n{digest_of(QUICK)}\n"
    )
    assert "release-approval@1 can be followed" in terminal.run(*PROCEDURES, "check", "release-approval").out
    file.write_bytes(QUICK.replace(b"hours: 48", b"hours: 49"))
    refused = terminal.run(*PROCEDURES, "check", str(file))
    assert (refused.code, refused.err.count("\n")) == (4, 1)
    assert "a case of safety is decided within 48 hours" in refused.err.lower()
    missing = terminal.run(*PROCEDURES, "check", "nothing")
    assert (missing.code, "no shipped procedure of that name" in missing.err) == (3, True)
