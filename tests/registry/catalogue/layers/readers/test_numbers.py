import pytest

from registry.catalogue.layers.readers import VALIDATION_NAMES, numbers
from registry.errors import InvalidInputError


def test_a_number_has_a_name() -> None:
    assert numbers.name(numbers.pattern(VALIDATION_NAMES), 293) == "ILSVRC2012_val_00000293.JPEG"
    assert numbers.name(numbers.pattern("{:d}.png"), 7) == "7.png"


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "{0}", "{:08d}{:d}", "{:08d}{x}", "{:999d}", "{:d.__class__}", "{:08d"]
)
def test_a_pattern_has_one_place_for_a_number_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidInputError, match="one place for a number"):
        numbers.pattern(text)


def test_a_name_is_taken_without_its_archive() -> None:
    assert numbers.plain("val.zip@/a/b.JPEG") == "a/b.JPEG"
    assert numbers.plain("a/b.JPEG") == "a/b.JPEG"
