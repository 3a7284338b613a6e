from dataclasses import replace
from pathlib import Path

import pytest

from blurring import recipe, report
from blurring.boxes import Box
from blurring.engines import Item, ItemResult
from blurring.errors import ReportError
from blurring.known import Known
from blurring.pipeline import Action, Outcome
from blurring.report import Origin, Zone

ITEM = Item("a/b.jpg", "/somewhere/a/b.jpg", "1" * 64)
RECIPE = recipe.named("centerface")


def line_of(outcome: Outcome, output_sha256: str | None = None) -> report.ReportLine:
    return report.line(ITEM, ItemResult(ITEM.path, outcome, output_sha256), RECIPE, "cpu")


def test_a_line_says_what_was_found_and_what_was_done_about_it() -> None:
    outcome = Outcome(
        Action.BLURRED,
        boxes=(Box(1, 2, 3, 4, 0.91237),),
        doubtful=(Box(5, 6, 7, 8, 0.03),),
        width=40,
        height=30,
        removed=("exif",),
    )
    line = line_of(outcome, "2" * 64)
    assert (line.path, line.width, line.height, line.removed) == ("a/b.jpg", 40, 30, ("exif",))
    assert [(b.left, b.top, b.right, b.bottom, b.score, b.zone) for b in line.boxes] == [
        (1, 2, 3, 4, 0.9124, Zone.BLUR),
        (5, 6, 7, 8, 0.03, Zone.REVIEW),
    ]
    assert line.output_sha256 == "2" * 64
    assert (line.recipe, line.device) == (RECIPE.digest(), "cpu")
    assert line.detector is not None
    assert (line.detector.name, line.detector.weights) == ("centerface", RECIPE.detector.weights)
    assert line.second_look == line.detector


def test_every_box_has_its_zone_and_says_who_saw_it() -> None:
    face, known, doubtful, left, again = (Box(10 * n, 0, 10 * n + 5, 5, 0.5) for n in range(5))
    outcome = Outcome(Action.BLURRED, boxes=(known, face), doubtful=(doubtful,), left=(left,), again=(again,))
    item = replace(ITEM, known=Known(faces=(known,), left=(left,)))
    line = report.line(item, ItemResult(ITEM.path, outcome), recipe.named("dlib-hog"), "cpu")
    assert [(box.left, box.zone, box.origin) for box in line.boxes] == [
        (known.left, Zone.BLUR, Origin.KNOWN),
        (face.left, Zone.BLUR, Origin.DETECTOR),
        (doubtful.left, Zone.REVIEW, Origin.DETECTOR),
        (left.left, Zone.LEAVE, Origin.DETECTOR),
        (again.left, Zone.REVIEW, Origin.SECOND_LOOK),
    ]
    assert line.second_look is None


def test_what_one_look_alone_saw_has_the_score_of_that_look() -> None:
    alone, left = Box(0, 0, 20, 20, 0.0031, look=0.35127), Box(30, 0, 50, 20, 0.0012, look=0.4)
    outcome = Outcome(Action.UNCHANGED, doubtful=(alone,), left=(left,))
    assert [(box.score, box.zone, box.origin) for box in report.boxes(outcome, Known())] == [
        (0.3513, Zone.REVIEW, Origin.ONE_LOOK),
        (0.4, Zone.LEAVE, Origin.ONE_LOOK),
    ]


def test_a_question_about_a_known_face_that_is_not_in_the_picture_says_where_it_comes_from() -> None:
    whole = Box(0, 0, 40, 30)
    item = replace(ITEM, known=Known(faces=(Box(50, 0, 60, 10),), is_detected=False))
    outcome = Outcome(Action.UNCHANGED, doubtful=(whole,), width=40, height=30)
    (box,) = report.boxes(outcome, item.known)
    assert (box.right, box.bottom, box.zone, box.origin) == (40, 30, Zone.REVIEW, Origin.KNOWN)


def test_bytes_that_are_kept_have_the_sources_digest() -> None:
    assert line_of(Outcome(Action.UNCHANGED)).output_sha256 == ITEM.sha256


def test_what_failed_has_a_code_and_no_output() -> None:
    line = line_of(Outcome(Action.FAILED, code="undecodable"))
    assert (line.code, line.output_sha256) == ("undecodable", None)


def test_lines_are_read_back(tmp_path: Path) -> None:
    lines = [line_of(Outcome(Action.UNCHANGED)), line_of(Outcome(Action.FAILED, code="undecodable"))]
    path = tmp_path / "report.jsonl"
    path.write_text("".join(line.model_dump_json() + "\n" for line in lines))
    assert list(report.read(path)) == lines
    assert report.whole_bytes(path) == path.stat().st_size


def test_a_line_that_was_being_written_when_the_power_went_is_none(tmp_path: Path) -> None:
    whole = line_of(Outcome(Action.UNCHANGED)).model_dump_json() + "\n"
    path = tmp_path / "report.jsonl"
    path.write_text(whole + whole[:40])
    assert len(list(report.read(path))) == 1
    assert report.whole_bytes(path) == len(whole)


def test_a_torn_line_may_be_longer_than_what_is_read_of_the_end_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "TAIL_BYTES", 4)
    path = tmp_path / "report.jsonl"
    for text, whole in (("a\nbcdef\nghijklmno", 8), ("abcdefghij", 0), ("", 0), ("abc\n", 4), ("abcdefg\n", 8)):
        path.write_text(text)
        assert report.whole_bytes(path) == whole


def test_a_digest_that_is_none_is_no_line_of_a_report(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    path.write_text(line_of(Outcome(Action.UNCHANGED)).model_dump_json().replace("1" * 64, "1" * 63) + "\n")
    with pytest.raises(ReportError, match=r"line 1 of report.jsonl"):
        list(report.read(path))


@pytest.mark.parametrize("text", ["hello\n", "{}\n", '{"format":"accession/blur-report/v2"}\n', "\n"])
def test_what_is_no_report_is_refused_by_the_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.jsonl"
    path.write_text(line_of(Outcome(Action.UNCHANGED)).model_dump_json() + "\n" + text)
    with pytest.raises(ReportError, match=r"line 2 of report.jsonl"):
        list(report.read(path))
