"""The format `ecom-bench`: a Chinese shop's tables as JSON files, nested by platform, shop, customer and order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shared.errors import ConfigError
from shared.shop.catalogue import (
    CatalogueCustomer,
    CatalogueLine,
    CatalogueOrder,
    CataloguePayment,
    CatalogueProduct,
    CatalogueVariant,
    Delivery,
    Payment,
)
from shared.shop.formats.base import PLENTY, Documents, Imported, Records, money, read_json, record_of, write_json

Entry = dict[str, Any]
NEEDED = ("users_info", "orders", "products")
TABLES = (*NEEDED, "logistics", "invoices", "service", "discount", "register_cashback")
CURRENCY, TIMEZONE = "CNY", "Asia/Shanghai"
ON_SALE = "已上架"
CARD = "京东E卡"
METHODS: Mapping[str, str] = {CARD: "gift_card", "微信": "wechat_pay", "支付宝": "alipay", "银行卡": "card"}
# What has arrived but is not signed for cannot be returned yet: for the rules it is still on its way.
STATUSES: Mapping[str, str] = {
    "待付款": "unpaid", "已付款": "pending", "待发货": "pending", "处理中": "packed", "已发货": "shipped",
    "运输中": "shipped", "派送中": "out_for_delivery", "已送达": "out_for_delivery", "已签收": "delivered",
    "退货中": "return_requested", "已退货": "returned", "已退款": "refunded", "已取消": "cancelled",
}  # fmt: skip
PLACE = ("国家", "省份", "城市", "区县", "详细地址")
ATTRIBUTES: Mapping[str, str] = {
    "gifts": "赠品信息", "parts": "辅材材料", "installation": "安装说明", "repair": "维修说明", "faults": "常见故障",
}  # fmt: skip
SHORTEST_NAME = 3
MOMENT = "%Y-%m-%d %H:%M:%S"


def read(path: Path) -> Documents:
    """The folder's tables, or those of one JSON file that holds them by name. Raises ConfigError."""
    if path.is_dir():
        found = {name: read_json(path / f"{name}.json") for name in TABLES if (path / f"{name}.json").exists()}
    else:
        found = read_json(path)
    missing = [name for name in NEEDED if not isinstance(found, dict) or not isinstance(found.get(name), dict)]
    if missing:
        raise ConfigError(f"{path}: not a shop of format ecom-bench: `{missing[0]}.json` is missing or no mapping")
    return found


def write(documents: Documents, out: Path) -> None:
    """Writes a folder of tables, or one file of all if `out` ends in .json."""
    if out.suffix == ".json":
        return write_json(out, documents)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in documents.items():
        write_json(out / f"{name}.json", table)


@dataclass(frozen=True)
class Found:
    """An entry of a nested table, and where it stands: platform, shop, customer, id."""

    path: tuple[str, ...]
    entry: Entry


def entries(table: Any, depth: int, path: tuple[str, ...] = ()) -> Iterator[Found]:
    """The entries `depth` keys down a table. Raises ConfigError where it is not nested so deep."""
    if not isinstance(table, dict):
        raise ConfigError(f"{' / '.join(path) or 'a table'} is no mapping; see docs/shops.md for the format")
    if not depth:
        yield Found(path, table)
        return
    for key, value in table.items():
        yield from entries(value, depth - 1, (*path, key))


def imported(documents: Documents) -> Imported:
    """The shop's records. Raises ConfigError that names a record which is not of the format."""
    parcels = {found.path: found.entry for found in entries(documents.get("logistics", {}), 4)}
    moments = [moment for parcel in parcels.values() for moment in _moments(parcel)]
    day = max(moments).date() if moments else date(2026, 1, 1)
    midday = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(TIMEZONE))
    records = Records(
        tuple(_products([found.entry for found in entries(documents["products"], 3)])),
        tuple(_guarded(found, _customer) for found in entries(documents["users_info"], 1)),
        tuple(
            _guarded(found, _order, parcels.get(found.path, {}), midday) for found in entries(documents["orders"], 4)
        ),
    )
    return Imported(records, ("zh",), (CURRENCY,), TIMEZONE, day)


def _guarded(found: Found, make: Any, *given: Any) -> Any:
    where = " / ".join(found.path)
    try:
        return make(where, found.entry, *given)
    except (KeyError, TypeError, AttributeError, IndexError) as exc:
        told = f"{where}: {exc} is missing or not of the format; mend the record, then import again"
        raise ConfigError(told) from exc


def _moments(parcel: Entry) -> Iterator[datetime]:
    """When the parcel was seen. Times that are none are nobody's: they only date the order."""
    texts = [parcel.get("实际送达时间"), *(seen.get("时间") for seen in parcel.get("物流轨迹") or ())]
    for text in texts:
        if moment := _moment(text):
            yield moment


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT).replace(tzinfo=ZoneInfo(TIMEZONE)) if text else None
    except (TypeError, ValueError):
        return None


# --- products --------------------------------------------------------------------------------


def _products(listed: list[Entry]) -> Iterator[CatalogueProduct]:
    """One product for each group of goods that can be exchanged for each other."""
    own = {entry["商品ID"]: entry for entry in listed if isinstance(entry.get("商品ID"), str)}
    if len(own) != len(listed):
        raise ConfigError("products: a product has no 商品ID, or one that is there twice; mend the file")
    groups: dict[str, list[str]] = {sku: [sku] for sku in own}
    for sku, entry in own.items():
        for other in entry.get("可换货商品") or ():
            _join(groups, sku, other["商品ID"])
    firsts = {members[0]: members for members in groups.values()}
    offered = {other["商品ID"]: (other, sku) for sku, e in own.items() for other in e.get("可换货商品") or ()}
    every = [str(entry.get("商品名称", "")) for entry in own.values()]
    for first, members in firsts.items():
        variants = [_variant(sku, own, offered) for sku in members]
        models = [variant.options["model"]["zh"] for variant in variants]
        yield _product(own[first], _common_name(models, every), variants)


