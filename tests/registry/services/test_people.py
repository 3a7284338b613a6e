from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from registry.access import OPERATOR, Actor
from registry.acts import Act
from registry.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
    WrongStateError,
)
from registry.home import Home
from registry.models.people import Person, Role, WebSession
from registry.queries import names
from registry.services import people
from tests.factories import homes
from tests.factories import people as made
from tests.factories.homes import NOW
from tests.factories.people import PASSWORD

AUDITOR = frozenset({Role.AUDITOR})


def add(act: Act, handle: str = "zoe", name: str = "Zoe", password: str = PASSWORD) -> Person:
    """Zoe, if nobody else is named."""
    return people.add(act, handle, name, AUDITOR, password)


def holder(home: Home, token: str, after: timedelta = timedelta()) -> Actor | None:
    """Who holds the token after some time."""
    with home.reading() as session:
        found = people.session_actor(session, token, NOW + after)
    return found.actor if found else None


def opened(home: Home, handle: str) -> str:
    """The token of a new session."""
    with homes.act(home, handle) as act:
        return people.open_session(act)


def test_somebody_who_was_added_can_sign_in_with_their_roles(bare_home: Home) -> None:
    with homes.act(bare_home, "ada") as act:
        zoe = people.add(act, "zoe", " Zoë Ш ", frozenset({Role.AUDITOR, Role.REVIEWER}), PASSWORD)
    with bare_home.reading() as session:
        assert people.authenticate(session, "zoe", PASSWORD) == Actor(
            zoe.id, "zoe", frozenset({Role.AUDITOR, Role.REVIEWER})
        )
        assert names.person(session, "zoe").display_name == "Zoë Ш"
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_id, event.facts) == ("person.added", "zoe", {"roles": ["auditor", "reviewer"]})


def test_passwords_are_kept_as_argon2id_and_nowhere_else(bare_home: Home) -> None:
    with homes.act(bare_home, "operator") as act:
        zoe, yan = add(act), add(act, "yan")
    assert zoe.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert zoe.password_hash != yan.password_hash
    assert PASSWORD not in str([event.facts for event in homes.events(bare_home)])


@pytest.mark.parametrize(
    "handle", ["", "z", "Zoe", "zoë", "0e", "-zoe", "zoe\n", "z" * 33, "a b", "worker", "operator"]
)
def test_a_handle_is_short_plain_and_nobody_elses_name(bare_home: Home, handle: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be a handle"), homes.act(bare_home, "ada") as act:
        add(act, handle)


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 201, "nul\x00", "half \ud800"])
def test_a_name_is_something_to_show(bare_home: Home, name: str) -> None:
    with pytest.raises(InvalidInputError, match="a name to be shown"), homes.act(bare_home, "ada") as act:
        add(act, name=name)


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 1025, "tab\tulated-password", "half a pair \ud800"])
def test_a_password_is_long_and_can_be_typed(bare_home: Home, password: str) -> None:
    with pytest.raises(InvalidInputError, match="password"), homes.act(bare_home, "ada") as act:
        add(act, password=password)


def test_a_person_has_a_role_and_a_handle_of_their_own(bare_home: Home) -> None:
    with pytest.raises(InvalidInputError, match="at least one role"), homes.act(bare_home, "ada") as act:
        people.add(act, "zoe", "Zoe", frozenset(), PASSWORD)
    with pytest.raises(WrongStateError, match="already"), homes.act(bare_home, "ada") as act:
        add(act, "mara")
    assert homes.events(bare_home) == []


