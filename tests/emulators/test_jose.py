"""Keys and signatures against published examples and an independent reader."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from emulators.jose import p256
from emulators.jose.jws import compact, split, to_text
from emulators.jose.keys import EcKey, RsaKey, SigningKey, is_signed_by


@pytest.fixture(scope="module", params=["ES256", "RS256"])
def key(request: pytest.FixtureRequest) -> SigningKey:
    return EcKey() if request.param == "ES256" else RsaKey()


def test_a_token_is_verified_with_its_public_key_and_no_other(key: SigningKey) -> None:
    parts = split(compact({"alg": key.algorithm}, {"name": "髙橋"}, key.sign))
    assert (parts.header, parts.claims) == ({"alg": key.algorithm}, {"name": "髙橋"})
    mine, other = key.jwk(), type(key)().jwk()
    assert is_signed_by(mine, key.algorithm, parts.signed, parts.signature)
    assert not is_signed_by(mine, key.algorithm, parts.signed + b"x", parts.signature)
    assert not is_signed_by(other, key.algorithm, parts.signed, parts.signature)


def test_an_rsa_signature_is_one_that_others_verify() -> None:
    key = RsaKey()
    jwk = key.jwk()
    n, e = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "==")) for name in "ne")
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(key.sign(b"sample"), b"sample", PKCS1v15(), SHA256())


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    # The example of RFC 7638, section 3.1.
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb"
        "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368Q"
        "QMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2"
        "NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    n = int.from_bytes(base64.urlsafe_b64decode(modulus + "=="))
    key = RsaKey()
    key.public = rsa.RSAPublicNumbers(65537, n).public_key()
    assert key.jwk()["kid"] == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": None},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
    ],
)
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "HS256", "none"])
def test_an_unfit_key_verifies_nothing(jwk: dict[str, object], algorithm: str) -> None:
    assert not is_signed_by(jwk, algorithm, b"sample", b"\1" * 64)


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30", "W10.e30.AA", "e30.MQ.AA", "é.e30.AA"])
def test_what_is_no_token_is_said_to_be_none(token: str) -> None:
    with pytest.raises(ValueError, match="not a signed token"):
        split(token)


def test_deeply_nested_json_is_no_token() -> None:
    deep = to_text(json.dumps({"a": 1}).replace("1", "[" * 100_000).encode())
    with pytest.raises(ValueError, match="not a signed token"):
        split(f"{deep}.e30.AA")


def test_keys_and_signatures_are_those_of_p_256() -> None:
    # The example of RFC 6979, A.2.5.
    key = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    public = (
        0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
        0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
    )
    assert p256.public_key(key) == public
    expected = (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
    assert p256.verify(public, b"sample", p256.sign(key, b"sample"))
    assert p256.verify(public, b"sample", bytes.fromhex(expected))


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64])
def test_a_signature_out_of_range_is_no_signature(signature: bytes) -> None:
    assert not p256.verify(p256.public_key(1), b"sample", signature)
