"""Embeddings and the second look that they give a search."""

from __future__ import annotations

import json

import pytest
from endpoint import error, response, serving

from tutor import search
from tutor.corpus.corpus import open_corpus
from utils.errors import ModelError, UsageError
from utils.get_embedding import Embedder, embedder_of, get_embedding
from utils.llm.endpoint import Endpoint
from utils.settings import settings_of


def meaning(request):
    """Two dimensions: does a text speak of bubbles, does it not. "foam" means the same."""
    texts = request.json["input"]
    vectors = [[1.0, 0.1] if "foam" in text or "gas" in text.lower() else [0.1, 1.0] for text in texts]
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return response(json.dumps({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}))


def test_built_in_vectors_compare_what_words_mean():
    texts = "the seller raises his price", "a salesman asks for more money", "a river in the rain"
    seller, salesman, river = get_embedding(texts)
    assert seller.similarity(salesman) > 0.4 > seller.similarity(river) + 0.2
    assert seller.similarity(seller) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "?!", "Ω≈√∫", "牛顿第二定律", "\udcff", "\x00", "\\frac \\alpha", "<!-- -->"])
def test_a_text_without_words_that_the_table_knows_is_near_to_nothing(text):
    assert get_embedding(text)[0].similarity(get_embedding("a mean value")[0]) == 0


def test_every_text_has_a_vector_of_length_1_however_long_or_odd():
    for text in ("a" * 100_000, "word " * 100_000, "ÀÉÎõü straße naïve", "x1y2z3", "don't", "ﬁnite"):
        vector = get_embedding(text)[0]
        assert vector.similarity(vector) == pytest.approx(1, abs=1e-4) and len(vector.values) == 64


def test_vectors_of_different_models_are_never_compared():
    with serving(meaning) as server:
        (theirs,) = get_embedding("x", endpoint=Endpoint(server.base_url), model="m")
    with pytest.raises(UsageError, match="m \\(2\\) and built-in \\(64\\) can't be compared"):
        theirs.similarity(get_embedding("x")[0])


def test_a_vector_is_asked_for_once_and_kept_by_its_text(tmp_path):
    with serving(meaning) as server:
        for texts in (["one", "two"], ["two", "three"]):
            Embedder(Endpoint(server.base_url), "m", tmp_path).vectors(texts)
        assert [request.json["input"] for request in server.requests] == [["one", "two"], ["three"]]


def test_a_search_looks_again_by_meaning(docs, tmp_path):
    with serving(meaning) as server:
        embedder = Embedder(Endpoint(server.base_url), "m", None)
        index = search.open_index(open_corpus(docs), None, embedder.similarities)
        plain = search.open_index(open_corpus(docs), None)
        query = "salt and foam in the dough"
        assert plain.search(query, 3)[0].section == "salt" or plain.search(query, 3)[0].section == "recap"
        assert index.search(query, 3)[0].section in ("yeast", "recap")


def test_an_endpoint_that_fails_costs_the_second_look_only(docs):
    with serving(error("401 Unauthorized", "no")) as server:
        embedder = Embedder(Endpoint(server.base_url, key="sk-canary-key"), "m", None)
        with pytest.raises(ModelError, match="rejected the API key"):
            embedder.vectors(["x"])
        index = search.open_index(open_corpus(docs), None, embedder.similarities)
        assert index.search("yeast", 1)[0].section == "yeast"
    assert "rejected the API key" in index.second_look_failed


def test_an_address_without_its_version_is_tried_with_it():
    with serving(
        lambda request: meaning(request) if request.path == "/v1/embeddings" else error("404 Not Found", "no")
    ) as server:
        endpoint = Endpoint(server.base_url.removesuffix("/v1"))
        assert get_embedding("foam", endpoint=endpoint, model="m")[0].values[0] > 0.9


def test_a_model_for_embeddings_is_named_by_the_environment():
    named = {"TUTOR_EMBEDDING_MODEL": "m", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    assert embedder_of(settings_of({}, named), None).model == "m"
    assert embedder_of(settings_of({}, {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}), None) is None
    assert embedder_of(settings_of({"offline": True}, named), None) is None


def test_search_tells_that_it_ranked_without_the_embedding_model(tutor, docs):
    with serving(error("500 Oops", "boom")) as server:
        run = tutor("search", "--docs", docs, "yeast", OPENAI_BASE_URL=server.base_url, TUTOR_EMBEDDING_MODEL="m")
    assert run.returncode == 0 and "Yeast" in run.stdout and "ranked without the embedding model: 127.0.0.1" in run.stderr
