import pytest

from policies import shipped
from registry.errors import NotFoundError
from registry.home import Home
from registry.queries import policies
from tests.factories import homes, rows


def test_policies_are_listed_by_name_the_last_published_version_first(bare_home: Home) -> None:
    with bare_home.reading() as session:
        for number, (name, version) in enumerate([("b", "1"), ("a", "9"), ("a", "10")]):
            rows.policy(session, name=name, version=version, sha256=str(number).rjust(64, "0"))
        lines = policies.list_policies(session)
    assert [line.label for line in lines] == ["a@10", "a@9", "b@1"]
    assert {line.published_by for line in lines} == {"mara"}


def test_a_policy_is_read_with_the_bytes_that_were_published(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        newest = policies.read_policy(session, furnished_home.blobs, homes.FACES)
        named = policies.read_policy(session, furnished_home.blobs, f"{homes.FACES}@1")
    assert newest == named
    assert newest.document == shipped.read(homes.FACES)


def test_a_policy_that_nobody_published_is_not_found(furnished_home: Home) -> None:
    with furnished_home.reading() as session, pytest.raises(NotFoundError):
        policies.read_policy(session, furnished_home.blobs, f"{homes.FACES}@99")