@pytest.mark.parametrize(
    ("handle", "password"),
    [("mara", "wrong"), ("nobody", PASSWORD), ("", ""), ("mara\x00", PASSWORD), ("mara", "\ud800"), ("MARA", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_handle_are_answered_alike(bare_home: Home, handle: str, password: str) -> None:
    with bare_home.reading() as session, pytest.raises(UnauthenticatedError) as refused:
        people.authenticate(session, handle, password)
    assert refused.value.sentence == "The handle or the password is not right."


def test_signing_in_as_nobody_verifies_a_hash_too(bare_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    hasher = people._hasher()

    class Watched:
        def verify(self, known: str, password: bytes) -> bool:
            verified.append(known)
            return hasher.verify(known, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    with homes.act(bare_home, "operator") as act:
        add(act)
    monkeypatch.setattr(people, "_hasher", Watched)
    with bare_home.reading() as session:
        for handle in ("zoe", "nobody", "\x00"):
            with pytest.raises(UnauthenticatedError):
                people.authenticate(session, handle, "wrong")
    assert len(verified) == 3
    assert {known.rsplit("$", 2)[0] for known in verified} == {"$argon2id$v=19$m=65536,t=3,p=4"}


def test_roles_are_what_was_set_last_from_the_next_thing_on(bare_home: Home) -> None:
    token = opened(bare_home, "otto")
    with homes.act(bare_home, "ada") as act:
        people.set_roles(act, "otto", frozenset({Role.REVIEWER}))
    found = holder(bare_home, token)
    assert found is not None
    assert found.roles == {Role.REVIEWER}
    assert homes.events(bare_home)[-1].facts == {"roles": ["reviewer"]}


@pytest.mark.parametrize("roles", [frozenset(), None])
def test_roles_are_some_and_somebodys(bare_home: Home, roles: frozenset[Role] | None) -> None:
    if roles is None:
        with pytest.raises(NotFoundError), homes.act(bare_home, "ada") as act:
            people.set_roles(act, "nobody", AUDITOR)
    else:
        with pytest.raises(InvalidInputError), homes.act(bare_home, "ada") as act:
            people.set_roles(act, "otto", roles)


def test_nobody_changes_their_own_roles_or_account(bare_home: Home) -> None:
    with pytest.raises(ForbiddenError, match="their own"), homes.act(bare_home, "ada") as act:
        people.set_roles(act, "ada", frozenset(Role))
    with pytest.raises(ForbiddenError, match="their own"), homes.act(bare_home, "ada") as act:
        people.deactivate(act, "ada")
    assert made.actor_of(bare_home.sessions, "ada").roles == {Role.ADMINISTRATOR}


def test_somebody_who_is_deactivated_is_out_everywhere_and_stays_on_record(bare_home: Home) -> None:
    token = opened(bare_home, "otto")
    with homes.act(bare_home, "ada") as act:
        people.deactivate(act, "otto")
    assert holder(bare_home, token) is None
    assert homes.count(bare_home, WebSession) == 0
    with bare_home.reading() as session:
        assert not names.person(session, "otto").is_active
        with pytest.raises(UnauthenticatedError):
            people.authenticate(session, "otto", PASSWORD)
    with pytest.raises(WrongStateError, match="is not active"), homes.act(bare_home, "ada") as act:
        people.deactivate(act, "otto")


def test_a_session_of_somebody_who_was_deactivated_is_worth_nothing_even_if_it_is_still_there(bare_home: Home) -> None:
    token = opened(bare_home, "otto")
    with bare_home.sessions() as session:
        names.person(session, "otto").is_active = False
        session.commit()
    assert holder(bare_home, token) is None


def test_a_session_is_known_by_a_digest_only(bare_home: Home) -> None:
    token = opened(bare_home, "mara")
    with bare_home.reading() as session:
        [kept] = session.exec(select(WebSession))
    assert len(token) >= 43
    assert token not in str(kept.model_dump())
    assert holder(bare_home, token) == made.actor_of(bare_home.sessions, "mara")
    assert holder(bare_home, token[:-1]) is None
    assert holder(bare_home, kept.token_sha256) is None


def test_two_sessions_have_two_tokens_and_end_one_by_one(bare_home: Home) -> None:
    first, second = opened(bare_home, "mara"), opened(bare_home, "mara")
    assert first != second
    with homes.act(bare_home, "mara") as act:
        people.close_session(act, first)
    assert holder(bare_home, first) is None
    assert holder(bare_home, second) is not None


def test_a_session_ends_an_hour_after_its_last_use(bare_home: Home) -> None:
    token = opened(bare_home, "mara")
    assert holder(bare_home, token, people.SESSION_IDLE - timedelta(seconds=1)) is not None
    assert holder(bare_home, token, people.SESSION_IDLE) is None
    with homes.act(bare_home, "mara", NOW + timedelta(minutes=50)) as act:
        people.touch_session(act, token)
    assert holder(bare_home, token, timedelta(minutes=100)) is not None


def test_a_session_ends_after_half_a_day_however_busy_it_was(bare_home: Home) -> None:
    token = opened(bare_home, "mara")
    last = people.SESSION_LIFETIME - timedelta(seconds=1)
    with homes.act(bare_home, "mara", NOW + last) as act:
        people.touch_session(act, token)
    assert holder(bare_home, token, last) is not None
    assert holder(bare_home, token, people.SESSION_LIFETIME) is None


def test_touching_a_session_that_is_over_does_not_begin_it(bare_home: Home) -> None:
    with homes.act(bare_home, "mara") as act:
        people.touch_session(act, "unknown")
    assert homes.count(bare_home, WebSession) == 0


def test_sessions_that_are_over_are_swept_when_somebody_signs_in(bare_home: Home) -> None:
    opened(bare_home, "mara")
    with homes.act(bare_home, "otto", NOW + people.SESSION_LIFETIME + timedelta(seconds=1)) as act:
        people.open_session(act)
    assert homes.count(bare_home, WebSession) == 1


def test_a_new_password_closes_every_session(bare_home: Home) -> None:
    tokens = [opened(bare_home, "mara"), opened(bare_home, "mara")]
    other = opened(bare_home, "otto")
    new = "another battery staple"
    with homes.act(bare_home, "mara") as act:
        people.change_password(act, PASSWORD, new)
    assert [holder(bare_home, token) for token in tokens] == [None, None]
    assert holder(bare_home, other) is not None
    with bare_home.reading() as session:
        assert people.authenticate(session, "mara", new).name == "mara"
        with pytest.raises(UnauthenticatedError):
            people.authenticate(session, "mara", PASSWORD)


@pytest.mark.parametrize(("old", "new"), [("wrong", "another battery staple"), (PASSWORD, "short")])
def test_a_password_is_not_changed_by_whoever_does_not_know_it_or_to_a_bad_one(
    bare_home: Home, old: str, new: str
) -> None:
    with (
        pytest.raises((UnauthenticatedError, InvalidInputError)),
        homes.act(bare_home, "mara") as act,
    ):
        people.change_password(act, old, new)
    with bare_home.reading() as session:
        people.authenticate(session, "mara", PASSWORD)


def test_closing_every_session_leaves_those_of_others(bare_home: Home) -> None:
    mine = [opened(bare_home, "mara"), opened(bare_home, "mara")]
    other = opened(bare_home, "otto")
    with homes.act(bare_home, "mara") as act:
        people.close_every_session(act)
    assert [holder(bare_home, token) for token in mine] == [None, None]
    assert holder(bare_home, other) is not None
    assert homes.events(bare_home)[-1].facts == {"everywhere": True}


def test_who_has_no_account_opens_no_session(bare_home: Home) -> None:
    with pytest.raises(UnauthenticatedError), bare_home.act(OPERATOR) as act:
        people.open_session(act)


def test_passwords_that_are_made_are_long_and_never_the_same() -> None:
    passwords = {people.new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(password) >= 20 for password in passwords)


def test_roles_of_somebody_unknown_are_none(bare_home: Home) -> None:
    with bare_home.reading() as session:
        assert people.roles_of(session, UUID(int=0)) == frozenset()
        assert isinstance(session, Session)
