from dataclasses import replace

from registry.catalogue.entries import Box, FaceOrigin, FaceZone, Look, Looker
from registry.worker.tally import Tally
from tests.factories import trees

LOOK = Look("sha256:" + "1" * 64, "cpu", Looker("dlib-hog", "sha256:" + "2" * 64))
BLURRED = Box(1, 2, 3, 4, 0.9)
KNOWN = Box(1, 2, 3, 4, 1.0, origin=FaceOrigin.KNOWN)
DOUBTFUL = Box(1, 2, 3, 4, 0.1, FaceZone.REVIEW)
AGAIN = DOUBTFUL._replace(origin=FaceOrigin.SECOND_LOOK)


def test_entries_pass_and_are_counted_by_verdict_reason_and_class() -> None:
    tally = Tally()
    entries = [trees.kept("a/1"), trees.blurred("a/2"), trees.excluded("b/1", "person-synset", "takedown")]
    assert list(tally.counted(iter(entries))) == entries
    counts = tally.as_json()
    assert counts["verdicts"] == {"keep": 1, "blur": 1, "exclude": 1}
    assert counts["reasons"] == {
        "keep": {"no-rule": 1},
        "blur": {"face": 1},
        "exclude": {"person-synset": 1, "takedown": 1},
    }
    assert counts["labels"] == {"a": {"keep": 1, "blur": 1}, "b": {"exclude": 1}}


def test_faces_are_counted_over_what_is_handed_out_and_was_looked_at() -> None:
    tally = Tally()
    again = LOOK._replace(second=LOOK.detector)
    entries = [
        trees.kept("nobody-looked"),
        replace(trees.blurred("one"), boxes=(BLURRED, KNOWN, AGAIN, AGAIN), look=again),
        replace(trees.kept("two"), boxes=(DOUBTFUL,), look=LOOK),
        replace(trees.excluded("out"), boxes=(BLURRED, DOUBTFUL), look=LOOK),
    ]
    assert list(tally.counted(iter(entries))) == entries
    assert tally.as_json()["faces"] == {
        "images_looked_at": 2,
        "faces_blurred": 2,
        "faces_known": 1,
        "images_looked_at_again": 1,
        "found_again": 2,
        "images_found_again": 1,
        "doubtful": 3,
        "images_doubtful": 2,
    }
