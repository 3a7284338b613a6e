"""How are lists of lines read when some lines are wrong? Each is counted, and what is refused is named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from policies.synsets import is_wnid
from registry.errors import InvalidInputError, NotFoundError

MAX_LINE_BYTES = 1 << 16
# A file that is something else altogether would be refused line by line, millions of times.
MAX_REFUSALS = 1000


@dataclass(frozen=True)
class Refusal:
    """One line that was not taken, and why."""

    file: str
    line: int
    why: str


@dataclass
class Report:
    """What came in and what did not.

    Attributes:
        rows: lines read, by file.
        refusals: lines not taken, in order.
    """

    rows: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, file: Path, line: int, why: str) -> None:
        """Note a line that is not taken.

        Raises:
            InvalidInputError: there are far too many; the file is something else.
        """
        self.refusals.append(Refusal(file.name, line, why))
        if len(self.refusals) > MAX_REFUSALS:
            raise InvalidInputError(f"{file.name} is not of the expected form: {why}, line {line}, and many more.")


def lines(file: Path, report: Report) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers; empty ones are passed over, those that are no text are refused.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it cannot be read, or is not of lines at all.
    """
    try:
        with file.open("rb") as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                report.rows[file.name] = number
                if len(line) > MAX_LINE_BYTES:
                    raise InvalidInputError(f"Line {number} of {file.name} is longer than {MAX_LINE_BYTES} bytes.")
                try:
                    text = line.decode().rstrip("\r\n")
                except UnicodeDecodeError:
                    report.refuse(file, number, "it is not UTF-8")
                    continue
                if text.strip():
                    yield number, text
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {file}.") from error
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error


def wnids(file: Path, report: Report) -> tuple[str, ...]:
    """The synsets of a list, one at the start of each line, each once, in the order of the file.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it cannot be read, or is no list of synsets.
    """
    found: dict[str, int] = {}
    for number, text in lines(file, report):
        wnid = text.split()[0]
        if not is_wnid(wnid):
            report.refuse(file, number, "it does not start with a WordNet id")
        elif wnid in found:
            report.refuse(file, number, f"it repeats line {found[wnid]}")
        else:
            found[wnid] = number
    if not found:
        raise InvalidInputError(f"{file.name} names no synset.")
    return tuple(found)
