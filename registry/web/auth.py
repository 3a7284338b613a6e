"""Who is asking? The person of an open session, or somebody without an account.

The cookie holds a random token and nothing else; what it means stands in the database, so that signing out works
everywhere and at once. Refuses to decide what somebody may do: `registry.access` does, and the services ask it.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request

from registry import access, clock
from registry.access import PUBLIC, Actor, Permission
from registry.services import people
from registry.web import door

P = ParamSpec("P")
R = TypeVar("R")

COOKIE = "accession"
# The prefix makes browsers insist on https, this very host and the whole of it (RFC 6265bis §4.1.3.2).
HTTPS_COOKIE = "__Host-accession"
TOUCH_EVERY = timedelta(minutes=1)


def install(app: Flask) -> None:
    """Every template of `app` may ask who is asking."""
    app.context_processor(lambda: {"who": actor(), "permissions": Permission})


def actor() -> Actor:
    """Who sends the request being answered."""
    if "actor" not in g:
        token = session_token()
        g.actor = PUBLIC if token is None else _person_behind(token)
    asking: Actor = g.actor
    return asking


def is_insider() -> bool:
    """Whether somebody is signed in: they see what is not published yet."""
    return actor().person_id is not None


def session_token() -> str | None:
    """The token that the browser sent, if any."""
    return request.cookies.get(_cookie_name())


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The view answers only to those who have the permission; others meet the refusal of `access.require`."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            access.require(actor(), permission)
            return view(*args, **kwargs)

        return guarded

    return guard


def remember(response: Response, token: str) -> Response:
    """The browser keeps the token until it closes; the database may forget it earlier."""
    response.set_cookie(
        _cookie_name(),
        token,
        path="/",
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: Response) -> Response:
    """The browser drops the token, and whatever it has kept of our pages."""
    response.delete_cookie(_cookie_name(), path="/", secure=_is_https(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _is_https() -> bool:
    return door.home().settings.is_served_over_https


def _cookie_name() -> str:
    return HTTPS_COOKIE if _is_https() else COOKIE


def _person_behind(token: str) -> Actor:
    """Who holds the token; that they were here is written down once a minute, not with every picture."""
    now = clock.utc_now()
    with door.home().reading() as session:
        opened = people.session_actor(session, token, now)
    if opened is None:
        return PUBLIC
    if now - opened.last_seen_at >= TOUCH_EVERY:
        with door.home().act(opened.actor) as act:
            people.touch_session(act, token)
    return opened.actor
