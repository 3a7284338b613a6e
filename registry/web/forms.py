"""What did a person type? Fields of a form or a query string, trimmed and bounded, or a sentence about what is wrong.

Refuses to judge meaning: that is for the services.
"""

from flask import request

from registry.errors import InvalidInputError

LINE_CHARACTERS = 200
TEXT_CHARACTERS = 2000
SECRET_CHARACTERS = 1000
# A path is at most 4096 bytes, each of which may be written as an escape of four characters.
PATH_CHARACTERS = 16384


def line(name: str, *, at_most: int = LINE_CHARACTERS) -> str:
    """The trimmed value of a form field; empty when it is missing.

    Raises:
        InvalidInputError: longer than `at_most` characters, or it holds a NUL, which no database takes.
    """
    return _bounded(request.form.get(name, ""), name, at_most)


def needed(name: str, sentence: str, *, at_most: int = TEXT_CHARACTERS) -> str:
    """The trimmed value of a form field that must not be empty.

    Raises:
        InvalidInputError: with `sentence` when it is empty; or as `line`.
    """
    value = line(name, at_most=at_most)
    if not value:
        raise InvalidInputError(sentence, field=name)
    return value


def secret(name: str) -> str:
    """A field exactly as typed: the blanks of a password belong to it.

    Raises:
        InvalidInputError: it is absurdly long.
    """
    value = request.form.get(name, "")
    if len(value) > SECRET_CHARACTERS:
        raise InvalidInputError(f"The field {name} is too long.", field=name)
    return value


def text(name: str, *, at_most: int) -> str:
    """Lines exactly as typed, blanks included, with LF between them and behind the last.

    Raises:
        InvalidInputError: as `line`.
    """
    value = _storable(request.form.get(name, "").replace("\r\n", "\n"), name, at_most)
    return value if value.endswith("\n") else value + "\n"


def asked(name: str, *, at_most: int = LINE_CHARACTERS) -> str | None:
    """The trimmed value of a query parameter; None when it is missing or empty.

    Raises:
        InvalidInputError: as `line`.
    """
    return _bounded(request.args.get(name, ""), name, at_most) or None


def path(name: str) -> str | None:
    """A query parameter that names an image by its path, whose blanks belong to it; None when it is missing or empty.

    Raises:
        InvalidInputError: as `line`.
    """
    return _storable(request.args.get(name, ""), name, PATH_CHARACTERS) or None


def needed_path(name: str) -> str:
    """A form field that names an image by its path, whose blanks belong to it.

    Raises:
        InvalidInputError: it is empty; or as `line`.
    """
    value = _storable(request.form.get(name, ""), name, PATH_CHARACTERS)
    if not value:
        raise InvalidInputError("Say which image.", field=name)
    return value


def _bounded(value: str, name: str, at_most: int) -> str:
    return _storable(value.strip(), name, at_most)


def _storable(value: str, name: str, at_most: int) -> str:
    if len(value) > at_most:
        raise InvalidInputError(f"The field {name} takes {at_most} characters at most.", field=name)
    if "\0" in value:
        raise InvalidInputError(f"The field {name} holds a character that cannot be stored.", field=name)
    return value
