"""A folder in, a folder out: every picture blurred, cleaned or copied, and every one accounted for.

Answers: how is a folder worked through so that it can be stopped at any point and goes on where it was? A file is
in the target, whole, before its line is in the report; what has a line is not done again. Pictures that failed
are in the report and not in the target: nothing unblurred slips through.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from blurring import report
from blurring.engines import Item, ItemResult, Shard, ShardResult
from blurring.errors import EngineError, ReportError, SourceChangedError
from blurring.pipeline import Action, failed
from blurring.recipe import Recipe
from blurring.report import ReportLine

SHARD_ITEMS: Final = 64
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
        draft = store / f"{digest}.{os.getpid()}"
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
    """

    target: Path
    report_file: Path
    recipe: Recipe
    device: str
    _done: dict[str, str | None] = field(default_factory=dict)

    def resume(self) -> int:
        """Learn from the report what is done; the number of pictures.

        Raises:
            ReportError: the report is none, or of another recipe: two recipes never mix in one folder.
        """
        self.target.mkdir(parents=True, exist_ok=True)
        if not self.report_file.exists():
            return 0
        digest = self.recipe.digest()
        for line in report.read(self.report_file):
            if line.recipe != digest:
                raise ReportError(f"{self.report_file.name} was begun with another recipe")
            self._done[line.path] = line.sha256
        os.truncate(self.report_file, report.whole_bytes(self.report_file))
        return len(self._done)

    def run(self, items: Iterable[Item], engine: Runner) -> Iterator[ReportLine]:
        """Work through what is not done; every line as it is written.

        Raises:
            EngineError: the target cannot be written.
        """
        waiting: dict[str, Shard] = {}
        try:
            with self.report_file.open("ab") as file:
                for result in engine(self._shards(items, waiting)):
                    shard = waiting.pop(result.id)
                    lines = [self._placed(item, r) for item, r in zip(shard.items, result.items, strict=True)]
                    file.writelines(line.model_dump_json().encode() + b"\n" for line in lines)
                    file.flush()
                    yield from lines
        except OSError as error:
            raise EngineError(f"the target cannot be written: {error.strerror or error}") from error
        shutil.rmtree(self.target / STORE, ignore_errors=True)

    def refuse(self, path: str, sha256: str | None, code: str) -> ReportLine | None:
        """The line of a file that is not worked on at all; None when it has one."""
        if path in self._done:
            return None
        line = ReportLine(
            path=path, sha256=sha256, action=Action.FAILED, code=code, recipe=self.recipe.digest(), device=self.device
        )
        with self.report_file.open("ab") as file:
            file.write(line.model_dump_json().encode() + b"\n")
        return line

    def _shards(self, items: Iterable[Item], waiting: dict[str, Shard]) -> Iterator[Shard]:
        left = (item for item in items if item.path not in self._done)
        number = 0
        while batch := tuple(islice(left, SHARD_ITEMS)):
            shard = waiting[str(number)] = Shard(str(number), batch)
            yield shard
            number += 1

    def _placed(self, item: Item, result: ItemResult) -> ReportLine:
        """The line of a result whose file is in the target by now."""
        outcome = result.outcome
        if outcome.action is not Action.FAILED:
            try:
                self._place(item, result)
            except SourceChangedError as error:
                result = ItemResult(item.path, failed(error))
        return report.line(item, result, self.recipe.digest(), self.device)

    def _place(self, item: Item, result: ItemResult) -> None:
        final = self.target / item.path
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = final.with_name(f".{os.getpid()}.draft")
        source = Path(item.file) if result.output_sha256 is None else self.target / STORE / result.output_sha256
        try:
            data = source.read_bytes()
            if hashlib.sha256(data).hexdigest() != (result.output_sha256 or item.sha256):
                raise SourceChangedError(f"{item.path} is not what was looked at")
            draft.write_bytes(data)
            draft.replace(final)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