def _join(groups: dict[str, list[str]], sku: str, other: str) -> None:
    mine, theirs = groups[sku], groups.get(other, [other])
    if mine is not theirs:
        mine.extend(theirs)
        groups.update(dict.fromkeys(theirs, mine))


def _product(entry: Entry, name: str, variants: list[CatalogueVariant]) -> CatalogueProduct:
    where = f"products: {entry['商品ID']}"
    texts = {name: as_text(entry.get(key)) for name, key in ATTRIBUTES.items()}
    product: CatalogueProduct = record_of(
        CatalogueProduct,
        where,
        id=entry["商品ID"],
        name={"zh": name},
        category="appliances",
        description={"zh": entry.get("商品描述") or entry.get("商品名称", "")},
        attributes={name: {"zh": text} for name, text in texts.items() if text},
        variants=variants,
    )
    return product


def _variant(sku: str, own: Mapping[str, Entry], offered: Mapping[str, tuple[Entry, str]]) -> CatalogueVariant:
    other, by = offered.get(sku, ({}, sku))
    entry = own.get(sku, other)
    # What is only offered in exchange has no price of its own: an exchange changes nothing about what was paid.
    price = own.get(sku, own.get(by, {})).get("商品价格")
    label = entry.get("商品名称") or entry.get("商品描述") or sku
    variant: CatalogueVariant = record_of(
        CatalogueVariant,
        f"products: {sku}",
        sku=sku,
        options={"model": {"zh": label}},
        prices={CURRENCY: money(price, f"products: {sku}")},
        stock=PLENTY if entry.get("商品状态") == ON_SALE else 0,
    )
    return variant


def _common_name(models: list[str], every: Sequence[str]) -> str:
    """What goods that can be exchanged for each other are called: the Chinese words that all their names hold.

    Of several such words the one that names most of the shop's goods; without any, it is the name of the first.
    """
    runs = (run.group() for run in re.finditer(r"[\u4e00-\u9fff]+", models[0]))
    spans = ((run, start, end) for run in runs for start in range(len(run)) for end in range(start, len(run) + 1))
    words = {run[start:end] for run, start, end in spans if end - start >= SHORTEST_NAME}
    common = [word for word in sorted(words) if all(word in other for other in models)]
    if len(models) == 1 or not common:
        return models[0]
    return max(common, key=lambda word: (sum(word in name for name in every), len(word)))


def as_text(value: Any) -> str:
    """Nested text as one that can be read."""
    if isinstance(value, list):
        return "；".join(as_text(part) for part in value)
    if isinstance(value, dict):
        return "：".join(as_text(part) for part in value.values())
    return str(value or "")


# --- customers and orders --------------------------------------------------------------------


def place_text(place: Entry) -> str:
    """An address in one line, without the country."""
    return "".join(str(place.get(part, "")) for part in PLACE[1:])


def _customer(where: str, entry: Entry) -> CatalogueCustomer:
    cards: tuple[dict[str, Any], ...] = ()
    if "电子卡余额" in entry:
        cards = ({"id": "ecard", "method": "gift_card", "balance": money(entry["电子卡余额"], where)},)
    customer: CatalogueCustomer = record_of(
        CatalogueCustomer,
        f"users_info: {where}",
        id=entry["用户ID"],
        name=entry["用户姓名"],
        phone=entry.get("电话号码", ""),
        language="zh",
        currency=CURRENCY,
        address=place_text(entry.get("地址信息", {})),
        payment_methods=tuple(CataloguePayment.model_validate(card) for card in cards),
    )
    return customer


def _order(where: str, entry: Entry, parcel: Entry, midday: datetime) -> CatalogueOrder:
    where = f"orders: {where}"
    status, method = STATUSES.get(entry["订单状态"]), METHODS.get(entry["支付方式"])
    if status is None:
        raise ConfigError(f"{where}: `{entry['订单状态']}` is no 订单状态; there is: {', '.join(STATUSES)}")
    if method is None:
        raise ConfigError(f"{where}: `{entry['支付方式']}` is no 支付方式; there is: {', '.join(METHODS)}")
    lines = tuple(
        CatalogueLine(sku=line["商品ID"], quantity=line["数量"], price=money(line["单价"], where))
        for line in entry["订单商品列表"]
    )
    goods = sum(line.quantity * line.price for line in lines)
    order: CatalogueOrder = record_of(
        CatalogueOrder,
        where,
        number=entry["订单ID"],
        customer=entry["用户ID"],
        status=status,
        placed_at=min(_moments(parcel), default=midday),
        currency=CURRENCY,
        lines=lines,
        shipping_fee=max(money(entry.get("订单总金额", goods), where) - goods, 0),
        payment=Payment.model_validate({"method": method}),
        delivery=_delivery(parcel, status, midday),
        address=place_text(entry.get("收货地址", {})),
    )
    return order


def _delivery(parcel: Entry, status: str, midday: datetime) -> Delivery:
    arrived = _moment(parcel.get("实际送达时间"))
    seen = sorted(_moments(parcel))
    on_its_way = status in ("shipped", "out_for_delivery", "delivered")
    return Delivery(
        carrier=parcel.get("物流公司") or "",
        tracking_number=parcel.get("物流单号") or "",
        shipped_at=(seen or [midday])[0] if on_its_way else None,
        expected_at=_moment(parcel.get("预计送达时间")),
        delivered_at=(arrived or max(seen, default=midday)) if status in ("delivered", "returned") else None,
    )
