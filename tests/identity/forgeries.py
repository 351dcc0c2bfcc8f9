"""The table of forged ID tokens (knowledge of the field: TOK-01 to TOK-21), each by its number."""

import base64
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.identity.forging import Json, Key, b64, claims, compact, ec_key, header, hs256, rsa_key

DAY = 24 * 3600


@dataclass(frozen=True)
class Scene:
    """What an honest token would say at this moment."""

    key: Key
    issuer: str
    audience: str
    nonce: str
    access_token: str = "access-token"

    def claims(self, **change: Any) -> Json:
        return claims(self.issuer, self.audience, self.nonce, **change)

    def token(self, head: Json | None = None, **change: Any) -> str:
        wanted = header(self.key, **(head or {}))
        return compact(wanted, self.claims(**change), self.key.sign)

    def raw(self, payload: bytes) -> str:
        return compact(header(self.key), payload, self.key.sign)

    def json_with(self, members: str, **change: Any) -> bytes:
        """The usual claims with members written as they stand."""
        return f"{json.dumps(self.claims(**change))[:-1]}, {members}}}".encode()


Forgery = Callable[[Scene], str]


def _unsigned(alg: str) -> Forgery:
    def forge(scene: Scene) -> str:
        head = b64(json.dumps({"alg": alg}).encode())
        return f"{head}.{b64(json.dumps(scene.claims()).encode())}."

    return forge


def _as_secret(secret: Callable[[Scene], bytes]) -> Forgery:
    def forge(scene: Scene) -> str:
        head = header(scene.key, alg="HS256")
        return compact(head, scene.claims(), hs256(secret(scene)))

    return forge


def _other_key(key: Key) -> Forgery:
    return lambda scene: compact(header(key, kid=scene.key.kid), scene.claims(), key.sign)


def _signature(change: Callable[[str], str]) -> Forgery:
    def forge(scene: Scene) -> str:
        signed, _, signature = scene.token().rpartition(".")
        return f"{signed}.{change(signature)}"

    return forge


def _claim(**change: Any) -> Forgery:
    return lambda scene: scene.token(**change)


def _head(**change: Any) -> Forgery:
    return lambda scene: scene.token(change)


def _own_key(scene: Scene) -> str:
    stranger = ec_key("stranger")
    head = {"alg": "ES256", "typ": "JWT", "jwk": stranger.jwk()}
    return compact(head, scene.claims(), stranger.sign)


def _zip_bomb(scene: Scene) -> str:
    packed = zlib.compress(b"0" * 5_000_000)
    head = {"alg": "dir", "enc": "A128GCM", "zip": "DEF"}
    return ".".join([b64(json.dumps(head).encode()), "", b64(b"i" * 12), b64(packed), b64(b"t")])


def _spki(encoding: Encoding) -> Forgery:
    return _as_secret(lambda s: s.key.public(encoding, PublicFormat.SubjectPublicKeyInfo))


def _now(offset: float) -> int:
    return int(time.time() + offset)


