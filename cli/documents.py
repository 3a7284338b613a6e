"""Documents that people write beside the registry: a file, or one of those that come with the program."""

from collections.abc import Mapping
from pathlib import Path

from registry.errors import InvalidInputError, NotFoundError

BYTES_MAX = 1 << 20


def given(file: Path) -> bytes:
    """The bytes of a file that somebody names.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {file}.") from error
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error


def read(file: str, with_program: Mapping[str, bytes], what: str) -> bytes:
    """The bytes of a file that people wrote, or of a document that comes with the program.

    Args:
        file: a path, or a name among those of the program.
        with_program: documents by their names.
        what: a word for it.

    Raises:
        NotFoundError: there is neither.
        InvalidInputError: the file is far too large, or cannot be read.
    """
    path = Path(file)
    if not path.exists() and file in with_program:
        return with_program[file]
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InvalidInputError(f"{file} is larger than a {what} can be ({BYTES_MAX} bytes).")
        return path.read_bytes()
    except FileNotFoundError as error:
        known = ", ".join(with_program)
        raise NotFoundError(f"There is no file {file}, and no shipped {what} of that name ({known}).") from error
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error
