"""A folder in, a folder out: every picture blurred, cleaned or copied, and every one accounted for.

Answers: how is a folder worked through so that it can be stopped at any point and goes on where it was? A file is
in the target, whole, before its line is in the report; what has a line and a file, from the bytes that the source
has now, is not done again. Pictures that failed are in the report and not in the target: nothing unblurred slips
through. One run at a time works on a target, and files that no report speaks of are nobody's to replace. A run that
ends before its first picture is done leaves nothing behind.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Final, Protocol

from blurring import report
from blurring.account import Account, Told
from blurring.engines import Item, ItemResult, Refused, Shard, ShardResult
from blurring.errors import EngineError, ReportError, SourceChangedError, UnforeseenError, UnreadableError
from blurring.pipeline import Action, failed
from blurring.recipe import Recipe
from blurring.report import ReportLine

SHARD_ITEMS: Final = 32
STORE: Final = ".accession-blur"
# What a disk that was away for a while leaves behind, or what another version may know; such pictures are tried again.
PASSING: Final = frozenset({SourceChangedError.code, UnreadableError.code, UnforeseenError.code})


class Runner(Protocol):
    """An engine that already knows recipe, device and workers."""

    def __call__(self, shards: Iterable[Shard]) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        ...


@dataclass(frozen=True, slots=True)
class StoreSink:
    """Keeps outputs by digest inside the target folder until they get their names."""

    target: str

    def __call__(self, data: bytes) -> str:
        """See `Sink`."""
        digest = hashlib.sha256(data).hexdigest()
        store = Path(self.target) / STORE
        try:
            store.mkdir(exist_ok=True)
            # Not the process: two machines may share the folder, and a process number.
            draft = store / f"{digest}.{secrets.token_hex(8)}"
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(store / digest)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self.target) from error
        return digest


@dataclass(slots=True)
class FolderJob:
    """One folder's work, and how far it is.

    Attributes:
        target: where pictures go; made if it is not there.
        report_file: one line per picture, written as they are done; read to go on.
        recipe: what to do.
        device: where faces are looked for.
        account: what was done to how many pictures, by earlier runs too.
        remarks: how the device fared, each sentence once, in their order.
    """

    target: Path
    report_file: Path
    recipe: Recipe
    device: str
    account: Account = field(default_factory=Account)
    remarks: dict[str, None] = field(default_factory=dict)
    _made: list[Path] = field(default_factory=list)
    _held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def resume(self) -> None:
        """Learn from the report, if there is one, what is done; nobody else works on the target until `run` ends.

        Raises:
            ReportError: it is none, or of another recipe: two recipes never mix in one folder. Or there is none, and
                the target holds files.
            EngineError: target or report cannot be used, or somebody else is working on the target.
        """
        places = (self.report_file, self.target / STORE, self.target, *self.target.parents)
        self._made = [place for place in places if not os.path.lexists(place)]
        with contextlib.ExitStack() as held, self._storage(), self._or_nothing():
            self.target.mkdir(parents=True, exist_ok=True)
            held.enter_context(_alone(self.target))
            self.report_file.touch()
            self._learn()
            (self.target / STORE).mkdir(exist_ok=True)  # who cannot write here is told before anything is looked at
            self._held = held.pop_all()

    def run(self, work: Iterable[Item | Refused], engine: Runner) -> Iterator[int]:
        """Work through what is not done; the number of pictures done, now and then.

        Raises:
            EngineError: the target cannot be written.
        """
        waiting: dict[str, Shard] = {}
        gone = {path for path, told in self.account.items() if told.action is Action.FAILED}
        with self._held, self._storage(), self._or_nothing():
            # Without a buffer, so that nothing is left to be written when the file is closed because the disk is full.
            with self.report_file.open("ab", buffering=0) as file:
                for result in engine(self._shards(_without(gone, work), waiting, file)):
                    self._made.clear()
                    shard = waiting.pop(result.id)
                    self.remarks.update(dict.fromkeys(result.remarks))
                    self._write(file, [self._placed(*pair) for pair in zip(shard.items, result.items, strict=True)])
                    yield len(self.account)
            for path in gone:  # it failed before, and is in the source no more
                self.account.forget(path)
            self._tidy()
            shutil.rmtree(self.target / STORE, ignore_errors=True)

    @contextlib.contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = "report" if error.filename == str(self.report_file) else "target"
            where = f" at {error.filename}" if error.filename else ""
            raise EngineError(f"the {what} cannot be written{where}: {error.strerror or error}") from error

    @contextlib.contextmanager
    def _or_nothing(self) -> Iterator[None]:
        """A run that ends before its first result leaves nothing behind that was not there before."""
        try:
            yield
        except BaseException:
            if self.target / STORE in self._made:
                shutil.rmtree(self.target / STORE, ignore_errors=True)
            for place in self._made:
                with contextlib.suppress(OSError):
                    place.unlink() if place == self.report_file else place.rmdir()
            raise

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        """What cannot be written in the block is the report, which a full disk does not say by itself."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.report_file)) from error

    def _learn(self) -> None:
        digest = self.recipe.digest()
        for line in report.read(self.report_file):
            if line.recipe != digest:
                raise ReportError(f"the report {self.report_file.name} was begun with another recipe")
            self.account.count(line)
        if not len(self.account) and self._holds_others():
            raise ReportError(
                f"the target holds files, and {self.report_file.name} says nothing of them; name an empty one"
            )
        for path in [path for path, told in self.account.items() if not self._stands(path, told)]:
            self.account.forget(path)
        os.truncate(self.report_file, report.whole_bytes(self.report_file))
        self._tidy()

    def _holds_others(self) -> bool:
        """Whether the target holds what no run of ours has put there."""
        names = {path.name for path in self.target.iterdir() if path != self.report_file}
        return bool(names) and STORE not in names

    def _stands(self, path: str, told: Told) -> bool:
        """Whether the target is as the report says of this picture, and it need not be tried again."""
        if told.action is Action.FAILED:
            return told.code not in PASSING
        return (self.target / path).is_file()

    def _tidy(self) -> None:
        """Leave one line for each picture in the report, if there are more."""
        if self.account.lines == len(self.account):
            return
        standing = self.account.standing()
        draft = self.report_file.with_name(f"{self.report_file.name}.draft")
        try:
            with self._reporting(), self.report_file.open("rb") as old, draft.open("wb") as new:
                new.writelines(text for text, is_standing in zip(old, standing, strict=True) if is_standing)
                new.flush()
                os.fsync(new.fileno())
            draft.replace(self.report_file)
        finally:
            draft.unlink(missing_ok=True)
        self.account.tidied()

    def _shards(self, work: Iterable[Item | Refused], waiting: dict[str, Shard], file: FileIO) -> Iterator[Shard]:
        """What is left of the work, in shards; what is refused gets its line here."""
        batch: list[Item] = []
        for thing in work:
            told = self.account.of(thing.path)
            if told is not None:
                if told.sha256 == thing.sha256:
                    continue
                self.account.forget(thing.path)
                (self.target / thing.path).unlink(missing_ok=True)
            if isinstance(thing, Refused):
                self._write(file, [self._refusal(thing)])
                continue
            batch.append(thing)
            if len(batch) == SHARD_ITEMS:
                yield self._shard(waiting, batch)
                batch = []
        if batch:
            yield self._shard(waiting, batch)

    def _shard(self, waiting: dict[str, Shard], batch: list[Item]) -> Shard:
        shard = Shard(batch[0].path, tuple(batch))
        waiting[shard.id] = shard
        return shard

    def _write(self, file: FileIO, lines: list[ReportLine]) -> None:
        text = memoryview(b"".join(line.model_dump_json().encode() + b"\n" for line in lines))
        with self._reporting():
            while text:
                text = text[file.write(text) :]
        for line in lines:
            self.account.count(line)

    def _refusal(self, refused: Refused) -> ReportLine:
        return ReportLine(
            path=refused.path,
            sha256=refused.sha256,
            action=Action.FAILED,
            code=refused.code,
            recipe=self.recipe.digest(),
            device=self.device,
        )

    def _placed(self, item: Item, result: ItemResult) -> ReportLine:
        """The line of a result whose file is in the target by now."""
        outcome = result.outcome
        if outcome.action is not Action.FAILED:
            try:
                self._place(item, result)
            except SourceChangedError as error:
                result = ItemResult(item.path, failed(error))
        return report.line(item, result, self.recipe, self.device)

    def _place(self, item: Item, result: ItemResult) -> None:
        final = self.target / item.path
        final.parent.mkdir(parents=True, exist_ok=True)
        source = Path(item.file) if result.output_sha256 is None else self.target / STORE / result.output_sha256
        data = source.read_bytes()
        if hashlib.sha256(data).hexdigest() != (result.output_sha256 or item.sha256):
            raise SourceChangedError(f"{item.path} is not what was looked at")
        draft = self.target / STORE / f"{os.getpid()}.draft"
        draft.parent.mkdir(exist_ok=True)
        draft.write_bytes(data)
        draft.replace(final)


def _without(gone: set[str], work: Iterable[Item | Refused]) -> Iterator[Item | Refused]:
    """The work, whose paths are not among those that are gone."""
    for thing in work:
        gone.discard(thing.path)
        yield thing


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Nobody else works on this folder while the block lasts, where its file system knows locks."""
    descriptor = os.open(target, os.O_RDONLY)
    try:
        if not _is_locked(descriptor):
            raise EngineError(f"another run is working on {target}; it goes on by itself")
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether this is locked for us now, or cannot be."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