FORGERIES: dict[str, Forgery] = {
    **{f"TOK-01 alg {alg}": _unsigned(alg) for alg in ("none", "None", "nOnE", "NONE", "")},
    "TOK-01 alg none beside a good signature": _head(alg="none"),
    "TOK-01 no alg": _head(alg=...),
    "TOK-02 PEM as secret": _spki(Encoding.PEM),
    "TOK-02 DER as secret": _spki(Encoding.DER),
    "TOK-02 JWK text as secret": _as_secret(lambda s: json.dumps(s.key.jwk()).encode()),
    "TOK-02 raw point as secret": _as_secret(
        lambda s: s.key.public(Encoding.X962, PublicFormat.UncompressedPoint)
    ),
    "TOK-02 PKCS#1 as secret": _as_secret(
        lambda s: rsa_key().public(Encoding.PEM, PublicFormat.PKCS1)
    ),
    "TOK-02 client id as secret": _as_secret(lambda s: s.audience.encode()),
    "TOK-02 empty secret": _as_secret(lambda s: b""),
    "TOK-03 RS256 where ES256 is registered": lambda s: compact(
        header(rsa_key()), s.claims(), rsa_key().sign
    ),
    "TOK-03 ES256 in the header, RSA signature": lambda s: compact(
        header(s.key), s.claims(), rsa_key().sign
    ),
    "TOK-04 another key's signature": _other_key(ec_key("stranger")),
    "TOK-04 empty signature": _signature(lambda _: ""),
    "TOK-04 truncated signature": _signature(lambda text: text[:-8]),
    "TOK-04 zero signature": _signature(lambda _: b64(bytes(64))),
    "TOK-04 changed claims": lambda s: ".".join(
        [s.token().split(".")[0], s.token(sub="person-2").split(".")[1], s.token().split(".")[2]]
    ),
    **{
        f"TOK-05 without {name}": _claim(**{name: ...})
        for name in ("iss", "sub", "aud", "exp", "iat", "nonce")
    },
    "TOK-06 other host": _claim(iss="https://evil.example"),
    "TOK-06 trailing slash": lambda s: s.token(iss=s.issuer + "/"),
    "TOK-06 without /api": lambda s: s.token(iss=s.issuer + "/realms/main"),
    "TOK-06 other scheme": lambda s: s.token(iss=s.issuer.replace("http", "ftp", 1)),
    "TOK-06 upper case": lambda s: s.token(iss=s.issuer.upper()),
    "TOK-06 empty": _claim(iss=""),
    "TOK-06 list": lambda s: s.token(iss=[s.issuer]),
    "TOK-07 other audience": _claim(aud="another-client"),
    "TOK-07 a second audience": lambda s: s.token(aud=[s.audience, "evil"]),
    "TOK-07 the same audience twice": lambda s: s.token(aud=[s.audience, s.audience]),
    "TOK-07 empty list": _claim(aud=[]),
    "TOK-07 null": _claim(aud=None),
    "TOK-07 azp other": _claim(azp="evil"),
    "TOK-09 exp past": lambda s: s.token(exp=_now(-120), iat=_now(-240)),
    "TOK-09 exp in 100 years": lambda s: s.token(exp=_now(100 * 365 * DAY)),
    "TOK-09 exp text": lambda s: s.token(exp=str(_now(300))),
    "TOK-09 exp float": lambda s: s.token(exp=_now(300) + 0.5),
    "TOK-09 exp null": _claim(exp=None),
    "TOK-09 exp list": lambda s: s.token(exp=[_now(300)]),
    "TOK-09 exp true": _claim(exp=True),
    "TOK-09 exp 1e400": lambda s: s.raw(s.json_with('"exp": 1e400', exp=...)),
    "TOK-09 exp negative": _claim(exp=-1),
    "TOK-09 exp before iat": lambda s: s.token(exp=_now(30), iat=_now(50)),
    "TOK-10 iat future": lambda s: s.token(iat=_now(1_000_000), exp=_now(1_000_300)),
    "TOK-10 iat null": _claim(iat=None),
    "TOK-10 iat an hour ago": lambda s: s.token(iat=_now(-3600)),
    "TOK-11 nbf future": lambda s: s.token(nbf=_now(600)),
    "TOK-11 nbf object": _claim(nbf={}),
    "TOK-12 other nonce": _claim(nonce="of-another-person"),
    "TOK-12 empty nonce": _claim(nonce=""),
    "TOK-12 nonce list": lambda s: s.token(nonce=[s.nonce]),
    "TOK-13 at_hash wrong": _claim(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "TOK-13 at_hash number": _claim(at_hash=1),
    "TOK-14 kid unknown": _head(kid="nobody"),
    "TOK-14 kid path": _head(kid="../../x"),
    "TOK-14 kid of 1 MB": _head(kid="k" * 1_000_000),
    "TOK-14 kid number": _head(kid=1),
    "TOK-14 kid SQL": _head(kid="x' OR '1'='1"),
    "TOK-15 crit": _head(crit=["exp"], exp=1),
    "TOK-15 unknown crit": _head(crit=["http://example.invalid/UNDEFINED"]),
    # The provider would tell if anybody came there.
    "TOK-15 jku": lambda s: s.token({"jku": f"{s.issuer}/elsewhere", "kid": "stranger"}),
    "TOK-15 x5u": lambda s: s.token({"x5u": f"{s.issuer}/elsewhere"}),
    "TOK-15 x5c": _head(x5c=["MIIB"]),
    "TOK-15 embedded jwk": _own_key,
    "TOK-18 repeated member": lambda s: s.raw(s.json_with('"sub": "person-2"')),
    "TOK-18 repeated header": lambda s: compact(
        json.dumps(header(s.key))[:-1].encode() + b', "alg": "none"}', s.claims(), s.key.sign
    ),
    "TOK-18 byte order mark": lambda s: s.raw(b"\xef\xbb\xbf" + json.dumps(s.claims()).encode()),
    "TOK-18 5 MB": _claim(more="x" * 5_000_000),
    "TOK-18 200 deep": lambda s: s.raw(s.json_with(f'"more": {"[" * 200}{"]" * 200}')),
    "TOK-18 6000 deep": lambda s: s.raw(s.json_with(f'"more": {"[" * 5000}{"]" * 5000}')),
    "TOK-18 NaN": lambda s: s.raw(s.json_with('"more": NaN')),
    "TOK-18 a list": lambda s: s.raw(b"[]"),
    "TOK-18 not UTF-8": lambda s: s.raw(b'{"iss": "\xff"}'),
    "TOK-18 standard base64": lambda s: base64.b64encode(b"{}??>>").decode() + ".e30.AA",
    "TOK-19 access token": lambda s: s.access_token,
    "TOK-19 a token of LINE": lambda s: compact(
        {"alg": "HS256", "typ": "JWT"},
        s.claims(iss="https://access.line.me", amr=["linesso"]),
        hs256(b"line-login-secret-0123456789"),
    ),
    "TOK-19 typ at+jwt": _head(typ="at+jwt"),
    "TOK-19 typ logout+jwt": _head(typ="logout+jwt"),
    "TOK-20 five parts": lambda s: s.token() + "." + s.token().split(".")[0] + ".AA",
    "TOK-20 zip bomb": _zip_bomb,
    "TOK-21 empty sub": _claim(sub=""),
    "TOK-21 sub number": _claim(sub=1),
    "TOK-21 sub of 10 kB": _claim(sub="s" * 10_000),
    "TOK-21 sub look-alike": _claim(sub="pеrson-1"),  # the second letter is Cyrillic
    "TOK-21 sub with a line end": _claim(sub="person-1\n"),
}
