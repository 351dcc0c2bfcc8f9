"""The journal as a HAR 1.2 file, which browsers' developer tools and proxies can open."""

from datetime import datetime, timedelta
from typing import Any

from emulators.json_text import to_bytes
from emulators.line.errors import Json

_UNKNOWN = -1


def as_har(entries: list[Json], base_url: str) -> Json:
    """Return entries of `Journal.after` as one HAR object; webhooks are the emulator's own calls.

    Headers were not kept, apart from the webhook's signature. `_reason` says why a request was
    refused, which LINE itself does not tell.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "LINE emulator (not affiliated with LINE)", "version": "1"},
            "entries": [_exchange(entry, base_url) for entry in entries],
        }
    }


def _exchange(entry: Json, base_url: str) -> Json:
    milliseconds = entry["duration_ms"]
    ended = datetime.fromisoformat(entry["at"])
    webhook = entry["kind"] == "webhook"
    return {
        "startedDateTime": (ended - timedelta(milliseconds=milliseconds)).isoformat(),
        "time": milliseconds,
        "request": _request(entry, base_url, webhook),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": "webhook" if webhook else "api",
        "_reason": entry.get("reason", ""),
        "_users": list(entry["users"]),
    }


def _request(entry: Json, base_url: str, webhook: bool) -> Json:
    text = _text(entry["request"])
    signature = [{"name": "x-line-signature", "value": entry["signature"]}] if webhook else []
    request: Json = {
        "method": "POST" if webhook else entry["method"],
        "url": entry["path"] if webhook else base_url.rstrip("/") + entry["path"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": signature,
        "queryString": [],
        "headersSize": _UNKNOWN,
        "bodySize": len(text.encode()),
    }
    return request | ({"postData": {"mimeType": "application/json", "text": text}} if text else {})


def _response(entry: Json) -> Json:
    text = _text(entry["response"])
    request_id = entry.get("request_id")
    headers = [{"name": "x-line-request-id", "value": request_id}] if request_id else []
    return {
        "status": entry["status"],
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": {
            "size": len(text.encode()),
            "mimeType": "application/json",
            "text": text,
        },
        "redirectURL": "",
        "headersSize": _UNKNOWN,
        "bodySize": len(text.encode()),
    }


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body if isinstance(body, str) else to_bytes(body).decode()
