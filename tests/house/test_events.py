"""Every audit event is on the page of the audit trail, is written somewhere, and says what has happened."""

import ast
import re

from registry.access import GRANTS, Permission
from registry.audit import Event
from tests.house import pages, tree

PAGE = "docs/operations/audit.md"
ACCESS_PAGE = "docs/operations/people.md"


def events_written() -> set[str]:
    """The names of the events that services hand to the audit trail."""
    modules = [tree.parsed(file) for file in tree.python_files("registry") if file.name != "audit.py"]
    return {
        node.attr
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event"
    }


def test_the_page_lists_every_event_and_no_other() -> None:
    assert sorted(row["Event"].strip("`") for row in pages.rows(PAGE, "Event")) == sorted(Event)


def test_every_event_is_written_by_somebody() -> None:
    assert {event.name for event in Event} - events_written() == set()


def test_events_are_named_subject_dot_past_participle() -> None:
    assert [event for event in Event if not re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", event)] == []


def test_the_page_of_people_gives_each_role_the_permissions_that_it_has() -> None:
    listed = {
        row["Permission"].strip("`"): {role for role, mark in row.items() if mark == "yes"}
        for row in pages.rows(ACCESS_PAGE, "Permission")
    }
    held = {
        permission.value: {role.value for role, grants in GRANTS.items() if permission in grants}
        for permission in Permission
    }
    assert listed == held
