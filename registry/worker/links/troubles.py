"""Why a link brought no picture, each way with a code that goes into the record."""


class LinkError(Exception):
    """A link that could not be followed to its end.

    Attributes:
        code: kebab-case and stable.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(LinkError):
    """We did not ask, or stopped listening: the link, or what answered, is beyond what we do."""


class UnreachableError(LinkError):
    """We asked, and nobody answered as a web server does."""


class DisallowedError(LinkError):
    """The host asks robots to stay away from there."""
