"""What the engine starts and says by itself, whatever a shop's flows are: without these it falls silent."""

from collections.abc import Mapping

IDENTIFY, OFFER_PERSON, CLARIFY = "identify_customer", "offer_person", "clarify"
INACTIVITY, PUT_AWAY = "inactivity", "flow_put_away"

FLOWS: Mapping[str, str] = {
    IDENTIFY: "proves who the customer is",
    OFFER_PERSON: "asks whether the customer would like a person",
}
"""The flows that the engine starts by itself, and what each does. For shops that have
them there are CLARIFY, and INACTIVITY, whose responses remind a silent customer."""

RESPONSES: frozenset[str] = frozenset(
    {
        # understanding
        "answer_from_knowledge", "cannot_handle", "cannot_handle_again", "dont_know", "nothing_to_confirm",
        "choice_gone", "flow_cancelled",
        # who the customer is
        "cannot_verify_here", "code_expired", "code_used_up", "code_wrong", "identified", "too_many_codes",
        # orders
        "choose_order", "no_orders", "order_unknown",
        # writes
        "action_refused", "preview_declined", "preview_gone", "write_confirmed_late", "write_did_not_happen",
        "write_done", "write_outcome_unknown", "write_still_checking", "write_unclear", "write_unverified",
        "preview_changed",
        # people
        "handed_back", "handoff_claimed", "handoff_closed", "handoff_queued",
        # trouble
        "internal_error", "shop_unreachable",
    }
)  # fmt: skip
"""The responses that the engine says by itself."""

SLOT_RESPONSES: Mapping[str, frozenset[str]] = {
    "item": frozenset({"ask_item", "basket_empty"}),
    "option": frozenset({"ask_option", "option_unavailable", "nothing_available", "product_unknown"}),
    "payment_method": frozenset({"ask_payment_method", "label_payment", "no_other_payment"}),
    "product": frozenset({"ask_product"}),
    "pick": frozenset(
        {"ask_kind", "ask_need", "ask_pick", "goods_found", "goods_nearest", "goods_no_more", "goods_none"}
    ),
    "quantity": frozenset({"ask_quantity"}),
    "date": frozenset({"ask_date"}),
    "address": frozenset({"ask_address"}),
}
"""What the engine says where a flow collects one of these slots."""

GLIMPSE_RESPONSES: frozenset[str] = frozenset({"ask_order_proof", "order_not_proven", "too_many_lookups"})
"""What the engine says where a flow has a `glimpse`."""

ACTION_RESPONSES: tuple[str, ...] = ("preview", "effect")
"""What the engine says about each action that a shop allows: `preview_cancel_order`, and so on."""
