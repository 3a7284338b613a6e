"""Fifty times killed at random moments, a folder ends with every picture once, as if nobody had killed anything."""

import hashlib
import json
import random
from pathlib import Path

import pytest

from blurring import report
from blurring.engines import Item, Refused
from tests.factories import kills, pictures
from tests.factories.kills import FolderWork

pytestmark = pytest.mark.slow

KILLS = 50
PICTURES = 120


def drawn(folder: Path) -> list[Item | Refused]:
    """Pictures that are kept, cleaned and blurred, one that fails, and a link."""
    folder.mkdir()
    work: list[Item | Refused] = [Refused("link.jpg", None, "symlink")]
    for number in range(PICTURES):
        match number % 4:
            case 0:
                data = pictures.jpeg(80 + number, 60)
            case 1 | 2:
                data = pictures.gps_jpeg(80 + number, 60)
            case _:
                data = pictures.truncated_jpeg()
        file = folder / f"{number:04}.jpg"
        file.write_bytes(data)
        work.append(Item(file.name, str(file), hashlib.sha256(data).hexdigest()))
    face = folder / "face.jpg"
    face.write_bytes(pictures.face())
    return [*work, Item(face.name, str(face), hashlib.sha256(face.read_bytes()).hexdigest())]


def outcome(target: Path, report_file: Path) -> tuple[dict[str, str], list[str]]:
    """Digest of every file that is in the target, by name; and every line of the report, in order of path."""
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in target.rglob("*") if path.is_file()}
    return files, sorted(line.model_dump_json() for line in report.read(report_file))


def test_killed_fifty_times_a_folder_ends_as_if_nobody_had(tmp_path: Path) -> None:
    work = drawn(tmp_path / "source")
    kills.timed(FolderWork([], tmp_path / "empty", tmp_path / "empty.jsonl"))  # whatever is slow only once
    calm = FolderWork(work, tmp_path / "calm", tmp_path / "calm.jsonl")
    seconds = kills.timed(calm)
    expected = outcome(calm.target, calm.report_file)
    assert len(expected[1]) == len(work)
    assert {json.loads(line)["action"] for line in expected[1]} == {"unchanged", "cleaned", "blurred", "failed"}

    moments = random.Random(20261122)  # noqa: S311 - repeatable, not secret
    count = rounds = 0
    while count < KILLS:
        rounds += 1
        wild = FolderWork(work, tmp_path / f"wild-{rounds}", tmp_path / f"wild-{rounds}.jsonl")
        while kills.killed(wild, moments, seconds / 3):
            count += 1
            if wild.report_file.exists():
                written = list(report.read(wild.report_file))
                assert len({line.path for line in written}) == len(written), "a picture is never reported twice"
        assert outcome(wild.target, wild.report_file) == expected
