import json

from registry.home import Home
from tests.factories.terminal import Terminal


def test_the_operator_adds_the_first_people_without_an_account(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home)
    done = terminal.run("people", "add", "nina", "--role", "maintainer", "--role", "auditor", "--name", "Nina N.")
    assert done.code == 0
    added, password = done.out.splitlines()
    assert added == "Added nina (maintainer, auditor)."
    assert len(password.removeprefix("Password, shown only now: ")) > 11
    shown = next(
        person for person in json.loads(terminal.run("people", "list", "--json").out) if person["handle"] == "nina"
    )
    assert (shown["display_name"], shown["roles"], shown["is_active"]) == ("Nina N.", ["auditor", "maintainer"], True)


def test_a_given_password_is_read_from_standard_input_and_not_shown(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home)
    words = ("people", "add", "nina", "--role", "reviewer", "--password-stdin")
    done = terminal.run(*words, typed="correct horse battery\n")
    assert (done.code, done.out) == (0, "Added nina (reviewer).\n")


def test_a_password_that_is_too_short_is_refused(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home)
    assert terminal.run("people", "add", "nina", "--role", "reviewer", "--password-stdin", typed="short\n").code == 4
    assert "nina" not in terminal.run("people", "list").out


def test_a_person_needs_a_role_that_exists(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home)
    assert terminal.run("people", "add", "nina").code == 2
    assert terminal.run("people", "add", "nina", "--role", "emperor").code == 2


def test_a_handle_is_taken_once(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("people", "add", "mara", "--role", "reviewer").code == 5


def test_a_named_person_needs_the_permission_to_manage_people(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home)
    words = ("people", "add", "nina", "--role", "reviewer")
    assert terminal.acting("mara").run(*words).code == 6
    assert terminal.acting("ada").run(*words).code == 0


def test_roles_are_exactly_those_that_are_given(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "ada")
    done = terminal.run("people", "roles", "mara", "--role", "reviewer", "--role", "auditor")
    assert (done.code, done.out) == (0, "mara has the roles auditor, reviewer.\n")
    assert "auditor, reviewer" in terminal.run("people", "list").out


def test_somebody_deactivated_can_no_longer_act(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "ada")
    assert terminal.run("people", "deactivate", "mara").out == "mara is deactivated.\n"
    assert terminal.acting("mara").run("people", "list").code == 0
    assert terminal.acting("mara").run("policies", "publish", "ilsvrc-faces-2021").code == 6
    assert terminal.run("people", "deactivate", "mara").code == 5
    assert terminal.run("people", "deactivate", "nobody").code == 3
