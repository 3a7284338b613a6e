"""What do we call a thing that we create? UUIDv7 (RFC 9562 §5.7): unique, sortable by time of creation."""

import secrets
from importlib import resources
from uuid import UUID

import uuid_utils

# Crockford's base 32 without the letters people mishear or misread; used in what a person copies by hand.
CASE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_WORD_COUNT = 5


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def new_case_number() -> str:
    """A fresh case number such as `TD-7KQ4-M2XR`: 39 random bits, so that nobody can count or guess cases."""
    letters = "".join(secrets.choice(CASE_ALPHABET) for _ in range(8))
    return f"TD-{letters[:4]}-{letters[4:]}"


def new_code_words() -> str:
    """Five fresh code words: 40 random bits that somebody can write down, and that prove a case is theirs."""
    words = (resources.files("registry") / "code_words.txt").read_text(encoding="ascii").split()
    return " ".join(secrets.choice(words) for _ in range(CODE_WORD_COUNT))
