"""A folder in, a folder out: every picture blurred, cleaned or copied, and every one accounted for.

Answers: how is a folder worked through so that it can be stopped at any point and goes on where it was? A file is
in the target, whole, before its line is in the report; what has a line is not done again. Pictures that failed
are in the report and not in the target: nothing unblurred slips through.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from blurring import report
from blurring.engines import Item, ItemResult, Refused, Shard, ShardResult
from blurring.errors import EngineError, ReportError, SourceChangedError
from blurring.pipeline import Action, failed
from blurring.recipe import Recipe
from blurring.report import ReportLine, Zone

SHARD_ITEMS: Final = 32
STORE: Final = ".accession-blur"


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
        store.mkdir(exist_ok=True)
        # Not the process: two machines may share the folder, and a process number.
        draft = store / f"{digest}.{secrets.token_hex(8)}"
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(store / digest)
        return digest


@dataclass(slots=True)
class FolderJob:
    """One folder's work, and how far it is.

    Attributes:
        target: where pictures go; made if it is not there.
        report_file: one line per picture, written as they are done; read to go on.
        recipe: what to do.
        device: where faces are looked for.
        counts: how many pictures there are of each action, those of earlier runs too.
        faces: how many faces were blurred.
        doubtful: how many pictures hold what may be a face and was left.
        remarks: how the device fared, each sentence once, in their order.
    """

    target: Path
    report_file: Path
    recipe: Recipe
    device: str
    counts: Counter[Action] = field(default_factory=Counter)
    faces: int = 0
    doubtful: int = 0
    remarks: dict[str, None] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    def resume(self) -> None:
        """Learn from the report, if there is one, what is done.

        Raises:
            ReportError: it is none, or of another recipe: two recipes never mix in one folder.
            EngineError: target or report cannot be used.
        """
        digest = self.recipe.digest()
        with _storage():
            self.target.mkdir(parents=True, exist_ok=True)
            self.report_file.touch()
            for line in report.read(self.report_file):
                if line.recipe != digest:
                    raise ReportError(f"{self.report_file.name} was begun with another recipe")
                self._count(line)
            os.truncate(self.report_file, report.whole_bytes(self.report_file))

    def run(self, work: Iterable[Item | Refused], engine: Runner) -> Iterator[int]:
        """Work through what is not done; the number of pictures done, now and then.

        Raises:
            EngineError: the target cannot be written.
        """
        waiting: dict[str, Shard] = {}
        with _storage(), self.report_file.open("ab") as file:
            for result in engine(self._shards(work, waiting, file)):
                shard = waiting.pop(result.id)
                self.remarks.update(dict.fromkeys(result.remarks))
                self._write(file, [self._placed(*pair) for pair in zip(shard.items, result.items, strict=True)])
                yield self.counts.total()
        shutil.rmtree(self.target / STORE, ignore_errors=True)

    def _shards(self, work: Iterable[Item | Refused], waiting: dict[str, Shard], file: BinaryIO) -> Iterator[Shard]:
        """What is left of the work, in shards; what is refused gets its line here."""
        batch: list[Item] = []
        for thing in work:
            if thing.path in self._done:
                continue
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

    def _write(self, file: BinaryIO, lines: list[ReportLine]) -> None:
        file.writelines(line.model_dump_json().encode() + b"\n" for line in lines)
        file.flush()
        for line in lines:
            self._count(line)

    def _count(self, line: ReportLine) -> None:
        self._done.add(line.path)
        self.counts[line.action] += 1
        zones = [box.zone for box in line.boxes]
        self.faces += zones.count(Zone.BLUR)
        self.doubtful += Zone.REVIEW in zones

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


@contextlib.contextmanager
def _storage() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(f"the target cannot be written: {error.strerror or error}") from error
