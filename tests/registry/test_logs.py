import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from registry import logs


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """What these tests say about logging holds for them alone."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def test_a_line_is_json_on_standard_error_with_event_level_time_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger().info("job.started", job="imports.read")
    out, err = capsys.readouterr()
    line = json.loads(err)
    assert out == ""
    assert (line["event"], line["level"], line["job"]) == ("job.started", "info", "imports.read")
    assert line["timestamp"].endswith("Z")


def test_a_fault_comes_with_its_trace_on_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        int("what nobody foresaw")
    except ValueError:
        structlog.get_logger().exception("job.broke")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "what nobody foresaw" in json.loads(err)["exception"]


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(logging.WARNING)
    structlog.get_logger().info("job.started")
    assert capsys.readouterr().err == ""


def test_a_program_that_has_said_how_it_logs_is_not_overruled(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(logging.ERROR)
    logs.configure_if_new(logging.INFO)
    structlog.get_logger().info("job.started")
    assert capsys.readouterr().err == ""


def test_a_program_that_has_not_said_it_gets_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_if_new(logging.WARNING)
    structlog.get_logger().info("job.started")
    structlog.get_logger().warning("sweep.failed")
    assert json.loads(capsys.readouterr().err)["event"] == "sweep.failed"


def test_a_line_goes_to_what_is_standard_error_when_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with redirect_stderr(io.StringIO()) as before:
        logs.configure()
    before.close()
    structlog.get_logger().info("job.started")
    assert json.loads(capsys.readouterr().err)["event"] == "job.started"
