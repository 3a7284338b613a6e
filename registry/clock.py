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
    # Not `strftime`, which writes years before 1000 with fewer than four digits.
    return instant.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The instant that `rfc3339` wrote; exactly that form and no other.

    Raises:
        ValueError: the text is not `YYYY-MM-DDTHH:MM:SSZ`.
    """
    instant = datetime.strptime(text, RFC3339_SECONDS).replace(tzinfo=UTC)
    # `strptime` also takes single digits and digits of other scripts; a signed document has one way to say a time.
    if rfc3339(instant) != text:
        raise ValueError(f"{text!a} is not of the form YYYY-MM-DDTHH:MM:SSZ")
    return instant
