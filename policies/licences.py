"""What does an SPDX licence expression leave to choose? Parsed as SPDX 3.0 annex B writes it, and nothing looked up.

An expression that is none, and NOASSERTION, say nothing: whoever asks gets None, which is unknown and not false.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ID_PATTERN = r"(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?"
NO_ASSERTION, NONE = "NOASSERTION", "NONE"
LENGTH_LIMIT, NESTING_LIMIT = 1000, 20

_TOKEN = re.compile(rf"\s*(?:(?P<mark>[()])|(?P<word>{ID_PATTERN}))")
_AND, _OR, _WITH = "AND", "OR", "WITH"
_WORDS = {word.lower(): word for word in (_AND, _OR, _WITH)}  # all large or all small, and nothing between
_OPERATORS = frozenset({_AND, _OR, _WITH, "(", ")"})


@dataclass(frozen=True, slots=True)
class Expression:
    """Alternatives, of which one may be chosen; each is every licence that then holds at once.

    Attributes:
        alternatives: sets of ids, each with its exception if it has one (`GPL-2.0-only WITH x`); empty for NONE.
    """

    alternatives: frozenset[frozenset[str]]

    def is_satisfied_by(self, allowed: frozenset[str]) -> bool:
        """Whether some alternative asks for nothing but allowed licences."""
        return any(each <= allowed for each in self.alternatives)

    def names(self, wanted: frozenset[str]) -> bool:
        """Whether some licence in it is wanted."""
        return any(each & wanted for each in self.alternatives)


def parse(text: str) -> Expression | None:
    """The expression, or None where the text says nothing that could be relied on."""
    if len(text) > LENGTH_LIMIT or text.count("(") > NESTING_LIMIT or text.strip() == NO_ASSERTION:
        return None
    if text.strip() == NONE:
        return Expression(frozenset())
    reader = _Reader(list(_tokens(text)))
    found = reader.any_of()
    return Expression(found) if found is not None and reader.is_done() else None


def _tokens(text: str) -> Iterator[str]:
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            yield text[place:]
            return
        yield match["mark"] or _WORDS.get(match["word"], match["word"])
        place = match.end()


_Choices = frozenset[frozenset[str]]
_CHOICES_LIMIT = 256


class _Reader:
    """One expression, read from left to right: OR binds weaker than AND, AND weaker than WITH."""

    def __init__(self, tokens: list[str]) -> None:
        self._rest = tokens[::-1]

    def is_done(self) -> bool:
        return not self._rest

    def any_of(self) -> _Choices | None:
        return self._joined(_OR, self._all_of, lambda left, right: left | right)

    def _all_of(self) -> _Choices | None:
        return self._joined(_AND, self._one, lambda left, right: frozenset(a | b for a in left for b in right))

    def _joined(
        self, word: str, read: Callable[[], _Choices | None], join: Callable[[_Choices, _Choices], _Choices]
    ) -> _Choices | None:
        found = read()
        while found is not None and self._takes(word):
            other = read()
            found = None if other is None or len(found) * len(other) > _CHOICES_LIMIT else join(found, other)
        return found

    def _one(self) -> _Choices | None:
        if self._takes("("):
            inside = self.any_of()
            return inside if self._takes(")") else None
        licence = self._word()
        if licence is not None and self._takes(_WITH):
            exception = self._word()
            licence = None if exception is None else f"{licence} {_WITH} {exception}"
        return None if licence is None else frozenset({frozenset({licence})})

    def _word(self) -> str | None:
        is_word = bool(self._rest) and self._rest[-1] not in _OPERATORS and re.fullmatch(ID_PATTERN, self._rest[-1])
        return self._rest.pop() if is_word else None

    def _takes(self, token: str) -> bool:
        if not self._rest or self._rest[-1] != token:
            return False
        self._rest.pop()
        return True
