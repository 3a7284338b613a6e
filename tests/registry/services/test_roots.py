from datetime import timedelta

import pytest
from sqlmodel import select

from registry import settings
from registry.errors import InvalidInputError, NotVerifiedError
from registry.home import Home
from registry.models.audit import AuditEvent
from registry.models.transparency import LogLeaf
from registry.proof import canonical, sign, trust
from registry.proof import roots as drafts
from registry.proof.roots import Change
from registry.services import roots
from tests.factories import homes
from tests.factories.homes import NOW


def signed(home: Home, change: Change, days: int = 10) -> bytes:
    """The next root, signed by the home's own root keys."""
    draft = drafts.successor(trust.load(settings.trust_roots(home.settings)[-1]), change, NOW, days)
    return sign.root(draft, sign.signers(home.settings.keys_folder, trust.ROOT))


def told(home: Home) -> list[tuple[str, str, str]]:
    """What the audit trail says of keys and roots: who, what, of which thing."""
    with home.reading() as session:
        found = session.exec(select(AuditEvent).where(AuditEvent.subject_kind.in_(["key", "root"]))).all()  # type: ignore[attr-defined]  # SQLModel types columns as values
    return sorted((event.actor_name, event.event, event.subject_id) for event in found)


def test_a_published_root_is_the_newest_one_and_every_key_that_comes_or_goes_leaves_an_event(bare_home: Home) -> None:
    folder = bare_home.settings.keys_folder
    (old,) = sign.signers(folder, "datasheets")
    new = sign.create_key(folder, "datasheets")
    data = signed(bare_home, Change({"datasheets": [new]}, frozenset({old.key.keyid})))
    with homes.act(bare_home, "operator") as act:
        file = roots.publish(act, bare_home.settings, data)
    assert file.name == "2.root.json"
    assert settings.trust_roots(bare_home.settings)[-1] == data == file.read_bytes()
    assert told(bare_home) == [
        ("operator", "key.retired", old.key.keyid),
        ("operator", "key.trusted", new.keyid),
        ("operator", "root.published", "2"),
    ]
    with bare_home.reading() as session:
        leaves = session.exec(select(LogLeaf).where(LogLeaf.kind == "root").order_by(LogLeaf.label)).all()
    assert [(leaf.label, leaf.subject) for leaf in leaves] == [
        (f"root/{number}", canonical.digest(root))
        for number, root in enumerate(settings.trust_roots(bare_home.settings), start=1)
    ]


def test_a_root_that_is_not_signed_or_expired_or_skips_one_is_not_published(bare_home: Home) -> None:
    before = trust.load(settings.trust_roots(bare_home.settings)[-1])
    unsigned = drafts.successor(before, Change(), NOW)
    good = signed(bare_home, Change())
    for data, refusal, why in (
        (unsigned, NotVerifiedError, "not signed by enough"),
        (b"{}", InvalidInputError, "no TUF root metadata"),
        (settings.trust_roots(bare_home.settings)[0], NotVerifiedError, "directly after"),
    ):
        with pytest.raises(refusal, match=why), homes.act(bare_home, "operator") as act:
            roots.publish(act, bare_home.settings, data)
    with pytest.raises(NotVerifiedError, match="expired"), homes.act(bare_home, "operator", NOW + timedelta(11)) as act:
        roots.publish(act, bare_home.settings, good)
    assert len(settings.trust_roots(bare_home.settings)) == 1
    assert told(bare_home) == []


def test_a_new_key_is_told_by_its_id_and_role(bare_home: Home) -> None:
    with homes.act(bare_home, "operator") as act:
        roots.note_new_key(act, "models", "abc")
    assert told(bare_home) == [("operator", "key.made", "abc")]
