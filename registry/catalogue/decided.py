"""What is known about the faces of images, written down so that a build can stand on it: one line per image.

The lines are canonical JSON (RFC 8785), in the order of the images' SHA-256, each with LF: equal knowledge has equal
bytes, and one digest. `docs/formats/faces.md` is the form for others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from registry.errors import InvalidInputError
from registry.proof import canonical

Place = tuple[int, int, int, int]
"""Left, top, right, bottom: half-open pixels of the picture as stored."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided about one image.

    Attributes:
        faces: are blurred.
        left: are no faces, or are elsewhere; they are not blurred.
        hidden: what a second look finds here is hidden well enough.
        proposed: one person says that a blur goes away here; nothing follows until another one does, so that it is
            not written down for builds.
    """

    faces: tuple[Place, ...] = ()
    left: tuple[Place, ...] = ()
    hidden: tuple[Place, ...] = ()
    proposed: tuple[Place, ...] = ()

    @property
    def places(self) -> frozenset[Place]:
        """Everywhere that anything was said."""
        return frozenset((*self.faces, *self.left, *self.hidden, *self.proposed))

    @property
    def is_obeyed(self) -> bool:
        """Whether a build has anything to obey."""
        return bool(self.faces or self.left or self.hidden)


NOTHING = Decided()


def write(decided: Mapping[str, Decided], out: BinaryIO) -> None:
    """The lines of what was decided, by the SHA-256 of the images."""
    out.writelines(canonical.canonical_bytes(_line(sha256, decided[sha256])) + b"\n" for sha256 in sorted(decided))


def read(lines: Iterable[bytes]) -> dict[str, Decided]:
    """What `write` has written.

    Raises:
        InvalidInputError: a line is none of these.
    """
    return dict(_read(lines))


def _read(lines: Iterable[bytes]) -> Iterator[tuple[str, Decided]]:
    for number, line in enumerate(lines, start=1):
        try:
            said = canonical.parse_object(line)
            yield str(said["sha256"]), Decided(*(_places(said[name]) for name in ("faces", "left", "hidden")))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInputError(f"Line {number} is not about the faces of an image.") from error


def _line(sha256: str, said: Decided) -> dict[str, canonical.JsonValue]:
    return {
        "sha256": sha256,
        **{name: [list(place) for place in sorted(getattr(said, name))] for name in ("faces", "left", "hidden")},
    }


def _places(value: canonical.JsonValue) -> tuple[Place, ...]:
    if not isinstance(value, list):
        raise TypeError("places are a list")
    return tuple((int(left), int(top), int(right), int(bottom)) for left, top, right, bottom in value)
