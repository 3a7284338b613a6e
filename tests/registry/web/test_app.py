"""What holds for every page: who may open it, what it carries, and that nothing in it runs or comes from elsewhere."""

import re
from html.parser import HTMLParser

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from registry.models.people import Role
from registry.web import security
from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")

RELEASE = f"/releases/{shown.FIRST}"
BUILT = f"/releases/{shown.SECOND}"
CHANGE = "/policies/procedures/changes/00000000-0000-0000-0000-000000000000"
EVERYONE = frozenset({None, *Role})
INSIDERS = frozenset(Role)
SEEING = INSIDERS - {Role.ADMINISTRATOR}
WORKING_ON_CASES = frozenset({Role.REVIEWER, Role.APPROVER})
AUDITING = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})

# Every page that is read: which roles get it. Everyone else is refused, or asked to sign in.
PAGES: dict[str, frozenset[Role | None]] = {
    "/": EVERYONE,
    "/datasets/sample": EVERYONE,
    f"/datasets/{shown.VARIANT}": EVERYONE,
    f"/datasets/{shown.VARIANT}/links": EVERYONE,
    f"/datasets/{shown.VARIANT}/search": SEEING,
    f"/datasets/{shown.VARIANT}/search?path=n0": SEEING,
    f"/datasets/{shown.VARIANT}/statistics": SEEING,
    RELEASE: EVERYONE,
    f"{RELEASE}/datasheet": EVERYONE,
    f"{RELEASE}/verify": EVERYONE,
    f"{RELEASE}/diff?since=2026.1": EVERYONE,
    f"{RELEASE}/files/datasheet.json": EVERYONE,
    f"{RELEASE}/files/manifest.lines": EVERYONE,
    f"{RELEASE}/pictures": SEEING,
    f"{RELEASE}/pictures?verdict=blur": SEEING,
    f"{RELEASE}/pictures/one?path={shown.FACE}": SEEING,
    f"{RELEASE}/pictures/one?path={shown.PERSON}": SEEING,
    f"{RELEASE}/pictures/preview?path={shown.FACE}": SEEING,
    f"{RELEASE}/faces": SEEING,
    f"{RELEASE}/reviews": SEEING,
    f"{RELEASE}/reviews/one?path={shown.FACE}": SEEING,
    f"{RELEASE}/faces/one?path={shown.FACE}": SEEING,
    "/weights": EVERYONE,
    "/policies": EVERYONE,
    "/exceptions": SEEING,
    "/overlays": EVERYONE,
    "/policies/procedures": EVERYONE,
    "/policies/procedures/release-approval@1": EVERYONE,
    "/policies/procedures/release-approval/document": EVERYONE,
    "/policies/editor": frozenset({Role.MAINTAINER}),
    "/policies/synsets?synset=n09835506": EVERYONE,
    "/policies/person-filtered-faces": EVERYONE,
    "/policies/ilsvrc-faces-2021/document": EVERYONE,
    "/trust/1.root.json": EVERYONE,
    "/identify": SEEING,
    "/occurrences": SEEING,
    "/synsets": EVERYONE,
    "/takedowns": EVERYONE,
    "/takedowns/status": EVERYONE,
    "/revocations": EVERYONE,
    "/log": EVERYONE,
    "/log/checkpoint": EVERYONE,
    f"/log/tile/entries/000.p/{shown.LEAVES}": EVERYONE,
    "/cases": WORKING_ON_CASES,
    "/cases?closed=yes": WORKING_ON_CASES,
    "/approvals": frozenset({Role.REVIEWER, Role.APPROVER}),
    "/events": AUDITING,
    "/people": frozenset({Role.ADMINISTRATOR}),
    "/account": INSIDERS,
    "/sign-in": EVERYONE,
    "/static/accession.css": EVERYONE,
    "/static/mark.svg": EVERYONE,
}
# Every form that is sent by somebody with an account: which roles get past the door.
FORMS: dict[str, frozenset[Role | None]] = {
    f"{BUILT}/approve": frozenset({Role.REVIEWER, Role.APPROVER}),
    "/policies/editor": frozenset({Role.MAINTAINER}),
    "/policies/editor/effect": frozenset({Role.MAINTAINER}),
    "/policies/editor/beyond": frozenset({Role.MAINTAINER}),
    f"{BUILT}/abandon": frozenset({Role.MAINTAINER, Role.APPROVER}),
    f"{BUILT}/faces/one": frozenset({Role.REVIEWER}),
    f"{BUILT}/pictures/one": SEEING,
    f"{BUILT}/reviews/one": frozenset({Role.REVIEWER}),
    "/overlays": frozenset({Role.MAINTAINER}),
    "/policies/procedures/propose": frozenset({Role.MAINTAINER, Role.REVIEWER}),
    f"{CHANGE}/settle": frozenset({Role.APPROVER}),
    f"{CHANGE}/take-back": frozenset({Role.MAINTAINER, Role.REVIEWER}),
    "/cases/TD-2222-2222/hold": frozenset({Role.REVIEWER}),
    "/cases/TD-2222-2222/images": frozenset({Role.REVIEWER}),
    "/cases/TD-2222-2222/decide": frozenset({Role.REVIEWER}),
    "/cases/TD-2222-2222/confirm": frozenset({Role.APPROVER}),
    "/originals": WORKING_ON_CASES,
    "/identify": SEEING,
    "/occurrences": SEEING,
    "/people": frozenset({Role.ADMINISTRATOR}),
    "/people/nobody/roles": frozenset({Role.ADMINISTRATOR}),
    "/people/nobody/deactivate": frozenset({Role.ADMINISTRATOR}),
    "/synsets/n00007846/words": WORKING_ON_CASES,
}
# The pages that do more with a script, and the one file that each may run.
SCRIPTS = {"/policies/editor": "/static/policy-editor.js"}
PUBLIC_FORMS = ("/takedowns", "/takedowns/status", "/takedowns/withdraw", "/sign-in", "/sign-out")
ACCOUNT_FORMS = ("/account/password", "/account/sign-out-everywhere")
# These need something first, and have tests of their own: test_originals.py, test_revocations.py, test_layers.py,
# test_faces.py, test_pictures.py, test_taxonomies.py, test_cases.py, test_weights.py, test_overlays.py in
# tests/registry/web/pages.
NEED_SOMETHING_FIRST = (
    f"/datasets/{shown.VARIANT}/imports/00000000-0000-0000-0000-000000000000",
    f"/datasets/{shown.VARIANT}/layers/labels/real",
    f"{RELEASE}/pictures/file/ticket",
    "/cases/TD-2222-2222",
    "/originals/ticket",
    "/originals/ticket/file",
    "/revocations/1.dsse.json",
    f"{RELEASE}/overlay",
    "/synsets/n00007846",
    "/weights/resnet",
)
# What may be kept by anybody on the way, and how long.
PUBLIC_FILES = {"static": "public, max-age=3600", "log": "public, max-age=(5|31536000, immutable)"}
PREVIEW = "/pictures/preview?"
HANDLES = {role: next(handle for handle, has in shown.PEOPLE.items() if has is role) for role in Role}
ROLES: tuple[Role | None, ...] = (None, *Role)


