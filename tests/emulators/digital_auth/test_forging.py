"""The forger: tokens as nobody should send them, made by order."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from emulators.jose.jws import split
from emulators.jose.keys import is_signed_by
from emulators.openid.forgery import PRESETS
from tests.emulators.digital_auth.conftest import RunningDigitalAuth
from tests.emulators.openid.relying_party import Browser, came_back, unpacked


def forged(app: RunningDigitalAuth, **wanted: Any) -> str:
    token: str = app.control("POST", "/forge", wanted)["token"]
    return token


def published(app: RunningDigitalAuth) -> dict[str, Any]:
    """The key that signs now: the last one for ES256."""
    keys = app.control("GET", "/keys")["keys"]
    found: dict[str, Any] = [key for key in keys if key["alg"] == "ES256"][-1]
    return found


def public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[c] + "=")) for c in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def test_any_claims_with_the_right_key_verify_elsewhere(app: RunningDigitalAuth) -> None:
    token = forged(app, claims={"iss": "anybody", "exp": 1})
    assert unpacked(token)[1] == {"iss": "anybody", "exp": 1}
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key = public_key(published(app))
    key.verify(encode_dss_signature(r, s), signed.encode(), ECDSA(SHA256()))


def test_header_members_are_added_and_taken_away(app: RunningDigitalAuth) -> None:
    token = forged(app, header={"crit": ["x"], "jku": "http://e"}, remove_header=["kid", "typ"])
    assert unpacked(token)[0] == {"alg": "ES256", "crit": ["x"], "jku": "http://e"}


def test_a_part_can_be_any_text(app: RunningDigitalAuth) -> None:
    token = forged(app, header_text='{"alg":"ES256","alg":"none"}', claims_text='{"exp":1e400}')
    head, claims, _ = token.split(".")
    assert base64.urlsafe_b64decode(head + "==") == b'{"alg":"ES256","alg":"none"}'
    assert base64.urlsafe_b64decode(claims + "==") == b'{"exp":1e400}'
    assert forged(app, token="a.b.c.d.e") == "a.b.c.d.e"


@pytest.mark.parametrize("alg", ["none", "None", "nOnE"])
def test_a_token_can_go_unsigned(app: RunningDigitalAuth, alg: str) -> None:
    token = forged(app, key="none", header={"alg": alg})
    assert unpacked(token)[0]["alg"] == alg
    assert token.endswith(".")


def test_what_is_public_can_be_the_secret(app: RunningDigitalAuth) -> None:
    key = public_key(published(app))
    spki = PublicFormat.SubjectPublicKeyInfo
    for form, encoding in (("pem", Encoding.PEM), ("der", Encoding.DER)):
        token = forged(app, public_as_secret=form)
        assert unpacked(token)[0]["alg"] == "HS256"
        signed, _, signature = token.rpartition(".")
        expected = hmac.digest(key.public_bytes(encoding, spki), signed.encode(), "sha256")
        assert base64.urlsafe_b64decode(signature + "=") == expected
    app.control("POST", "/forge", {"public_as_secret": "pkcs1"}, status=400)


def test_an_rsa_key_that_nobody_registered_can_sign(app: RunningDigitalAuth) -> None:
    app.control("POST", "/forge", {"algorithm": "RS256"}, status=400)
    assert unpacked(forged(app, algorithm="RS256", key="stranger"))[0]["alg"] == "RS256"
    for form in ("pkcs1", "modulus", "jwk"):
        forged(app, algorithm="RS256", key="stranger", public_as_secret=form)
    keys = app.control("POST", "/keys/rotate", {"algorithm": "RS256", "bits": 1024})["keys"]
    weak = next(key for key in keys if key["alg"] == "RS256")
    assert len(base64.urlsafe_b64decode(weak["n"] + "==")) == 128
    parts = split(forged(app, algorithm="RS256"))
    assert is_signed_by(weak, "RS256", parts.signed, parts.signature)


def test_any_secret_and_any_private_key_can_sign(app: RunningDigitalAuth) -> None:
    for given in ({"secret": "RP00000001"}, {"secret_base64": "UlAwMDAwMDAwMQ=="}):
        signed, _, signature = forged(app, **given).rpartition(".")
        expected = hmac.new(b"RP00000001", signed.encode(), hashlib.sha256).digest()
        assert base64.urlsafe_b64decode(signature + "=") == expected
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256"} | {
        name: base64.urlsafe_b64encode(part.to_bytes(32)).decode().rstrip("=")
        for name, part in (("x", numbers.x), ("y", numbers.y))
    }
    parts = split(forged(app, pem=pem))
    assert is_signed_by(jwk, "ES256", parts.signed, parts.signature)
    other = ec.generate_private_key(ec.SECP384R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    app.control("POST", "/forge", {"pem": pem}, status=400)


@pytest.mark.parametrize("damage", ["broken", "empty", "truncated"])
def test_a_signature_can_be_damaged(app: RunningDigitalAuth, damage: str) -> None:
    token = forged(app, signature=damage)
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    assert len(raw) == {"broken": 64, "empty": 0, "truncated": 58}[damage]
    assert not is_signed_by(published(app), "ES256", signed.encode(), raw)


def test_a_previous_key_exists_after_a_rotation_even_when_it_is_dropped(
    app: RunningDigitalAuth,
) -> None:
    old = published(app)
    app.control("POST", "/keys/rotate", {"keep_old": False})
    parts = split(forged(app, key="previous"))
    assert is_signed_by(old, "ES256", parts.signed, parts.signature)
    assert old["kid"] not in [key["kid"] for key in app.control("GET", "/keys")["keys"]]


@pytest.mark.parametrize("name", PRESETS)
def test_every_named_forgery_reaches_the_client_once(
    app: RunningDigitalAuth, visitor: Browser, name: str
) -> None:
    app.fault("id_token", forgery=name, times=1)
    tokens = [
        app.token(code=came_back(app.verify(visitor))["code"]).json()["id_token"] for _ in range(2)
    ]
    assert [is_honest(app, token) for token in tokens] == [False, True]
    assert app.control("GET", "/faults") == {"faults": []}


def is_honest(app: RunningDigitalAuth, token: str) -> bool:
    header, claims = unpacked(token)
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    return (
        header.get("kid") == published(app)["kid"]
        and is_signed_by(published(app), header["alg"], signed.encode(), raw)
        and claims["iss"] == app.issuer
        and claims["aud"] == app.client_id
        and claims["nonce"] == "nonce-1"
        and abs(claims["iat"] - app.now()) < 30
        and claims["exp"] == claims["iat"] + 300
        and claims["at_hash"] != "A" * 22
    )


def test_a_claim_can_be_removed_or_shifted(app: RunningDigitalAuth, visitor: Browser) -> None:
    app.fault("id_token", forgery={"remove_claims": ["sub"], "shift": {"iat": 1000}})
    claims = app.verified(app.token(code=came_back(app.verify(visitor))["code"]).json()["id_token"])
    assert "sub" not in claims
    assert claims["iat"] > app.now() + 900


def test_claims_may_be_huge(app: RunningDigitalAuth) -> None:
    token = forged(app, claims={"sub": "x" * 5_000_000})
    assert len(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["sub"]) == 5_000_000
