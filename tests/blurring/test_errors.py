import pickle

import pytest

from blurring import errors
from blurring.errors import BlurringError, PictureError

PICTURE_ERRORS = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, PictureError)]


@pytest.mark.parametrize("error", PICTURE_ERRORS)
def test_what_is_wrong_with_one_picture_has_a_code_fit_for_the_record(
    error: type[PictureError],
) -> None:
    assert error.code == error.code.lower().replace("_", "-")
    assert error.code


def test_the_codes_that_the_record_may_hold_are_these() -> None:
    assert {error.code for error in PICTURE_ERRORS} == {
        "undecodable",
        "unsupported-format",
        "several-frames",
        "decompression-bomb",
        "source-changed",
        "unreadable",
        "worker-died",
        "unforeseen",
    }


def test_an_error_survives_the_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(errors.DeviceError("no such device")))  # noqa: S301  # ours
    assert isinstance(error, BlurringError)
    assert str(error) == "no such device"