def visitor(role: Role | None) -> browsing.Visitor:
    return browsing.visitor(HANDLES[role] if role else None)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_for_those_roles_that_the_table_names(url: str, role: Role | None) -> None:
    answer = visitor(role).get(url)
    if role in PAGES[url]:
        assert answer.status_code == 200
    elif role is None:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("url", FORMS)
def test_a_form_is_taken_from_those_roles_that_the_table_names(url: str, role: Role | None) -> None:
    answer = visitor(role).post(url)
    if role in FORMS[url]:
        assert answer.status_code in {404, 409, 422}  # past the door, and refused for its content
    else:
        assert answer.status_code == (401 if role is None else 403)
        assert ("a session ends by itself" in answer.text) is (role is None)


@pytest.mark.parametrize("url", [*FORMS, *PUBLIC_FORMS, *ACCOUNT_FORMS])
def test_no_form_is_taken_without_its_token(url: str) -> None:
    answer = visitor(Role.ADMINISTRATOR).client.post(url, data={"reason": "because"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"] == "urn:accession:problem:bad-request"


def test_no_form_is_taken_with_a_token_of_another_browser() -> None:
    foreign = visitor(None).token()
    answer = visitor(Role.APPROVER).client.post(f"{BUILT}/approve", data={"csrf_token": foreign})
    assert answer.status_code == 400


def test_the_tables_above_name_every_route() -> None:
    read = {*PAGES, *NEED_SOMETHING_FIRST, "/takedowns/status", "/sign-in"}
    sent = {*FORMS, *PUBLIC_FORMS, *ACCOUNT_FORMS}
    adapter = browsing.shared_app().url_map.bind("localhost")
    reached = {
        _rule(adapter.match(url.partition("?")[0], method, return_rule=True)[0])
        for method, urls in (("GET", read), ("POST", sent))
        for url in urls
    }
    every = {_rule(rule) for rule in browsing.shared_app().url_map.iter_rules()}
    assert every == reached


def _rule(rule: Rule | object) -> str:
    assert isinstance(rule, Rule)
    return f"{rule.rule} {rule.endpoint}"


def _assert_headers(answer: TestResponse) -> None:
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["X-Request-ID"])
    assert "Strict-Transport-Security" not in headers  # this application speaks http on loopback


@pytest.mark.parametrize("url", [*PAGES, "/nope", "/cases/TD-0", "/releases/a/b/c", "/static/nope.css"])
def test_every_answer_carries_the_headers(url: str) -> None:
    for role in (None, Role.APPROVER):
        answer = visitor(role).get(url)
        _assert_headers(answer)
        kept = PUBLIC_FILES.get(url.split("/")[1]) if url.count("/") > 1 and answer.status_code == 200 else None
        if PREVIEW in url and answer.status_code == 200:
            kept = "private, no-cache"  # too coarse to show anybody, and asked for every time
        assert re.fullmatch(kept or "no-store", answer.headers["Cache-Control"])


def test_a_refused_form_carries_the_headers_too() -> None:
    _assert_headers(visitor(None).client.post("/takedowns"))
    _assert_headers(visitor(None).client.delete("/"))


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.scripts: list[str | None] = []
        self.post_forms = self.tokens = self.tables = self.captions = self.headings = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag not in {"style", "iframe", "object", "embed"}
        assert "style" not in found
        assert not any(name.startswith("on") for name in found)
        self.scripts += [found.get("src")] if tag == "script" else []
        for name in ("src", "href", "action"):
            if name in found:
                self.links.append(found[name] or "")
        if identity := found.get("id"):
            self.ids.append(identity)
        self.labelled += [found["for"] or ""] if tag == "label" and "for" in found else []
        self.post_forms += tag == "form" and found.get("method") == "post"
        self.tokens += found.get("name") == "csrf_token"
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.headings += tag == "h1"
        if tag in {"select", "textarea"} or (tag == "input" and found.get("type") in {"text", "password", "email"}):
            self.fields.append(found)


def _html_pages() -> list[tuple[str, Role | None]]:
    roles = [(url, next(role for role in ROLES if role in may)) for url, may in PAGES.items()]
    found = [
        (url, role)
        for url, role in roles
        if not re.search(r"/(files|file|preview|document|static|trust|checkpoint|tile)\b", url)
    ]
    return [*found, (BUILT, Role.APPROVER), (f"/datasets/{shown.VARIANT}", Role.MAINTAINER), ("/nope", None)]


@pytest.mark.parametrize(("url", "role"), _html_pages())
def test_a_page_has_no_script_of_others_no_inline_style_and_everything_that_a_reader_without_a_mouse_needs(
    url: str, role: Role | None
) -> None:
    answer = visitor(role).get(url)
    assert answer.mimetype == "text/html"
    page = _Page(answer.text)
    scripts = [SCRIPTS[url]] if url in SCRIPTS else []
    assert page.scripts == scripts
    allowed = re.findall(r"script-src ([^;]*)", answer.headers["Content-Security-Policy"])
    assert [source.removeprefix("http://localhost") for source in allowed] == scripts
    assert page.headings == 1
    assert page.captions == page.tables
    assert page.tokens == page.post_forms
    assert len(page.ids) == len(set(page.ids))
    assert {field["id"] for field in page.fields} <= set(page.labelled)
    assert 'href="#content"' in answer.text
    assert "content" in page.ids


@pytest.mark.parametrize(("url", "role"), _html_pages())
def test_a_page_links_to_places_of_ours_that_exist(url: str, role: Role | None) -> None:
    answer = visitor(role).get(url)
    adapter = browsing.shared_app().url_map.bind("localhost")
    for link in _Page(answer.text).links:
        assert link.startswith(("/", "#"))
        assert not link.startswith("//")
        if link.startswith("/"):
            assert adapter.allowed_methods(link.partition("?")[0])


@pytest.mark.parametrize(
    "url",
    [
        "/datasets/%00",
        "/datasets/" + "x" * 5000,
        "/datasets/..%2f..%2fetc/passwd",
        "/releases/sample/photos/2026.1'%20OR%201=1",
        "/releases/sample/photos/2099.1",
        "/policies/%F0%9F%92%A9",
        "/policies/person-filtered-faces@x",
        "/policies/person-filtered-faces@99",
        "/?after=" + "%00",
        f"/datasets/{shown.VARIANT}?after=not-an-id",
        f"{RELEASE}/files/..%2f..%2fsettings",
        f"{RELEASE}/diff?since=nope",
        f"{RELEASE}/pictures?verdict=destroy",
        f"{RELEASE}/pictures/one",
        f"{RELEASE}/pictures/one?path=../../etc/passwd",
        f"{RELEASE}/pictures/preview?path={shown.PERSON}",
        f"{RELEASE}/pictures/file/forged",
        "/cases/TD-2222-2222",
        "/cases?after=zzz",
        "/originals/forged",
        "/trust/0.root.json",
        "/log?after=nope",
        "/log/tile/0/000",
        "/log/tile/0/..%2f..%2faccession.toml",
        "/log/tile/entries/000.p/0",
        "/trust/..%2faccession.toml",
    ],
)
def test_garbage_gives_a_problem_page_and_never_a_fault(url: str) -> None:
    for accept in (browsing.HTML, "application/json"):
        answer = visitor(Role.APPROVER).get(url, accept)
        assert 400 <= answer.status_code < 500
        assert "Traceback" not in answer.text


def test_another_host_name_is_refused() -> None:
    answer = visitor(None).client.get("/", headers={"Host": "evil.example", "Accept": browsing.HTML})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert answer.headers["Content-Security-Policy"] == security.CONTENT_SECURITY_POLICY


def test_a_request_that_is_too_large_is_refused() -> None:
    answer = visitor(None).post("/takedowns", statement="x" * (security.MAX_REQUEST_BYTES + 1))
    assert answer.status_code == 413
    assert "too large" in answer.text
