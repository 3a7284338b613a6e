"""The public log from a publication to an auditor who comes back: proved, grown, witnessed, forgotten, still whole."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from policies.takedowns import Outcome
from registry.home import Home
from registry.proof import note
from registry.proof.logfiles import LogFolder
from registry.queries import names
from registry.services import takedowns
from registry.worker.handlers import revocations
from registry.worker.station import Station
from tests.factories import cases, homes, manifests, witnessing
from tests.factories.homes import FIRST, NOW, WAVES, Stage, Stock
from tests.factories.terminal import Terminal


def release(home: Home, excluded: dict[str, str], day: int) -> str:
    """The label of one more release, published by command."""
    label = manifests.label_of(home, manifests.build(home, excluded, NOW + timedelta(days=day)))
    homes.approve(home, label)
    homes.sign_release(home, label)
    published = Terminal(home.settings.home, "mara").run("releases", "publish", label)
    assert published.code == 0, published.err
    return label


def verified(home: Home, export: Path, remembered: Path, *more: str | Path) -> list[str]:
    """What the verifier says, line by line; it ends well."""
    root = home.settings.trust_folder / "1.root.json"
    said = Terminal().run("verify", export, "--trust", root, "--checkpoint", remembered, *more)
    assert said.code == 0, said.out
    return said.out.splitlines()


@pytest.mark.slow
def test_an_auditor_who_comes_back_sees_that_the_log_only_grew(sqlite_stock: Stock, tmp_path: Path) -> None:
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as home:
        otto, remembered = Terminal(home.settings.home, "otto"), tmp_path / "remembered"
        first = release(home, {}, 0)
        assert first == FIRST
        assert otto.run("releases", "export", first, tmp_path / "one").code == 0
        lines = verified(home, tmp_path / "one", remembered)
        assert any("9. Transparency log: ok" in line for line in lines)
        before = remembered.read_bytes()

        number = cases.submit(home, WAVES).number
        cases.search(home, number)
        with homes.act(home, "rita") as act:
            takedowns.hold(act, number, "Let us see.")
            takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "They are right.")
        second = release(home, {WAVES: "takedown-like"}, 1)
        with home.reading() as session:
            case_id = str(names.case(session, number).id)
        revocations.revoke(Station(home), case_id)
        assert Terminal(home.settings.home, "ana").run("takedowns", "forget", number).code == 0
        third = release(home, {WAVES: "takedown-like"}, 2)
        assert third != second

        assert otto.run("releases", "export", third, tmp_path / "three").code == 0
        lines = verified(home, tmp_path / "three", remembered, "--log", home.settings.log_folder)
        assert any("10. Growth of the log: ok - the log grew from" in line for line in lines)
        assert remembered.read_bytes() != before
        root = home.settings.trust_folder / "1.root.json"
        whole = json.loads(Terminal().run("log", "verify", home.settings.log_folder, "--trust", root, "--json").out)
        assert {"decision", "image", "policy", "release", "revocation", "root"} == whole["kinds"].keys()

        # A registry that began anew with the same keys shows another history: nobody who remembers believes it.
        other = shutil.copytree(tmp_path / "three", tmp_path / "forked")
        forged = note.parse(remembered.read_bytes())
        text = forged.text.splitlines()
        remembered.write_bytes(note.Note(f"{text[0]}\n{text[1]}\n{'A' * 43}=\n", forged.signatures).to_bytes())
        said = Terminal().run("verify", other, "--trust", root, "--checkpoint", remembered)
        assert said.code == 7
        assert "10. Growth of the log: FAILED" in said.out


def test_an_export_of_a_witnessed_log_is_believed_by_who_demands_witnesses(sqlite_stock: Stock, tmp_path: Path) -> None:
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as home:
        keys = witnessing.log_keys(home)
        with (
            witnessing.running(tmp_path / "1", "w.example/1", keys) as one,
            witnessing.running(tmp_path / "2", "w.example/2", keys) as two,
        ):
            lines = [f"{each.key.to_text()} {address}" for each, address in (one, two)]
            with (home.settings.home / "accession.toml").open("a") as file:
                file.write(f"witnesses = {json.dumps(lines)}\nwitnesses_needed = 2\n")  # noqa: TID251 - TOML's own
            label = release(home, {}, 0)
        named = [part for each in (one, two) for part in ("--witness", each[0].key.to_text())]
        assert len(note.parse(LogFolder(home.settings.log_folder).checkpoint() or b"").signatures) == 3
        assert Terminal(home.settings.home, "otto").run("releases", "export", label, tmp_path / "export").code == 0
        said = verified(home, tmp_path / "export", tmp_path / "remembered", *named)
        assert any(line.endswith("cosigned by w.example/1, w.example/2") for line in said)
