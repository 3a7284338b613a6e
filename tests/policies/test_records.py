"""A line of facts has one form, and says exactly what the policy asked about."""

from dataclasses import replace

import pytest
from hypothesis import given

from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.records import ELSEWHERE, LINE_LIMIT_BYTES, STOPS, RecordError, _Line, decode, encode, names_for
from policies.verdicts import Action
from tests.factories.policies import facts, images, policy, rule

ALL = frozenset(_Line.model_fields)


@given(images())
def test_what_is_written_is_read_as_it_was(image: ImageFacts) -> None:
    read = decode(encode(image, ALL))
    assert replace(read, path=image.path, label=image.label, size_bytes=image.size_bytes) == image


def test_a_policy_asks_for_its_own_facts_and_for_what_stops_an_image() -> None:
    when = {"all": [{"licence": {"names": ["CC0-1.0"]}}, {"synset": {"in": ["n02084071"]}}, {"path": {"glob": "a"}}]}
    assert names_for(policy(rules=[rule(when=when)])) == STOPS | {"licence"}
    assert not ELSEWHERE & ALL


def test_a_line_is_canonical_and_leaves_out_what_is_not_known() -> None:
    assert encode(facts(faces=PENDING), ALL) == b'{"format":"jpeg","height":375,"width":500}'
    assert encode(facts(faces=UNKNOWN, is_held=True), STOPS) == b'{"faces":"unknown","is_held":true}'
    layered = facts(layer=(("real", ("n02084071",)), ("votes", ())), advisories=())
    assert encode(layered, frozenset({"layer", "advisories"})) == (
        b'{"advisories":[],"layer":{"real":["n02084071"],"votes":[]}}'
    )
    reviewed = facts(reviewed=(("face", Action.KEEP), ("label", Action.EXCLUDE)))
    line = encode(reviewed, frozenset({"reviewed"}))
    assert line == b'{"reviewed":{"face":"keep","label":"exclude"}}'
    assert decode(line).reviewed == reviewed.reviewed


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"{", b'{"faces":-1}', b'{"faces":1.5}', b'{"faces":true}', b'{"faces":"many"}',
        b'{"faces":1,"faces":1}', b'{ "faces":1}', b'{"width":1,"faces":1}', b'{"is_held":false}', b'{"licence":null}',
        b'{"path":"a"}', b'{"nothing":1}', b'{"retrieved_on":"2011-02-30"}', b'{"reviewed":"keep"}', b'{"layer":{}}',
        b'{"reviewed":{"face":"review"}}', b'{"reviewed":{}}',
        b"[" * 100_000, b'{"licence":"' + b"x" * LINE_LIMIT_BYTES + b'"}', b"\xff{}", b'{"licence":"\\ud800"}',
    ],
)  # fmt: skip
def test_a_line_in_any_other_form_is_refused(line: bytes) -> None:
    with pytest.raises(RecordError):
        decode(line)
