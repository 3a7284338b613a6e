"""What time is it? Asked at the doors only; everything below takes the time as an argument."""

from datetime import UTC, datetime

RFC3339_SECONDS = "%Y-%m-%dT%H:%M:%SZ"


def utc_now() -> datetime:
    """The current instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one home of the clock


def rfc3339(instant: datetime) -> str:
    """The instant as RFC 3339 text in UTC with whole seconds, as signed documents carry it.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive time names no instant")
    return instant.astimezone(UTC).strftime(RFC3339_SECONDS)


def parse_rfc3339(text: str) -> datetime:
    """The instant that `rfc3339` wrote; exactly that form and no other.

    Raises:
        ValueError: the text is not `YYYY-MM-DDTHH:MM:SSZ`.
    """
    return datetime.strptime(text, RFC3339_SECONDS).replace(tzinfo=UTC)
