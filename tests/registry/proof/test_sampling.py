import hashlib
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import sampling
from registry.proof.sampling import Wish

ROOT = "sha256:" + "1" * 64
NONCE = bytes(16)


def missed(images: int, bad: int, sampled: int) -> Fraction:
    """The exact chance that a sample meets none of the bad images."""
    return Fraction(comb(images - bad, sampled), comb(images, sampled))


@given(st.integers(1, 300), st.data())
def test_a_sample_has_as_many_different_images_as_asked_for(images: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, images))
    drawn = sampling.draw(images, count, sampling.seed(ROOT, NONCE))
    assert len(drawn) == count
    assert drawn <= set(range(images))


def test_every_image_is_drawn_about_equally_often() -> None:
    counts = [0] * 20
    for number in range(4000):
        for image in sampling.draw(20, 5, sampling.seed(ROOT, number.to_bytes(4, "big"))):
            counts[image] += 1
    assert all(850 < count < 1150 for count in counts)


def test_the_sample_hangs_on_the_root_and_on_the_nonce() -> None:
    one = sampling.draw(10_000, 10, sampling.seed(ROOT, NONCE))
    assert one == sampling.draw(10_000, 10, sampling.seed(ROOT, NONCE))
    assert one != sampling.draw(10_000, 10, sampling.seed(ROOT, bytes(15) + b"\x01"))
    assert one != sampling.draw(10_000, 10, sampling.seed("sha256:" + "2" * 64, NONCE))


@given(st.integers(2, 400), st.floats(0.5, 0.999), st.floats(0.001, 0.5))
def test_the_needed_sample_is_enough_and_not_a_single_image_too_small(
    images: int, confidence: float, bad_rate: float
) -> None:
    count = sampling.needed(images, confidence, bad_rate)
    bad = max(1, -(-images * bad_rate // 1))
    assert missed(images, int(bad), count) <= 1 - Fraction(confidence) or count == images


@given(st.integers(2, 400), st.data())
def test_a_claim_never_says_more_than_the_exact_bound(images: int, data: st.DataObject) -> None:
    sampled = data.draw(st.integers(1, images))
    bad = sampling.undetected(images, sampled, 0.99)
    assert bad >= 0
    if bad < images - sampled:
        assert missed(images, bad + 1, sampled) <= Fraction(1, 100)


def test_known_sizes() -> None:
    assert sampling.needed(14_197_122, 0.99, 0.001) == 4602
    assert sampling.needed(1_281_167, 0.99, 0.001) == 4592
    assert sampling.undetected(1_281_167, 4592, 0.99) == 1281


def test_a_claim_is_a_sentence_with_the_bound_and_the_nonce() -> None:
    sample = Wish(NONCE, 100).draw(10_000, ROOT)
    assert sample.claim() == (
        "with 99.0000% confidence at most 447 of 10,000 images are wrong; nonce 00000000000000000000000000000000"
    )
    assert Wish(NONCE, 10_000).draw(10_000, ROOT).claim() == "every image was looked at"


def test_a_rate_decides_the_number() -> None:
    assert len(Wish(NONCE, None, 0.99, 0.001).draw(1_281_167, ROOT).numbers) == 4592


def test_a_sample_larger_than_the_release_is_the_release() -> None:
    assert Wish(NONCE, 50).draw(10, ROOT).numbers == frozenset(range(10))


@pytest.mark.parametrize(
    "wish",
    [
        Wish(NONCE, 5, confidence=1.0),
        Wish(NONCE, 5, confidence=0.0),
        Wish(NONCE, None, 0.99, 0.0),
        Wish(NONCE, None, 0.99, 1.0),
        Wish(NONCE, None, float("nan"), 0.1),
        Wish(NONCE, 0),
        Wish(NONCE),
        Wish(NONCE, 2_000_000),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(wish: Wish) -> None:
    with pytest.raises(InvalidInputError):
        wish.draw(14_197_122, ROOT)


def test_numbers_that_would_be_uneven_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Block:
        blocks = iter([b"\xff" * 32, bytes(31) + b"\x00"])

        def __init__(self, _: bytes) -> None:
            self.block = next(self.blocks)

        def digest(self) -> bytes:
            return self.block

    monkeypatch.setattr(sampling, "sha256", Block)
    assert sampling._Numbers(b"").below(3) == 0


def test_the_tree_head_over_a_release_is_part_of_the_seed() -> None:
    root, nonce = "sha256:" + "5" * 64, bytes(16)
    with_none = sampling.seed(root, nonce)
    first, second = (sampling.seed(root, nonce, f"log\n{size}\nAA==\n") for size in (1, 2))
    assert len({with_none, first, second}) == 3
    text = f"accession/sample/v2\nlog\n1\nAA==\n{root}\n{nonce.hex()}\n"
    assert first == hashlib.sha256(text.encode()).digest()
    wish = Wish(nonce, 5)
    assert wish.draw(1000, root, "log\n1\nAA==\n").numbers == sampling.draw(1000, 5, first)
    assert wish.draw(1000, root).numbers == sampling.draw(1000, 5, with_none)
