from registry.home import Home
from registry.models.people import Role
from registry.queries import people
from registry.services import people as accounts
from tests.factories import homes
from tests.factories import people as made


def test_everybody_is_listed_by_handle_with_their_roles(bare_home: Home) -> None:
    with homes.act(bare_home, "ada") as act:
        accounts.set_roles(act, "otto", frozenset({Role.REVIEWER, Role.AUDITOR}))
        accounts.deactivate(act, "ben")
    with bare_home.reading() as session:
        lines = {line.handle: line for line in people.list_people(session)}
    assert list(lines) == sorted(made.ROLES)
    assert lines["otto"].roles == (Role.AUDITOR, Role.REVIEWER)
    assert not lines["ben"].is_active
    assert lines["mara"].display_name == "Mara"
