"""What does the web process consist of? One function that puts the pieces together, in the order in which they act.

The process can read, record and ask; it holds no signing key and sees no detector.
"""

import sys
from typing import TextIO

from flask import Flask
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # it ships no types
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from registry.home import Home
from registry.web import (
    access_log,
    auth,
    door,
    formats,
    limits,
    navigation,
    problems,
    security,
    uploads,
    words,
)
from registry.web.pages import PAGES

FORM_LIFETIME_SECONDS = 4 * 3600


def create_app(home: Home, *, log: TextIO = sys.stderr, is_limited: bool = True) -> Flask:
    """The application that serves `home`; whoever opened the home closes it.

    Args:
        home: the opened registry home.
        log: where the access log goes, one JSON line per request.
        is_limited: whether strangers are slowed down; False only where tests knock often.
    """
    settings = home.settings
    app = access_log.LoggedFlask("registry.web")
    app.secret_key = settings.web_secret
    app.config.update(WTF_CSRF_TIME_LIMIT=FORM_LIFETIME_SECONDS, RATELIMIT_ENABLED=is_limited)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    door.install(app, home)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's way
    security.install(app, trusted_hosts=settings.trusted_hosts, is_https=settings.is_served_over_https)
    access_log.install(app, log)
    problems.install(app)
    auth.install(app)
    uploads.install(app)
    navigation.install(app)
    formats.install(app)
    words.install(app)
    CSRFProtect(app)
    limits.LIMITER.init_app(app)
    for page in PAGES:
        app.register_blueprint(page)
    return app
