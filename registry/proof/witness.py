"""May a tree head be cosigned? The answer of a witness to one add-checkpoint request (C2SP tlog-witness).

A witness remembers the last tree head that it cosigned for each log, and cosigns only what extends it. Refuses logs
that it was not told of, smaller trees, and second histories; what it remembers is on the disk before it answers.
"""

import base64
import binascii
import fcntl
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import checkpoint, inclusion, merkle, note
from registry.proof.checkpoint import Checkpoint
from registry.proof.inclusion import MAX_SIZE
from registry.proof.note import Note, NoteKey, Signature

ADD_CHECKPOINT = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
MAX_REQUEST_BYTES = 64 * 1024
MAX_HASHES = 63

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})\Z", re.ASCII).match
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n\Z").match

Logs = Mapping[str, Sequence[NoteKey]]
"""The keys of every log that is witnessed, by its origin."""
Cosign = Callable[[Checkpoint], Signature]
"""Makes the cosignature of a tree head, as of now."""


class Request(NamedTuple):
    """What is asked of a witness: from which size on, the consistency path, and the signed tree head."""

    old_size: int
    path: tuple[bytes, ...]
    signed: Note

    def to_bytes(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(each).decode() for each in self.path), "", ""]
        return "\n".join(lines).encode() + self.signed.to_bytes()


class Answer(NamedTuple):
    """What the witness says: an HTTP status, a body and its type."""

    status: int
    body: bytes
    media_type: str = TEXT_TYPE


class Memory:
    """What a witness remembers, one file for each log, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, origin: str) -> bytes | None:
        """The signed note that was cosigned last for this log; None where none was."""
        file = self._file(origin)
        return file.read_bytes() if file.exists() else None

    @contextmanager
    def alone(self, origin: str) -> Iterator[None]:
        """Nobody else reads or changes what is remembered of this log until the block ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._file(origin).with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def remember(self, origin: str, signed: Note) -> None:
        """This is the newest; it is on the disk when this returns."""
        file = self._file(origin)
        fresh = file.with_suffix(".new")
        with fresh.open("wb") as out:
            out.write(signed.to_bytes())
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _file(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()}.checkpoint"


def parse(body: bytes) -> Request:
    """The untrusted body of an add-checkpoint request.

    Raises:
        InvalidInputError: it is none.
    """
    head, blank, signed = body.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    old = _OLD(lines[0])
    if not blank or old is None or int(old[1]) > MAX_SIZE or len(lines) > MAX_HASHES + 1:
        raise InvalidInputError("This is no request to add a checkpoint.")
    try:
        path = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
    except (binascii.Error, ValueError) as problem:
        raise InvalidInputError("A line of the consistency proof is not base64.") from problem
    request = Request(int(old[1]), path, note.parse(signed))
    if request.to_bytes() != body or any(len(each) != merkle.HASH_BYTES for each in path):
        raise InvalidInputError("The request to add a checkpoint is not in its canonical form.")
    return request


def parse_size(body: bytes) -> int:
    """The size in the body of a witness's `409 Conflict`.

    Raises:
        InvalidInputError: it holds none.
    """
    found = _SIZE(body)
    if found is None:
        raise InvalidInputError("The witness refuses without saying which size it has seen.")
    return int(found[1])


def answer(body: bytes, logs: Logs, memory: Memory, cosign: Cosign) -> Answer:
    """What the witness says to the request; cosigned only if it extends what was cosigned before."""
    try:
        request = parse(body)
        head = checkpoint.parse_text(request.signed.text)
    except InvalidInputError as problem:
        return _refusal(400, problem.sentence)
    if head.origin not in logs:
        return _refusal(404, "This witness does not know the log.")
    try:
        request.signed.signers(logs[head.origin])
    except NotVerifiedError as problem:
        return _refusal(403, problem.sentence)
    if request.old_size > head.size:
        return _refusal(400, "The old tree is larger than the new one.")
    with memory.alone(head.origin):
        return _judged(request, head, memory, cosign)


def _judged(request: Request, head: Checkpoint, memory: Memory, cosign: Cosign) -> Answer:
    """The answer, while nobody else can change what is remembered."""
    newest = memory.newest(head.origin)
    before = Checkpoint(head.origin, 0, merkle.EMPTY_ROOT)
    if newest is not None:
        before = checkpoint.parse_text(note.parse(newest).text)
    if request.old_size != before.size:
        return Answer(409, b"%d\n" % before.size, SIZE_TYPE)
    if head.size == before.size and head.root != before.root:
        return _refusal(409, "Another tree of this size was cosigned before.")
    try:
        inclusion.check_consistency(before.size, before.root, head.size, head.root, request.path)
    except NotVerifiedError as problem:
        return _refusal(422, problem.sentence)
    signature = cosign(head)
    signatures = tuple(each for each in request.signed.signatures if each.name == head.origin)
    memory.remember(head.origin, Note(request.signed.text, (*signatures, signature)))
    return Answer(200, signature.line().encode())


def _refusal(status: int, sentence: str) -> Answer:
    return Answer(status, f"{sentence}\n".encode())
