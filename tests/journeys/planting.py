"""Marked personal values, the forms in which they could leak, and every place to look for them."""

import base64
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import httpx2
import psycopg
import redis
from psycopg import sql

from concierge.local_stack import LocalStack
from emulators.digital_auth.cards import Card
from emulators.digital_auth.provider import _SALT as CARD_SALT
from emulators.my_id.accounts import Account

CARD = Card.model_validate(
    {
        "user_id": "planted-holder",
        "name": "纐纈 樟太郎",
        "address": "福島県会津若松市門田町大字飯寺字村西8731番地の26",
        "birthdate": "1953-10-07",
        "gender": "male",
        "pin": "0739",
    }
)
ACCOUNT = Account(
    user_id="planted-account",
    name=CARD.name,
    email="kusu.taro@planted.example",
    password="Kt9-zaw8Q",
)
VALUES = {
    "name": CARD.name,
    "family name": "纐纈",
    "given name": "樟太郎",
    "kana": "コウケツ クスタロウ",
    "address": CARD.address,
    "lot": "村西8731番地",
    "birth date": "1953-10-07",
    "birth date of the card": "19531007",
    "birth date in words": "1953年10月7日",
    "sub at My-ID": ACCOUNT.sub,
    "sub of the card": CARD.subject("RP00000001", CARD_SALT),
    "account": ACCOUNT.user_id,
    "mail of the account": ACCOUNT.email,
    "password": ACCOUNT.password,
    "PIN": CARD.pin,
    "phone": "0242-71-9346",
    "mail": "kusutaro71@contact.example",
    "My Number": "847120365927",
    "payment card": "4929733186552903",
    "number in the register": "PLANTED-40917",
}
# Four digits stand in many a longer number; only on their own are they the PIN.
PIN = re.compile(rb"(?<![\w.+/-])0739(?![\w.+/=-])")
# Shorter pieces of base64 and hex would be found in random bytes.
SHORTEST = 8

_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HALF_KANA = dict(zip("アウクケコスタツロ", "ｱｳｸｹｺｽﾀﾂﾛ", strict=True))
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

Place = tuple[str, bytes]


@dataclass(frozen=True, order=True)
class Hit:
    """A value where it should not be."""

    place: str
    value: str
    form: str


def spellings(value: str) -> set[str]:
    """Return how people and programs may write a value."""
    joined = {value, value.replace(" ", ""), value.replace(" ", "　")}
    digits = re.sub(r"\D", "", value)
    if value.isdigit() and len(value) >= 12:
        groups = [value[i : i + 4] for i in range(0, len(value), 4)]
        joined |= {" ".join(groups), "-".join(groups)}
    elif value.startswith("0242"):
        joined.add(digits)
    changed = {text.translate(table) for text in joined for table in (_HIRAGANA, _WIDE)}
    half = {"".join(_HALF_KANA.get(char, char) for char in text) for text in joined}
    return joined | changed | half | {unicodedata.normalize("NFKC", text) for text in joined}


def forms(value: str) -> dict[bytes, str]:
    """Return every form of a value as bytes, with its name."""
    found: dict[bytes, str] = {}
    for text in spellings(value):
        raw = text.encode()
        escaped = json.dumps(text)[1:-1].encode()
        url, plus = quote(text, safe=""), quote_plus(text)
        lower = re.sub("%..", lambda found: found[0].lower(), url)
        # What digits look like in a URL is plain already; the first name stays.
        for form, pieces in {
            "plain": [raw, raw.upper(), raw.lower()],
            "JSON": [escaped, escaped.replace(b"\\", b"\\\\")],
            "URL": [url.encode(), plus.encode(), lower.encode(), quote(url).encode()],
            "hex": [raw.hex().encode(), raw.hex().upper().encode()],
            "base64": [piece for piece in _base64(raw) if len(piece) >= SHORTEST],
        }.items():
            for piece in pieces:
                found.setdefault(piece, form)
    return found


def _base64(raw: bytes) -> Iterator[bytes]:
    """Return the characters that a value surely leaves in base64, wherever it begins."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).rstrip(b"=")
        first = (before * 8 + 5) // 6
        whole = text[first : (before + len(raw)) * 8 // 6]
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))


NEEDLES = {name: forms(value) for name, value in VALUES.items() if name != "PIN"}


def search(places: Iterator[Place]) -> set[Hit]:
    """Return every marked value in any form in any place."""
    hits = set()
    for place, content in places:
        for name, needles in NEEDLES.items():
            hits |= {Hit(place, name, form) for raw, form in needles.items() if raw in content}
        if PIN.search(content):
            hits.add(Hit(place, "PIN", "plain"))
    return hits


def logs(stack: LocalStack) -> Iterator[Place]:
    """Return what every process wrote."""
    for path in sorted((stack.plan.data_dir / "log").glob("*.log")):
        yield f"log {path.stem}", path.read_bytes()


def postgres(url: str) -> Iterator[Place]:
    """Return every row of every table, Rasa's too; columns of bytes also as they are."""
    tables = (
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = "
        "'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
    )
    binary = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE (table_schema, table_name, data_type) = (%s, %s, 'bytea')"
    )
    with psycopg.connect(url, autocommit=True) as database:
        for schema, table in database.execute(tables).fetchall():
            name, content = sql.Identifier(schema, table), bytearray()
            query = sql.SQL("COPY (SELECT t::text FROM {} t) TO STDOUT").format(name)
            with database.cursor().copy(query) as copy:
                for block in copy:
                    content += block
            for (column,) in database.execute(binary, [schema, table]).fetchall():
                query = sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), name)
                for (value,) in database.execute(query).fetchall():
                    content += b"\n" + (value or b"")
            yield f"postgres {schema}.{table}", bytes(content)


def redis_at(url: str, number: int) -> redis.Redis:
    """Return one of the databases of a Redis: the one in the address counts, not `db`."""
    return redis.Redis.from_url(urlsplit(url)._replace(path=f"/{number}").geturl())


def redis_keys(url: str) -> Iterator[Place]:
    """Return every key with its value, in every database."""
    for number in range(16):
        with redis_at(url, number) as store:
            for key in store.scan_iter("*"):
                # DUMP compresses long strings, so each kind is read as what it is.
                read: Mapping[bytes, Any] = {
                    b"string": store.get,
                    b"set": store.smembers,
                    b"hash": store.hgetall,
                    b"list": lambda key: store.lrange(key, 0, -1),
                    b"zset": lambda key: store.zrange(key, 0, -1, withscores=True),
                    b"stream": store.xrange,
                }
                value = read[store.type(key)](key)
                content = value if isinstance(value, bytes) else b"\n".join(_flat(value))
                yield f"redis {key.decode(errors='replace')}", key + b"\n" + content


def _flat(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        value = value.items()
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, list | tuple | set) or hasattr(value, "__iter__"):
        for member in value:
            yield from _flat(member)
    else:
        yield str(value).encode()


def journal(url: str, place: str) -> Iterator[Place]:
    """Return what a stand-in saw, each exchange on its own; the citizen's own words apart."""
    after, seen = 0, -1
    with httpx2.Client(base_url=url, trust_env=False, timeout=60) as http:
        while after != seen:
            seen = after
            page = http.get("/emulator/journal", params={"after": after}).json()
            after = page["next"]
            for entry in page["entries"]:
                kind = entry.get("kind", "request")
                yield f"{place} {kind}", json.dumps(entry, ensure_ascii=False).encode()
