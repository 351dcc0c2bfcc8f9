"""Run the stand-in for My-ID: `python -m emulators.my_id --redirect-uri http://…/callback`."""

import argparse

from emulators.my_id.app import make_app
from emulators.my_id.provider import MyId
from emulators.openid import program
from emulators.openid.profile import Client

DEMO_CLIENT_ID = "citizen-concierge"
DEMO_CLIENT_SECRET = "demo-my-id-client-secret"  # noqa: S105  everybody can read it here


def main() -> None:
    """Serve until interrupted."""
    asked = _arguments()
    client = Client(
        client_id=asked.client_id,
        client_name=asked.client_name,
        redirect_uris=asked.redirect_uri or ["http://127.0.0.1:8000/identity/my-id/callback"],
        post_logout_redirect_uris=asked.post_logout_redirect_uri or ["http://127.0.0.1:8000/my/"],
        token_endpoint_auth_method=asked.auth_method,
        client_secret=asked.client_secret,
        jwks_uri=asked.client_jwks_uri,
        id_token_signed_response_alg=asked.id_token_algorithm,
    )
    program.serve(make_app(MyId(program.public_url(asked), client)), asked)


def _arguments() -> argparse.Namespace:
    parser = program.arguments("my_id", __doc__, 8101)
    parser.add_argument("--client-id", default=DEMO_CLIENT_ID)
    parser.add_argument("--client-secret", default=DEMO_CLIENT_SECRET)
    parser.add_argument("--client-jwks-uri", default="", help="with private_key_jwt")
    parser.add_argument(
        "--auth-method",
        default="client_secret_basic",
        choices=["client_secret_basic", "client_secret_post", "private_key_jwt"],
    )
    parser.add_argument("--id-token-algorithm", default="ES256", choices=["ES256", "RS256"])
    parser.add_argument("--post-logout-redirect-uri", action="append")
    return parser.parse_args()


if __name__ == "__main__":
    main()
