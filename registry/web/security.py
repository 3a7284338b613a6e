"""What may a browser do with our answers? Headers, cookies and limits of size, the same for every response.

Refuses: any script but the one that a page has earned, any inline style, anything loaded from elsewhere, being framed,
and hosts it was not given.
"""

from flask import Flask, Response

MAX_REQUEST_BYTES = 256 * 1024

# No script at all: every page works without one. The few that do more with one name its file (`with_script`).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A picture or a download that someone opens by itself must not become a page of ours.
FILE_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # `same-origin`, not `no-referrer`: the CSRF check over https compares the referrer with the host.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
TWO_YEARS_SECONDS = 2 * 365 * 24 * 3600


def install(app: Flask, *, trusted_hosts: list[str], is_https: bool) -> None:
    """Every response of `app` carries the headers; cookies are HttpOnly, SameSite=Lax and, over https, Secure.

    Args:
        app: the application, before its first request.
        trusted_hosts: the values of the Host header that are answered; others get a 400.
        is_https: whether browsers reach us over https. False is for loopback only.
    """
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        TRUSTED_HOSTS=trusted_hosts,
        SESSION_COOKIE_NAME="accession-form",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_SSL_STRICT=is_https,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.after_request(_with_hsts if is_https else _with_headers)


def with_script(response: Response, url: str) -> Response:
    """The page may run the script at this address, and no other; and the script may ask us, and nobody else."""
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; script-src {url}; connect-src 'self'"
    return response


def _with_headers(response: Response) -> Response:
    """`response` with the headers; those it already carries are its own, stricter ones."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    # What a signed-in person saw must not be found by the next one at the same desk; static files say otherwise.
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _with_hsts(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS_SECONDS}"
    return _with_headers(response)
