"""Coupons that come with a message: never more than the shop's policies allow."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from services.proactive.domain.deciding import DAY_S
from services.proactive.domain.records import Sent
from shared.shop.proactive import CouponOffer


def granted(
    offer: CouponOffer, key: str, policies: Mapping[str, Any], sent: Sequence[Sent], now: datetime
) -> dict[str, Any] | None:
    """The coupon as it goes on the customer's record, or None where `discounts` of policies.yaml forbids it.

    Without limits there is no coupon. `max_percent` caps it; in `every_days` days a customer gets one. The code
    follows from `key`, so that the same message never brings two.
    """
    limits = policies.get("discounts")
    if not isinstance(limits, Mapping):
        return None
    percent = min(offer.percent, int(limits.get("max_percent", 0)))
    every_s = int(limits.get("every_days", 0)) * DAY_S
    if percent <= 0 or every_s <= 0 or any(one.coupon and now.timestamp() - one.at < every_s for one in sent):
        return None
    digest = blake2b(key.encode(), digest_size=4).hexdigest().upper()
    until = (now + timedelta(days=offer.valid_days)).date().isoformat()
    return {
        "code": f"{offer.code}-{digest}",
        "currency": "",
        "percent": percent,
        "amount": "0",
        "minimum": "0",
        "valid_until": until,
    }
