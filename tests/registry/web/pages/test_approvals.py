import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from registry.services import people
from tests.factories import browsing, homes, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")

LABEL = shown.SECOND
URL = f"/releases/{LABEL}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield opened


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="(sha256:[0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_the_queue_lists_what_waits() -> None:
    page = browsing.visitor("ana").get("/approvals").text
    assert f'href="{URL}">{LABEL}</a>' in page
    assert shown.FIRST not in page


def test_an_approval_is_bound_to_the_digest_that_was_shown(home: Home) -> None:
    app = browsing.app_of(home)
    ana, ben = Visitor(app, "ana"), Visitor(app, "ben")
    digest = digest_on(ana.get(URL).text)
    answer = ana.post(f"{URL}/approve", digest=digest, reason="I looked at every blurred picture.")
    assert answer.status_code == 303
    assert "You have approved it." in ana.get(URL).text
    assert "Two people approve a release that shows people. 1 of 2 have." in ana.get(URL).text
    ben.post(f"{URL}/approve", digest=digest, reason="So did I.")
    assert "<strong>Approved</strong> by ana, ben." in ben.get(URL).text
    assert re.search(r'is-next"><strong>Signed</strong>', ben.get(URL).text)


def test_the_approval_of_a_closed_account_is_not_counted(home: Home) -> None:
    app = browsing.app_of(home)
    for name in ("ana", "ben"):
        visitor = Visitor(app, name)
        visitor.post(f"{URL}/approve", digest=digest_on(visitor.get(URL).text), reason="I looked at it.")
    with homes.act(home, "ada") as act:
        people.deactivate(act, "ben")
    page = Visitor(app, "ana").get(URL).text
    assert "1 of 2 have (only people with the role approver are counted)." in page
    assert not re.search(r'is-next"><strong>Signed</strong>', page)


def test_a_digest_that_was_not_shown_approves_nothing(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "ana")
    answer = visitor.post(f"{URL}/approve", digest="sha256:" + "0" * 64, reason="because")
    assert answer.status_code == 409
    assert "is not what was shown to you" in answer.text
    assert "0 of 2 have" in visitor.get(URL).text


def test_an_approval_needs_a_reason(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "ana")
    answer = visitor.post(f"{URL}/approve", digest=digest_on(visitor.get(URL).text), reason=" ")
    assert answer.status_code == 422
    assert "An approval needs a reason." in answer.text


def test_nobody_approves_twice(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "ana")
    digest = digest_on(visitor.get(URL).text)
    visitor.post(f"{URL}/approve", digest=digest, reason="because")
    assert visitor.post(f"{URL}/approve", digest=digest, reason="because").status_code == 409


def test_who_planned_a_release_does_not_approve_it(home: Home) -> None:
    shown.give_roles(home, "mara", "maintainer", "approver")
    visitor = Visitor(browsing.app_of(home), "mara")
    page = visitor.get(URL).text
    assert "You planned this release" in page
    assert "Approve this release" not in page
    answer = visitor.post(f"{URL}/approve", digest="sha256:" + "0" * 64, reason="because")
    assert answer.status_code == 403


def test_an_empty_queue_says_so(home: Home) -> None:
    homes.approve(home, LABEL)
    homes.sign_release(home, LABEL)
    page = Visitor(browsing.app_of(home), "ana").get("/approvals").text
    assert "No release waits for approval." in page


def test_a_release_is_given_up_with_a_reason(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "ana")
    assert "Give this release up" in visitor.get(URL).text
    assert visitor.post(f"{URL}/abandon", reason=" ").status_code == 422
    assert visitor.post(f"{URL}/abandon", reason="The counts are wrong.").status_code == 303
    page = visitor.get(URL).text
    assert "Abandoned by ana" in page
    assert "The counts are wrong." in page
    assert "Give this release up" not in page
    assert URL not in visitor.get("/approvals").text


def test_a_reviewer_gives_no_release_up(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "rita")
    assert "Give this release up" not in visitor.get(URL).text
    assert visitor.post(f"{URL}/abandon", reason="because").status_code == 403


def test_a_reason_that_was_written_is_given_back_by_a_refusal(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "ana")
    answer = visitor.post(f"{URL}/approve", csrf_token="an old one", digest="x", reason="I looked at <all> of it.")
    assert answer.status_code == 400
    assert "I looked at &lt;all&gt; of it.</textarea>" in answer.text
