"""What names a WordNet noun concept? Its id, never its words: words are not unique, and some are slurs."""

import re

WNID_PATTERN = r"n[0-9]{8}"
_WNID = re.compile(WNID_PATTERN)


def is_wnid(text: str) -> bool:
    """True for the id of a WordNet 3.0 noun synset in ImageNet's form: `n` and eight ASCII digits."""
    return _WNID.fullmatch(text) is not None
