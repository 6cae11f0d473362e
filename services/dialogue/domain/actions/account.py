"""Acts on the customer's own record, and words that a person must read: profile, data, messages, complaints."""

from collections.abc import Mapping

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import Action, Arguments, Planned, Seen, Situation, refuse
from services.dialogue.domain.shop import Preview, Refusal

PROFILE, DATA, MESSAGES, SHOP = "profile", "data", "messages", "shop"
FIELDS: Mapping[str, int] = {"name": 2, "phone": 7, "address": 6}
"""What of a profile can be changed here, and how long it is at least. An e-mail address proves who one is: not here."""
CHANNELS = ("newsletter", "recommendations")
LONGEST_VALUE = 200


def _profile(at: Situation, asked: Arguments) -> Planned | Refusal:
    field, value = asked["field"], " ".join(asked["value"].split())
    if field not in FIELDS:
        return refuse("field_not_here", field=field)
    if not FIELDS[field] <= len(value) <= LONGEST_VALUE:
        return refuse("value_incomplete", field=field)
    if value == getattr(at.customer, field):
        return refuse("profile_unchanged", field=field)
    facts = {"field": field, "value": value, "old_value": getattr(at.customer, field)}
    return Planned(PROFILE, facts, customer=at.customer.model_copy(update={field: value}))


def _has_new_value(seen: Seen, preview: Preview, _: str) -> bool:
    field = str(preview.facts.get("field"))
    return field in FIELDS and seen.customer is not None and getattr(seen.customer, field) == preview.facts.get("value")


def _data(at: Situation, asked: Arguments) -> Planned | Refusal:
    wish = asked["wish"]
    if wish not in ("export", "erase"):
        return refuse("wish_unknown")
    days = money.number(at.policies, "privacy.export_days" if wish == "export" else "privacy.deletion_days")
    earlier = (r for r in at.asked("request_data", DATA) if r.facts.get("wish") == wish)
    if any(money.within(r.created_at, days, at.now) for r in earlier):
        return refuse("data_request_exists", wish=wish)
    years = money.number(at.policies, "privacy.order_record_years")
    facts = {"wish": wish, "email": at.customer.email, "days": days, "years": years}
    return Planned(DATA, facts, noted=True)


def _opt_out(at: Situation, asked: Arguments) -> Planned | Refusal:
    channels = CHANNELS if asked["channel"] == "all" else (asked["channel"],)
    if not set(channels) <= set(CHANNELS):
        return refuse("channel_unknown")
    if set(channels) <= set(at.customer.opted_out):
        return refuse("already_opted_out", channel=asked["channel"])
    opted_out = tuple(sorted({*at.customer.opted_out, *channels}))
    facts = {"channel": asked["channel"], "channels": list(channels)}
    return Planned(MESSAGES, facts, customer=at.customer.model_copy(update={"opted_out": opted_out}))


def _is_opted_out(seen: Seen, preview: Preview, _: str) -> bool:
    return seen.customer is not None and set(preview.facts.get("channels", ())) <= set(seen.customer.opted_out)


def _complaint(at: Situation, asked: Arguments) -> Planned | Refusal:
    facts = {
        "text": asked["text"][: 2 * LONGEST_VALUE],
        "first_reply_hours": money.number(at.policies, "complaints.first_reply_hours"),
        "resolve_days": money.number(at.policies, "complaints.resolve_days"),
    }
    return Planned(SHOP, facts, noted=True)


ACCOUNT_ACTIONS: Mapping[str, Action] = {
    "change_profile": Action(("field", "value"), (), _profile, _has_new_value),
    "request_data": Action(("wish",), ("privacy.export_days", "privacy.deletion_days"), _data),
    "opt_out": Action(("channel",), (), _opt_out, _is_opted_out),
    "file_complaint": Action(("text",), ("complaints.first_reply_hours", "complaints.resolve_days"), _complaint),
}
