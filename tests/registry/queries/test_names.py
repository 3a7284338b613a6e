from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from registry.errors import AccessionError, InvalidInputError, NotFoundError
from registry.home import Home
from registry.queries import names
from tests.factories import rows

HOSTILE = [
    "",
    " ",
    "/",
    "//",
    "a/b/c/d",
    "nul\x00",
    "half\ud800",
    "a/nul\x00/2026.1",
    "x" * 5000,
    "' OR 1=1 --",
    "a@\x00",
]


@pytest.fixture
def session(bare_home: Home) -> Iterator[Session]:
    """A session in which everything that can be named is there once."""
    with bare_home.sessions() as opened:
        made = rows.release(opened)
        rows.case(opened, number="TD-7KQ4-M2XR")
        opened.flush()
        assert made.number == "2026.1"
        yield opened


@given(st.from_regex(r"[a-z0-9][a-z0-9.-]{0,63}", fullmatch=True))
def test_a_slug_is_itself(text: str) -> None:
    assert names.slug(text, "dataset") == text
    assert names.split_variant(f"{text}/{text}") == (text, text)


@pytest.mark.parametrize("text", ["", "A", "-a", ".a", "a b", "a/b", "a\n", "é", "a" * 65, "a\x00"])
def test_what_is_no_slug_is_refused_with_what_may_stand_there(text: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be the name of a variant: use small letters"):
        names.slug(text, "variant")


@given(st.text(max_size=20))
def test_a_line_can_be_kept_by_utf_8_and_has_no_break(text: str) -> None:
    if names.is_line(text):
        assert "\x00" not in text
        assert "\n" not in text
        assert text.encode().decode() == text


@pytest.mark.parametrize("text", ["", "plain", "Zoë Ш", "山田\u3000太郎", "🙂"])
def test_names_of_people_everywhere_are_lines(text: str) -> None:
    assert names.is_line(text)


def test_names_and_rows_stand_for_each_other(session: Session) -> None:
    variant = names.variant(session, "sample/photos")
    release = names.release(session, "sample/photos/2026.1")
    assert release.variant_id == variant.id
    assert names.variant_name(session, variant.id) == "sample/photos"
    assert names.release_label(session, release) == "sample/photos/2026.1"
    assert names.person(session, "mara").handle == "mara"


def test_a_policy_is_named_with_its_version_or_is_the_newest(session: Session) -> None:
    rows.policy(session, version="2", sha256="6" * 64)
    assert names.policy(session, "faces").version == "2"
    assert names.policy(session, "faces@1").version == "1"
    for name in ("faces@3", "face", "@1", "faces@1@1"):
        with pytest.raises(NotFoundError, match="no published policy"):
            names.policy(session, name)


@pytest.mark.parametrize("number", ["TD-7KQ4-M2XR", "td-7kq4-m2xr", " TD-7KQ4-M2XR\n"])
def test_a_case_number_may_be_copied_carelessly(session: Session, number: str) -> None:
    assert names.case(session, number).number == "TD-7KQ4-M2XR"


@pytest.mark.parametrize("label", ["sample/photos/2026.2", "sample/other/2026.1", "other/photos/2026.1"])
def test_what_is_not_there_is_not_found(session: Session, label: str) -> None:
    with pytest.raises(NotFoundError, match=r"There is no (release|variant)"):
        names.release(session, label)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_said_breaks_the_question(session: Session, text: str) -> None:
    for question in (names.variant, names.release, names.policy, names.person, names.case):
        with pytest.raises(AccessionError):
            question(session, text)
    assert names.person(session, "mara").handle == "mara"
