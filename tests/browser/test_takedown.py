"""Somebody asks for a picture to be taken down, through the page; two people decide; the next release is without it."""

from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import select

from registry.models.takedowns import TakedownCase
from registry.queries import names
from registry.worker.handlers import revocations as revoking
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import browsers, browsing, homes, shown
from tests.factories.browsers import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shown")]

STATEMENT = "That is me at the age of nine"
CONTACT = "someone@example.org"


def ask(watched: Watched) -> tuple[str, str]:
    """Case number and code words of a request for the picture with the face."""
    page = watched.page
    watched.goto("/")
    page.get_by_role("link", name="Ask for an image to be taken down").click()
    page.get_by_label("Its path in a dataset").check()
    page.get_by_label("The address, the path or the hash").fill(shown.FACE)
    page.get_by_label("Anything that helps us decide").fill(STATEMENT)
    page.get_by_label("E-mail").fill(CONTACT)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Your request was received")).to_be_visible()
    return page.locator("#case-number").inner_text(), page.locator("#code-words").inner_text()


def state_of_case(watched: Watched, number: str, code_words: str) -> str:
    """What the status page says to whoever knows the code words."""
    page = watched.page
    watched.goto("/takedowns/status")
    page.get_by_label("Case number").fill(number)
    page.get_by_label("Code words").fill(code_words)
    page.get_by_role("button", name="Show the case").click()
    return page.locator("main").inner_text()


def hold_and_uphold(opened: Browser, address: str, number: str) -> Watched:
    """A reviewer has held and upheld the case."""
    reviewer = Watched(opened, address)
    reviewer.sign_in("rita")
    page = reviewer.page
    page.get_by_role("link", name="Cases").click()
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("No picture is shown until you ask for it.")).to_be_visible()
    expect(page.get_by_text(STATEMENT)).to_be_visible()
    page.locator("#hold-reason").fill("A child is shown.")
    page.get_by_role("button", name="Place the hold").click()
    expect(page.locator(".lead")).to_contain_text("On hold")
    page.get_by_label("upheld: the images leave the next releases").check()
    page.locator("#decision-reason").fill("The person is recognisable and never agreed.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".lead")).to_contain_text("a second has to agree")
    return reviewer


def confirm(opened: Browser, address: str, number: str) -> Watched:
    """A second person has agreed."""
    second = Watched(opened, address)
    second.sign_in("ben")
    second.goto(f"/cases/{number}")
    second.page.get_by_label("I agree: the decision stands").check()
    second.page.get_by_label("Reason").fill("I have looked at it and agree.")
    second.page.get_by_role("button", name="Record my answer").click()
    expect(second.page.locator(".lead")).to_contain_text("Upheld")
    return second


def test_a_takedown_asked_through_the_page_is_held_decided_by_two_people_and_obeyed(tmp_path: Path) -> None:
    log = StringIO()
    with (
        shown.copied(shown.shared(), tmp_path / "home").open() as home,
        browsers.served(browsing.app_of(home, log)) as address,
        browsers.browser() as opened,
    ):
        requester = Watched(opened, address)
        number, code_words = ask(requester)
        assert "looking for the image" in state_of_case(requester, number, code_words)
        with home.reading() as session:
            case = session.exec(select(TakedownCase)).one()
        matching.match(Station(home), str(case.id))
        assert "Found" in state_of_case(requester, number, code_words)
        others = [hold_and_uphold(opened, address, number), confirm(opened, address, number)]
        upheld = state_of_case(requester, number, code_words)
        assert "Upheld" in upheld
        assert "The person is recognisable and never agreed." in upheld
        assert "is still in; the next release leaves it out" in upheld
        assert "rita" not in upheld

        label = shown.build(home)
        homes.released(home, label)
        assert "is gone, excluded with the reason takedown" in state_of_case(requester, number, code_words)
        requester.goto(f"/releases/{label}")
        expect(requester.page.locator("table.account")).to_contain_text("takedown")
        with home.reading() as session:
            counts = names.release(session, label).counts
        assert counts is not None
        assert counts["reasons"]["exclude"]["takedown"] == 1

        revoking.revoke(Station(home), str(case.id))
        assert "Fulfilled" in state_of_case(requester, number, code_words)
        requester.page.get_by_role("link", name="revocation 1").click()
        expect(requester.page.get_by_role("link", name="revocation-1.dsse.json")).to_be_visible()

        for watched in [requester, *others]:
            assert watched.complaints == []
            assert all(url.startswith(address) for url in watched.requested)
            told = " ".join(watched.requested)
            assert code_words.split()[0] not in told
            assert CONTACT not in told
        for secret in (CONTACT, STATEMENT, code_words, shown.FACE):
            assert secret not in log.getvalue()
