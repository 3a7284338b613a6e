import errno
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from blurring import recipe, report
from blurring.engines import Item, Refused, Shard, ShardResult
from blurring.engines.work import Workbench
from blurring.errors import DeviceError, EngineError, ReportError
from blurring.folders import STORE, FolderJob, StoreSink
from blurring.pipeline import Action
from tests.factories import disks, pictures, places

RECIPE = recipe.named("dlib-hog")


class Here:
    """An engine in this very process; dies after so many shards, like a process that is killed."""

    def __init__(self, target: Path, shards_max: int = 10**6) -> None:
        self.bench = Workbench.opened(RECIPE, "cpu", StoreSink(str(target)))
        self.shards_max = shards_max
        self.done: list[str] = []

    def __call__(self, shards: Iterable[Shard]) -> Iterator[ShardResult]:
        for shard in shards:
            if len(self.done) == self.shards_max:
                raise KeyboardInterrupt
            self.done.append(shard.id)
            yield self.bench.done(shard)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def item(source: Path, name: str, data: bytes) -> Item:
    path = source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Item(name, str(path), hashlib.sha256(data).hexdigest())


def job(tmp_path: Path) -> FolderJob:
    made = FolderJob(tmp_path / "target", tmp_path / "report.jsonl", RECIPE, "cpu")
    made.resume()
    return made


def test_every_picture_is_in_the_target_under_its_own_name(tmp_path: Path, source: Path) -> None:
    work = [
        item(source, "cat/plain.jpg", pictures.jpeg()),
        item(source, "cat/gps.jpg", pictures.gps_jpeg()),
        item(source, "face.jpg", pictures.face()),
    ]
    running = job(tmp_path)
    assert list(running.run(work, Here(running.target))) == [3]
    written = {line.path: line for line in report.read(running.report_file)}
    assert {path: line.action for path, line in written.items()} == {
        "cat/plain.jpg": Action.UNCHANGED,
        "cat/gps.jpg": Action.CLEANED,
        "face.jpg": Action.BLURRED,
    }
    for path, line in written.items():
        assert hashlib.sha256((running.target / path).read_bytes()).hexdigest() == line.output_sha256
    assert running.account.faces >= 1
    assert sorted(p.name for p in running.target.iterdir()) == ["cat", "face.jpg"]


def test_what_failed_or_was_refused_is_in_the_report_and_not_in_the_target(tmp_path: Path, source: Path) -> None:
    running = job(tmp_path)
    work: list[Item | Refused] = [
        item(source, "broken.jpg", pictures.truncated_jpeg()),
        Refused("link.jpg", None, "symlink"),
    ]
    list(running.run(work, Here(running.target)))
    assert {line.path: line.code for line in report.read(running.report_file)} == {
        "broken.jpg": "undecodable",
        "link.jpg": "symlink",
    }
    assert list(running.target.iterdir()) == []
    assert running.account.counts == {Action.FAILED: 2}


