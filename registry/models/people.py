"""Who may act: people, their roles, and the browser sessions that they have open."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, enum_type, instant


class Role(StrEnum):
    """What a person is here for. A person may have several roles."""

    MAINTAINER = "maintainer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Person(SQLModel, table=True):
    """An account. It is deactivated, never deleted: acts keep their author."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    handle: str = Field(max_length=64, unique=True)
    display_name: str = Field(max_length=200)
    password_hash: str = Field(max_length=255)
    is_active: bool = True
    created_at: datetime = Field(sa_column=instant())


class PersonRole(SQLModel, table=True):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    role: Role = Field(sa_column=sa.Column(enum_type(Role, "role"), primary_key=True))


class WebSession(SQLModel, table=True):
    """An open browser session. The token itself is only in the browser; here stands its SHA-256."""

    __tablename__ = "web_session"

    token_sha256: str = Field(primary_key=True, max_length=SHA256_LENGTH)
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_column=instant())
    last_seen_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant(index=True))
