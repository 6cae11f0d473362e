import pytest
from pydantic import SecretStr

from shared.errors import ConfigError
from shared.llm import LlmFields, tokens_about


def fields(url="http://model:8080", model="m", key=None) -> LlmFields:
    return LlmFields(llm_url=url and SecretStr(url), llm_model=model, llm_api_key=key and SecretStr(key))


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("http://model:8080", "http://model:8080/v1/chat/completions"),
        ("http://model:8080/v1/", "http://model:8080/v1/chat/completions"),
        ("https://x.example/openai/v1", "https://x.example/openai/v1/chat/completions"),
        ("http://[::1]:8080/v1/chat/completions", "http://[::1]:8080/v1/chat/completions"),
    ],
)
def test_a_base_url_may_be_written_in_any_of_the_usual_ways(base, asked):
    assert fields(base).llm_server.url.get_secret_value() == asked


def test_without_a_url_there_is_no_server():
    assert fields(None).llm_server is None


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (fields("ftp://secret@model"), "DESKBELL_LLM_URL"),
        (fields("model:8080"), "DESKBELL_LLM_URL"),
        (fields("http://model:port"), "DESKBELL_LLM_URL"),
        (fields("http:///v1"), "DESKBELL_LLM_URL"),
        (fields("http://secret@[model"), "DESKBELL_LLM_URL"),
        (fields(model=None), "DESKBELL_LLM_MODEL"),
        (fields(key="secret key"), "DESKBELL_LLM_API_KEY"),
        (fields(key="secret\nX-Other: 1"), "DESKBELL_LLM_API_KEY"),
        (fields(key="secrét"), "DESKBELL_LLM_API_KEY"),
    ],
)
def test_half_a_setting_is_an_error_that_names_it_and_repeats_no_secret(settings, named):
    with pytest.raises(ConfigError, match=named) as caught:
        _ = settings.llm_server
    assert "secr" not in str(caught.value)


def test_neither_url_nor_key_is_printed():
    settings = fields("http://user:secret@model/v1", key="secret")
    assert "secret" not in f"{settings!r} {settings.llm_server!r}"


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("where is it", 4), ("我的包裹呢", 5), ("\ud800", 1)])
def test_tokens_are_about_three_bytes(text, tokens):
    assert tokens_about(text) == tokens
