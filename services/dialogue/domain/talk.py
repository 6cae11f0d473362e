"""One turn in the making: what the customer did, the state that it changes, and what the bot will say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid5

from services.dialogue.domain import cards
from services.dialogue.domain.effects import (
    FindCustomer,
    LoadOrder,
    LoadOrders,
    LoadProducts,
    LoadRequests,
    Steps,
    ask,
)
from services.dialogue.domain.expressions import FlowError
from services.dialogue.domain.rules import Flow, ReadyStep, Rules
from services.dialogue.domain.selling.comparing import comparison
from services.dialogue.domain.selling.facts import Look, goods_facts
from services.dialogue.domain.shop import Customer, Order, OrderLine, Product, Receipt, ServiceRequest
from services.dialogue.domain.state import Answered, DialogueState, Frame, Plan
from shared.contracts.envelope import NAMESPACE
from shared.contracts.messages import (
    Act,
    CustomerInput,
    Expects,
    Language,
    PlannedReply,
    Request,
    Source,
    TurnEnd,
    Understanding,
)
from shared.ports import Identity
from shared.shop.flows import Step
from shared.shop.required import CLARIFY, OFFER_PERSON

MAX_STEPS = 60
MAX_STACK = 8
MOST_INTERRUPTED = 5
"""Flows that wait for the customer to come back to them; with one more the oldest is given up."""
MAX_LISTED = 5
MAX_SPOKEN = 10


@dataclass(frozen=True)
class Said:
    """What the customer did in this turn, and when (`now`: seconds since 1970)."""

    conversation_id: str
    turn: int
    input: CustomerInput
    understanding: Understanding
    previous_end: TurnEnd | None
    now: float
    identity: Identity

    @property
    def language(self) -> Language:
        return self.understanding.language

    @property
    def text(self) -> str:
        return self.input.text or ""

    @property
    def requests(self) -> tuple[Request, ...]:
        """What understanding found; a text in which it found nothing is out of scope."""
        unknown = Request(intent="out_of_scope", confidence=0.0, text=self.text)
        return self.understanding.requests or (unknown,)


@dataclass(frozen=True)
class Prompt:
    """The question that ends the turn."""

    response: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What a reply carries beside its words."""

    components: tuple[dict[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    expects: Expects = Expects()


NOTHING = Shown()


@dataclass(frozen=True)
class Turned:
    """The turn's result: the state to save, the plan to publish, who the customer is now, and a flow's error if any."""

    state: DialogueState
    plan: Plan
    identity: Identity
    trouble: str | None = None


@dataclass
class Talk:
    """The workbench of one turn. `state` is a copy: nothing counts until it is saved."""

    state: DialogueState
    said: Said
    rules: Rules
    identity: Identity
    replies: list[PlannedReply] = field(default_factory=list)
    handoff: dict[str, Any] | None = None
    receipt: Receipt | None = None
    prompt: Prompt | None = None
    steps: int = 0
    busy: bool = False
    notes: list[str] = field(default_factory=list)
    orders_now: tuple[Order, ...] | None = None
    order_now: dict[str, Order] = field(default_factory=dict)
    customer_now: Customer | None = None
    products_now: dict[tuple[str, ...], tuple[Product, ...]] = field(default_factory=dict)
    catalogue_now: tuple[Product, ...] | None = None

    @property
    def top(self) -> Frame | None:
        return self.state.stack[-1] if self.state.stack else None

    @property
    def verified(self) -> str | None:
        """The proven customer's id, or None."""
        return self.identity.customer_id if self.identity.level == "L2" else None

    @property
    def today(self) -> date:
        """The day on the shop's clock."""
        return self.rules.local_time(self.said.now).date()

    def must_be_verified(self) -> str:
        """The proven customer's id. Raises FlowError: a flow forgot `needs: verified_customer`."""
        if self.verified is None:
            raise FlowError("customer data without a verified customer")
        return self.verified

    def tick(self) -> None:
        """Counts a step. Raises FlowError when the turn runs in circles."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise FlowError(f"more than {MAX_STEPS} steps in a turn")

    def push(self, flow: str, words: str = "", **fields: Any) -> Frame:
        """Puts a flow on the stack."""
        if len(self.state.stack) >= MAX_STACK:
            raise FlowError("flows nested too deeply")
        self.state.frames_made += 1
        frame = Frame(id=self.state.frames_made, flow=flow, words=words, fleeting=self._is_fleeting(flow), **fields)
        self.state.stack.append(frame)
        return frame

    def make_room(self) -> None:
        """Gives up the flow that has waited longest where too many wait: its question was asked long ago."""
        while len(self.state.stack) > MOST_INTERRUPTED:
            oldest = self.state.stack.pop(0)
            if self.state.pending and self.state.pending.frame == oldest.id:
                self.state.pending = None

    def _is_fleeting(self, flow: str) -> bool:
        """Whether the flow gives way to whatever else the customer says."""
        return flow in (OFFER_PERSON, CLARIFY, self.rules.picks)

    def drop(self, frame: Frame) -> None:
        """Takes the frame, and all above it, off the stack; a preview that one of them showed goes too."""
        place = next((i for i, other in enumerate(self.state.stack) if other.id == frame.id), None)
        if place is None:
            return
        gone = {other.id for other in self.state.stack[place:]}
        del self.state.stack[place:]
        if self.state.pending and self.state.pending.frame in gone:
            self.state.pending = None

    def flow_of(self, frame: Frame) -> Flow:
        """The frame's flow. Raises FlowError when the shop has it no longer."""
        flow = self.rules.flows.get(frame.flow)
        if flow is None:
            raise FlowError(f"no flow {frame.flow}")
        return flow

    def ready_step(self, frame: Frame) -> ReadyStep:
        """The step that the frame is at."""
        return self.flow_of(frame).steps[frame.step]

    def step_of(self, frame: Frame) -> Step:
        """The step that the frame is at, as the shop wrote it."""
        return self.ready_step(frame).step

    def focus_on(self, number: str) -> None:
        """Remembers the order that is spoken of."""
        self.state.focus, self.state.focus_turn = number, self.said.turn

    # --- saying -------------------------------------------------------------------------------

    def say(
        self, response: str, frame: Frame | None = None, facts: Mapping[str, Any] | None = None, shown: Shown = NOTHING
    ) -> Steps[None]:
        """Plans a reply, filled with `facts` and with what its wording wants of the shop."""
        known = yield from self.arguments(response, frame)
        if used := sorted(self.rules.personal.get(response, frozenset())):
            known_now = [fact for fact in used if fact.partition(".")[0] in known]
            self.notes += [f"knows {', '.join(known_now)}"] if known_now else []
        acts: tuple[Act, ...] = ()
        components = self._cards(known, frame)
        if self.receipt:
            components, acts = self._proof(self.receipt)
        reply = PlannedReply(
            id=str(uuid5(NAMESPACE, f"{self.said.conversation_id}:{self.said.turn}:reply:{len(self.replies)}")),
            response=response,
            # What the shop computed stands, whatever a slot of the same name holds.
            arguments={**known, **(facts or {})},
            components=(*components, *shown.components),
            sources=shown.sources,
            expects=shown.expects,
            acts=acts,
            before=self.state.heard.get(response, 0),
        )
        self.state.heard[response] = reply.before + 1
        self.replies.append(reply)

    def _proof(self, receipt: Receipt) -> tuple[tuple[dict[str, Any], ...], tuple[Act, ...]]:
        """The receipt, shown with the first thing that is said after the write."""
        self.receipt = None
        act = Act(action=receipt.action, target=receipt.target, receipt=receipt.number)
        return (cards.receipt_card(receipt, self.said.language),), (act,)

    def _cards(self, known: dict[str, Any], frame: Frame | None) -> tuple[dict[str, Any], ...]:
        """A reply that speaks of an order shows it, once in a flow."""
        found = [known["order"]] if known.get("order") else known.get("orders", [])[:MAX_LISTED]
        if frame is None or frame.carded or not found:
            return ()
        frame.carded = True
        kept = ("payment_method", "payment_last4", "shipped_at", "delivered_at")
        return tuple({name: value for name, value in facts.items() if name not in kept} for facts in found)

    def arguments(self, response: str, frame: Frame | None) -> Steps[dict[str, Any]]:
        """What the wordings of this response want, as far as it is known."""
        names = self.rules.speaks.get(response, frozenset())
        slots = dict(frame.slots) if frame else {}
        filled: dict[str, Any] = {name: value for name, value in slots.items() if name in names and name != "order"}
        language = self.said.language
        if "order" in names and (order := (yield from self.order_in(frame))):
            filled["order"] = cards.order_facts(cards.at_home(order, self.rules.zone), language)
        if "orders" in names and self.verified:
            orders = yield from self.orders()
            at_home = [cards.at_home(order, self.rules.zone) for order in orders[:MAX_SPOKEN]]
            filled["orders"] = [cards.order_facts(order, language) for order in at_home]
        if "customer" in names and (customer := (yield from self.customer())):
            filled["customer"] = cards.customer_facts(customer)
        if "basket" in names and (customer := (yield from self.customer())):
            filled["basket"] = cards.basket_facts((yield from self.basket()), customer.currency, language)
        if names & {"goods", "comparison"} and frame and frame.slots.get("goods"):
            filled |= yield from self._goods(frame)
        if "receipt" in names and self.receipt:
            filled["receipt"] = cards.receipt_facts(self.receipt, language)
        return filled

    def _goods(self, frame: Frame) -> Steps[dict[str, Any]]:
        """The goods that the frame is about, described one by one and beside each other."""
        ids = frame.slots["goods"].split(",")
        found = {product.id: product for product in (yield from self.products(ids))}
        products = [found[id_] for id_ in ids if id_ in found]
        customer = yield from self.customer()
        currencies = (customer.currency,) if customer else tuple(self.rules.profile.currencies)
        look = Look(
            language=self.said.language,
            currencies=currencies,
            color=frame.slots.get("color", ""),
            size=frame.slots.get("size", ""),
            said_color=frame.slots.get("said_color", ""),
            words=frame.words,
            guide=self.rules.policies.get("size_guide"),
        )
        return {
            "goods": goods_facts(products, look),
            "comparison": comparison(products, look, self.rules.attribute_names),
        }

    # --- what is known of the shop, loaded once a turn ----------------------------------------

    def orders(self) -> Steps[tuple[Order, ...]]:
        """The verified customer's orders; what the shop may wrongly add of others is dropped."""
        owner = self.must_be_verified()
        if self.orders_now is None:
            found = yield from ask(LoadOrders(owner))
            self.orders_now = tuple(order for order in found if order.customer_id == owner)
            self.order_now.update({order.number: order for order in self.orders_now})
        return self.orders_now

    def own_order(self, number: str) -> Steps[Order | None]:
        """The order, if it is the verified customer's own; another's is as good as none."""
        owner = self.must_be_verified()
        if number not in self.order_now:
            order = yield from ask(LoadOrder(number))
            if order is None or order.customer_id != owner or order.number != number:
                return None
            self.order_now[number] = order
        return self.order_now[number]

    def order_in(self, frame: Frame | None) -> Steps[Order | None]:
        """The order that this frame is about."""
        number = frame.slots.get("order") if frame else None
        return (yield from self.own_order(number)) if number and self.verified else None

    def customer(self) -> Steps[Customer | None]:
        """The verified customer."""
        if self.verified and (self.customer_now is None or self.customer_now.id != self.verified):
            found = yield from ask(FindCustomer(customer_id=self.verified))
            self.customer_now = found if found and found.id == self.verified else None
        return self.customer_now if self.verified else None

    def products(self, ids: Sequence[str]) -> Steps[tuple[Product, ...]]:
        """The products with these ids, or with variants of these SKUs."""
        key = tuple(sorted(set(ids)))
        if key not in self.products_now:
            self.products_now[key] = yield from ask(LoadProducts(key))
        return self.products_now[key]

    def catalogue(self) -> Steps[tuple[Product, ...]]:
        """All products."""
        if self.catalogue_now is None:
            self.catalogue_now = yield from ask(LoadProducts(None))
        return self.catalogue_now

    def basket(self) -> Steps[tuple[OrderLine, ...]]:
        """The verified customer's basket as lines at today's prices; what is sold no longer is left out."""
        customer = yield from self.customer()
        if customer is None or not customer.basket:
            return ()
        products = yield from self.products([line.sku for line in customer.basket])
        goods = {variant.sku: (product, variant) for product in products for variant in product.variants}
        return tuple(
            OrderLine(
                sku=line.sku, product_id=product.id, name=product.name, options=variant.options,
                quantity=line.quantity, price=variant.prices[customer.currency],
            )
            for line in customer.basket
            for product, variant in [goods.get(line.sku, (None, None))]
            if product and variant and customer.currency in variant.prices
        )  # fmt: skip

    def requests(self) -> Steps[tuple[ServiceRequest, ...]]:
        """What the verified customer has asked the shop's staff for, the newest first."""
        return (yield from ask(LoadRequests(self.must_be_verified())))

    def forget_orders(self) -> None:
        """After a write nothing loaded before it is true."""
        self.orders_now, self.order_now, self.customer_now, self.products_now = None, {}, None, {}
        self.catalogue_now = None

    def result(self, trouble: str | None) -> Turned:
        """The state and plan of the finished turn."""
        plan = Plan(language=self.said.language, replies=tuple(self.replies), handoff=self.handoff)
        self.state.heard_at = self.said.now
        self.state.answered = Answered(
            turn=self.said.turn, client_message_id=self.said.input.client_message_id, plan=plan
        )
        return Turned(self.state, plan, self.identity, trouble)
