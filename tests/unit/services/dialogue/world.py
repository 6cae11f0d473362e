"""A conversation with the engine alone: a shop in memory that counts its changes, and a customer who speaks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from services.dialogue.domain import effects as fx
from services.dialogue.domain.actions import Ready, Seen, Situation, plan_act, preview_act, receipt_number
from services.dialogue.domain.identify import seal
from services.dialogue.domain.proofs import proves
from services.dialogue.domain.rules import Rules, compile_rules
from services.dialogue.domain.shop import (
    Customer,
    Drifted,
    Glimpse,
    Order,
    OrderLine,
    Preview,
    Product,
    Receipt,
    Refusal,
    ServiceRequest,
)
from services.dialogue.domain.state import DialogueState, Plan
from services.dialogue.domain.talk import Said, Turned
from services.dialogue.domain.turn import advance
from services.dialogue.ports import Passage
from services.dialogue.service import wording
from shared.contracts.messages import CustomerInput, Language, PlannedReply, Request, TurnEnd, Understanding
from shared.ports import Identity, Ticket
from shared.shop import load_shop
from shared.wording import Wording

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC).timestamp()  # Friday noon in Hangzhou: the desk is open
HANGZHOU = ZoneInfo("Asia/Shanghai")
ANONYMOUS = Identity()
EMMA, LEI = Identity("L2", "C002"), Identity("L2", "C003")


@cache
def demo_rules() -> Rules:
    """The rules of the demo shop's own files."""
    shop = load_shop(Path("shops/demo"))
    return compile_rules(shop.flows, shop.responses, shop.policies, shop.profile)


def order(
    number: str, customer: str, status: str = "pending", item: str = "Trail Runner 2", days_ago: int = 1
) -> Order:
    line = OrderLine(
        sku=f"S-{item}",
        product_id=f"P-{item}",
        name={"en": item, "zh": item},
        options={},
        quantity=1,
        price=Decimal("52.00"),
    )
    placed = datetime.fromtimestamp(NOW, UTC) - timedelta(days=days_ago)
    return Order.model_validate(
        {"number": number, "customer_id": customer, "status": status, "placed_at": placed, "currency": "EUR",
         "lines": [line], "total": "52.00", "payment_method": "card", "payment_last4": "4242"}
    )  # fmt: skip


