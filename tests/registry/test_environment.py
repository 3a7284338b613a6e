import pytest

from registry import environment


def test_a_variable_is_read_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.PERSON_VARIABLE, "mara")
    monkeypatch.delenv(environment.DEBUG_VARIABLE, raising=False)
    assert environment.variable(environment.PERSON_VARIABLE) == "mara"
    assert environment.variable(environment.DEBUG_VARIABLE) is None
