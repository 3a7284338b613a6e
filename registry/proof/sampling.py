"""Which images does an auditor look at who cannot look at all of them, and what may they say afterwards?

Images are drawn without replacement by a seed that nobody could choose: it comes from what was signed before the
auditor's nonce, the release's root and the public log's tree head over it, and from the nonce, which was drawn after
(docs/formats/sampling.md). Claims
follow the hypergeometric distribution and are rounded against the one who claims.
"""

import math
from dataclasses import dataclass
from hashlib import sha256

from registry.errors import InvalidInputError

MAX_SAMPLE = 1_000_000
STATED_CONFIDENCE = 0.99  # for a sample whose size was given
NONCE_BYTES = 16

_LOG_MARGIN = 1e-6  # lgamma's rounding at fourteen million images is a hundredth of this


@dataclass(frozen=True)
class Everything:
    """Every image is looked at."""

    def limit(self) -> None:
        """Nothing is left out."""


@dataclass(frozen=True)
class One:
    """A single image, by its path."""

    path: str

    def limit(self) -> str:
        """What was looked at instead of everything."""
        return "ONE_IMAGE"


@dataclass(frozen=True)
class Sample:
    """So many images of a release, drawn by a nonce.

    Attributes:
        numbers: the drawn images, counted from 0 in manifest order among the released ones.
        images: how many the release has.
        confidence: how sure the claim is.
        nonce: what the auditor drew; repeats the sample.
    """

    numbers: frozenset[int]
    images: int
    confidence: float
    nonce: bytes

    def limit(self) -> str:
        """What was looked at instead of everything."""
        return f"SAMPLE_OF_{len(self.numbers)}_OF_{self.images}_IMAGES"

    def claim(self) -> str:
        """What may be said when every drawn image was right, and no more than that."""
        bad = undetected(self.images, len(self.numbers), self.confidence)
        if bad == 0:
            return "every image was looked at"
        return (
            f"with {self.confidence:.4%} confidence at most {bad:,} of {self.images:,} images are wrong; "
            f"nonce {self.nonce.hex()}"
        )


Scope = Everything | One | Sample


@dataclass(frozen=True)
class Wish:
    """How much an auditor wants to look at: a number of images, or a claim that decides the number.

    Attributes:
        nonce: `NONCE_BYTES` random bytes, drawn after the release was signed.
        count: how many images; None derives it from the other two.
        confidence, bad_rate: find, this surely, that not even this part of the images is wrong.
    """

    nonce: bytes
    count: int | None = None
    confidence: float = STATED_CONFIDENCE
    bad_rate: float | None = None

    def draw(self, images: int, root: str, checkpoint: str = "") -> Sample:
        """The sample of a release with so many images and this manifest root.

        `checkpoint` is the text of the tree head that the export's log proof carries; empty where it has none.

        Raises:
            InvalidInputError: the wish makes no sense, or asks for too many images.
        """
        if not 0 < self.confidence < 1:
            raise InvalidInputError("A confidence lies between 0 and 1.")
        if self.bad_rate is not None:
            count = needed(images, self.confidence, self.bad_rate)
        else:
            count = min(self.count or 0, images)
        if not 1 <= count <= MAX_SAMPLE:
            raise InvalidInputError(f"A sample has 1 to {MAX_SAMPLE:,} images; check everything instead.")
        return Sample(draw(images, count, seed(root, self.nonce, checkpoint)), images, self.confidence, self.nonce)


def seed(root: str, nonce: bytes, checkpoint: str = "") -> bytes:
    """The 32 bytes that draw a sample: a hash of the signed tree head (if any), the signed root and the nonce."""
    version = "v2" if checkpoint else "v1"
    return sha256(f"accession/sample/{version}\n{checkpoint}{root}\n{nonce.hex()}\n".encode()).digest()


def draw(images: int, count: int, start: bytes) -> frozenset[int]:
    """`count` different numbers below `images`, each set equally likely (Floyd's algorithm)."""
    drawn: set[int] = set()
    stream = _Numbers(start)
    for top in range(images - count, images):
        number = stream.below(top + 1)
        drawn.add(top if number in drawn else number)
    return frozenset(drawn)


def needed(images: int, confidence: float, bad_rate: float) -> int:
    """The least sample that finds a wrong image this surely when at least this part of the images is wrong.

    Raises:
        InvalidInputError: the rate is not between 0 and 1.
    """
    if not 0 < bad_rate < 1:
        raise InvalidInputError("A rate of wrong images lies between 0 and 1.")
    bad = max(1, math.ceil(images * bad_rate))
    low, high = 1, images
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_found(images, bad, middle, confidence) else (middle + 1, high)
    return low


def undetected(images: int, sampled: int, confidence: float) -> int:
    """The most wrong images that a right sample of this size leaves possible at this confidence."""
    low, high = 0, images - sampled
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_found(images, middle + 1, sampled, confidence) else (middle + 1, high)
    return low


def _is_found(images: int, bad: int, sampled: int, confidence: float) -> bool:
    """Whether a sample of this size meets one of the bad images with this probability at least."""
    if bad + sampled > images:
        return True
    log_missed = _log_choose(images - bad, sampled) - _log_choose(images, sampled)
    return log_missed <= math.log1p(-confidence) - _LOG_MARGIN


def _log_choose(total: int, part: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(part + 1) - math.lgamma(total - part + 1)


class _Numbers:
    """Uniform numbers from SHA-256 in counter mode: 8 bytes each, big-endian, rejected where they would be uneven."""

    def __init__(self, start: bytes) -> None:
        self._start, self._counter = start, 0

    def below(self, bound: int) -> int:
        limit = 2**64 - 2**64 % bound
        while True:
            block = sha256(self._start + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
            number = int.from_bytes(block[:8], "big")
            if number < limit:
                return number % bound
