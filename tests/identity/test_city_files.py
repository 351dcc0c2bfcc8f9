"""What a city's files say of providers, purposes and desks is refused where it is wrong."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from identity.account.purposes import FILE, BadConsentsError, load_purposes
from identity.oidc.providers import Provider, ProviderConfigError, check_address, read_providers
from identity.staff.desks import CityDesksError, load_desks
from kit.settings import Settings

GOOD: dict[str, Any] = {
    "name": "one",
    "title": "一つ",
    "kind": "my-id",
    "issuer": "https://login.example",
    "client_id": "1",
    "scopes": ["openid"],
    "algorithm": "RS256",
    "authentication": "client_secret_basic",
}


def written(*providers: dict[str, Any]) -> str:
    """Return TOML of some providers, each the good one with changes."""
    lines = []
    for provider in providers:
        lines.append("[[providers]]")
        for name, value in (GOOD | provider).items():
            lines.append(f"{name} = {value!r}".replace("'", '"'))
    return "\n".join(lines)


LINE = {"name": "line", "kind": "line"}
CARD = {"name": "card", "kind": "card", "card_acr": ["card"]}


@pytest.fixture
def city(tmp_path: Path) -> Settings:
    settings = Settings(environment="test", cities_dir=tmp_path)
    settings.city_dir.mkdir(parents=True)
    return settings


@pytest.mark.parametrize(
    ("change", "why"),
    [({"scopes": ["profile"]}, "openid"), ({"kind": "card"}, "card_acr")],
)
def test_a_provider_that_could_prove_nothing_is_refused(change: dict[str, Any], why: str) -> None:
    assert Provider.model_validate(GOOD).name == "one"
    with pytest.raises(ValidationError, match=why):
        Provider.model_validate(GOOD | change)


@pytest.mark.parametrize(
    "address", ["http://login.example", "https://login.example/#x", "https://login.example/ x"]
)
def test_an_address_of_a_provider_is_safe(address: str) -> None:
    check_address("https://login.example/x")
    with pytest.raises(ValueError, match="must be an https address"):
        check_address(address)


@pytest.mark.parametrize(
    "content",
    [
        "[[providers]",
        written(LINE, {"title": "{unknown}"}),
        written({}),
        written(LINE, LINE | {"name": "other"}),
        written(LINE, {}, {}),
        written(LINE, CARD, CARD | {"name": "other"}),
    ],
    ids=["no TOML", "unknown setting", "no LINE", "two LINE", "one name twice", "two cards"],
)
def test_providers_that_could_be_mixed_up_are_refused(
    city: Settings, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "identity.toml"
    path.write_text(written(LINE, {}, CARD), encoding="utf-8")
    assert set(read_providers(path, city)) == {"line", "one", "card"}
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ProviderConfigError):
        read_providers(path, city)


PURPOSE = '[[purposes]]\nname = "health"\nversion = 1\ntitle = "健康"\ntext = "記録を見ます。"\n'


@pytest.mark.parametrize("content", ["[[purposes]", "purposes = 1", PURPOSE + PURPOSE])
def test_purposes_that_cannot_be_agreed_to_are_refused(city: Settings, content: str) -> None:
    path = city.city_dir / FILE
    path.write_text(PURPOSE, encoding="utf-8")
    assert [purpose.name for purpose in load_purposes(city)] == ["health"]
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadConsentsError):
        load_purposes(city)


@pytest.mark.parametrize("content", ["[[desks]", "", "[[desks]]\nphone = '1'\n", "desks = 1"])
def test_desks_that_cannot_be_read_are_refused(city: Settings, content: str) -> None:
    (city.city_dir / "city.toml").write_text(content, encoding="utf-8")
    with pytest.raises(CityDesksError):
        load_desks(city)
