"""How does a view reach the registry? Through the home that this process has opened, and nothing else.

The web is a door: it names the actor, and hands over. It holds no rule of its own.
"""

from flask import Flask, current_app

from registry.home import Home

EXTENSION = "accession"


def install(app: Flask, home: Home) -> None:
    """The views of `app` stand on `home`, which whoever opened it closes."""
    app.extensions[EXTENSION] = home


def home() -> Home:
    """The home on which the application being asked stands."""
    opened: Home = current_app.extensions[EXTENSION]
    return opened
