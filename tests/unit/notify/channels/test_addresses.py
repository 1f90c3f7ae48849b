"""Where messages may go: the open internet; a private range where the channel says so; some places never."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.addresses import (
    AddressRefused,
    Deadline,
    NameUnknown,
    check,
    is_never_allowed,
    is_private,
)

NEVER = [
    "169.254.169.254",
    "169.254.0.23",
    "fe80::1",
    "100.100.100.200",
    "fd00:ec2::254",
    "224.0.0.1",
    "0.0.0.0",  # noqa: S104 - refused
    "::",
]
WRAPPED = ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"]
PRIVATE = [
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "fd12::1",
    "::ffff:10.0.0.1",
]
PUBLIC = ["93.184.216.34", "203.107.1.1", "2606:2800:220:1:248:1893:25c8:1946"]


def checked(address: str, *, allow_private: bool) -> str:
    found = check(
        "name.example",
        443,
        Deadline(5),
        allow_private=allow_private,
        resolve=lambda *_: [(None, None, None, "", (address, 443))],
    )
    return str(found.ip)


@pytest.mark.parametrize("address", NEVER + WRAPPED)
def test_some_places_no_channel_may_name(address: str):
    assert is_never_allowed(ip_address(address))
    with pytest.raises(AddressRefused):
        checked(address, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_range_is_refused_unless_configured(address: str):
    assert checked(address, allow_private=True) == str(ip_address(address))
    with pytest.raises(AddressRefused):
        checked(address, allow_private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_allowed(address: str):
    assert checked(address, allow_private=False) == address


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_a_longer_one_is_judged_as_itself(address):
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_private(ip_address(wrapped)) == is_private(address)
        assert is_never_allowed(ip_address(wrapped)) == is_never_allowed(address)


def test_a_name_that_resolves_to_nothing_is_unknown():
    with pytest.raises(NameUnknown):
        check("name.example", 443, Deadline(5), allow_private=True, resolve=lambda *_: [])
