import pytest

from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.proof.manifest import Verdict
from registry.queries import pictures
from registry.queries.pictures import Which
from tests.factories import homes


def test_pictures_are_listed_by_path_page_by_page(built_home: Home) -> None:
    seen: list[str] = []
    after: str | None = None
    with built_home.reading() as session:
        while True:
            page = pictures.list_pictures(session, built_home.blobs, homes.FIRST, Which(), after=after, limit=3)
            seen += [entry.source.path for entry in page.items]
            after = page.next
            if after is None:
                break
    assert seen == sorted(homes.PATHS)


@pytest.mark.parametrize(
    ("which", "paths"),
    [
        (Which(verdict=Verdict.BLUR), [homes.ASTRONAUT]),
        (Which(reason="person-class"), [homes.PERSON]),
        (Which(label="n02000002"), sorted([homes.EMPTY, *homes.TWINS])),
        (Which(verdict=Verdict.EXCLUDE, label="n02000002"), [homes.EMPTY]),
        (Which(label="nothing"), []),
    ],
)
def test_pictures_are_found_by_verdict_reason_and_class(built_home: Home, which: Which, paths: list[str]) -> None:
    with built_home.reading() as session:
        page = pictures.list_pictures(session, built_home.blobs, homes.FIRST, which)
    assert [entry.source.path for entry in page.items] == paths


def test_one_picture_is_read_by_its_path(built_home: Home) -> None:
    with built_home.reading() as session:
        entry = pictures.read_picture(session, built_home.blobs, homes.FIRST, homes.ASTRONAUT)
        assert (entry.verdict, entry.reasons) == (Verdict.BLUR, ("face",))
        with pytest.raises(NotFoundError, match="no image with this path"):
            pictures.read_picture(session, built_home.blobs, homes.FIRST, "n02000001/none.jpg")


def test_several_pictures_are_read_at_once_and_one_that_is_not_there_is_named(built_home: Home) -> None:
    with built_home.reading() as session:
        asked = (session, built_home.blobs, homes.FIRST)
        wanted = [homes.TWINS[0], homes.ASTRONAUT, homes.TWINS[0]]
        assert [it.source.path for it in pictures.read_pictures(*asked, wanted)] == sorted(set(wanted))
        with pytest.raises(NotFoundError, match=r"has no image n02000001/none\.jpg"):
            pictures.read_pictures(*asked, [*wanted, "n02000001/none.jpg"])


def test_a_release_that_is_not_built_has_no_pictures(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    with furnished_home.reading() as session, pytest.raises(WrongStateError, match="not built yet"):
        pictures.list_pictures(session, furnished_home.blobs, label, Which())
