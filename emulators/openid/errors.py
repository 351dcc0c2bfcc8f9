"""Refusals in the three forms that a provider has: JSON, a redirect back, a page that stays."""

from kit.errors import ConciergeError


class OAuthError(ConciergeError):
    """An endpoint for programs refuses (RFC 6749, section 5.2)."""

    code = "oauth_refused"

    def __init__(
        self, status: int, error: str, description: str, headers: dict[str, str] | None = None
    ) -> None:
        """`error` is the code of the standard, `description` says what was wrong."""
        super().__init__(description)
        self.http_status = status
        self.error = error
        self.headers = headers or {}


class PageError(ConciergeError):
    """A page says what is wrong; nobody is sent anywhere, because the address is not trusted."""

    code = "page_refused"

    def __init__(self, message: str, status: int = 400) -> None:
        """`message` is what the person, often a developer, reads."""
        super().__init__(message)
        self.http_status = status


class ControlError(ConciergeError):
    """The control API cannot do that. Correct the request and send it again."""

    code = "emulator_refused"

    def __init__(self, status: int, message: str) -> None:
        """`message` says what to correct."""
        super().__init__(message)
        self.http_status = status


def invalid_client(description: str) -> OAuthError:
    """Return the refusal of a client that did not prove who it is."""
    headers = {"www-authenticate": 'Basic realm="token"'}
    return OAuthError(401, "invalid_client", description, headers)


def invalid_grant(description: str) -> OAuthError:
    """Return the refusal of a code or a refresh token."""
    return OAuthError(400, "invalid_grant", description)


def invalid_token(description: str) -> OAuthError:
    """Return the refusal of an access token (RFC 6750, section 3.1)."""
    headers = {
        "www-authenticate": f'Bearer error="invalid_token", error_description="{description}"'
    }
    return OAuthError(401, "invalid_token", description, headers)
