"""What does a picture say of who made it and who may use it? A few words, and where in its file they stand.

What is broken says nothing; nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

# What a statement is kept of.
MAX_CHARACTERS = 1000


class Where(StrEnum):
    """What a statement was found in."""

    EXIF = "exif"
    IPTC = "iptc"
    XMP = "xmp"
    TEXT = "text"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Statement:
    """A few words of the file.

    Attributes:
        where: the block that holds them.
        about: `creator`, `rights`, or `comment` where the block does not tell.
        text: the words.
        offset: the byte of the file at which they stand; of words that are compressed, where their block does.
    """

    where: Where
    about: str
    text: str
    offset: int


def said(where: Where, about: str, words: bytes, offset: int, *, is_xml: bool = False) -> Iterator[Statement]:
    """The words as text, when there are any; those of XML without its marks."""
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        text = words.decode("latin-1")
    text = unescape(text) if is_xml else text
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_CHARACTERS]
    if plain:
        yield Statement(where, about, plain, offset)
