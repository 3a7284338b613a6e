import pytest

from blurring.detectors import centerface, network
from blurring.detectors.network import Model
from blurring.errors import DeviceError
from blurring.recipe import Precision


def test_a_network_is_opened_on_the_device_that_is_named() -> None:
    weights = centerface.weights_file()
    assert weights is not None
    assert network.opened(Model(weights, (0,)), "cpu", Precision.F32).batch == 1


@pytest.mark.parametrize("device", ["", "gpu", "CPU", "cuda", "mps:0"])
def test_a_device_with_no_known_name_is_refused(device: str) -> None:
    weights = centerface.weights_file()
    assert weights is not None
    with pytest.raises(DeviceError, match="cpu"):
        network.opened(Model(weights, (0,)), device, Precision.F32)
