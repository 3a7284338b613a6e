import pytest

from blurring import detectors, recipe
from blurring.errors import DeviceError


@pytest.mark.parametrize("name", recipe.names())
def test_every_shipped_recipe_opens_the_detector_that_it_names(name: str) -> None:
    wanted = recipe.named(name)
    detector = detectors.open(wanted)
    assert detector.name == wanted.detector.name
    assert detector.weights_digest == wanted.detector.weights
    assert detector.device == "cpu"


@pytest.mark.parametrize("name", recipe.names())
def test_no_detector_accepts_a_device_that_nobody_has(name: str) -> None:
    with pytest.raises(DeviceError):
        detectors.open(recipe.named(name), "cuda:99")
