import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from cli import output

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOSTILE = "a\x1b[2J\nb\x9b\u202e.jpg"


class Colour(StrEnum):
    RED = "red"


class Said(BaseModel):
    hours: int | None


@dataclass(frozen=True)
class Found:
    id: UUID
    at: datetime
    colour: Colour
    where: Path
    counts: dict[str, int]
    parts: tuple[str, ...]
    said: Said


def test_json_holds_every_field_in_its_plain_form(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_json([Found(UUID(int=1), NOON, Colour.RED, Path("a/b"), {"keep": 2}, ("x", "é"), Said(hours=3))])
    shown = capsys.readouterr().out
    assert "é" in shown
    assert json.loads(shown) == [
        {
            "id": "00000000-0000-0000-0000-000000000001",
            "at": "2026-11-22T12:00:00Z",
            "colour": "red",
            "where": "a/b",
            "counts": {"keep": 2},
            "parts": ["x", "é"],
            "said": {"hours": 3},
        }
    ]


def test_a_table_aligns_words_left_and_numbers_right(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME", "IMAGES"), [("a", 5), ("longer", 12_345)], empty="Nothing.")
    assert capsys.readouterr().out.splitlines() == ["NAME    IMAGES", "a            5", "longer  12,345"]


def test_a_table_without_rows_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME",), [], empty="Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"


def test_facts_say_yes_no_and_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.facts([("active", True), ("held", False), ("root", None), ("at", NOON), ("colour", Colour.RED)])
    assert capsys.readouterr().out.split() == [
        *("active", "yes", "held", "no", "root", "-", "at", "2026-11-22T12:00:00Z", "colour", "red"),
    ]


def test_a_hostile_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME",), [(HOSTILE,)], empty="")
    output.facts([("name", HOSTILE)])
    out = capsys.readouterr().out
    assert out.count("\n") == 3
    assert not {"\x1b", "\x9b", "\u202e"} & {*out}


@given(st.text())
def test_what_is_printable_is_unchanged_and_nothing_else_remains(text: str) -> None:
    shown = output.printable(text)
    assert shown.isprintable()
    assert shown == text or not text.isprintable()


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock of the progress line says; change it to let time pass."""
    now = [100.0]
    monkeypatch.setattr("cli.output.time.monotonic", lambda: now[0])
    return now


def test_progress_elsewhere_than_on_a_terminal_is_a_line_now_and_then(
    seconds: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    tell = output.ProgressLine()
    for done in (10, 20, 40):
        seconds[0] += 3
        tell("files read", done, 40)
    assert capsys.readouterr().err.splitlines() == [
        "  files read: 10 of 40",
        "  files read: 40 of 40 (5.0 a second)",
    ]


def test_progress_on_a_terminal_redraws_its_line_and_says_how_long(
    seconds: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    tell = output.ProgressLine()
    tell("files read", 0, None)
    seconds[0] += 1
    tell("files read", 10, 40)
    seconds[0] += 0.01
    tell("files read", 11, 40)
    seconds[0] += 1
    tell("files read", 40, 40)
    assert capsys.readouterr().err.split("\r\x1b[2K") == [
        "",
        "  files read: 0",
        "  files read: 10 of 40 (10.0 a second, 3 s left)",
        "  files read: 40 of 40 (19.9 a second)\n",
    ]


def test_what_an_earlier_run_did_makes_this_one_no_faster(
    seconds: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    tell = output.ProgressLine()
    tell("pictures", 900, 1000)
    seconds[0] += 10
    tell("pictures", 950, 1000)
    assert capsys.readouterr().err.splitlines()[-1] == "  pictures: 950 of 1,000 (5.0 a second, 10 s left)"


def test_a_new_kind_of_work_begins_its_own_count(seconds: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    tell = output.ProgressLine()
    tell("files read", 1, 100)
    seconds[0] += 0.1
    tell("images looked at", 1, 100)
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "  files read",
        "  images looked at",
    ]
