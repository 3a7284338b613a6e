"""What numbers were published about the same thing, how do they come about, and where do they contradict each other?"""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.attachments import AttachmentError, Shelf
from policies.rules import Figure, PolicyDocument, Term


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures that say different numbers of the same thing, in the order of the document."""

    what: str
    figures: tuple[Figure, ...]

    @property
    def difference(self) -> int:
        """Between the largest and the smallest of them."""
        said = [figure.says for figure in self.figures]
        return max(said) - min(said)


def check(document: PolicyDocument, shelf: Shelf) -> None:
    """Nothing, when each figure that is computed comes to what it says.

    Raises:
        AttachmentError: one does not.
    """
    for place, figure in enumerate(document.figures):
        found = computed(figure, shelf)
        if found is not None and found != figure.says:
            raise AttachmentError((("figures", place, "says"), f"This says {figure.says:,}, and comes to {found:,}."))


def computed(figure: Figure, shelf: Shelf) -> int | None:
    """What the terms of the figure come to; None where it has none."""
    if not figure.add:
        return None
    return sum(_number(term, shelf) for term in figure.add) - sum(_number(term, shelf) for term in figure.subtract)


def conflicts(document: PolicyDocument) -> tuple[Conflict, ...]:
    """Things of which the figures say different numbers."""
    about: dict[str, list[Figure]] = {}
    for figure in document.figures:
        about.setdefault(figure.what, []).append(figure)
    return tuple(
        Conflict(what, tuple(found)) for what, found in about.items() if len({figure.says for figure in found}) > 1
    )


def lines(document: PolicyDocument, shelf: Shelf) -> Iterator[str]:
    """Each figure with how it comes about, and each conflict, for people."""
    for figure in document.figures:
        sums = [f"+ {_number(term, shelf):,} {term.title}" for term in figure.add]
        sums += [f"- {_number(term, shelf):,} {term.title}" for term in figure.subtract]
        yield f"{figure.says:,} {figure.what}: {figure.title}{''.join(f'; {term}' for term in sums)}"
    for conflict in conflicts(document):
        said = " and ".join(f"{number:,}" for number in dict.fromkeys(figure.says for figure in conflict.figures))
        yield f"These contradict each other by {conflict.difference:,}: {said} {conflict.what}."


def _number(term: Term, shelf: Shelf) -> int:
    return term.number if term.number is not None else len(shelf.lists[term.lines_of or ""])
