from collections.abc import Sequence
from dataclasses import replace

import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import AccessionError, ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.weights import WeightFile, WeightTraining
from registry.queries import weights as queries
from registry.services import weights
from registry.services.weights import Evidence, Training, WeightWords
from tests.factories import homes, layers
from tests.factories.homes import FIRST, VARIANT

WORDS = WeightWords("resnet", "A network", "MIT", "5" * 64, 7)
SAID = Evidence("The paper says so.", "A paper", "https://example.org/paper")
ON_ALL = Training(SAID, on=VARIANT)


def add(
    home: Home, words: WeightWords = WORDS, trainings: Sequence[Training] = (ON_ALL,), handle: str = "mara"
) -> None:
    """The weights are put on record by somebody."""
    with homes.act(home, handle) as act:
        weights.add(act, words, trainings)


def test_weights_are_on_record_with_what_they_saw(built_home: Home) -> None:
    homes.released(built_home, FIRST)
    layers.add(built_home, Kind.SYNSETS, "classes", [("n02000001",)])
    said = [ON_ALL, Training(SAID, on=FIRST), Training(SAID, on=VARIANT, label_space="synsets/classes")]
    add(built_home, trainings=said)
    with built_home.reading() as session:
        found = queries.read_weights(session, "resnet")
    assert (found.title, found.licence, found.sha256, found.size_bytes) == ("A network", "MIT", "5" * 64, 7)
    assert [it.on for it in found.trainings] == [VARIANT, FIRST, f"{VARIANT} synsets/classes@1"]
    assert {(it.how, it.evidence, it.source_url) for it in found.trainings} == {
        ("trained on", SAID.sentence, SAID.source_url)
    }
    event = homes.events(built_home)[-1]
    assert (event.event, event.subject_id) == ("weights.recorded", "resnet")
    assert event.facts == {"sha256": "5" * 64, "evidence": 3}


def test_the_same_evidence_again_changes_nothing_and_other_evidence_stands_beside_it(furnished_home: Home) -> None:
    add(furnished_home)
    before = homes.events(furnished_home)
    add(furnished_home)
    assert homes.events(furnished_home) == before
    add(furnished_home, trainings=[Training(replace(SAID, sentence="We did it ourselves."), on=VARIANT)])
    assert (homes.count(furnished_home, WeightFile), homes.count(furnished_home, WeightTraining)) == (1, 2)


def test_a_digest_that_nobody_knew_may_come_later_and_never_changes(furnished_home: Home) -> None:
    add(furnished_home, replace(WORDS, sha256=None, size_bytes=None))
    add(furnished_home)
    with furnished_home.reading() as session:
        assert queries.find(session, "resnet").sha256 == WORDS.sha256
    assert homes.events(furnished_home)[-1].facts == {"sha256": WORDS.sha256, "evidence": 0}
    with pytest.raises(WrongStateError, match="another digest"):
        add(furnished_home, replace(WORDS, sha256="7" * 64))


def test_the_same_bytes_have_one_name(furnished_home: Home) -> None:
    add(furnished_home)
    with pytest.raises(WrongStateError, match="on record as resnet"):
        add(furnished_home, replace(WORDS, name="other"))


def test_weights_that_were_made_from_others_lead_in_no_circle(furnished_home: Home) -> None:
    add(furnished_home)
    tuned = WeightWords("tuned", "Tuned")
    add(furnished_home, tuned, [Training(SAID, made_from="resnet")])
    add(furnished_home, WeightWords("again", "Again"), [Training(SAID, made_from="tuned")])
    for name in ("again", "resnet"):
        with pytest.raises(WrongStateError, match="made from these very weights"):
            add(furnished_home, trainings=[Training(SAID, made_from=name)])


@pytest.mark.parametrize(
    ("words", "training", "error", "sentence"),
    [
        (replace(WORDS, name="Res Net"), ON_ALL, InvalidInputError, "cannot be the name"),
        (replace(WORDS, title=" "), ON_ALL, InvalidInputError, "A title is one line"),
        (replace(WORDS, licence="mine!"), ON_ALL, InvalidInputError, "no licence expression"),
        (replace(WORDS, sha256="55"), ON_ALL, InvalidInputError, "64 small hexadecimal digits"),
        (WORDS, None, InvalidInputError, "Say what these weights were trained on"),
        (WORDS, Training(replace(SAID, sentence=" "), on=VARIANT), InvalidInputError, "Evidence and its source"),
        (WORDS, Training(replace(SAID, source_title="a\nb"), on=VARIANT), InvalidInputError, "Evidence and its source"),
        (WORDS, Training(replace(SAID, source_url="file:///a"), on=VARIANT), InvalidInputError, "http:// or https://"),
        (WORDS, Training(SAID, on="sample/none"), NotFoundError, "no variant"),
        (WORDS, Training(SAID, on="sample"), InvalidInputError, "DATASET/VARIANT"),
        (WORDS, Training(SAID, on=FIRST), WrongStateError, "trained on what was published"),
        (WORDS, Training(SAID, on=VARIANT, label_space="synsets/none"), NotFoundError, "no layer"),
        (WORDS, Training(SAID, on=VARIANT, label_space="labels/real"), InvalidInputError, "no label space"),
        (WORDS, Training(SAID, made_from="none"), NotFoundError, "no weights 'none'"),
    ],
)
def test_what_cannot_be_true_of_weights_is_refused(
    built_home: Home, words: WeightWords, training: Training | None, error: type[AccessionError], sentence: str
) -> None:
    layers.add(built_home, Kind.LABELS, "real", [("a.jpg", ("n01",))])
    with pytest.raises(error, match=sentence):
        add(built_home, words, [] if training is None else [training])
    assert homes.count(built_home, WeightFile) == 0


def test_only_who_may_import_records_weights(furnished_home: Home) -> None:
    with pytest.raises(ForbiddenError):
        add(furnished_home, handle="rita")
