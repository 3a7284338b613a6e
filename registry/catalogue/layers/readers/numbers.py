"""How is an image called of which a list gives the number only?"""

import re

from registry.errors import InvalidInputError

_PLACE = re.compile(r"\{:0?[0-9]{0,2}d\}")
MAX_NUMBER = 10**9


def pattern(text: str) -> str:
    """The pattern itself, when it has one place for a number, such as `ILSVRC2012_val_{:08d}.JPEG`.

    Raises:
        InvalidInputError: it has not.
    """
    if len(_PLACE.findall(text)) != 1 or text.count("{") != 1 or text.count("}") != 1:
        raise InvalidInputError(f"{text!r} should have one place for a number, such as {{:08d}}.")
    return text


def name(names: str, number: int) -> str:
    """What the image with this number is called."""
    return names.format(number)


def plain(text: str) -> str:
    """The image's own name, without the archive that it was in (`val.zip@/name`)."""
    return text.rpartition("@/")[2]
