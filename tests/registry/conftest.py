"""Cases whose code words are hashed quickly: the real parameters are slow on purpose, and have a test of their own."""

from functools import partial

import pytest
from argon2 import PasswordHasher

from registry.services import takedowns


@pytest.fixture(autouse=True)
def quick_code_words(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Argon2id all the same, with next to no memory and one pass."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(takedowns, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64))
