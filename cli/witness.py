"""`accession log witness`: says of other people's logs that they only grew. A small server with one key and a memory.

Whoever runs it needs no registry. It cosigns a tree head only if that extends the last one that it cosigned, which is
on its disk before it answers (C2SP tlog-witness).
"""

import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

import click

from registry import clock
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import note, sign
from registry.proof import witness as rules
from registry.proof.checkpoint import Checkpoint
from registry.proof.note import ED25519, NoteKey, Signature
from registry.proof.sign import Signer
from registry.proof.witness import Answer, Logs, Memory

ROLE = "witness"
PATIENCE_SECONDS = 10


class Witness:
    """What the witness is: its name, its key, the logs that it knows, and what it remembers."""

    def __init__(self, folder: Path, name: str, logs: Logs) -> None:
        self.name, self.logs = name, logs
        self.signer = _signer(folder)
        self.memory = Memory(folder / "logs")

    @property
    def key(self) -> NoteKey:
        """The public key, as those who trust the witness take it."""
        return note.witness_key(self.name, self.signer.key)

    def add(self, body: bytes) -> Answer:
        """The answer to an add-checkpoint request."""
        return rules.answer(body, self.logs, self.memory, self._cosigned)

    def _cosigned(self, head: Checkpoint) -> Signature:
        return sign.cosignature(self.signer, self.name, head, clock.utc_now())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="The name of this witness, such as witness.example.org/w1.")
@click.option("--log", "texts", multiple=True, metavar="KEY", help="A log to witness, as `accession log key` says.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8091, show_default=True, type=click.IntRange(0, 65535), help="Where to listen.")
@click.option("--show-key", is_flag=True, help="Only say the public key of this witness.")
def witness(folder: Path, name: str, texts: tuple[str, ...], host: str, port: int, *, show_key: bool) -> None:
    """Cosign the tree heads of other logs; key and memory lie in FOLDER, made at the first start."""
    one = Witness(folder, name, _logs(texts))
    click.echo(one.key.to_text())
    if show_key:
        return
    if not one.logs:
        raise click.UsageError("Name at least one log with --log.")
    with server(one, host, port) as running:
        click.echo(f"Listening on http://{host}:{running.server_port}{rules.ADD_CHECKPOINT}")

        def end(number: int, frame: FrameType | None) -> None:
            del number, frame
            threading.Thread(target=running.shutdown).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        running.serve_forever()


def server(one: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """The server of this witness; logs nothing about who asks."""

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "accession-witness", ""

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != rules.ADD_CHECKPOINT:
                self._reply(Answer(HTTPStatus.NOT_FOUND, b"There is nothing here.\n"))
            elif not (length.isascii() and length.isdigit()) or int(length) > rules.MAX_REQUEST_BYTES:
                self.close_connection = True
                self._reply(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"The request is too large.\n"))
            else:
                self._reply(one.add(self.rfile.read(int(length))))

        def log_message(self, *_: object) -> None:
            """Nobody is told who asked."""

        def _reply(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    return ThreadingHTTPServer((host, port), Handler)


def _signer(folder: Path) -> Signer:
    """The key of the witness; made where there is none yet."""
    keys = folder / "keys"
    try:
        return sign.signers(keys, ROLE)[0]
    except NotFoundError:
        sign.create_key(keys, ROLE)
        return sign.signers(keys, ROLE)[0]


def _logs(texts: tuple[str, ...]) -> dict[str, list[NoteKey]]:
    logs: dict[str, list[NoteKey]] = {}
    for text in texts:
        key = note.key_from_text(text)
        if key.kind != ED25519:
            raise InvalidInputError(f"{key.name} is the key of a witness, not of a log.")
        logs.setdefault(key.name, []).append(key)
    return logs
