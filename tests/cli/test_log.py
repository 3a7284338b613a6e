import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from registry.proof import logproof, note
from registry.services import transparency
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import homes, rows, witnessing
from tests.factories.homes import Stage, Stock
from tests.factories.terminal import Terminal


@pytest.fixture
def home(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home whose log has a signed tree head over three leaves."""
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as opened:
        yield opened


def grow(home: Home, count: int = 1) -> None:
    """More leaves, and a tree head over them."""
    with homes.act(home, "mara") as act:
        for number in range(count):
            transparency.append(act, "release", rows.DIGEST, f"a/b/{number}", ["because"])
    checkpoints.sign_checkpoint(Station(home), "log")


def words(home: Home, command: str, *more: str | Path) -> tuple[str | Path, ...]:
    """A command about the log of this home."""
    root = home.settings.trust_folder / "1.root.json"
    return ("log", command, home.settings.log_folder, *more, "--trust", root)


def test_a_whole_log_is_checked_and_one_that_was_touched_is_not_verified(home: Home) -> None:
    said = Terminal().run(*words(home, "verify"))
    assert said.code == 0
    assert said.out.startswith(f"VERIFIED: the log {home.settings.log_origin}, 3 entries: 2 policy, 1 root")
    found = json.loads(Terminal().run(*words(home, "verify", "--json")).out)
    assert (found["size"], found["kinds"]) == (3, {"policy": 2, "root": 1})
    tile = home.settings.log_folder / "tile/0/000.p/3"
    tile.write_bytes(bytes(96))
    assert Terminal().run(*words(home, "verify")).code == 7


def test_a_log_of_somebody_else_is_not_believed(home: Home, tmp_path: Path) -> None:
    homes.create(tmp_path / "other")
    other = tmp_path / "other" / "trust" / "1.root.json"
    assert Terminal().run("log", "verify", home.settings.log_folder, "--trust", other).code == 7
    assert Terminal().run("log", "verify", tmp_path / "other", "--trust", other).code == 3
    assert Terminal().run("log", "verify", tmp_path / "nowhere", "--trust", other).code == 3


def test_an_entry_is_proved_by_its_label_or_number(home: Home, tmp_path: Path) -> None:
    grow(home, 2)
    file = tmp_path / "proof"
    said = Terminal().run(*words(home, "prove", "a/b/1", "--to", file))
    assert said.out == f"Entry 4 of the log {home.settings.log_origin}, 5 entries: {file}\n"
    entry = logproof.parse(file.read_bytes()).check(witnessing.log_keys(home), 1)
    assert (entry.kind, entry.label, entry.reasons) == ("release", "a/b/1", ("because",))
    assert Terminal().run(*words(home, "prove", "2", "--to", file)).code == 0
    assert logproof.parse(file.read_bytes()).number == 2
    assert Terminal().run(*words(home, "prove", "5", "--to", file)).code == 7
    assert Terminal().run(*words(home, "prove", "a/b/9", "--to", file)).code == 3
    policy = ("--kind", "policy", "--to", file)
    with home.reading() as session:
        label = logproof.parse_entry(transparency.entries(session, 0, 1)[0]).label
    assert Terminal().run(*words(home, "prove", label, *policy)).code == 0


def test_a_monitor_tells_what_is_new_and_refuses_a_changed_log(home: Home, tmp_path: Path) -> None:
    remembered = ("--checkpoint", tmp_path / "remembered")
    first = Terminal().run(*words(home, "monitor", *remembered))
    assert [line.split()[0] for line in first.out.splitlines()[1:-1]] == ["0", "1", "2"]
    grow(home)
    second = json.loads(Terminal().run(*words(home, "monitor", *remembered, "--json")).out)
    assert (second["since"], second["size"], second["entries"][0]["label"]) == (3, 4, "a/b/0")
    third = Terminal().run(*words(home, "monitor", *remembered))
    assert (
        third.out
        == f"Nothing is new.\nThe log {home.settings.log_origin} grew from 4 to 4 entries; nothing was changed.\n"
    )
    before = (tmp_path / "remembered").read_bytes()
    text = before.decode().replace("\n4\n", "\n3\n")
    (tmp_path / "remembered").write_text(text)
    assert Terminal().run(*words(home, "monitor", *remembered)).code == 7
    assert (tmp_path / "remembered").read_text() == text


def test_a_mirror_follows_its_log_and_can_be_verified_by_itself(home: Home, tmp_path: Path) -> None:
    root = home.settings.trust_folder / "1.root.json"
    for count in (1, 300):
        grow(home, count)
        said = Terminal().run(*words(home, "mirror", tmp_path / "mirror"))
        assert said.code == 0, said.err
        verified = Terminal().run("log", "verify", tmp_path / "mirror", "--trust", root)
        assert verified.code == 0, verified.err
    assert (tmp_path / "mirror/checkpoint").read_bytes() == (home.settings.log_folder / "checkpoint").read_bytes()


def test_a_mirror_keeps_nothing_of_a_log_that_lies(home: Home, tmp_path: Path) -> None:
    grow(home)
    bundle = home.settings.log_folder / "tile/entries/000.p/4"
    bundle.write_bytes(bundle.read_bytes().replace(b"because", b"becouse"))
    assert Terminal().run(*words(home, "mirror", tmp_path / "mirror")).code == 7
    assert [path for path in (tmp_path / "mirror").rglob("*") if path.is_file()] == []


def test_a_mirror_of_another_log_is_left_alone(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    own = note.Note("other.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", ())
    (tmp_path / "mirror/checkpoint").write_bytes(own.to_bytes() + "— x AAAAAAA=\n".encode())
    said = Terminal().run(*words(home, "mirror", tmp_path / "mirror"))
    assert said.code == 5
    assert "holds another log, other.example/log" in said.err


def test_cosignatures_can_be_demanded(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    with witnessing.running(tmp_path / "1", "w.example/1", keys) as one:
        text = one[0].key.to_text()
        assert Terminal().run(*words(home, "verify", "--witness", text)).code == 7
        assert Terminal().run(*words(home, "verify", "--witness", text, "--witnesses", "0")).code == 0
        witnessing.told(home, [one], 1)
        grow(home)
        assert Terminal().run(*words(home, "verify", "--witness", text)).code == 0


def test_the_log_says_its_keys(home: Home) -> None:
    [key] = witnessing.log_keys(home)
    terminal = Terminal(home.settings.home)
    assert terminal.run("log", "key").out == key.to_text() + "\n"
    assert json.loads(terminal.run("log", "key", "--json").out) == [key.to_text()]


def test_a_log_that_nobody_serves_is_unavailable(home: Home) -> None:
    root = home.settings.trust_folder / "1.root.json"
    assert Terminal().run("log", "verify", "http://127.0.0.1:1/log", "--trust", root).code == 8
