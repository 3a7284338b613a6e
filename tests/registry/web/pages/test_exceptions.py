from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, rows, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")


def test_the_register_is_empty_until_somebody_grants_something() -> None:
    assert "No exception was ever granted." in browsing.visitor("otto").get("/exceptions").text


def test_the_register_says_what_why_who_and_until_when(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        _grant(home)
        page = Visitor(browsing.app_of(home), "rita").get("/exceptions").text
    for words in ("a/b", "keep", "She agreed.", "granted by mara", "in force"):
        assert words in page


def _grant(home: Home) -> None:
    with home.sessions() as session:
        rows.exception(
            session,
            variant_id=rows.variant(session, "other", dataset_id=rows.dataset(session, "x").id).id,
            reason="She agreed.",
        )
        session.commit()
