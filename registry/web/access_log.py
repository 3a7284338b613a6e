"""Which requests were answered, and how? One JSON line each, with an id that the caller sees as well.

Refuses to write addresses, user agents, names, query strings or paths: the rule that matched says which page it was,
and a path or a form may carry what a claimant typed.
"""

import time
from types import TracebackType
from typing import TextIO

import structlog
from flask import Flask, Response, g, request

from registry import ids

ExcInfo = tuple[type[BaseException], BaseException, TracebackType]

HEADER = "X-Request-ID"


def install(app: Flask, stream: TextIO) -> None:
    """Every request of `app` gets an id, and one line in `stream` when it was answered."""
    log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
    app.extensions["access-log"] = log

    @app.before_request
    def begin() -> None:
        request_id()
        g.begun_seconds = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        log.info("http.request", **_facts(response))
        return response


def request_id() -> str:
    """The id of the request being answered; ours, never one that a caller sent."""
    if "request_id" not in g:
        g.request_id = str(ids.new_id())
    return str(g.request_id)


class LoggedFlask(Flask):
    """Flask that writes faults in our log, and not with the path of the request in its own."""

    def log_exception(self, exc_info: ExcInfo | tuple[None, None, None]) -> None:
        """The fault and its trace stand in the log, under the id that the person sees."""
        self.extensions["access-log"].error("http.fault", request_id=request_id(), exc_info=exc_info)


def _facts(response: Response) -> dict[str, str | int | float]:
    begun_seconds = g.get("begun_seconds", time.perf_counter())
    return {
        "request_id": request_id(),
        "method": request.method,
        "rule": request.url_rule.rule if request.url_rule else "none",
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - begun_seconds) * 1000, 1),
    }
