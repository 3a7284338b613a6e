"""Where can this person go? Only doors that would open; the server asks again at each of them."""

from dataclasses import dataclass

from flask import Flask, request

from registry.access import Permission
from registry.web import auth


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the main navigation.

    Attributes:
        permission: without it the place is not shown.
        subjects: blueprints whose pages belong to the place, besides its own.
    """

    words: str
    endpoint: str
    permission: Permission | None = None
    subjects: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether the page being shown belongs to this place."""
        return request.blueprint in {self.endpoint.partition(".")[0], *self.subjects}


PLACES = (
    Place(
        "Datasets",
        "datasets.home",
        subjects=(
            "imports",
            "layers",
            "likeness",
            "links",
            "occurrences",
            "releases",
            "pictures",
            "faces",
            "image_reviews",
            "search",
            "weights",
        ),
    ),
    Place("Synsets", "taxonomies.index"),
    Place("Policies", "policies.index", subjects=("editor", "exceptions", "overlays", "procedures")),
    Place("Takedowns", "takedowns.ask"),
    Place("Revocations", "revocations.index"),
    Place("Log", "log.index"),
    Place("Cases", "cases.queue", Permission.TAKEDOWN_READ),
    Place("Approvals", "approvals.queue", Permission.RELEASE_APPROVE),
    Place("Events", "events.index", Permission.AUDIT_READ),
    Place("People", "people.index", Permission.PEOPLE_MANAGE),
)


def install(app: Flask) -> None:
    """Every template of `app` may ask for the places."""
    app.jinja_env.globals["navigation"] = places


def places() -> list[Place]:
    """The places whose door would open for whoever is asking."""
    asking = auth.actor()
    return [place for place in PLACES if place.permission is None or asking.may(place.permission)]
