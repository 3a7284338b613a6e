"""Does a text match a pattern, in time linear in the text? RE2 only: no pattern can backtrack for ever.

Regular expressions are RE2's syntax and must match the whole text. Globs know `*` (anything but `/`), `**` (anything)
and `?` (one character but `/`); every other character stands for itself.
"""

import re
from typing import Protocol, cast

import re2

PATTERN_LENGTH = 1000
# RE2 refuses a pattern whose program would need more than this, so a short pattern cannot become a huge automaton.
MEMORY_LIMIT_BYTES = 1 << 20

_GLOB_PARTS = re.compile(r"\*\*|\*|\?|[^*?]+")
_GLOB_MEANINGS = {"**": "(?s:.*)", "*": "[^/]*", "?": "[^/]"}


class Pattern(Protocol):
    """What a compiled pattern can do."""

    def fullmatch(self, text: str) -> object | None:
        """Something when the whole text matches, else None."""
        ...


def compiled(expression: str) -> Pattern:
    r"""The regular expression, compiled by RE2.

    Raises:
        ValueError: RE2 does not know the syntax, the pattern is too large, or it ends inside a quotation (`\Q`).
    """
    if len(expression) > PATTERN_LENGTH:
        raise ValueError(f"a pattern has at most {PATTERN_LENGTH} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY_LIMIT_BYTES
    try:
        pattern = re2.compile(expression, options)
        re2.compile(anchored(expression), options)
    except re2.error as error:
        raise ValueError(f"not a regular expression of RE2: {_message(error)}") from error
    return cast("Pattern", pattern)


def anchored(expression: str) -> str:
    """The same for engines that can only search: what it finds is the whole text, or nothing."""
    return rf"\A(?:{expression})\z"


def expression_of(glob: str) -> str:
    """The regular expression that says the same as the glob."""
    parts = _GLOB_PARTS.findall(glob)
    return "".join(_GLOB_MEANINGS.get(part) or cast("str", re2.escape(part)) for part in parts)


def _message(error: Exception) -> str:
    message = error.args[0]
    return message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
