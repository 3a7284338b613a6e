import hashlib
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from registry.worker.links import fetch
from registry.worker.links.addresses import Gate
from registry.worker.links.fetch import Fetcher, Limits
from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError, UnreachableError
from tests.factories import webs
from tests.factories.webs import PICTURE, StrangeWeb

LIMITS = Limits(size_bytes=500_000, seconds=1.5, connect_seconds=1.0, redirects=5)


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


def fetcher(web: StrangeWeb) -> Fetcher:
    return Fetcher(Gate(frozenset({web.endpoint}), web.resolve), LIMITS, "https://registry.example/links")


def test_a_picture_is_its_digest_and_its_first_bytes(web: StrangeWeb) -> None:
    found = fetcher(web).get(web.url("/cat.jpg"))
    assert (found.status, found.redirects, found.size_bytes) == (200, 0, len(PICTURE))
    assert found.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert (found.head, found.body) == (PICTURE[:4096], b"")
    assert fetcher(web).get(web.url("/cat.jpg"), keep=True).body == PICTURE


def test_we_say_who_we_are_and_whom_we_mean(web: StrangeWeb) -> None:
    fetcher(web).get(web.url("/cat.jpg"))
    assert web.agents == {"AccessionLinkCheck/1 (+https://registry.example/links)"}
    assert web.hosts == {f"pictures.example:{web.port}"}


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("/drip", RefusedError, "too-slow"),
        ("/drip-headers", RefusedError, "too-slow"),
        ("/endless", RefusedError, "too-large"),
        ("/large", RefusedError, "too-large"),
        ("/bomb", RefusedError, "encoded"),
        ("/short", UnreachableError, "cut-short"),
        ("/no-http", UnreachableError, "no-http"),
        ("/hop/0", RefusedError, "too-many-redirects"),
    ],
)
def test_everything_that_a_bad_server_does_has_a_code_and_an_end(
    web: StrangeWeb, path: str, kind: type[LinkError], code: str
) -> None:
    begun = time.monotonic()
    with pytest.raises(kind) as caught:
        fetcher(web).get(web.url(path))
    assert caught.value.code == code
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://127.0.0.1/", "private-address"),
        ("http://169.254.169.254/latest/meta-data/", "private-address"),
        ("http://metadata.example/", "private-address"),
        ("http://[::ffff:169.254.169.254]/", "private-address"),
        ("http://six.example:8080/", "private-address"),
        ("http://private.example:25/", "privileged-port"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://pictures.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:image/png;base64,iVBO", "scheme"),
        ("http://me:secret@pictures.example/", "credentials"),
    ],
)
def test_a_redirect_leads_nowhere_where_a_link_may_not(web: StrangeWeb, target: str, code: str) -> None:
    web.targets["/to/there"] = target
    with pytest.raises(RefusedError) as caught:
        fetcher(web).get(web.url("/to/there"))
    assert caught.value.code == code


def test_a_redirect_is_followed_and_one_in_a_circle_is_not(web: StrangeWeb) -> None:
    web.targets |= {"/to/a": "/to/b", "/to/b": "/cat.jpg", "/to/c": "/to/d", "/to/d": "/to/c"}
    found = fetcher(web).get(web.url("/to/a"))
    assert (found.status, found.redirects, found.url) == (200, 2, web.url("/cat.jpg"))
    with pytest.raises(RefusedError) as caught:
        fetcher(web).get(web.url("/to/c"))
    assert caught.value.code == "redirect-loop"


def test_each_redirect_is_asked_about(web: StrangeWeb) -> None:
    web.targets["/to/cat"] = "/cat.jpg"
    asked = []

    def permit(url: str) -> None:
        asked.append(urlsplit(url).path)
        if len(asked) == 2:
            raise DisallowedError("robots")

    with pytest.raises(DisallowedError):
        fetcher(web).get(web.url("/to/cat"), permit)
    assert asked == ["/to/cat", "/cat.jpg"]
    assert web.asked["/cat.jpg"] == 0


def test_to_wait_politely_costs_the_link_none_of_its_time(web: StrangeWeb) -> None:
    assert fetcher(web).get(web.url("/cat.jpg"), lambda _: time.sleep(LIMITS.seconds + 0.2)).status == 200


def test_a_name_that_changes_its_address_is_resolved_once_for_each_request(web: StrangeWeb) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    gate = Gate(frozenset({web.endpoint}), lambda *_: next(answers))
    rebinding = Fetcher(gate, LIMITS)
    assert rebinding.get(web.url("/cat.jpg", "rebinding.example")).status == 200
    with pytest.raises(RefusedError, match="private-address"):
        rebinding.get(web.url("/cat.jpg", "rebinding.example"))


def test_the_next_address_is_tried_where_one_does_not_answer(web: StrangeWeb) -> None:
    opened = frozenset({web.endpoint, f"127.0.0.2:{web.port}"})
    both = Fetcher(Gate(opened, lambda *_: ["127.0.0.2", "127.0.0.1"]), LIMITS)
    assert both.get(web.url("/cat.jpg")).status == 200


def test_where_nobody_answers_the_link_is_unreachable() -> None:
    port = webs.free_port()
    gate = Gate(frozenset({f"127.0.0.1:{port}"}), lambda *_: ["127.0.0.1"])
    with pytest.raises(UnreachableError, match="no-connection"):
        Fetcher(gate, LIMITS).get(f"http://nobody.example:{port}/")


def test_a_server_that_speaks_no_tls_is_unreachable_by_https(web: StrangeWeb) -> None:
    with pytest.raises(UnreachableError, match="no-tls"):
        fetcher(web).get(web.url("/cat.jpg").replace("http:", "https:"))


def test_certificates_are_checked_against_the_name() -> None:
    context = Fetcher(Gate()).context
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_no_time_left_is_too_slow(web: StrangeWeb) -> None:
    with pytest.raises(RefusedError, match="too-slow"):
        Fetcher(fetcher(web).gate, Limits(seconds=-1)).get(web.url("/cat.jpg"))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "no-url"),
        ("cat.jpg", "no-url"),
        ("http://[::1", "no-url"),
        ("http://host:99999/", "no-url"),
        ("http://host:0/", "no-url"),
        ("http://host/\r\nX: y", "no-url"),
        ("http://host/" + "x" * 5000, "no-url"),
        ("ftp://host/cat.jpg", "scheme"),
        ("http://user@host/", "credentials"),
    ],
)
def test_what_is_no_link_is_refused_before_anybody_is_asked(url: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        fetch.parsed(url)
    assert caught.value.code == code


def test_names_and_paths_are_written_as_the_network_has_them() -> None:
    place = fetch.parsed("http://Bücher.example./a b/ü%20.jpg?q=ä b")
    assert fetch.host_of(place) == "xn--bcher-kva.example"
    assert fetch.target(place) == "/a%20b/%C3%BC%20.jpg?q=%C3%A4%20b"
    assert (fetch.port_of(place), fetch.port_of(fetch.parsed("https://host"))) == (80, 443)
    assert fetch.target(fetch.parsed("https://host")) == "/"
    with pytest.raises(RefusedError, match="no-url"):
        fetch.host_of(fetch.parsed("http://" + "ü" * 80 + ".example/"))
