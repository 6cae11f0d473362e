"""What acts leave behind in the format `ecom-bench`: statuses, goods, places, the card's balance, appointments."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder
from shared.shop.formats.base import Change, Documents, Done, number
from shared.shop.formats.ecom_bench import METHODS, STATUSES, Entry, Found, entries, place_text

WEEKDAYS = "一二三四五六日"
WORDS: Mapping[str, str] = {
    "unpaid": "待付款", "pending": "已付款", "packed": "处理中", "shipped": "已发货", "out_for_delivery": "派送中",
    "delivered": "已签收", "return_requested": "已退货", "returned": "已退货", "refunded": "已退款",
    "cancelled": "已取消",
}  # fmt: skip
_PLACE = re.compile(
    r"(?:中国)?(?P<省份>[^省市区县]{2,8}(?:省|自治区)|(?:北京|上海|天津|重庆)市?(?=.*[区县]))?"
    r"(?P<城市>[^市区县]{1,8}(?:市|自治州))?(?P<区县>[^区县市]{1,8}[区县市])?(?P<详细地址>.+)"
)


def changed(documents: Documents, change: Change) -> None:
    """Brings the documents to the state that the shop is in."""
    orders = {found.path[-1]: found for found in entries(documents["orders"], 4)}
    for done in change.done:
        if (leave := TRACES.get(done.action)) and done.target in orders:
            leave(documents, orders[done.target], done)
    before = {order.number: order for order in change.before.orders}
    for order in change.now.orders:
        if order.number not in orders:
            orders[order.number] = _new_order(documents, order)
        if order != before.get(order.number):
            _settle_order(orders[order.number].entry, order, before.get(order.number))
    customers = {customer.id: customer for customer in change.before.customers}
    for customer in change.now.customers:
        if customer != customers.get(customer.id):
            _settle_customer(documents["users_info"], customer, customers.get(customer.id))


# --- traces of acts --------------------------------------------------------------------------


def _urged(_: Documents, found: Found, __: Done) -> None:
    found.entry["是否加急"] = True


def _swapped(_: Documents, found: Found, done: Done) -> None:
    pairs = zip(_skus(done.arguments["item"]), _skus(done.arguments["option"]), strict=False)
    swaps = dict(pairs)
    for line in found.entry["订单商品列表"]:
        line["商品ID"] = swaps.get(line["商品ID"], line["商品ID"])


def _booked(kind: str) -> Callable[[Documents, Found, Done], None]:
    def leave(documents: Documents, found: Found, done: Done) -> None:
        platform, shop, user, order = found.path
        person = documents["users_info"].get(user, {})
        shelf = documents.setdefault("service", {}).setdefault(platform, {}).setdefault(shop, {}).setdefault(user, {})
        shelf[order] = {
            "服务类型": kind, "店铺ID": shop, "用户ID": user, "订单ID": order, "平台": platform,
            "电话号码": person.get("电话号码", ""), "用户姓名": person.get("用户姓名", ""),
            "预约日期": _weekday(str(done.facts.get("date") or done.arguments.get("date", ""))),
        }  # fmt: skip

    return leave


def _weekday(day: str) -> str:
    """The format books by the day of the week."""
    try:
        return f"周{WEEKDAYS[date.fromisoformat(day).weekday()]}"
    except ValueError:
        return day


def _invoiced(documents: Documents, found: Found, done: Done) -> None:
    person = documents["users_info"].get(found.path[2], {})
    tax = done.arguments.get("tax_number", "")
    kind = "企业发票" if tax else "个人发票"
    entry = {"订单ID": found.path[-1], "发票类型": kind, "发票抬头": done.arguments["title"]}
    entry |= {"电话号码": person.get("电话号码", "")} | ({"税号": tax} if tax else {})
    documents.setdefault("invoices", {})[found.path[-1]] = entry


TRACES: Mapping[str, Callable[[Documents, Found, Done], None]] = {
    "urge_delivery": _urged,
    "change_item": _swapped,
    "exchange_item": _swapped,
    "book_installation": _booked("安装"),
    "book_repair": _booked("维修"),
    "request_invoice": _invoiced,
}


def _skus(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


# --- records that differ ---------------------------------------------------------------------


def _new_order(documents: Documents, order: CatalogueOrder) -> Found:
    """An order that the shop took after the import, in the first shop of the first platform if there is any."""
    table = documents["orders"]
    platform = next(iter(table), "shop")
    shop = next(iter(table.get(platform, {})), "shop")
    shelf = table.setdefault(platform, {}).setdefault(shop, {}).setdefault(order.customer, {})
    sources = {ours: theirs for theirs, ours in METHODS.items()}
    shelf[order.number] = {
        "用户ID": order.customer, "订单ID": order.number, "订单状态": WORDS[order.status], "订单总金额": 0,
        "是否加急": False, "订单商品列表": [], "收货地址": {},
        "支付方式": sources.get(order.payment.method, order.payment.method),
    }  # fmt: skip
    return Found((platform, shop, order.customer, order.number), shelf[order.number])


def _settle_order(entry: Entry, order: CatalogueOrder, before: CatalogueOrder | None) -> None:
    returned = any(line.returning for line in order.lines)
    if before is None or order.status != before.status or returned:
        word = WORDS["returned"] if returned else WORDS[order.status]
        if STATUSES.get(entry["订单状态"]) != order.status:
            entry["订单状态"] = word
    if before is None or order.lines != before.lines:
        _settle_lines(entry, order)
    if before is None or order.payment != before.payment:
        sources = {ours: theirs for theirs, ours in METHODS.items()}
        entry["支付方式"] = sources.get(order.payment.method, order.payment.method)
    if before is None or order.address != before.address:
        entry["收货地址"] = parsed_place(order.address, entry["收货地址"])


def _settle_lines(entry: Entry, order: CatalogueOrder) -> None:
    """The goods that are in the order now; lines that were there stay where they are."""
    now = {line.sku: line for line in order.lines}
    kept = [line for line in entry["订单商品列表"] if line["商品ID"] in now]
    there = {line["商品ID"] for line in kept}
    # Goods that are on their way in exchange are listed already, though the order's lines still are the old ones.
    if any(line.exchanging for line in order.lines):
        return
    for line in kept:
        wanted = now[line["商品ID"]]
        if line["数量"] != wanted.quantity:
            line["数量"] = wanted.quantity
        if Decimal(str(line["单价"])) != wanted.price:
            line["单价"] = number(wanted.price)
    kept += [
        {"商品ID": sku, "单价": number(line.price), "数量": line.quantity}
        for sku, line in now.items()
        if sku not in there
    ]
    entry["订单商品列表"] = kept
    total = sum((line.price * line.quantity for line in order.lines), order.shipping_fee)
    if Decimal(str(entry["订单总金额"])) != total:
        entry["订单总金额"] = number(total)


def _settle_customer(users: Entry, customer: CatalogueCustomer, before: CatalogueCustomer | None) -> None:
    entry = users.setdefault(customer.id, {"用户ID": customer.id, "地址信息": {}})
    entry.setdefault("地址信息", {})
    if before is None or customer.name != before.name:
        entry["用户姓名"] = customer.name
    if before is None or customer.phone != before.phone:
        entry["电话号码"] = customer.phone
    if before is None or customer.address != before.address:
        entry["地址信息"] = parsed_place(customer.address, entry["地址信息"])
    for method in customer.payment_methods:
        known = Decimal(str(entry.get("电子卡余额", "NaN")))
        if method.method == "gift_card" and method.balance is not None and known != method.balance:
            entry["电子卡余额"] = number(method.balance)


def parsed_place(text: str, old: Entry) -> Entry:
    """An address in the format's parts. What the text does not name is where it was; without a city, all is detail."""
    if place_text(old) == text:
        return old
    found = _PLACE.fullmatch(text.strip())
    parts = {key: value for key, value in found.groupdict().items() if value} if found else {}
    if "城市" not in parts and "省份" not in parts:
        return {**old, "详细地址": text.strip()}
    return {**old, **parts}
