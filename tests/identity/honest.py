"""The honest provider: `oidc-provider` from npm in its own process, and a citizen's browser."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric import rsa

from concierge.local_stack import free_port
from kit.http import certificates
from tests.identity.forging import Json, Key, b64, ec_key, rsa_key, unsigned
from tests.node_packages import WITH_NODE, installed
from tests.support import NODE

SOURCES = Path(__file__).parent / "node"
CALLBACK = "http://127.0.0.1:8000/identity/honest/callback"
SECRET = "honest-secret-0123456789"
Query = list[tuple[str, str]]


@dataclass
class Honest:
    """The running provider."""

    url: str
    http: httpx2.Client
    callback: str = CALLBACK

    def log(self) -> list[str]:
        """Return the requests since the last look."""
        lines: list[str] = self.http.get("/test/log").raise_for_status().json()
        return lines

    def person(self, **wishes: Any) -> None:
        """Say who logs in, whether they refuse, and to which scopes they agree."""
        self.http.get("/test/person", params={"set": json.dumps(wishes)}).raise_for_status()

    def visit(self, url: str) -> Query:
        """Follow an authorization request as a browser; return the callback's parameters."""
        with httpx2.Client(verify=certificates(), trust_env=False, timeout=20) as browser:
            answer = browser.get(url)
            while answer.is_redirect:
                target = answer.headers["location"]
                if target.startswith(self.callback):
                    return parse_qsl(urlsplit(target).query, keep_blank_values=True)
                answer = browser.get(target if "//" in target else f"{self.url}{target}")
            raise AssertionError(f"no callback but {answer.status_code}: {answer.text[:300]}")


def private_jwk(key: Key) -> Json:
    """Return a provider's own key with its secret part."""
    if isinstance(key.private, rsa.RSAPrivateKey):
        n = key.private.private_numbers()
        parts = {"d": n.d, "p": n.p, "q": n.q, "dp": n.dmp1, "dq": n.dmq1, "qi": n.iqmp}
        return key.jwk() | {name: b64(unsigned(value)) for name, value in parts.items()}
    value = key.private.private_numbers().private_value
    return key.jwk() | {"d": b64(value.to_bytes(32, "big"))}


@contextmanager
def honest_provider(client_keys: Json, callback: str = CALLBACK) -> Iterator[Honest]:
    """Run the provider, which knows our client's public keys."""
    port = free_port()
    env = {
        "PORT": str(port),
        "CALLBACK": callback,
        "CLIENT_KEYS": json.dumps(client_keys),
        "SIGNING_KEYS": json.dumps({"keys": [private_jwk(ec_key()), private_jwk(rsa_key())]}),
        "SECRET": SECRET,
    }
    process = subprocess.Popen(
        [NODE, "provider.mjs"],
        cwd=installed(SOURCES, "oidc-provider"),
        env=WITH_NODE | env,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    with httpx2.Client(base_url=url, verify=certificates(), trust_env=False, timeout=20) as http:
        try:
            _wait(http, process)
            yield Honest(url, http, callback)
        finally:
            process.kill()
            process.wait()


def _wait(http: httpx2.Client, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            http.get("/test/log").raise_for_status()
            return
        except httpx2.HTTPError:
            assert process.poll() is None, "the provider ended at once"
            assert time.monotonic() < deadline
            time.sleep(0.05)