def test_a_stopped_run_goes_on_where_it_was_and_ends_the_same(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blurring.folders.SHARD_ITEMS", 2)
    work: list[Item | Refused] = [
        item(source, f"{n}.jpg", pictures.gps_jpeg(40 + n, 30) if n % 2 else pictures.jpeg(40 + n, 30))
        for n in range(7)
    ]
    work.append(Refused("link.jpg", None, "symlink"))
    stopped = job(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        list(stopped.run(work, Here(stopped.target, shards_max=2)))
    with stopped.report_file.open("ab") as torn:
        torn.write(b'{"format": "accession/blur-rep')

    again = job(tmp_path)
    assert len(again.account) == 4
    engine = Here(again.target)
    list(again.run(work, engine))

    assert engine.done == ["4.jpg", "6.jpg"]
    paths = [line.path for line in report.read(again.report_file)]
    assert sorted(paths) == sorted(thing.path for thing in work)
    assert sorted(p.name for p in again.target.iterdir()) == [f"{n}.jpg" for n in range(7)]
    assert not (again.target / STORE).exists()


def test_a_finished_run_done_again_does_nothing(tmp_path: Path, source: Path) -> None:
    work: list[Item | Refused] = [item(source, "a.jpg", pictures.jpeg()), Refused("b", None, "symlink")]
    first = job(tmp_path)
    list(first.run(work, Here(first.target)))
    before = first.report_file.read_bytes()
    again = job(tmp_path)
    engine = Here(again.target)
    assert list(again.run(work, engine)) == []
    assert (engine.done, again.report_file.read_bytes()) == ([], before)


def test_two_recipes_never_mix_in_one_folder(tmp_path: Path, source: Path) -> None:
    first = job(tmp_path)
    list(first.run([item(source, "a.jpg", pictures.jpeg())], Here(first.target)))
    other = FolderJob(first.target, first.report_file, recipe.named("dlib-cnn"), "cpu")
    with pytest.raises(ReportError, match="another recipe"):
        other.resume()


def run_of(tmp_path: Path, work: list[Item | Refused]) -> FolderJob:
    running = job(tmp_path)
    list(running.run(work, Here(running.target)))
    return running


def told(running: FolderJob) -> list[tuple[str, str, str | None]]:
    return sorted((line.path, line.action, line.code) for line in report.read(running.report_file))


def test_a_picture_that_has_other_bytes_by_now_is_done_again_and_has_one_line(tmp_path: Path, source: Path) -> None:
    same = item(source, "same.jpg", pictures.jpeg())
    run_of(tmp_path, [same, item(source, "a.jpg", pictures.face()), item(source, "b.jpg", pictures.jpeg())])
    work: list[Item | Refused] = [same, item(source, "a.jpg", pictures.gps_jpeg()), Refused("b.jpg", None, "symlink")]
    again = run_of(tmp_path, work)
    assert told(again) == [
        ("a.jpg", "cleaned", None),
        ("b.jpg", "failed", "symlink"),
        ("same.jpg", "unchanged", None),
    ]
    assert (again.account.faces, +again.account.counts) == (
        0,
        {Action.UNCHANGED: 1, Action.CLEANED: 1, Action.FAILED: 1},
    )
    assert sorted(p.name for p in again.target.iterdir()) == ["a.jpg", "same.jpg"]
    assert told(run_of(tmp_path, work)) == told(again)


def test_a_file_that_is_gone_from_the_target_is_made_again(tmp_path: Path, source: Path) -> None:
    work: list[Item | Refused] = [item(source, f"{name}.jpg", pictures.gps_jpeg()) for name in "abc"]
    first = run_of(tmp_path, work)
    (first.target / "b.jpg").unlink()
    again = run_of(tmp_path, work)
    assert sorted(p.name for p in again.target.iterdir()) == ["a.jpg", "b.jpg", "c.jpg"]
    assert [path for path, _, _ in told(again)] == ["a.jpg", "b.jpg", "c.jpg"]
    assert again.account.counts[Action.CLEANED] == 3


def test_what_could_not_be_read_is_tried_again(tmp_path: Path, source: Path) -> None:
    away = item(source, "a.jpg", pictures.jpeg())
    Path(away.file).unlink()
    broken = item(source, "broken.jpg", pictures.truncated_jpeg())
    assert told(run_of(tmp_path, [away, broken])) == [
        ("a.jpg", "failed", "unreadable"),
        ("broken.jpg", "failed", "undecodable"),
    ]
    work: list[Item | Refused] = [item(source, "a.jpg", pictures.jpeg()), broken]
    assert told(run_of(tmp_path, work)) == [("a.jpg", "unchanged", None), ("broken.jpg", "failed", "undecodable")]


def test_what_failed_and_is_in_the_source_no_more_counts_no_more(tmp_path: Path, source: Path) -> None:
    kept, broken = item(source, "a.jpg", pictures.jpeg()), item(source, "b.jpg", b"no picture")
    assert run_of(tmp_path, [kept, broken, Refused("c.jpg", None, "symlink")]).account.counts[Action.FAILED] == 2
    again = run_of(tmp_path, [broken])
    assert told(again) == [("a.jpg", "unchanged", None), ("b.jpg", "failed", "undecodable")]
    assert (again.account.counts[Action.UNCHANGED], again.account.counts[Action.FAILED]) == (1, 1)


def test_what_nobody_foresaw_is_not_in_the_target_and_is_tried_again(tmp_path: Path, source: Path) -> None:
    plain = item(source, "a.jpg", pictures.jpeg())
    assert told(run_of(tmp_path, [replace(plain, place=places.BuggyPlace())])) == [("a.jpg", "failed", "unforeseen")]
    assert list((tmp_path / "target").iterdir()) == []
    assert told(run_of(tmp_path, [plain])) == [("a.jpg", "unchanged", None)]


def test_one_run_at_a_time_works_on_a_target(tmp_path: Path, source: Path) -> None:
    first = job(tmp_path)
    with pytest.raises(EngineError, match="another run is working"):
        job(tmp_path)
    list(first.run([item(source, "a.jpg", pictures.jpeg())], Here(first.target)))
    assert len(job(tmp_path).account) == 1


def test_a_file_system_without_locks_is_worked_on(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOTSUP, "no locks here")

    monkeypatch.setattr("blurring.folders.fcntl.flock", refuse)
    assert told(run_of(tmp_path, [item(source, "a.jpg", pictures.jpeg())])) == [("a.jpg", "unchanged", None)]


def test_files_that_no_report_speaks_of_are_not_replaced(tmp_path: Path, source: Path) -> None:
    work: list[Item | Refused] = [item(source, "a.jpg", pictures.gps_jpeg())]
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "a.jpg").write_bytes(b"somebody's only copy")
    with pytest.raises(ReportError, match=r"holds files, and report\.jsonl says nothing of them"):
        run_of(tmp_path, work)
    assert (tmp_path / "target" / "a.jpg").read_bytes() == b"somebody's only copy"


def test_two_pictures_with_the_same_bytes_are_two_files(tmp_path: Path, source: Path) -> None:
    work = [item(source, name, pictures.gps_jpeg()) for name in ("a.jpg", "b.jpg")]
    running = job(tmp_path)
    list(running.run(work, Here(running.target)))
    one, other = running.target / "a.jpg", running.target / "b.jpg"
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_ino != other.stat().st_ino


def test_a_source_that_changes_while_it_is_copied_is_not_copied(tmp_path: Path, source: Path) -> None:
    plain = item(source, "a.jpg", pictures.jpeg())

    class Meddling(Here):
        def __call__(self, shards: Iterable[Shard]) -> Iterator[ShardResult]:
            for result in super().__call__(shards):
                Path(plain.file).write_bytes(pictures.face())
                yield result

    running = job(tmp_path)
    list(running.run([plain], Meddling(running.target)))
    (line,) = report.read(running.report_file)
    assert (line.action, line.code) == (Action.FAILED, "source-changed")
    assert not (running.target / "a.jpg").exists()


def test_a_target_that_cannot_be_written_is_one_sentence(tmp_path: Path, source: Path) -> None:
    (tmp_path / "target").write_text("a file")
    with pytest.raises(EngineError, match="target cannot be written"):
        job(tmp_path)
    (tmp_path / "target").unlink()
    running = job(tmp_path)
    (running.target / "cat").write_text("in the way")
    with pytest.raises(EngineError, match=r"the target cannot be written at .*cat: "):
        list(running.run([item(source, "cat/a.jpg", pictures.jpeg())], Here(running.target)))


def test_a_report_on_a_full_disk_is_named_and_half_a_line_of_it_is_none(tmp_path: Path) -> None:
    work: list[Item | Refused] = [Refused("a.jpg", None, "symlink")]
    for length in (0, 1000):
        running = job(tmp_path)
        if length:
            list(running.run(work, Here(running.target)))
        with disks.bounded(length + 10), pytest.raises(EngineError, match=r"the report cannot be written at .*jsonl: "):
            list(running.run([Refused("b" * 1000, None, "symlink")], Here(running.target)))
        assert not (tmp_path / "target").exists() or length
    assert told(run_of(tmp_path, work)) == [("a.jpg", "failed", "symlink")]


def test_a_report_that_cannot_be_tidied_is_named_and_stays_as_it_was(tmp_path: Path, source: Path) -> None:
    away = item(source, "a.jpg", pictures.jpeg())
    Path(away.file).unlink()
    run_of(tmp_path, [away, Refused("b.jpg", None, "symlink")])
    before = (tmp_path / "report.jsonl").read_bytes()
    with disks.bounded(10), pytest.raises(EngineError, match=r"the report cannot be written at .*report\.jsonl: "):
        job(tmp_path)
    assert (tmp_path / "report.jsonl").read_bytes() == before
    assert not (tmp_path / "report.jsonl.draft").exists()


def test_a_target_in_which_nothing_can_be_made_is_told_before_anything_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / STORE).write_text("in the way")
    with pytest.raises(EngineError, match=r"target cannot be written at .*accession-blur: File exists"):
        job(tmp_path)
    assert not (tmp_path / "report.jsonl").exists()


