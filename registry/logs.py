"""How does the program log? JSON lines on standard error, with constant event names and facts as fields.

Logs may be lost and are read by many: no claimant's data, no key, no token, no face is ever a fact of one.
"""

import logging
import sys

import structlog


def configure(level: int = logging.INFO) -> None:
    """From now on everything at or above the level is one JSON line on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Whatever is standard error when the line is written: a test, or who redirects it, may have another by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def configure_if_new(level: int) -> None:
    """As `configure`, unless the program has said already how it logs."""
    if not structlog.is_configured():
        configure(level)
