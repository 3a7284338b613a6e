import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield opened


def test_every_account_is_listed_with_its_roles() -> None:
    page = browsing.visitor("ada").get("/people").text
    assert all(f"/people/{handle}/roles" in page for handle in shown.PEOPLE if handle != "ada")
    assert "/people/ada/roles" not in page


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(home: Home) -> None:
    app = browsing.app_of(home)
    answer = Visitor(app, "ada").post("/people", handle="zoe", display_name="Zoe", role=["auditor", "reviewer"])
    password = re.findall(r'class="keepsake">([^<]+)<', answer.text)[1]
    newcomer = Visitor(app)
    assert newcomer.sign_in("zoe", password).status_code == 303
    assert newcomer.get("/events").status_code == 200
    assert newcomer.get("/cases").status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"handle": "Zoe!", "display_name": "Zoe", "role": "auditor"}, 422, "cannot be a handle"),
        ({"handle": "zoe", "display_name": "", "role": "auditor"}, 422, "needs a name"),
        ({"handle": "zoe", "display_name": "Zoe"}, 422, "at least one role"),
        ({"handle": "zoe", "display_name": "Zoe", "role": "king"}, 422, "There is no such role."),
        ({"handle": "otto", "display_name": "Otto", "role": "auditor"}, 409, "otto already"),
    ],
)
def test_an_account_that_will_not_do_is_refused_in_a_sentence(form: dict[str, str], status: int, sentence: str) -> None:
    answer = browsing.visitor("ada").post("/people", **form)
    assert answer.status_code == status
    assert sentence in answer.text


def test_roles_change_from_the_next_request_on(home: Home) -> None:
    app = browsing.app_of(home)
    otto, ada = Visitor(app, "otto"), Visitor(app, "ada")
    assert otto.get("/events").status_code == 200
    assert ada.post("/people/otto/roles", role="reviewer").status_code == 303
    assert "otto has the roles that you ticked." in ada.get("/people").text
    assert otto.get("/events").status_code == 403
    assert otto.get("/cases").status_code == 200


def test_somebody_without_roles_is_not_made(home: Home) -> None:
    answer = Visitor(browsing.app_of(home), "ada").post("/people/otto/roles")
    assert answer.status_code == 422
    assert "at least one role" in answer.text


def test_a_deactivated_person_is_out(home: Home) -> None:
    app = browsing.app_of(home)
    otto, ada = Visitor(app, "otto"), Visitor(app, "ada")
    assert ada.post("/people/otto/deactivate").status_code == 303
    assert otto.get("/events").status_code == 303
    assert otto.sign_in("otto").status_code == 401
    assert "deactivated" in ada.get("/people").text
    assert ada.post("/people/otto/deactivate").status_code == 409


def test_nobody_deactivates_themselves() -> None:
    answer = browsing.visitor("ada").post("/people/ada/deactivate")
    assert answer.status_code == 403
    assert browsing.visitor("ada").get("/people").status_code == 200
