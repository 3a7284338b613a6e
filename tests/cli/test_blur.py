import hashlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from blurring.errors import BlurringError, DeviceError, RecipeError
from blurring.recipe import Yunet
from cli import blur
from registry.errors import AccessionError, InvalidInputError, NotFoundError, UnavailableError
from tests.factories import disks, pictures, places, programs
from tests.factories.terminal import Terminal


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(blur.blur, [str(a) for a in arguments], standalone_mode=False)
    if isinstance(result.exception, AccessionError):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """What a command says about logging ends with it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "people").mkdir(parents=True)
    (folder / "people" / "face.jpg").write_bytes(pictures.thumbnail_jpeg(image=pictures.face_pixels()))
    (folder / "plain.png").write_bytes(pictures.png())
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "link.jpg").symlink_to(folder / "plain.png")
    return folder


def test_a_folder_is_blurred_and_every_file_accounted_for(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    result = run("--recipe", "dlib-hog", "--workers", 1, source, target)
    assert result.exit_code == 0, result.output
    assert sorted(str(p.relative_to(target)) for p in target.rglob("*.*")) == ["people/face.jpg", "plain.png"]
    assert (target / "plain.png").read_bytes() == pictures.png()
    assert (target / "people" / "face.jpg").read_bytes().count(b"\xff\xd8\xff") == 1
    lines = [json.loads(line) for line in (tmp_path / "target.jsonl").read_text().splitlines()]
    assert {line["path"]: line["action"] for line in lines} == {
        "people/face.jpg": "blurred",
        "plain.png": "unchanged",
        "broken.jpg": "failed",
        "link.jpg": "failed",
    }


def test_where_pictures_failed_it_is_said_how_many_and_where_they_are_named(source: Path, tmp_path: Path) -> None:
    words = ("blur", source, tmp_path / "target", "--recipe", "dlib-hog", "--workers", "1")
    first, again = Terminal().run(*words), Terminal().run(*words, "--json")
    said = (
        f"accession: 2 files are not in {tmp_path}/target; the lines with a code in {tmp_path}/target.jsonl name them"
    )
    for done in (first, again):
        assert done.code == blur.EXIT_IN_PART == 9
        assert done.err.splitlines()[-1] == f"{said} and say why."
    assert [line.split(maxsplit=2)[2] for line in first.out.splitlines() if line.startswith("failed for")] == [
        "not-an-image (1)",
        "symlink (1)",
    ]
    shown = json.loads(again.out)
    assert (shown["failed"], shown["codes"]) == (2, {"not-an-image": 1, "symlink": 1})
    (source / "broken.jpg").write_bytes(pictures.jpeg())
    assert Terminal().run(*words).err.splitlines()[-1].startswith("accession: 1 file is not in ")
    (source / "link.jpg").unlink()
    (source / "link.jpg").write_bytes(pictures.jpeg())
    assert Terminal().run(*words).code == 0


def test_what_nobody_foresaw_is_one_line_of_the_log_and_not_among_what_was_asked_for(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blur, "_work", lambda _source: iter([places.buggy("a.jpg")]))
    done = Terminal().run("blur", source, tmp_path / "target", "--recipe", "dlib-hog", "--workers", "1", "--json")
    assert (done.code, json.loads(done.out)["codes"]) == (9, {"unforeseen": 1})
    (line,) = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert (line["event"], line["kind"]) == ("picture.unforeseen", "KeyError")
    assert places.SECRET not in done.err


def test_counts_come_as_json_too(source: Path, tmp_path: Path) -> None:
    report = tmp_path / "mine.jsonl"
    result = run(source, tmp_path / "target", "--recipe", "dlib-hog", "--workers", 1, "--json", "--report", report)
    shown = json.loads(result.stdout)
    assert (shown["unchanged"], shown["blurred"], shown["failed"]) == (1, 1, 2)
    assert shown["report"] == str(report)
    assert shown["recipe"].startswith("sha256:")


def test_a_recipe_may_be_a_file(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(blur.chosen("dlib-hog").model_copy(update={"name": "own"}).model_dump_json())
    assert blur.chosen(str(own)).name == "own"
    with pytest.raises(RecipeError, match="centerface"):
        blur.chosen(str(tmp_path / "missing.yaml"))


def test_weights_that_no_recipe_asks_for_are_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"weights")
    target, said = tmp_path / "target", r"No recipe here \(dlib-hog\) asks for the weights in .*mine.onnx \(sha256:"
    with pytest.raises(InvalidInputError, match=said):
        run(source, target, "--recipe", "dlib-hog", "--weights", tmp_path / "mine.onnx")
    with pytest.raises(InvalidInputError, match=said):
        run("evaluate", source, truth_file(tmp_path), "--recipe", "dlib-hog", "--weights", tmp_path / "mine.onnx")
    assert not target.exists()


def test_weights_that_one_of_the_recipes_asks_for_are_known_to_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"weights")
    digest = "sha256:" + hashlib.sha256(b"weights").hexdigest()
    choice = Yunet(name="yunet", weights=digest, overlap_max=0.3, threshold=0.6, review=0.3, picture_px_max=10**6)
    own = blur.chosen("dlib-hog").model_copy(update={"name": "own", "detector": choice})
    (tmp_path / "own.yaml").write_text(own.model_dump_json())
    recipes = blur.equipped([str(tmp_path / "own.yaml"), "dlib-hog"], [file])
    assert [(recipe.name, recipe.files) for recipe in recipes] == [
        ("own", {digest: file}),
        ("dlib-hog", {digest: file}),
    ]


def test_source_and_target_must_be_apart(source: Path, tmp_path: Path) -> None:
    for target in (source, source / "inside", tmp_path):
        with pytest.raises(InvalidInputError, match="two folders"):
            run(source, target)


def test_the_target_is_a_folder_and_the_report_lies_beside_the_pictures(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    file.write_text("")
    with pytest.raises(InvalidInputError, match="DST must be a folder"):
        run(source, file)
    with pytest.raises(InvalidInputError, match="must not lie in SRC"):
        run(source, tmp_path / "target", "--report", source / "people" / "report.jsonl")
    assert not (tmp_path / "target").exists()


def test_a_link_that_leads_to_itself_and_a_report_that_is_a_pipe_are_one_sentence(source: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UnavailableError, match=r"target cannot be written at .*loop"):
        run(source, tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="must be a file that can be read again"):
        run(source, tmp_path / "target", "--report", tmp_path / "pipe")


def test_a_curve_that_cannot_be_drawn_is_refused_before_anything_is_measured(source: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="for the curve"):
        run("evaluate", source, truth_file(tmp_path), "--curve", tmp_path / "missing" / "curve.svg")


def test_the_folder_where_one_stands_may_be_the_target(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run(source, ".", "--recipe", "dlib-hog", "--workers", 1).exit_code == 0
    assert (tmp_path / "here.jsonl").is_file()
    assert (tmp_path / "here" / "plain.png").is_file()


def test_a_folder_without_anything_in_it_is_no_picture(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "empty").mkdir()
    result = run(source, tmp_path / "target", "--recipe", "dlib-hog", "--workers", 1)
    assert "pictures: 4 of 4" in result.stderr + capsys.readouterr().err


def test_a_source_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        run(tmp_path / "missing", tmp_path / "target")


@pytest.mark.parametrize(
    ("arguments", "refusal", "said"),
    [
        (("--recipe", "crystal-ball"), InvalidInputError, "There is no recipe crystal-ball"),
        (("--recipe", "dlib-hog", "--device", "cuda:9"), UnavailableError, "cannot run on cuda:9"),
    ],
)
def test_what_cannot_be_followed_is_one_sentence(
    source: Path, tmp_path: Path, arguments: tuple[str, ...], refusal: type[AccessionError], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        run(source, tmp_path / "target", *arguments)
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(("error", "expected"), [(RecipeError, InvalidInputError), (DeviceError, UnavailableError)])
def test_blurrings_errors_become_the_registrys(error: type[BlurringError], expected: type[AccessionError]) -> None:
    with pytest.raises(expected, match="This and that"), blur.border():
        raise error("this and that")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dst.jsonl was begun", "dst.jsonl was begun."),
        ("there are cuda:0, cuda:1, ...", "There are cuda:0, cuda:1, ..."),
    ],
)
def test_a_sentence_begins_as_one_does_and_a_file_keeps_its_name(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as refused, blur.border():
        raise RecipeError(text)
    assert refused.value.sentence == said


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.png").write_bytes(disks.large_picture())
    arguments = ("--recipe", "dlib-hog", "--workers", 1, "--report", tmp_path / "report.jsonl", source)
    with disks.small(tmp_path / "disk") as disk, pytest.raises(UnavailableError, match=r"No space left|File too large"):
        run(*arguments, disk / "target")
    assert run(*arguments, tmp_path / "disk").exit_code == 0
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["large.png"]


@pytest.mark.slow
def test_a_run_that_is_asked_to_end_says_so_leaves_no_half_work_and_goes_on_where_it_was(tmp_path: Path) -> None:
    source, target, report = (tmp_path / name for name in ("source", "target", "target.jsonl"))
    source.mkdir()
    data = {f"{n:03}.jpg": pictures.gps_jpeg(300 + n, 200) for n in range(200)}
    for name, content in data.items():
        (source / name).write_bytes(content)
    words = ("blur", str(source), str(target), "--recipe", "dlib-hog", "--workers", "1")
    done = 0
    for number, said in ((signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")):
        with programs.running(tmp_path, *words) as process:
            programs.wait_until(lambda: report.is_file() and report.read_bytes().count(b"\n") > done)  # noqa: B023
            process.send_signal(number)
            _, err = process.communicate(timeout=programs.PATIENCE_SECONDS)
        assert (process.returncode, err.splitlines()[-1]) == (128 + number, f"accession: {said}")
        assert "Traceback" not in err
        lines = [json.loads(line) for line in report.read_text().splitlines()]
        assert done < len(lines) < len(data)
        for line in lines:
            assert hashlib.sha256((target / line["path"]).read_bytes()).hexdigest() == line["output_sha256"]
        done = len(lines)
    assert Terminal().run(*words).code == 0
    assert sorted(path.name for path in target.iterdir()) == sorted(data)


def test_a_cluster_that_is_not_there_is_one_sentence(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"No Ray cluster answers at 127\.0\.0\.1:1"):
        run(source, tmp_path / "target", "--recipe", "dlib-hog", "--engine", "ray", "--ray", "127.0.0.1:1")


def test_help_is_help() -> None:
    assert "SRC DST" in run("--help").output


def truth_file(tmp_path: Path) -> Path:
    left, top, right, bottom = pictures.FACE_BOX
    box = {"label": "F", "x0": left, "y0": top, "x1": right, "y1": bottom}
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"boxes": {"face.jpg": [box]}}))  # noqa: TID251 - a document as others write it
    return path


def test_recipes_are_measured_against_what_people_judged(source: Path, tmp_path: Path) -> None:
    curve = tmp_path / "curve.svg"
    arguments = ("evaluate", source, truth_file(tmp_path), "--recipe", "dlib-hog", "--workers", 1)
    result = run(*arguments, "--curve", curve)
    assert result.exit_code == 0, result.output
    assert "faces of 16 px and more found" in result.stdout
    assert "1.000" in result.stdout
    assert curve.read_text().startswith("<svg")
    shown = json.loads(run(*arguments, "--json").stdout)
    assert shown[0]["recipe"] == "dlib-hog"
    assert shown[0]["photographs"] == 2


def test_a_truth_that_is_not_there_or_none_is_one_sentence(source: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        run("evaluate", source, tmp_path / "missing.json")
    with pytest.raises(InvalidInputError, match="These are no judged boxes"):
        run("evaluate", source, source / "broken.jpg")


def test_an_attack_on_the_blurred_faces_is_counted(source: Path, tmp_path: Path) -> None:
    (source / "face.jpg").write_bytes(pictures.face())
    result = run("attack", source, truth_file(tmp_path))
    lines = {line.split("  ")[0]: line.split() for line in result.stdout.splitlines()}
    assert {"Yang et al. 2022", "solid, the floor", "centerface"} <= lines.keys()
    shown = json.loads(run("attack", source, truth_file(tmp_path), "--json").stdout)
    assert set(shown["centerface"]) == {"as it is", "sharpened", "enlarged", "any"}