@dataclass
class FakeShop:
    """The shop's real rules over a dictionary. `applied` counts changes; `commit_answers` scripts failures."""

    orders: dict[str, Order]
    customers: dict[str, Customer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    requests: list[ServiceRequest] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    commit_answers: list[str] = field(default_factory=list)
    now: float = NOW

    def preview(self, customer: str, action: str, arguments: dict[str, str]) -> Preview | Refusal:
        return preview_act(action, arguments, self.situation(customer, arguments))

    def situation(self, customer: str, arguments: dict[str, str]) -> Situation | None:
        known = self.customers.get(customer)
        order, now = self.orders.get(arguments.get("order", "")), datetime.fromtimestamp(self.now, HANGZHOU)
        mine = tuple(request for request in self.requests if request.customer_id == customer)
        policies = demo_rules().policies
        return Situation(known, order, tuple(self.products.values()), mine, policies, now) if known else None

    def commit(self, customer: str, preview: Preview, key: str) -> Receipt | Drifted | fx.Unknown:
        answer = self.commit_answers.pop(0) if self.commit_answers else "ok"
        if answer == "lost":
            return fx.Unknown()
        if key not in self.receipts:
            fresh = plan_act(preview.action, preview.arguments, self.situation(customer, preview.arguments))
            if isinstance(fresh, Refusal):
                return Drifted(refusal=fresh)
            if fresh.preview.digest != preview.digest:
                return Drifted(preview=fresh.preview)
            self.apply(fresh, customer, key)
        return fx.Unknown() if answer == "applied, unanswered" else self.receipts[key]

    def apply(self, done: Ready, customer: str, key: str) -> None:
        act, plan, moment = done.preview, done.planned, datetime.fromtimestamp(self.now, UTC)
        number = receipt_number(key)
        if plan.order is not None:
            self.orders[plan.order.number] = plan.order
        if plan.customer is not None:
            self.customers[customer] = plan.customer
        proof = {"number": number, "action": act.action, "target": act.target, "facts": act.facts}
        if plan.noted:
            owned = {**proof, "customer_id": customer, "created_at": moment}
            self.requests.append(ServiceRequest.model_validate(owned))
        self.applied.append(act.target)
        self.receipts[key] = Receipt.model_validate({**proof, "key": key, "committed_at": moment})


@cache
def demo_wording() -> Wording:
    return wording(load_shop(Path("shops/demo")))


def word(reply: PlannedReply, language: str, wording: Wording) -> str:
    """The reply in words; every label and effect can be worded too. Raises CannotSay."""
    options = [option.model_dump() for option in reply.expects.options]
    known = {**reply.arguments, "options": options}
    named = [option["label"] for option in options]
    named += [reply.expects.preview.effect] if reply.expects.preview else []
    for name in named:
        if name.startswith("response:"):
            response, _, given = name.removeprefix("response:").partition("?")
            wording.say(response, language, {**known, **dict(parse_qsl(given, True))})
    return wording.say(reply.response, language, known, reply.id)


class Crash(Exception):
    """The process dies here."""


def demo_shop() -> FakeShop:
    people = {"C002": ("Emma Fischer", "emma.fischer@example.com"), "C003": ("王磊", "wanglei@example.cn")}
    orders = [
        order("MB10002", "C002"),
        order("MB10004", "C003", item="Trail Runner 2"),
        order("MB10005", "C003", item="City Backpack", days_ago=3),
        order("MB10009", "C006", "shipped"),
    ]
    customers = {cid: Customer(id=cid, name=name, email=email) for cid, (name, email) in people.items()}
    return FakeShop({o.number: o for o in orders}, customers)


@dataclass
class Talker:
    """Speaks turn after turn, keeping only what a save keeps. `crash_after` effects of a turn the process dies."""

    identity: Identity = ANONYMOUS
    language: Language = "en"
    shop: FakeShop = field(default_factory=demo_shop)
    saved: dict[str, Any] = field(default_factory=dict)
    now: float = NOW
    turn: int = 0
    previous_end: TurnEnd | None = None
    ticket: Ticket | None = None
    pages: list[Passage] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    crash_after: int | None = None
    effects: list[str] = field(default_factory=list)
    untold: bool = True
    rules: Rules = field(default_factory=demo_rules)
    wording: Wording = field(default_factory=demo_wording)

    def text(self, text: str, *intents: str, signals: tuple[str, ...] = (), confidence: float = 0.95) -> Plan:
        requests = tuple(Request(intent=name, confidence=confidence, text=text) for name in intents)
        return self.hear(requests, text, signals)

    def hear(self, requests: Iterable[Request], text: str, signals: tuple[str, ...] = ()) -> Plan:
        understood = Understanding(language=self.language, requests=tuple(requests), signals=signals)
        return self.send(understood, text=text)

    def do(self, **gesture: Any) -> Plan:
        return self.send(Understanding(language=self.language), **gesture)

    def send(self, understood: Understanding, **fields: Any) -> Plan:
        self.turn += 1
        sent = CustomerInput(client_message_id=f"m{self.turn}", **fields)
        return self.run(sent, understood)

    def run(self, sent: CustomerInput, understood: Understanding) -> Plan:
        """One delivery of the turn; call again with the same for a redelivery."""
        state = DialogueState.model_validate(self.saved)
        self.last = (sent, understood)
        if done := state.plan_of(self.turn, sent.client_message_id):
            return done
        said = Said("c1", self.turn, sent, understood, self.previous_end, self.now, self.identity)
        turned = self._drive(advance(state, said, self.rules))
        self.saved = turned.state.model_dump(mode="json", exclude_defaults=True)
        self.identity, self.previous_end, self.trouble = turned.identity, "completed", turned.trouble
        self.words = [word(reply, self.language, self.wording) for reply in turned.plan.replies]
        return turned.plan

    def again(self) -> Plan:
        """The same turn delivered once more."""
        return self.run(*self.last)

    def _drive(self, steps: fx.Steps[Turned]) -> Turned:
        try:
            effect = next(steps)
            for done in range(1, 1000):
                answer = self._answer(effect)
                self.effects.append(type(effect).__name__)
                if self.crash_after is not None and done > self.crash_after:
                    raise Crash
                effect = steps.send(answer)
        except StopIteration as end:
            result: Turned = end.value
            return result
        raise AssertionError("the engine never ends")

    def _answer(self, effect: Any) -> Any:  # noqa: C901 - one line an effect
        people, shop = self.shop.customers, self.shop
        match effect:
            case fx.FindCustomer(email=email, customer_id=cid):
                return people.get(cid or "") or next((c for c in people.values() if email == c.email), None)
            case fx.LoadOrders(customer_id=cid):
                mine = [o for o in shop.orders.values() if o.customer_id == cid]
                return tuple(sorted(mine, key=lambda o: o.placed_at, reverse=True))
            case fx.LoadOrder(number=number):
                return shop.orders.get(number)
            case fx.ReadBack(write=write):
                number = write.preview.arguments.get("order", "")
                return Seen(shop.orders.get(number), people.get(write.customer_id), tuple(shop.requests))
            case fx.LoadProducts(ids=ids):
                wanted = {p.id for p in shop.products.values()} if ids is None else set(ids)
                return tuple(p for p in shop.products.values() if wanted & {p.id, *(v.sku for v in p.variants)})
            case fx.RankGoods():
                return ()
            case fx.LoadRequests(customer_id=cid):
                return tuple(request for request in shop.requests if request.customer_id == cid)
            case fx.PreviewAct(customer_id=cid, action=action, arguments=arguments):
                return shop.preview(cid, action, arguments)
            case fx.RecordIntent(state=state):
                self.saved = state.model_dump(mode="json", exclude_defaults=True)
            case fx.CommitAct(write=write):
                return shop.commit(write.customer_id, write.preview, write.key)
            case fx.LookUpReceipt(key=key):
                return shop.receipts.get(key)
            case fx.IsUntold():
                return self.untold
            case fx.MayTry():
                return True
            case fx.GlimpseOrder(number=number, proof=proof):
                order = shop.orders.get(number)
                phone = people[order.customer_id].phone if order and order.customer_id in people else ""
                fits = order is not None and proves(proof, order.postcode, phone)
                return Glimpse.model_validate(order.model_dump()) if order and fits else None
            case fx.SendCode(customer=customer):
                self.codes.append((customer.email if customer else "", "482913"))
                return seal("482913", "salt")
            case fx.Search():
                return self.pages
            case fx.OpenTicket(reason=reason):
                self.ticket = Ticket("T-1", "c1", "queued", reason, self.language, self.now, 2)
                return self.ticket
            case fx.CurrentTicket():
                return self.ticket
            case fx.HandBack():
                self.ticket = None
                return True

    # --- looking at what was said -----------------------------------------------------------------

    @property
    def state(self) -> DialogueState:
        return DialogueState.model_validate(self.saved)


def responses(plan: Plan) -> list[str]:
    return [reply.response for reply in plan.replies]


def waits(plan: Plan) -> str:
    """What the plan's last reply waits for, as `kind` or `kind:slot`."""
    expects = plan.replies[-1].expects
    return f"{expects.kind}:{expects.slot}" if expects.slot else expects.kind


def preview_id(plan: Plan) -> str:
    preview = plan.replies[-1].expects.preview
    assert preview is not None
    return preview.id
