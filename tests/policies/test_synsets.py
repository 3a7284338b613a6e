"""A synset is named by its id and by nothing else."""

import pytest

from policies.synsets import is_wnid


def test_a_wordnet_id_is_recognised() -> None:
    assert is_wnid("n02084071")


@pytest.mark.parametrize(
    "text", ["dog", "n0208407", "n020840711", "N02084071", "v02084071", "n02084071\n", "n0208407\uff11", ""]
)
def test_anything_else_is_no_wordnet_id(text: str) -> None:
    assert not is_wnid(text)
