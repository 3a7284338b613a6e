"""Seeds to test with, as somebody would write them."""

WEIGHTS = """\
weights:
  - name: pet-net
    title: A network that knows pets
    licence: MIT
    trained_on:
      - {to: whole, evidence: The paper says so., source: paper}
  - name: cat-net
    title: A network that knows cats
    licence: NOASSERTION
    made_from:
      - {weights: pet-net, evidence: The paper says so., source: paper}
"""
SMALL = """\
format: accession-seed/1
dataset: pets
title: Pets
sources:
  paper: {title: "A paper about pets", url: https://example.org/paper}
variants:
  - name: whole
    title: All pets
    summary: Every pet that there is.
    licence: CC-BY-4.0
    terms: {sentence: Be kind., source: paper}
    counts:
      - {what: images, count: 3, source: paper}
    archives:
      - {name: pets.tar, size: 3 GB, md5: abababababababababababababababab, source: paper}
    classes: {count: 2, digest: "sha256:@DIGEST", source: paper}
    names: {pattern: 'pet_[0-9]+\\.jpg', source: paper}
    unknown:
      - who they are
  - name: cats
    title: Cats
    summary: Some pets.
    licence: NOASSERTION
    relations:
      - {kind: subset-of, to: whole, evidence: A cat is a pet., source: paper}
"""
DIGEST = "sha256:@DIGEST"


def small(digest: str = "sha256:" + "0" * 64) -> bytes:
    """A seed of two variants, one a subset of the other; the digest is of the label space of the first."""
    return SMALL.replace(DIGEST, digest).encode()


def with_weights(old: str = "", new: str = "") -> bytes:
    """The small seed and two sets of weights, with some of their words replaced."""
    assert old in WEIGHTS
    return small() + WEIGHTS.replace(old, new, 1).encode()


def changed(old: str, new: str) -> bytes:
    """The small seed with some words replaced."""
    data = small()
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)
