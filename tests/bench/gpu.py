"""How fast a GPU blurs, and what holds it back: opening files, copying pictures to it, computing, or writing.

Each part is measured alone, on the same photographs (those of scikit-image at the size of ILSVRC-2012's); the slowest
of them is the limit, and the last line says how close the whole comes to it. Without a GPU there is one line.
"""

import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from blurring import detectors, pipeline, recipe
from blurring.detectors import views
from blurring.engines import Item, Shard
from blurring.engines.work import THREADS_MAX, Workbench
from blurring.errors import BlurringError
from blurring.pictures import upright_rgb
from blurring.pipeline import Opened
from tests.bench import blurring

DEVICE = "cuda:0"
COUNT = 512
ROUNDS = 3


def run() -> list[str]:
    """The lines."""
    wanted = recipe.named("centerface").model_copy(update={"second_look": None})
    try:
        detector = detectors.open(wanted, DEVICE)
    except BlurringError as error:
        return [f"no GPU: {error}"]
    data = blurring.photographs(COUNT)
    with ThreadPoolExecutor(min(THREADS_MAX, os.cpu_count() or 1)) as threads:
        opened = [file for file in threads.map(pipeline.opened, data) if isinstance(file, Opened)]
        images = [upright_rgb(file.picture) for file in opened]
        found = pipeline.looked(opened, detector)
        parts: dict[str, Callable[[], object]] = {
            "decoding": lambda: list(threads.map(pipeline.opened, data)),
            "copying": lambda: _copied(images),
            "looking": lambda: detector.detect_batch(images),
            "writing": lambda: list(threads.map(partial(pipeline.finished, recipe=wanted), opened, found)),
        }
        rates = {name: COUNT / _seconds(part) for name, part in parts.items()}
    whole = COUNT / _whole(data, Workbench(wanted, DEVICE, _forgotten, detector))
    slowest = min(rates, key=rates.__getitem__)
    told = ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
    return [
        f"photographs a second, each part alone, batches of {detector.batch}: {told}",
        f"all together: {whole:.0f} a second, {whole / rates[slowest]:.0%} of what {slowest} alone allows",
    ]


def _copied(images: list[np.ndarray]) -> None:
    """What the first look needs on the GPU is there."""
    import onnxruntime  # noqa: PLC0415 - an optional extra

    for image in images:
        onnxruntime.OrtValue.ortvalue_from_numpy(views.canvas(image), "cuda", 0)


def _whole(data: list[bytes], bench: Workbench) -> float:
    """Seconds for a shard with these files."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - for this alone

    with TemporaryDirectory() as folder:
        items = []
        for number, one in enumerate(data):
            path = f"{folder}/{number:04}.jpg"
            with open(path, "wb") as file:  # noqa: PTH123 - a name, not a path
                file.write(one)
            items.append(Item(path, path, hashlib.sha256(one).hexdigest()))
        return _seconds(lambda: bench.done(Shard("bench", tuple(items))))


def _seconds(work: Callable[[], object]) -> float:
    """Wall time of the quickest round."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _forgotten(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
