"""Production refuses to start on what everybody knows."""

import pytest
from pydantic import ValidationError

from kit.settings import DEMO_CHANNEL_SECRET, Settings

SAFE = {
    "environment": "production",
    "line_channel_secret": "a-real-channel-secret",
    "line_login_channel_secret": "a-real-login-secret",
    "internal_token": "a-real-internal-token",
    "master_key": "cmVhbC1tYXN0ZXIta2V5LTAxMjM0NTY3ODlhYmNkZWY=",
    "identity_secrets": {"my-id": "a-real-my-id-secret"},
    "public_base_url": "https://city.example",
}


def test_production_starts_with_its_own_secrets() -> None:
    assert Settings(**SAFE).environment == "production"


@pytest.mark.parametrize(
    "name",
    [
        "line_channel_secret",
        "internal_token",
        "master_key",
        "line_login_channel_secret",
        "identity_secrets",
    ],
)
def test_production_refuses_each_demo_secret(name: str) -> None:
    without = {k: v for k, v in SAFE.items() if k != name}
    with pytest.raises(ValidationError, match=name.upper()):
        Settings(**without)


def test_production_refuses_an_address_without_https() -> None:
    with pytest.raises(ValidationError, match="LINE_API_BASE"):
        Settings(**SAFE, line_api_base="http://127.0.0.1:8100")


def test_production_refuses_a_redis_without_a_password() -> None:
    for open_one in ("redis://redis:6379/0", "redis://user@redis:6379/0"):
        with pytest.raises(ValidationError, match="REDIS_URL"):
            Settings(**SAFE, redis_url=open_one)
    assert Settings(**SAFE, redis_url="redis://:a-long-password@redis:6379/0").redis_url


def test_trusted_proxies_are_addresses_and_networks() -> None:
    given = Settings(trusted_proxies=("10.0.0.0/8", "192.0.2.7"))
    assert [str(one) for one in given.trusted_proxies] == ["10.0.0.0/8", "192.0.2.7/32"]
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=("everybody",))


@pytest.mark.parametrize("name", ["line_channel_secret", "internal_token"])
def test_production_refuses_an_empty_secret(name: str) -> None:
    with pytest.raises(ValidationError, match=name.upper()):
        Settings(**{**SAFE, name: ""})


def test_an_empty_previous_secret_is_none() -> None:
    assert Settings(line_channel_secret_previous="").line_channel_secret_previous is None


@pytest.mark.parametrize("place", ["channel_secret", "channel_secret_previous"])
@pytest.mark.parametrize("secret", ["short", DEMO_CHANNEL_SECRET])
def test_production_refuses_a_weak_secret_of_a_further_channel(place: str, secret: str) -> None:
    channel = {
        "name": "water",
        "destination": "U" + "a" * 32,
        "channel_id": "1650000002",
        "channel_secret": "a-real-channel-secret-of-its-own",
        "channel_secret_previous": "a-real-former-channel-secret",
    }
    assert Settings(**SAFE, line_channels=(channel,)).line_channels
    with pytest.raises(ValidationError, match="water"):
        Settings(**SAFE, line_channels=({**channel, place: secret},))


def test_production_refuses_the_demo_secret_as_the_previous_one() -> None:
    with pytest.raises(ValidationError, match="LINE_CHANNEL_SECRET_PREVIOUS"):
        Settings(**SAFE, line_channel_secret_previous=DEMO_CHANNEL_SECRET)


@pytest.mark.parametrize("key", ["", "short", "c2hvcnQ=", "not base64 " * 4])
def test_a_master_key_is_32_bytes_in_base64(key: str) -> None:
    with pytest.raises(ValidationError, match="MASTER_KEY"):
        Settings(master_key=key)
