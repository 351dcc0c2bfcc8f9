"""Run the stand-in for the Digital Authentication App: `python -m emulators.digital_auth`."""

import argparse

from emulators.digital_auth.app import make_app
from emulators.digital_auth.provider import DigitalAuth
from emulators.openid import program
from emulators.openid.profile import Client

DEMO_CLIENT_ID = "RP00000001"


def main() -> None:
    """Serve until interrupted."""
    asked = _arguments()
    client = Client(
        client_id=asked.client_id,
        client_name=asked.client_name,
        redirect_uris=asked.redirect_uri or ["http://127.0.0.1:8000/identity/card/callback"],
        token_endpoint_auth_method="private_key_jwt",  # noqa: S106
        jwks_uri=asked.client_jwks_uri,
    )
    program.serve(make_app(DigitalAuth(program.public_url(asked), client)), asked)


def _arguments() -> argparse.Namespace:
    parser = program.arguments("digital_auth", __doc__, 8102)
    parser.add_argument("--client-id", default=DEMO_CLIENT_ID)
    parser.add_argument(
        "--client-jwks-uri",
        default="http://127.0.0.1:8000/identity/card/jwks.json",
        help="where the client's public keys are; asked at every token request",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
