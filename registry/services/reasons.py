"""Whoever decides says why, in their own words; it stands in the record for ever. Is this a reason?"""

from registry.errors import InvalidInputError

LENGTH = 2000


def expect(reason: str, deed: str) -> None:
    """Nothing, when there are words, and not too many.

    Args:
        reason: what somebody wrote.
        deed: what it is for, as the sentence begins: `An approval`.

    Raises:
        InvalidInputError: there are none, or too many.
    """
    if not reason.strip() or len(reason) > LENGTH:
        raise InvalidInputError(f"{deed} needs a reason of at most {LENGTH} characters.")
