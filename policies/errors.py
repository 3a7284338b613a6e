"""What can be refused by the rules themselves? The registry translates these once, at its border."""

from dataclasses import dataclass

# A hostile document can have thousands of problems; the message names the first of them.
PROBLEMS_SHOWN = 10


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a policy document.

    Attributes:
        line: 1-based line of the document's text; 0 where the problem belongs to the document as a whole.
        column: 1-based column; 0 as above.
        sentence: what is wrong, for a person.
        suggestion: what to write instead; empty where nothing is known to be better.
    """

    line: int
    column: int
    sentence: str
    suggestion: str = ""

    def __str__(self) -> str:
        """`line 12: sentence Suggestion.`, or the sentence alone for the document as a whole."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.sentence} {self.suggestion}".rstrip()


class PolicyError(Exception):
    """A policy document that cannot be run, with every problem found and its line.

    Attributes:
        problems: at least one, in the order of the document.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        more = len(self.problems) - PROBLEMS_SHOWN
        shown = [*map(str, self.problems[:PROBLEMS_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        super().__init__("; ".join(shown))


class MoveError(Exception):
    """A takedown case cannot make this move; the message is one sentence for the person who tried."""
