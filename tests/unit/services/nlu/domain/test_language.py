import pytest

from services.nlu.domain.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("我的订单到哪了", "zh"),
        ("我的order到哪了", "zh"),
        ("please cancel 订单", "en"),
        ("我想用 PayPal 付款可以吗", "zh"),
    ],
)
@pytest.mark.parametrize("otherwise", ["en", "zh"])
def test_the_script_of_most_words_decides(text, language, otherwise):
    assert language_of(text, otherwise) == language


@pytest.mark.parametrize("text", ["", "123456", "ok", "XL", "?", "👍", "Где мой заказ", "注文"[:0], "16:30"])
def test_texts_that_say_nothing_keep_the_conversations_language(text):
    assert {language_of(text, "en"), language_of(text, "zh")} == {"en", "zh"}
