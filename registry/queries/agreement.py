"""What follows from what people have said about one place of a picture?

Blurring needs one person. Taking a blur away shows somebody's face to everyone who gets the release, so it needs two:
the first who says that there is no face proposes it, and it counts once somebody else has said so too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from registry.models.faces import FaceVerdict

PEOPLE_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts about a place, and what waits for a second person.

    Attributes:
        verdict: what every later build obeys; None while nothing does.
        proposed: what one person has said since, and nobody else; None for nothing.
        by: who has said it.
    """

    verdict: FaceVerdict | None = None
    proposed: FaceVerdict | None = None
    by: UUID | None = None


def settled(words: Iterable[tuple[FaceVerdict, UUID]]) -> Settled:
    """What follows from these words about one place, the oldest first, each with who said it.

    A word that makes nothing visible counts at once and ends what was proposed. Whoever repeats their own word adds
    nothing to it.
    """
    now = Settled()
    for verdict, person in words:
        if verdict is now.verdict or not _shows(verdict, now):
            now = Settled(verdict)
        elif verdict is not now.proposed:
            now = Settled(now.verdict, verdict, person)
        elif person != now.by:
            now = Settled(verdict)
    return now


def _shows(verdict: FaceVerdict, now: Settled) -> bool:
    """Whether the word would take a blur away: of what is no face, or of a face that is called hidden by now."""
    match verdict:
        case FaceVerdict.FACE:
            return False
        case FaceVerdict.HIDDEN:
            return now.verdict is FaceVerdict.FACE
        case FaceVerdict.NO_FACE:
            return True
