import json
import re
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from registry.web import access_log, problems
from tests.factories import browsing

pytestmark = pytest.mark.xdist_group("shown")


def lines_of(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def small_app(log: StringIO) -> Flask:
    app = access_log.LoggedFlask(__name__)
    access_log.install(app, log)
    problems.install(app)

    @app.get("/things/<name>")
    def thing(name: str) -> str:
        if name == "broken":
            raise RuntimeError("a bug of ours")
        return name

    return app


def test_a_request_leaves_one_line_with_its_id_rule_status_and_duration() -> None:
    log = StringIO()
    answer = small_app(log).test_client().get("/things/one?secret=two", headers={"X-Request-ID": "forged"})
    [line] = lines_of(log)
    assert line["event"] == "http.request"
    assert line["rule"] == "/things/<name>"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["request_id"] == answer.headers[access_log.HEADER]
    assert re.fullmatch(r"[0-9a-f-]{36}", str(line["request_id"]))
    assert isinstance(line["duration_ms"], float)
    assert set(line) == {"duration_ms", "event", "level", "method", "request_id", "rule", "status", "timestamp"}


def test_a_line_holds_no_path_query_address_or_agent() -> None:
    log = StringIO()
    small_app(log).test_client().get("/things/alice?q=bob", headers={"User-Agent": "carol"})
    assert not any(word in log.getvalue() for word in ("alice", "bob", "carol", "127.0.0.1"))


def test_an_address_that_matches_no_rule_is_logged_as_none() -> None:
    log = StringIO()
    small_app(log).test_client().get("/unknown/place")
    [line] = lines_of(log)
    assert (line["rule"], line["status"]) == ("none", 404)


def test_a_fault_is_logged_with_its_trace_under_the_id_that_the_person_sees() -> None:
    log = StringIO()
    answer = small_app(log).test_client().get("/things/broken")
    fault, request = lines_of(log)
    assert fault["event"] == "http.fault"
    assert "RuntimeError: a bug of ours" in str(fault["exception"])
    assert fault["request_id"] == request["request_id"] == answer.headers[access_log.HEADER]
    assert answer.status_code == 500
    assert "a bug of ours" not in answer.text


def test_what_a_claimant_types_is_in_no_line(tmp_path: Path) -> None:
    log = StringIO()
    with browsing.own_app(tmp_path, log) as app:
        visitor = browsing.Visitor(app)
        told = {"subject": "n1/secret-name.jpg", "statement": "my address is here", "contact": "me@example.org"}
        answer = visitor.post("/takedowns", subject_kind="path", ground="privacy", **told)
        assert answer.status_code == 200
        visitor.post("/takedowns", subject_kind="url", ground="privacy", **told)
        visitor.post("/takedowns/status", number="TD-ABCD-EFGH", code_words="open sesame")
    assert log.getvalue()
    assert not any(word in log.getvalue() for word in (*told.values(), "secret-name", "ABCD", "sesame"))
