import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.worker.links.addresses import Gate, endpoint, is_public, system_addresses
from registry.worker.links.troubles import RefusedError, UnreachableError


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"])
def test_what_anybody_can_have_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1", "5f00::1"),
    ],
)
def test_what_is_inside_somebodys_network_or_hides_another_address_is_not(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    with pytest.raises(RefusedError, match="private-address"):
        Gate(resolve=lambda *_: [str(address)]).addresses("any.example", 80)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_never_public(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:", "::", "64:ff9b::"):
        assert not is_public(ipaddress.ip_address(f"{prefix}{address}"))
    assert not is_public(ipaddress.ip_address((0x2002 << 112) | (int(address) << 80)))


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    gate = Gate(resolve=lambda *_: ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(RefusedError, match="private-address"):
        gate.addresses("both.example", 80)


def test_an_operator_opens_an_address_and_a_port_and_no_other() -> None:
    gate = Gate(frozenset({"127.0.0.1:8099", "[::1]:8099"}), lambda host, _: [host])
    assert gate.addresses("127.0.0.1", 8099) == ["127.0.0.1"]
    assert gate.addresses("::1", 8099) == ["::1"]
    for host, port in (("127.0.0.1", 8098), ("127.0.0.2", 8099)):
        with pytest.raises(RefusedError):
            gate.addresses(host, port)


@pytest.mark.parametrize(("port", "is_fine"), [(80, True), (443, True), (8080, True), (22, False), (25, False)])
def test_only_ports_of_the_web_are_asked(port: int, is_fine: bool) -> None:  # noqa: FBT001 - a table
    gate = Gate(resolve=lambda *_: ["8.8.8.8"])
    if is_fine:
        assert gate.addresses("any.example", port) == ["8.8.8.8"]
    else:
        with pytest.raises(RefusedError, match="privileged-port"):
            gate.addresses("any.example", port)


def test_a_name_without_an_address_is_unreachable() -> None:
    with pytest.raises(UnreachableError, match="no-such-host"):
        Gate(resolve=lambda *_: []).addresses("nowhere.example", 80)
    for name in ("no-such-host.invalid", "a" * 300):
        with pytest.raises(UnreachableError, match="no-such-host"):
            system_addresses(name, 80)


@pytest.mark.parametrize("name", ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "localhost"])
def test_however_this_machine_is_written_it_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="private-address"):
        Gate().addresses(name, 80)


def test_the_zone_of_an_address_does_not_hide_it() -> None:
    with pytest.raises(RefusedError):
        Gate(resolve=lambda *_: ["fe80::1%eth0"]).addresses("any.example", 80)


def test_an_endpoint_is_written_as_in_a_url() -> None:
    assert endpoint(ipaddress.ip_address("::1"), 80) == "[::1]:80"
