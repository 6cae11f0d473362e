"""What the scripted gateway answers, by the customer's words; and the shop around it."""

from datetime import UTC, datetime, timedelta
from typing import Any

Frames = list[dict[str, Any]]

HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1> "
    "[free money](javascript:window.hacked=1) ![pixel](http://evil.test/pixel.png) "
    "javascript:window.hacked=1 http://evil.test/login data:text/html,<b>x</b> \u202egnp.exe"
)
ORDER_CARD = {
    "type": "order_card", "number": "MB10023", "status": "shipped", "placed_at": "2026-11-18T09:30:00+08:00",
    "total": "658.00", "currency": "CNY", "carrier": "SF Express", "tracking_number": "SF1023884512",
    "expected_at": "2026-11-25T18:00:00+08:00",
    "items": [
        {"name": {"en": "Trail Runner 2", "zh": "山径跑鞋 2"}, "options": {"color": {"en": "black", "zh": "黑色"},
         "size": {"en": "42", "zh": "42"}}, "quantity": 1, "price": "399.00"},
        {"name": {"en": "Merino beanie", "zh": "美利奴毛线帽"}, "options": {}, "quantity": 2, "price": "129.50"},
    ],
}  # fmt: skip
PRODUCT_CARD = {
    "type": "product_card", "id": "P1001", "name": {"en": "Trail Runner 2", "zh": "山径跑鞋 2"}, "stock": 3,
    "description": {"en": "Light, waterproof shoe for wet paths.", "zh": "轻便防水，湿滑山路也能放心走。"},
    "price": {"CNY": "399.00", "EUR": "52.00"},
}  # fmt: skip
SOURCES = [
    {"title": "Returns", "url": "/pages/returns", "passage": "Unworn items can be sent back within 30 days."},
    {"title": "Refunds", "url": "https://evil.test/refunds", "passage": "Refunds take 5-7 working days."},
]
SENTENCES = {
    "en": {
        "greeting": "Hello! What can I do for you?",
        "order": "Order MB10023 has left our warehouse and should reach you on 25 November.",
        "which": "Two of your orders can still be cancelled. Which one do you mean?",
        "preview": "I can cancel MB10042 for you. Nothing is changed until you confirm.",
        "effect": "2 items. ¥798.00 goes back to the card ending in 4242, in 5-7 working days.",
        "done": "Order MB10042 is cancelled. Your receipt number is R-20261123-0042.",
        "kept": "All right, nothing was changed.",
        "returns": "You can send unworn items back within 30 days. Refunds take 5-7 working days.",
        "stream": "The Trail Runner 2 is waterproof up to 10,000 mm and weighs 280 g.",
        "person": "I have asked a colleague to join. You are number 2 in the queue, about 8 minutes.",
    },
    "zh": {
        "greeting": "您好！请问需要什么帮助？",
        "order": "订单 MB10023 已从仓库发出，预计 11 月 25 日送达。",
        "which": "您有两个订单还可以取消，请问是哪一个？",
        "preview": "可以为您取消订单 MB10042，确认之前不会做任何改动。",
        "effect": "共 2 件商品，¥798.00 将在 5-7 个工作日内退回尾号 4242 的银行卡。",
        "done": "订单 MB10042 已取消，回执编号 R-20261123-0042。",
        "kept": "好的，没有做任何改动。",
        "returns": "未穿过的商品 30 天内可以退货，退款需要 5-7 个工作日。",
        "stream": "山径跑鞋 2 防水指数 10,000 mm，单只重 280 克。",
        "person": "已为您转接人工客服，您排在第 2 位，大约需要 8 分钟。",
    },
}
NAMES = {"P1001": ("Trail Runner 2", "山径跑鞋 2", "shoes"), "P1002": ("City Boot", "城市短靴", "shoes"),
         "P2001": ("Rain Jacket", "雨天外套", "clothing"), "P2002": ("Wool Jumper", "羊毛毛衣", "clothing"),
         "P2003": ("Linen Trousers", "亚麻长裤", "clothing"), "P3001": ("Pocket Speaker", "口袋音箱", "electronics"),
         "P3002": ("Quiet Headphones", "静音耳机", "electronics"),
         "P4001": ("Canvas Rucksack", "帆布双肩包", "accessories"),
         "P4002": ("Merino Beanie", "美利奴毛线帽", "accessories")}  # fmt: skip
DEMO = {
    "products": [
        {"id": id, "name": {"en": en, "zh": zh}, "category": category, "price": {"CNY": "399.00", "EUR": "52.00"}}
        for id, (en, zh, category) in NAMES.items()
    ],
    "customers": [
        {"id": "C001", "name": "李雪", "language": "zh"},
        {"id": "C002", "name": "Marta Keller", "language": "en"},
    ],
    "token": {"token": "e30.e30.x"},
    "outbox.json": [{"to": "li.xue@example.com", "code": "482915", "at": "2026-11-23T10:12:00+00:00"}],
}


def script(seq: int, sent: dict[str, Any]) -> Frames:
    """The frames that follow message `seq`; those with `data` go into the log."""
    text = str(sent.get("text", ""))
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    language = "zh" if chinese or "p-zh" in str(sent) else "en"
    say = SENTENCES[language]
    answer = next((make for word, make in ANSWERS.items() if word in text.lower()), None)
    frames = by_button(seq, sent, say, language) if answer is None else answer(seq, say, language)
    if text in ("silence", "stream"):
        return frames
    return [*frames, {"type": "turn.ended", "data": {"turn": seq, "status": "completed", "responses": ["scripted"]}}]


