"""Whose fault is it when work on a picture ends in a way that nobody foresaw?

Answers: the picture's, if it happens every time that it is tried, and the others go on; everybody's, if a blank picture
meets the same, or so many in a row do that chance does not explain it, and then the run ends. Refuses to repeat what
the exception says: a library may put what it was given into its words, so only its kind and its place are told.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from blurring import pipeline
from blurring.engines import Fault, Item, ItemResult, ShardResult
from blurring.errors import BlurringError, EngineError, UnforeseenError
from blurring.pipeline import Action

# The second time, memory that others had taken may be free again.
TRIES: Final = 2
# A run in which so many pictures in a row meet the same would lose all of them.
ROW_MAX: Final = 100

T = TypeVar("T")


def tried(attempt: Callable[[], T], tries: int = TRIES) -> T | Fault:
    """What the attempt gives, or the fault when it met one every time.

    Raises:
        BlurringError: the attempt raised it; whoever wrote that foresaw it.
    """
    try:
        return attempt()
    except BlurringError:
        raise
    except Exception as error:  # noqa: BLE001 - a library may raise anything; it is told, and excludes the picture
        fault = _of(error)
    return tried(attempt, tries - 1) if tries > 1 else fault


def blamed(item: Item, fault: Fault) -> ItemResult:
    """The result of a picture that cannot be worked on because of a fault."""
    return ItemResult(item.path, pipeline.failed(UnforeseenError(f"{item.path} meets {fault.said}")), fault=fault)


def watched(arriving: Iterable[ShardResult]) -> Iterator[ShardResult]:
    """The results as they arrive, each kind of fault logged once; a row of faults is kept back until it ends.

    Raises:
        EngineError: the fault is not the pictures'. What was kept back is not reported, so it will be done again.
    """
    seen: set[Fault] = set()
    row, kept_back = _Row(), list[ShardResult]()
    for result in arriving:
        for item in result.items:
            if item.fault is not None and item.fault not in seen:
                seen.add(item.fault)
                _log(item.fault)
            row.add(item)
        kept_back.append(result)
        if row.count == 0:
            yield from kept_back
            kept_back.clear()
    yield from kept_back


@dataclass(slots=True)
class _Row:
    """How many pictures in a row met the same fault."""

    fault: Fault | None = None
    count: int = 0

    def add(self, item: ItemResult) -> None:
        """One more picture; one that failed for a reason of its own says nothing about the others."""
        if item.fault is None:
            if item.outcome.action is not Action.FAILED:
                self.fault, self.count = None, 0
            return
        self.count = self.count + 1 if item.fault == self.fault else 1
        self.fault = item.fault
        if item.fault.is_general:
            raise _not_theirs("faces cannot be looked for, not even in a blank picture", item.fault)
        if self.count == ROW_MAX:
            raise _not_theirs(f"{ROW_MAX} pictures in a row met the same, so it is not their fault", item.fault)


def _not_theirs(what: str, fault: Fault) -> EngineError:
    return EngineError(f"{what}: {fault.said}; the log has its trace")


def _of(error: Exception) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}"
    return Fault(type(error).__name__, place, "".join(traceback.format_list(frames)))


def _log(fault: Fault) -> None:
    import structlog  # noqa: PLC0415 - workers import this module too, and never log

    structlog.get_logger().error("picture.unforeseen", kind=fault.kind, place=fault.place, trace=fault.trace)
