"""What did people say when they looked again? ReaL's sets of labels, and votes on labels that may be wrong.

ReaL (Beyer et al. 2020): a list with the classes of each validation image, as indices in sorted wnids from 0. Votes
(Northcutt et al. 2021): for each candidate, how many people chose the given label, the guessed one, both or neither.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from registry.errors import InvalidInputError, NotFoundError

MAX_FILE_BYTES = 1 << 28
REAL_CLASSES = 1000


class Answers(BaseModel):
    """How many people chose which answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: int
    guessed: int
    both: int
    neither: int

    @property
    def is_confirmed_wrong(self) -> bool:
        """Whether most people did not choose the given label."""
        return 2 * self.given < self.given + self.guessed + self.both + self.neither


class Candidate(BaseModel):
    """An image whose label may be wrong; what else the file says of it is left aside."""

    model_config = ConfigDict(frozen=True)

    id: int
    given_original_label: int
    our_guessed_label: int
    mturk: Answers


@dataclass(frozen=True)
class Judged:
    """Exactly one of both.

    Attributes:
        sets: the classes of each image, in the order of the images; null in a file of votes.
        candidates: what was voted on; null in a file of sets.
    """

    sets: tuple[tuple[int, ...], ...] | None = None
    candidates: tuple[Candidate, ...] | None = None


_SETS: TypeAdapter[tuple[tuple[int, ...], ...]] = TypeAdapter(tuple[tuple[int, ...], ...])
_CANDIDATES: TypeAdapter[tuple[Candidate, ...]] = TypeAdapter(tuple[Candidate, ...])


def read(file: Path) -> Judged:
    """What a JSON file of sets or of votes says.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is neither; the sentence names the first place that is wrong.
    """
    data = _loaded(file)
    is_sets = isinstance(data, list) and all(isinstance(item, list) for item in data)
    try:
        if not is_sets:
            return Judged(candidates=_CANDIDATES.validate_python(data))
        sets = _SETS.validate_python(data, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the start"
        raise InvalidInputError(f"{file.name} is wrong at {place}: {first['msg']}.") from error
    for image, classes in enumerate(sets, start=1):
        if len(set(classes)) != len(classes) or not all(0 <= number < REAL_CLASSES for number in classes):
            raise InvalidInputError(f"{file.name} gives image {image} a class twice, or one that does not exist.")
    return Judged(sets=sets)


def _loaded(file: Path) -> object:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInputError(f"{file.name} is larger than {MAX_FILE_BYTES:,} bytes.")
        return json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {file}.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{file.name} cannot be read as JSON.") from error
