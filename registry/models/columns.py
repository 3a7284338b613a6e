"""What columns are made of: constraint names, an instant that refuses naive times, enums stored by value."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata
metadata.naming_convention = NAMING_CONVENTION

SHA256_LENGTH = 64
DIGEST_LENGTH = len("sha256:") + SHA256_LENGTH


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant in UTC. Naive values are refused on the way in; what comes out is always aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant as UTC; naive for a database without time zones."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time names no instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The stored instant, aware, in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def values_of(enum: type[StrEnum]) -> list[str]:
    """The values of an enum, in the order in which it defines them."""
    return [member.value for member in enum]


def enum_type(enum: type[StrEnum], name: str) -> sa.Enum:
    """A column type that stores the enum by value and lets the database refuse any other (CHECK `name`)."""
    return sa.Enum(
        enum,
        values_callable=values_of,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
    )


def instant(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - a Column for SQLModel's Field
    """A column for an instant."""
    return sa.Column(UtcDateTime(), nullable=nullable, index=index)