def by_button(seq: int, sent: dict[str, Any], say: dict[str, str], language: str) -> Frames:
    if "confirm" in sent:
        receipt = {"type": "receipt", "number": "R-20261123-0042", "action": "cancel_order", "target": "MB10042"}
        acts = [{"action": "cancel_order", "target": "MB10042", "receipt": "R-20261123-0042"}]
        return [reply(seq, say["done"], language, components=[receipt], acts=acts)]
    if "decline" in sent:
        return [reply(seq, say["kept"], language)]
    if "choose" in sent:
        return preview(seq, say, language)
    if sent.get("handoff"):
        handoff = {"ticket": "T-1042", "state": "queued", "position": 2, "minutes": 8}
        return [reply(seq, say["person"], language), {"type": "handoff", "data": handoff}]
    return [reply(seq, f"{say['greeting']} ({sent.get('text')})", language)]


def preview(seq: int, say: dict[str, str], language: str, lives_s: float = 600) -> Frames:
    expires_at = (datetime.now(UTC) + timedelta(seconds=lives_s)).isoformat()
    shown = {
        "id": f"p-{language}-{seq}",
        "action": "cancel_order",
        "target": "MB10042",
        "effect": say["effect"],
        "expires_at": expires_at,
    }
    expects = {"kind": "confirmation", "options": [], "preview": shown}
    return [reply(seq, say["preview"], language, components=[{"type": "preview", **shown}], expects=expects)]


def choices(seq: int, say: dict[str, str], language: str) -> Frames:
    options = [
        {"id": "MB10042", "label": "MB10042 · Rain Jacket +1 · 2026-11-20 · ¥798.00"},
        {"id": "MB10038", "label": "MB10038 · Canvas Rucksack · 2026-11-19 · ¥259.00"},
    ]
    expects = {"kind": "choice", "slot": "order", "options": options}
    listed = "\n".join(f"{place}. {option['label']}" for place, option in enumerate(options, 1))
    return [
        reply(
            seq,
            f"{say['which']}\n{listed}",
            language,
            components=[{"type": "choices", "options": options}],
            expects=expects,
        )
    ]


def streamed(seq: int, say: dict[str, str], language: str) -> Frames:
    words = say["stream"].split(" ")
    chunk = {"type": "reply.chunk", "turn": seq}
    old = [{**chunk, "attempt": 1, "index": index, "text": "OLD "} for index in range(3)]
    new = [{**chunk, "attempt": 2, "index": index, "text": f"{word} "} for index, word in enumerate(words[:5])]
    return [old[0], *new, *old[1:]]


def hostile(seq: int, say: dict[str, str], language: str) -> Frames:
    components = [
        {"type": "link", "url": "javascript:window.hacked=1", "label": HOSTILE},
        {"type": "image", "url": "http://evil.test/pixel.png", "alt": HOSTILE},
        {"type": "choices", "options": [{"id": "x", "label": HOSTILE}]},
        {"type": "order_card", "number": HOSTILE, "status": HOSTILE, "items": [{"name": HOSTILE, "price": HOSTILE}]},
        {"type": "product_card", "name": HOSTILE, "url": "javascript:window.hacked=1", "price": HOSTILE},
        {"type": "receipt", "number": HOSTILE, "action": HOSTILE, "target": HOSTILE},
        {"type": "marquee", "text": HOSTILE},
    ]
    sources = [{"title": HOSTILE, "url": "javascript:window.hacked=1", "passage": HOSTILE}]
    return [reply(seq, HOSTILE, language, components=components, sources=sources)]


def reply(seq: int, text: str, language: str, **fields: Any) -> dict[str, Any]:
    whole = {"id": f"r-{seq}", "turn": seq, "language": language, "text": text, "components": [], "sources": []}
    return {
        "type": "reply",
        "data": {"reply": {**whole, "expects": {"kind": "none"}, "acts": [], "by": "response", **fields}},
    }


ANSWERS = {
    "where is my order": lambda seq, say, lang: [reply(seq, say["order"], lang, components=[ORDER_CARD])],
    "订单到哪": lambda seq, say, lang: [reply(seq, say["order"], lang, components=[ORDER_CARD])],
    "cancel": choices,
    "取消": preview,
    "short-lived": lambda seq, say, lang: preview(seq, say, lang, lives_s=1.5),
    "preview": preview,
    "stream": streamed,
    "returns": lambda seq, say, lang: [reply(seq, say["returns"], lang, sources=SOURCES, by="knowledge")],
    "退货": lambda seq, say, lang: [reply(seq, say["returns"], lang, sources=SOURCES, by="knowledge")],
    "shoes": lambda seq, say, lang: [reply(seq, say["stream"], lang, components=[
        PRODUCT_CARD, {"type": "link", "url": "/pages/sizes", "label": "Size guide"}])],
    "hostile": hostile,
    "claimed": lambda seq, say, lang: [
        {"type": "handoff", "data": {"ticket": "T-1042", "state": "claimed", "position": 0}},
        {"type": "agent.message", "data": {"text": "Hi, this is Jo. Let me have a look at your order."}}],
    "silence": lambda seq, say, lang: [],
}  # fmt: skip
