"""No rule gives more than the policies allow."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.proactive.domain.coupons import granted
from services.proactive.domain.deciding import DAY_S
from services.proactive.domain.records import Sent
from shared.shop.proactive import CouponOffer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICIES = {"discounts": {"max_percent": 10, "every_days": 30}}


def offer(percent: int = 8) -> CouponOffer:
    return CouponOffer(percent=percent, valid_days=14, code="BIRD")


@given(st.integers(1, 100), st.integers(0, 100))
def test_the_policy_caps_the_percent(percent: int, most: int) -> None:
    policies = {"discounts": {"max_percent": most, "every_days": 30}}
    coupon = granted(offer(percent), "key", policies, (), NOW)
    assert (coupon["percent"] if coupon else 0) == min(percent, most)


def test_without_limits_there_is_no_coupon() -> None:
    assert granted(offer(), "key", {}, (), NOW) is None


def test_a_customer_gets_one_in_so_many_days() -> None:
    lately, long_ago = NOW.timestamp() - 29 * DAY_S, NOW.timestamp() - 30 * DAY_S
    assert granted(offer(), "key", POLICIES, [Sent("x", lately, coupon=True)], NOW) is None
    assert granted(offer(), "key", POLICIES, [Sent("x", lately), Sent("x", long_ago, coupon=True)], NOW) is not None


def test_the_code_follows_from_the_key() -> None:
    codes = [granted(offer(), key, POLICIES, (), NOW) for key in ("one", "one", "other")]
    assert codes[0] == codes[1] != codes[2]
    assert codes[0] is not None and codes[0]["valid_until"] == "2026-12-04"