def test_a_sink_that_is_full_says_which_folder_it_is(tmp_path: Path) -> None:
    with disks.bounded(10), pytest.raises(OSError, match="File too large") as refused:
        StoreSink(str(tmp_path))(b"more than ten bytes")
    assert refused.value.filename == str(tmp_path)


class Unopened:
    """An engine that takes its first work and cannot be opened then."""

    def __call__(self, shards: Iterable[Shard]) -> Iterator[ShardResult]:
        next(iter(shards))
        raise DeviceError("no such device")


def test_a_run_that_ends_before_its_first_result_leaves_nothing_behind(tmp_path: Path, source: Path) -> None:
    work: list[Item | Refused] = [Refused("link.jpg", None, "symlink"), item(source, "a.jpg", pictures.jpeg())]
    deep = tmp_path / "not" / "there"
    with pytest.raises(EngineError, match="report cannot be written"):
        FolderJob(deep / "target", tmp_path / "gone" / "report.jsonl", RECIPE, "cpu").resume()
    running = FolderJob(deep / "target", deep / "report.jsonl", RECIPE, "cpu")
    running.resume()
    with pytest.raises(DeviceError):
        list(running.run(work, Unopened()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_what_was_there_before_a_run_that_never_began_is_left(tmp_path: Path, source: Path) -> None:
    one, other = item(source, "a.jpg", pictures.jpeg()), item(source, "b.jpg", pictures.jpeg(seed=1))
    run_of(tmp_path, [one])
    with pytest.raises(DeviceError):
        list(job(tmp_path).run([one, other], Unopened()))
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["a.jpg"]
    assert told(run_of(tmp_path, [one, other])) == [("a.jpg", "unchanged", None), ("b.jpg", "unchanged", None)]


def test_a_report_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^the report cannot be written at .*gone/report\.jsonl: No such file"):
        FolderJob(tmp_path / "target", tmp_path / "gone" / "report.jsonl", RECIPE, "cpu").resume()


def test_a_sink_keeps_bytes_under_their_digest(tmp_path: Path) -> None:
    digest = StoreSink(str(tmp_path))(b"bytes")
    assert digest == hashlib.sha256(b"bytes").hexdigest()
    assert (tmp_path / STORE / digest).read_bytes() == b"bytes"
    assert len(list((tmp_path / STORE).iterdir())) == 1
