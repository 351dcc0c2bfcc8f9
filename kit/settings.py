"""All settings of the program, read from the environment once. One home for every limit."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.city import City
from kit.crypto import MasterKeys, read_key

ROOT = Path(__file__).resolve().parent.parent

# Secrets that everybody can read here. Production refuses to start on any of them.
DEMO_CHANNEL_SECRET = "demo-channel-secret-0123456789ab"  # noqa: S105
DEMO_INTERNAL_TOKEN = "demo-internal-token"  # noqa: S105
DEMO_MY_ID_SECRET = "demo-my-id-client-secret"  # noqa: S105
DEMO_OPEN311_KEY = "demo-open311-key"
DEMO_PLOUGH_TOKEN = "demo-plough-token"  # noqa: S105
DEMO_HOOK_TOKEN = "demo-hook-token"  # noqa: S105
DEMO_MASTER_KEY = "ZGVtby1tYXN0ZXIta2V5LTAxMjM0NTY3ODlhYmNkZWY="


HASH_KIB, HASH_PASSES = 46 * 1024, 2

# The name of the channel that LINE_CHANNEL_ID and LINE_CHANNEL_SECRET describe.
DEFAULT_CHANNEL = "default"


# What a further city may not share with another: with one secret, the webhooks of one city could be
# played to the other, and under one address nobody could tell whose page it is.
CITYS_OWN = ("city", "public_base_url", "line_channel_id", "line_channel_secret")


class ExtraChannel(BaseModel):
    """One more LINE channel beside the default one, an object of the list LINE_CHANNELS."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    destination: str = Field(pattern=r"^U[0-9a-f]{32}$")
    """The user id of this channel's bot, which its webhooks carry."""
    channel_id: str = Field(min_length=1)
    channel_secret: SecretStr = Field(min_length=1)
    channel_secret_previous: SecretStr | None = Field(default=None, min_length=1)

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Every secret that is accepted."""
        previous = self.channel_secret_previous
        return (self.channel_secret,) if previous is None else (self.channel_secret, previous)


class Settings(BaseSettings):
    """The environment, typed. Field names in capitals are the variable names."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    environment: Literal["demo", "test", "production"] = "demo"
    city: str = "aizuwakamatsu"
    # The folder with a folder of each city.
    cities_dir: Path = ROOT / "city"
    city_timezone: str = "Asia/Tokyo"
    # Further cities in this installation: a JSON list of objects with what differs, in the names of
    # these fields: [{"city": "…", "public_base_url": "…", "line_channel_id": "…", …}]
    more_cities: tuple[dict[str, Any], ...] = ()
    public_base_url: str = "http://127.0.0.1:8000"

    # libpq URL. The supervisor fills both in when it runs the embedded servers.
    database_url: str = ""
    redis_url: str = ""

    line_channel_id: str = "1650000000"
    line_channel_secret: SecretStr = SecretStr(DEMO_CHANNEL_SECRET)
    # Accepted beside the current one while a channel secret is being rotated.
    line_channel_secret_previous: SecretStr | None = None
    # A JSON list in the environment, empty where there is one channel only.
    line_channels: tuple[ExtraChannel, ...] = ()
    line_api_base: str = "https://api.line.me"
    line_data_base: str = "https://api-data.line.me"
    line_access_base: str = "https://access.line.me"
    # Where a browser opens the talk with the account, such as https://line.me/R/ti/p/@…; without it
    # pages only say that the talk is in LINE.
    line_talk_url: str = ""
    # The LINE Login channel, which must belong to the same provider as the bot's.
    line_login_channel_id: str = "16500000001"
    line_login_channel_secret: SecretStr = SecretStr(DEMO_CHANNEL_SECRET)

    my_id_base: str = "http://127.0.0.1:8101"
    digital_auth_base: str = "http://127.0.0.1:8102"
    # Secrets shared with identity providers, by their name: {"my-id": "…"}
    identity_secrets: dict[str, SecretStr] = {"my-id": SecretStr(DEMO_MY_ID_SECRET)}

    rasa_url: str = "http://127.0.0.1:5005"
    rasa_timeout_seconds: float = 20.0
    # Where the worker finds the web application's internal paths.
    internal_base_url: str = "http://127.0.0.1:8000"
    internal_token: SecretStr = SecretStr(DEMO_INTERNAL_TOKEN)
    action_deadline_seconds: float = 8.0

    # Proxies in front, as a list of addresses and networks: ["10.0.0.0/8"]. What such a one says in
    # X-Forwarded-For is believed, what anybody else says there is not.
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()

    # Warnings. Without a token the authorities' hooks are closed (in a demonstration, the known one
    # opens them); without feeds none is asked.
    disaster_hook_token: SecretStr = SecretStr("")
    # What context brokers of sensors send along (NGSI); empty closes their hook.
    sensor_hook_token: SecretStr = SecretStr("")
    # A JSON list of Atom feeds, such as those of data.jma.go.jp, asked once a minute.
    disaster_feeds: tuple[str, ...] = ()
    # A folder into which another system puts telegrams as files; they are kept and left there.
    disaster_drop: Path | None = None

    # 32 bytes in base64 (`openssl rand -base64 32`), which wrap every other key.
    master_key: SecretStr = SecretStr(DEMO_MASTER_KEY)
    # Still unwraps until `concierge identity rewrap` has run.
    master_key_previous: SecretStr | None = None

    # What argon2id costs for a password of staff. 46 MiB with one pass is among the settings of
    # OWASP's password storage cheat sheet; we take two passes. Production may only take more.
    password_hash_kib: int = HASH_KIB
    password_hash_passes: int = HASH_PASSES

    # Keys of clients that may file reports by Open311, a JSON list, and the bearer token of those
    # who send positions of ploughs. Outside production there is one of each that everybody knows;
    # in production nobody gets in before the city names some.
    open311_keys: tuple[SecretStr, ...] = ()
    plough_token: SecretStr = SecretStr("")

    # A clamd that looks at files which citizens send on pages, as host:port; empty where none does.
    virus_scanner: str = Field(default="", pattern=r"^([\w.-]+:\d{1,5})?$")

    # A hospital's image archive (DICOMweb), with whom it lets in by; empty where there is none.
    dicomweb_url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    dicomweb_user: str = ""
    dicomweb_password: SecretStr = SecretStr("")
    # Where the desk has conversations in other languages translated: an endpoint that answers as
    # LibreTranslate's /translate does, and its key. Without an address there is no translation.
    translation_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    translation_key: SecretStr = SecretStr("")

    line_timeout_seconds: float = 5.0
    webhook_max_bytes: int = 2 * 1024 * 1024
    # A reply token lives one minute from delivery; we stop trusting it a little earlier.
    reply_token_seconds: float = 50.0
    # LINE allows 2,000 replies or pushes a second and channel; we keep below it.
    line_sends_per_second: int = 1500
    # LINE allows 200 multicasts a second; bulk sending has this pace of its own.
    line_multicasts_per_second: int = 150
    # How long a link from the chat may wait for its tap, and a page of ours for its form.
    page_session_seconds: int = 30 * 60

    # Whether skills from outside may live on this machine. In production they never may.
    skills_on_this_machine: bool = True

    # Files that citizens send. Fetching them has workers of its own, so that nobody waits for them.
    media_concurrency: int = 2
    media_max_bytes: int = 50 * 1024 * 1024
    media_retention_days: int = 30
    # What citizens wrote, and what we answered, is erased after this time.
    inbox_retention_days: int = 30
    # So long after a citizen left us, everything the bot holds of theirs is erased.
    unfollow_retention_days: int = 90

    worker_concurrency: int = 8
    worker_errands_concurrency: int = 4
    # 200 multicasts a second at 80 ms each would keep sixteen busy; answers share this process.
    bulk_concurrency: int = 4
    worker_heartbeat_seconds: float = 2.0
    worker_stalled_seconds: float = 8.0
    database_pool_size: int = 10

    log_format: Literal["console", "json"] = "console"
    log_level: str = "INFO"

    @property
    def cities(self) -> "tuple[Settings, ...]":
        """The settings of every city of the installation; the first is `city`."""
        own = self.model_dump(exclude={"more_cities", "line_channels"})
        return (self, *(Settings.model_validate(own | other) for other in self.more_cities))

    @property
    def home(self) -> City:
        """The municipality that these settings are for."""
        return City(self.city, self.city_dir, self.timezone)

    @property
    def city_dir(self) -> Path:
        """The folder with this municipality's own data and wording."""
        return self.cities_dir / self.city

    @property
    def city_wording(self) -> Path:
        """The folder of what the city itself says in other languages (`kit.wording`)."""
        return self.home.wording

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which residents count their days. UTC is what is stored."""
        return ZoneInfo(self.city_timezone)

    @property
    def sqlalchemy_url(self) -> str:
        """`database_url` with the driver that this program uses (psycopg 3)."""
        _, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}"

    @property
    def known_open311_keys(self) -> tuple[str, ...]:
        """The keys that are accepted."""
        own = tuple(key.get_secret_value() for key in self.open311_keys)
        return own or ((DEMO_OPEN311_KEY,) if self.is_demo else ())

    @property
    def known_plough_token(self) -> str:
        """The token that is accepted; none where it is empty."""
        own = self.plough_token.get_secret_value()
        return own or (DEMO_PLOUGH_TOKEN if self.is_demo else "")

    @property
    def known_disaster_token(self) -> str:
        """The token that the authorities' hooks accept; none where it is empty."""
        own = self.disaster_hook_token.get_secret_value()
        return own or (DEMO_HOOK_TOKEN if self.is_demo else "")

    @property
    def known_sensor_token(self) -> str:
        """The token that the hook of sensors accepts; none where it is empty."""
        own = self.sensor_hook_token.get_secret_value()
        return own or (DEMO_HOOK_TOKEN if self.is_demo else "")

    @property
    def is_demo(self) -> bool:
        """Whether the emulators are part of this installation."""
        return self.environment != "production"

    @property
    def may_call_this_machine(self) -> bool:
        """Whether a skill from outside may be called on loopback: for demonstrations alone."""
        return self.is_demo and self.skills_on_this_machine

    @property
    def master_keys(self) -> MasterKeys:
        """The keys that wrap all others."""
        older = [] if self.master_key_previous is None else [self.master_key_previous]
        return MasterKeys(
            read_key(self.master_key.get_secret_value()),
            [read_key(key.get_secret_value()) for key in older],
        )

    @field_validator("line_channel_secret_previous", "master_key_previous")
    @classmethod
    def _empty_is_none(cls, value: SecretStr | None) -> SecretStr | None:
        """Read an empty variable as "there is none": an empty key would let anybody sign."""
        return value if value is not None and value.get_secret_value() else None

    @field_validator("line_channels")
    @classmethod
    def _channels_differ(cls, value: tuple[ExtraChannel, ...]) -> tuple[ExtraChannel, ...]:
        names = [channel.name for channel in value]
        destinations = [channel.destination for channel in value]
        if DEFAULT_CHANNEL in names or len(set(names)) < len(names):
            raise ValueError(f'each channel needs a name of its own, not "{DEFAULT_CHANNEL}"')
        if len(set(destinations)) < len(destinations):
            raise ValueError("each channel needs a destination of its own")
        return value

    @field_validator("more_cities")
    @classmethod
    def _cities_have_their_own(
        cls, value: tuple[dict[str, Any], ...]
    ) -> tuple[dict[str, Any], ...]:
        for name in CITYS_OWN:
            if any(name not in city for city in value):
                raise ValueError(f'each further city needs its own "{name}"')
        return value

    @model_validator(mode="after")
    def _cities_differ(self) -> "Settings":
        for name in CITYS_OWN if self.more_cities else ():
            values = [_plain(getattr(self, name)), *(_plain(c[name]) for c in self.more_cities)]
            if len(set(values)) < len(values):
                raise ValueError(f"two cities have the same {name.upper()}")
        return self

    @model_validator(mode="after")
    def _master_keys_are_keys(self) -> "Settings":
        try:
            _ = self.master_keys
        except ValueError:
            raise ValueError("MASTER_KEY needs 32 bytes in base64") from None
        return self

    @model_validator(mode="after")
    def _no_demo_secrets_in_production(self) -> "Settings":
        if self.environment != "production":
            return self
        secrets = self._secrets()
        short = [name for name, value, _ in secrets if len(value.get_secret_value()) < 12]
        if short:
            raise ValueError(f"at least 12 characters are needed in: {', '.join(short)}")
        left = [name for name, value, known in secrets if value.get_secret_value() == known]
        if left:
            raise ValueError(f"production needs its own value for: {', '.join(left)}")
        if self.password_hash_kib < HASH_KIB or self.password_hash_passes < HASH_PASSES:
            raise ValueError("PASSWORD_HASH_KIB or _PASSES is too little for production")
        for name in ("line_api_base", "line_data_base", "line_access_base", "public_base_url"):
            if not getattr(self, name).startswith("https://"):
                raise ValueError(f"production needs an https address in {name.upper()}")
        if self.translation_url.startswith("http:"):
            raise ValueError("production needs an https address in TRANSLATION_URL")
        if self.redis_url and not urlsplit(self.redis_url).password:
            raise ValueError("production needs a password in REDIS_URL: redis://:…@host:6379/0")
        return self

    def _secrets(self) -> list[tuple[str, SecretStr, str]]:
        """Return (variable, value, the value that everybody knows) of every secret."""
        secrets = [
            ("LINE_CHANNEL_SECRET", self.line_channel_secret, DEMO_CHANNEL_SECRET),
            ("INTERNAL_TOKEN", self.internal_token, DEMO_INTERNAL_TOKEN),
            ("LINE_LOGIN_CHANNEL_SECRET", self.line_login_channel_secret, DEMO_CHANNEL_SECRET),
            ("MASTER_KEY", self.master_key, DEMO_MASTER_KEY),
        ]
        if self.line_channel_secret_previous is not None:
            previous = self.line_channel_secret_previous
            secrets.append(("LINE_CHANNEL_SECRET_PREVIOUS", previous, DEMO_CHANNEL_SECRET))
        if self.plough_token.get_secret_value():
            secrets.append(("PLOUGH_TOKEN", self.plough_token, DEMO_PLOUGH_TOKEN))
        for name, hook in (
            ("DISASTER_HOOK_TOKEN", self.disaster_hook_token),
            ("SENSOR_HOOK_TOKEN", self.sensor_hook_token),
        ):
            if hook.get_secret_value():
                secrets.append((name, hook, DEMO_HOOK_TOKEN))
        secrets += [("OPEN311_KEYS", key, DEMO_OPEN311_KEY) for key in self.open311_keys]
        for provider, secret in self.identity_secrets.items():
            secrets.append((f"IDENTITY_SECRETS ({provider})", secret, DEMO_MY_ID_SECRET))
        for channel in self.line_channels:
            name = f"LINE_CHANNELS ({channel.name})"
            secrets += [(name, secret, DEMO_CHANNEL_SECRET) for secret in channel.secrets]
        return secrets


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
