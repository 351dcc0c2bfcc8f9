"""The LINE channels of this installation, and whose webhook a signed body is."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.line.signature import SignatureCheck
from kit.errors import UnauthorizedError
from kit.settings import DEFAULT_CHANNEL, Settings


@dataclass(frozen=True)
class Channel:
    """One LINE channel. `secrets` are all that are accepted, the current one first."""

    name: str
    channel_id: str
    secrets: tuple[str, ...]
    destination: str | None = None
    """The user id of its bot; None for the default channel, which takes what nobody claims."""


class Channels:
    """Every channel of the settings, by name."""

    def __init__(self, settings: Settings) -> None:
        """Read LINE_CHANNEL_ID and its secrets, then LINE_CHANNELS."""
        given = (settings.line_channel_secret, settings.line_channel_secret_previous)
        secrets = tuple(secret.get_secret_value() for secret in given if secret is not None)
        first = Channel(DEFAULT_CHANNEL, settings.line_channel_id, secrets)
        self._by_name = {DEFAULT_CHANNEL: first}
        for extra in settings.line_channels:
            self._by_name[extra.name] = Channel(
                extra.name,
                extra.channel_id,
                tuple(secret.get_secret_value() for secret in extra.secrets),
                extra.destination,
            )
        self._by_destination = {channel.destination: channel for channel in self}

    def __iter__(self) -> Iterator[Channel]:
        """Go through all channels, the default one first."""
        return iter(self._by_name.values())

    def named(self, name: str) -> Channel:
        """Return a channel. Raises KeyError when it was taken out of the settings."""
        return self._by_name[name]

    def signature_check(self) -> SignatureCheck:
        """Return a check of one webhook against every accepted secret of every channel."""
        return SignatureCheck([(channel.name, key) for channel in self for key in channel.secrets])

    def receiver(self, signers: frozenset[str], destination: str | None) -> str:
        """Return the name of the channel that a body is addressed to.

        `signers` are the channels whose secret signed it. Raises UnauthorizedError when the
        addressed channel is none of them: one channel's secret opens no other channel.
        """
        addressed = self._by_destination.get(destination, self._by_name[DEFAULT_CHANNEL])
        if addressed.name not in signers:
            raise UnauthorizedError("The signature is not that of the addressed channel.")
        return addressed.name
