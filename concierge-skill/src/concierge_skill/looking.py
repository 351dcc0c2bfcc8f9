"""Looks at what a citizen lets the skill see: once a scope, with the token of the call."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from concierge_skill.signing import NONCE, SIGNATURE, TIMESTAMP, Gate

SECONDS = 1.5
"""The whole call has two; what takes longer comes too late for the citizen."""


class NotSharedError(Exception):
    """The city does not tell that: it is not in the manifest, or the citizen has ended it."""


def look(gate: Gate, skill: str, citizen: str, grant: Mapping[str, Any], scope: str) -> str | None:
    """Return what the city keeps, None where it keeps nothing.

    Raises NotSharedError, and OSError while the city cannot be reached.
    """
    told = {"skill": skill, "citizen": citizen, "scope": scope}
    body, nonce = json.dumps(told).encode(), secrets.token_hex(16)
    headers = {
        **gate.signed(nonce, body),
        NONCE: nonce,
        "Authorization": f"Bearer {grant['token']}",
        "Content-Type": "application/json",
    }
    # The address comes in a call that the city has signed.
    request = urllib.request.Request(grant["url"], body, headers, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            answer, given = response.read(), response.headers
    except urllib.error.HTTPError as error:
        raise NotSharedError(f"{scope}: status {error.code}") from None
    if not gate.is_right(given[TIMESTAMP] or "", nonce, answer, given[SIGNATURE] or ""):
        raise NotSharedError(f"{scope}: the answer is not signed by the city")
    value: str | None = json.loads(answer)["value"]
    return value
