import pytest

from registry.errors import InvalidInputError
from registry.services import reasons


@pytest.mark.parametrize("reason", ["x", "x" * reasons.LENGTH, " because\n"])
def test_words_that_somebody_can_read_are_a_reason(reason: str) -> None:
    reasons.expect(reason, "A decision")


@pytest.mark.parametrize("reason", ["", " \n\t", "x" * (reasons.LENGTH + 1)])
def test_nothing_and_too_much_are_none(reason: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^An approval needs a reason of at most 2000 characters"):
        reasons.expect(reason, "An approval")
