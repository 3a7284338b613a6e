import json

from registry.home import Home
from tests.factories.terminal import Terminal


def test_an_auditor_reads_what_was_done_newest_first(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "otto")
    events = json.loads(terminal.run("audit", "--json").out)["items"]
    assert events[0]["happened_at"] >= events[-1]["happened_at"]
    assert {"policy.published", "import.finished"} <= {event["event"] for event in events}


def test_events_are_narrowed_by_name_person_and_subject(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "otto")
    words = ("audit", "--event", "policy.published", "--actor", "mara", "--json")
    events = json.loads(terminal.run(*words).out)["items"]
    assert {(event["event"], event["actor_name"]) for event in events} == {("policy.published", "mara")}
    subject = events[0]["subject_id"]
    assert json.loads(terminal.run("audit", "--subject", subject, "--json").out)["items"] == events[:1]


def test_a_page_says_where_the_next_one_begins(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "otto")
    shown = terminal.run("audit", "--limit", "1").out.splitlines()
    assert shown[0].split() == ["AT", "WHO", "EVENT", "SUBJECT", "FACTS"]
    cursor = shown[-1].removeprefix("More: --after ")
    following = terminal.run("audit", "--limit", "1", "--after", cursor).out.splitlines()
    assert following[1] != shown[1]


def test_nobody_else_reads_them(furnished_home: Home) -> None:
    assert Terminal(furnished_home.settings.home, "mara").run("audit").code == 6
    assert Terminal(furnished_home.settings.home).run("audit").code == 6
