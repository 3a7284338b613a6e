"""Who did what, when? The audit events, for those who may read them."""

from flask import Blueprint, render_template

from registry.access import Permission
from registry.audit import Event
from registry.queries import events
from registry.queries.events import EventFilter
from registry.web import auth, door, forms

PAGE = Blueprint("events", __name__)


@PAGE.get("/events")
@auth.needs(Permission.AUDIT_READ)
def index() -> str:
    """The newest events, by what they are, who did them or what they are about."""
    which = EventFilter(forms.asked("event"), forms.asked("actor"), forms.asked("subject"))
    with door.home().reading() as session:
        page = events.list_events(session, which, after=forms.asked("after"))
    return render_template("events.html", page=page, which=which, kinds=list(Event))
