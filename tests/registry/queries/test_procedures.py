import pytest

from policies.procedures import Kind
from registry.errors import NotFoundError
from registry.home import Home
from registry.queries import procedures
from tests.factories import procedures as made
from tests.factories.homes import NOW
from tests.factories.policies import digest_of
from tests.factories.procedures import APPROVAL, QUICK, SHIPPED_APPROVAL, SHIPPED_TAKEDOWNS, THREE


def test_what_comes_with_the_program_is_listed_before_anybody_publishes_it(bare_home: Home) -> None:
    with bare_home.reading() as session:
        lines = procedures.list_procedures(session, NOW)
    assert [(line.kind, line.digest, line.is_in_force) for line in lines] == [
        (Kind.RELEASE_APPROVAL, SHIPPED_APPROVAL, True),
        (Kind.TAKEDOWNS, SHIPPED_TAKEDOWNS, True),
    ]
    assert {line.published_by for line in lines} == {procedures.PROGRAM}


def test_every_version_is_listed_once_with_the_one_that_is_in_force(bare_home: Home) -> None:
    made.put_in_force(bare_home, THREE)
    made.publish(bare_home, APPROVAL)
    with bare_home.reading() as session:
        lines = procedures.list_procedures(session, NOW)
    assert [(line.label, line.is_in_force, line.published_by) for line in lines] == [
        ("ours@1", True, "mara"),
        ("release-approval@1", False, "mara"),
        ("takedowns-dmca-gdpr-dsa@1", True, "the program"),
    ]


def test_a_procedure_is_read_by_its_name_or_version_word_by_word(bare_home: Home) -> None:
    made.publish(bare_home, THREE)
    made.publish(bare_home, made.own(THREE, "ours", (b'version: "1"', b'version: "2"')))
    with bare_home.reading() as session:
        newest = procedures.read_procedure(session, bare_home.blobs, "ours", NOW)
        first = procedures.read_procedure(session, bare_home.blobs, "ours@1", NOW)
        shipped = procedures.read_procedure(session, bare_home.blobs, "release-approval", NOW)
        with pytest.raises(NotFoundError, match="There is no procedure 'x"):
            procedures.read_procedure(session, bare_home.blobs, "x" * 999, NOW)
        assert procedures.label_of(session, digest_of(THREE)) == "ours@1"
    assert (newest.document.version, first.written, shipped.written) == ("2", THREE, APPROVAL)


def test_the_difference_of_two_procedures_is_the_lines_that_change(bare_home: Home) -> None:
    made.publish(bare_home, QUICK)
    found = procedures.difference(bare_home.blobs, SHIPPED_TAKEDOWNS, digest_of(QUICK))
    assert "-    clock: {days: 30}" in found
    assert "+    clock: {days: 10}" in found
    assert procedures.difference(bare_home.blobs, SHIPPED_TAKEDOWNS, SHIPPED_TAKEDOWNS) == []
