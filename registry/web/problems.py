"""What does a refusal look like? RFC 9457 JSON for programs, a page for people; never a traceback for either.

One of the two places where `registry.errors` becomes words (the other is `cli.main`).
"""

from http import HTTPStatus

import flask
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # it ships no types
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from registry.errors import AccessionError, Fact, UnauthenticatedError
from registry.web import access_log

MEDIA_TYPE = "application/problem+json"
FAULT_SENTENCE = "Something is wrong with Accession itself. It was recorded; nothing was changed."

# What Werkzeug says is written for programmers; these are the refusals that people meet.
SENTENCES = {
    400: "The request could not be understood. Go back, load the page again and repeat it.",
    404: "There is no such page.",
    405: "This page cannot be used in that way.",
    413: "What was sent is too large.",
    429: "Too many attempts in a short time. Wait a little, then try again.",
}
# Fields that somebody wrote at length; a refusal gives them back, so that nothing has to be thought up twice.
WRITTEN = ("reason", "statement", "document")


def install(app: Flask) -> None:
    """Every error that a view of `app` raises ends here."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(AccessionError, refused)
    app.register_error_handler(HTTPException, refused_by_http)
    app.register_error_handler(InternalServerError, failed)


def refused(error: AccessionError) -> Response:
    """The answer to a refusal of the registry's own; a person who is not signed in is asked to sign in."""
    if isinstance(error, UnauthenticatedError) and is_for_people() and request.method == "GET":
        here = request.full_path.rstrip("?")
        return flask.make_response(flask.redirect(flask.url_for("sessions.sign_in", next=here), 303))
    response = render(error.code, error.title, error.status, error.sentence, error.facts)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Session realm="accession"'  # RFC 9110 §15.5.2
    return response


def refused_by_http(error: HTTPException) -> Response:
    """The answer to what Flask itself refuses: unknown pages, wrong methods, missing CSRF tokens."""
    status = HTTPStatus(error.code or 500)
    code = status.phrase.lower().replace(" ", "-")
    response = render(code, status.phrase, status, sentence_of(error), {})
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def sentence_of(error: HTTPException) -> str:
    """What Flask's refusal says to people."""
    status = HTTPStatus(error.code or 500)
    match error:
        case SecurityError():
            return "This registry does not answer under this address; whoever runs it says which in `trusted_hosts`."
        case CSRFError():
            return "This form was open for too long, or in another session. Go back, load the page again and repeat it."
        case _:
            return SENTENCES.get(status, status.description or status.phrase)


def failed(error: InternalServerError) -> Response:
    """The answer to a bug: its trace is in the log, under the number that the person gets."""
    del error
    return render("error", AccessionError.title, 500, FAULT_SENTENCE, {})


def render(code: str, title: str, status: int, sentence: str, facts: dict[str, Fact]) -> Response:
    """A problem in the form that the client asked for; a program unless it names HTML."""
    if not is_for_people():
        return _as_json(code, title, status, sentence, facts)
    problem = {"code": code, "title": title, "status": status, "sentence": sentence}
    page = render_template(
        "problem.html", problem=problem, written=_written(status), request_id=access_log.request_id()
    )
    return flask.make_response(page, status)


def _written(status: int) -> list[str]:
    """What somebody wrote at length in the form that is refused; nothing of a form too large to be read."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return []
    return [text for name in WRITTEN if (text := request.form.get(name, "").strip())]


def is_for_people() -> bool:
    """Whether the client asked for HTML. Under an untrusted host there are no pages, as links cannot be built."""
    if flask.globals.request_ctx.url_adapter is None:
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def _as_json(code: str, title: str, status: int, sentence: str, facts: dict[str, Fact]) -> Response:
    body = {
        "type": f"urn:accession:problem:{code}",
        "title": title,
        "status": status,
        "detail": sentence,
        "instance": f"urn:uuid:{access_log.request_id()}",
        **({"facts": facts} if facts else {}),
    }
    response = flask.jsonify(body)
    response.status_code = status
    response.mimetype = MEDIA_TYPE
    return response
