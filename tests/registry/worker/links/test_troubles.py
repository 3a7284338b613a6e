import pytest

from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError, UnreachableError


@pytest.mark.parametrize("kind", [RefusedError, UnreachableError, DisallowedError])
def test_a_trouble_has_a_code(kind: type[LinkError]) -> None:
    error = kind("too-slow")
    assert isinstance(error, LinkError)
    assert (error.code, str(error)) == ("too-slow", "too-slow")
