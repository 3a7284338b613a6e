import http.client
import re
import signal
import socket
from pathlib import Path

import pytest

from cli.witness import Witness
from registry import peers
from registry.errors import InvalidInputError
from registry.proof import checkpoint, note, witness
from tests.factories import programs, witnessing
from tests.factories.logs import Log
from tests.factories.terminal import Terminal

NAME = "w.example/1"


def log_key(log: Log) -> note.NoteKey:
    """The key of the log."""
    [key] = note.log_keys(log.origin, [log.signer.key])
    return key


def body_of(log: Log) -> bytes:
    """The first thing that the log asks of a witness."""
    return witness.Request(0, (), note.parse(log.checkpoint())).to_bytes()


@pytest.fixture
def log() -> Log:
    """A log with something in it."""
    made = Log()
    made.append([b"one", b"two"])
    return made


def test_the_key_is_made_once_and_only_its_public_half_is_shown(tmp_path: Path) -> None:
    words = ("log", "witness", tmp_path / "w", "--name", NAME, "--show-key")
    first, second = Terminal().run(*words), Terminal().run(*words)
    assert (first.code, first.out) == (0, second.out)
    assert note.key_from_text(first.out.strip()).name == NAME
    [file] = (tmp_path / "w" / "keys").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_without_a_log_there_is_nothing_to_witness(tmp_path: Path, log: Log) -> None:
    words = ("log", "witness", tmp_path / "w", "--name", NAME)
    assert Terminal().run(*words).code == 2
    one = Witness(tmp_path / "w", NAME, {})
    assert Terminal().run(*words, "--log", one.key.to_text()).code == InvalidInputError.exit_code
    assert Terminal().run(*words, "--log", log_key(log).to_text() + "x").code == InvalidInputError.exit_code


def test_it_answers_over_http_and_to_nothing_else(tmp_path: Path, log: Log) -> None:
    with witnessing.running(tmp_path / "w", NAME, [log_key(log)]) as (one, address):
        reply = peers.ask(address + "/add-checkpoint", body_of(log), max_bytes=10_000)
        assert reply.status == 200
        checkpoint.cosigned_at(note.parse(log.checkpoint() + reply.body), one.key)
        reply = peers.ask(address + "/add-checkpoint", b"garbage", max_bytes=10_000)
        assert (reply.status, reply.media_type) == (400, "text/plain")
        assert peers.ask(address + "/elsewhere", b"", max_bytes=10_000).status == 404
        assert peers.ask(address + "/add-checkpoint", max_bytes=10_000).status == 501
        assert peers.ask(address + "/add-checkpoint", bytes(70_000), max_bytes=10_000).status == 413


@pytest.mark.parametrize("length", ["-1", "x", "٣", "999999999"])
def test_a_length_that_is_none_is_refused_at_once(tmp_path: Path, log: Log, length: str) -> None:
    with witnessing.running(tmp_path / "w", NAME, [log_key(log)]) as (_, address):
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def test_one_connection_serves_several_requests(tmp_path: Path, log: Log) -> None:
    with witnessing.running(tmp_path / "w", NAME, [log_key(log)]) as (_, address):
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
        for status in (200, 409):
            connection.request("POST", "/add-checkpoint", body_of(log))
            response = connection.getresponse()
            assert response.status == status
            response.read()
        connection.close()


@pytest.mark.slow
def test_killed_and_started_again_it_remembers(tmp_path: Path, log: Log) -> None:
    port = programs.free_port()
    words = (
        "log",
        "witness",
        str(tmp_path / "w"),
        "--name",
        NAME,
        "--log",
        log_key(log).to_text(),
        "--port",
        str(port),
    )
    statuses = []
    for end in (signal.SIGKILL, signal.SIGTERM):
        with programs.running(tmp_path, *words) as process:
            assert process.stdout is not None
            assert note.key_from_text(process.stdout.readline().strip()).name == NAME
            assert re.fullmatch(rf"Listening on http://127\.0\.0\.1:{port}/add-checkpoint\n", process.stdout.readline())
            reply = peers.ask(f"http://127.0.0.1:{port}/add-checkpoint", body_of(log), max_bytes=10_000)
            statuses.append((reply.status, reply.body if reply.status == 409 else b""))
            process.send_signal(end)
            process.wait(30)
    assert statuses == [(200, b""), (409, b"2\n")]
    assert process.returncode == 0
