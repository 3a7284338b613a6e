"""Every way a request can be refused, as one tree of errors.

Answers: which sentence, problem code, HTTP status and exit code does a refusal have? The tree is rendered in two
places only, `registry.web.problems` (RFC 9457) and `cli.main`; nothing else turns an error into words.

Each instance carries one sentence for a person and `facts` that are safe to show and to log: never personal data,
a key, a token or a face.
"""

from typing import ClassVar

Fact = str | int | float | bool | list[str] | None


class AccessionError(Exception):
    """A refusal with a sentence for people and safe facts for machines.

    Attributes:
        code: kebab-case and stable; the last part of the problem type.
        title: what this kind of refusal is called.
        status: HTTP status.
        exit_code: process exit status (docs/operations/exit-codes.md).
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something is wrong with Accession itself"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, **facts: Fact) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


class NotFoundError(AccessionError):
    """What was named does not exist, or not for this actor."""

    code = "not-found"
    title = "Not found"
    status = 404
    exit_code = 3


class InvalidInputError(AccessionError):
    """What was given cannot be understood or is not allowed to be said."""

    code = "invalid-input"
    title = "Invalid input"
    status = 422
    exit_code = 4


class WrongStateError(AccessionError):
    """The thing exists, but is not in a state in which this can be done to it."""

    code = "wrong-state"
    title = "Not possible in this state"
    status = 409
    exit_code = 5


class AccountNotClosedError(WrongStateError):
    """A release does not hold exactly one verdict for every parent image."""

    code = "account-not-closed"
    title = "The account is not closed"


class ForbiddenError(AccessionError):
    """The actor is known and may not do this."""

    code = "forbidden"
    title = "Not allowed"
    status = 403
    exit_code = 6


class UnauthenticatedError(AccessionError):
    """Nobody is signed in, or the credentials are wrong."""

    code = "unauthenticated"
    title = "Not signed in"
    status = 401
    exit_code = 6


class NotVerifiedError(AccessionError):
    """Bytes, hashes and signatures do not agree."""

    code = "not-verified"
    title = "Not verified"
    status = 422
    exit_code = 7


class BugError(AccessionError):
    """Something went wrong that nobody foresaw; the log has the details."""

    code = "bug"


class UnavailableError(AccessionError):
    """Something needed is missing for now: a disk, a database, a device, a lock."""

    code = "unavailable"
    title = "Not available at the moment"
    status = 503
    exit_code = 8


class DamagedError(UnavailableError):
    """What was kept here is gone or is no longer what was kept; trying again does not help, a backup does."""

    code = "damaged"
    title = "The store is damaged"


class ConflictError(UnavailableError):
    """Somebody else changed the same thing at the same time; nothing was changed, and trying again may do."""

    code = "conflict"
    title = "Changed at the same time"
    status = 409


def of_code(code: str | None) -> type[AccessionError]:
    """The kind of refusal with this code, as a failed job keeps it; `BugError` where nobody knows the code."""
    pending = [AccessionError]
    while pending:
        kind = pending.pop()
        if kind.code == code:
            return kind
        pending += kind.__subclasses__()
    return BugError
