"""A small shop in each foreign format, with fields that no format knows."""

import json
from pathlib import Path
from typing import Any

ADDRESS = {"address1": "4 Quay", "address2": "Flat 2", "city": "Dover", "country": "USA", "state": "DE", "zip": "19901"}


def tau2() -> dict[str, Any]:
    def variant(sku: str, color: str, price: float, *, available: bool = True) -> dict[str, Any]:
        return {"item_id": sku, "options": {"color": color}, "available": available, "price": price}

    def item(sku: str, color: str, price: float) -> dict[str, Any]:
        return {"name": "Mug", "product_id": "70", "item_id": sku, "price": price, "options": {"color": color}}

    def order(number: str, status: str, items: list[dict[str, Any]], paid: str) -> dict[str, Any]:
        total = round(sum(each["price"] for each in items), 2)
        history = [{"transaction_type": "payment", "amount": total, "payment_method_id": paid}]
        return {
            "order_id": number, "user_id": "ann_1", "address": dict(ADDRESS), "items": items, "status": status,
            "fulfillments": [{"tracking_id": ["900"], "item_ids": ["71"]}] if status == "delivered" else [],
            "payment_history": history, "note": {"kept": [1, 2.50]},
        }  # fmt: skip

    variants = {v["item_id"]: v for v in (variant("71", "red", 9.5), variant("72", "blue", 10.25),
                                          variant("73", "green", 8, available=False))}  # fmt: skip
    cards = {
        "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "brand": "visa", "last_four": "0042"},
        "gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 31},
    }
    return {
        "products": {"70": {"name": "Mug", "product_id": "70", "variants": variants}},
        "users": {
            "ann_1": {
                "user_id": "ann_1", "name": {"first_name": "Ann", "last_name": "Lee"}, "address": dict(ADDRESS),
                "email": "ann@example.com", "payment_methods": cards, "orders": ["#K0001", "#K0002", "#K0003"],
            }
        },
        "orders": {
            "#K0001": order("#K0001", "pending", [item("71", "red", 9.5), item("71", "red", 9.5)], "credit_card_1"),
            "#K0002": order("#K0002", "delivered", [item("71", "red", 9.0), item("73", "green", 8)], "credit_card_1"),
            "#K0003": order("#K0003", "pending", [item("73", "green", 8)], "gift_card_1"),
        },
        "seasons": ["unknown tables stay"],
    }  # fmt: skip


def ecom() -> dict[str, Any]:
    place = {"国家": "中国", "省份": "湖北省", "城市": "武汉市", "区县": "江岸区", "详细地址": "样例路1号"}
    user = {"用户ID": "u甲", "电话号码": "10000000001", "用户姓名": "样例", "电子卡余额": 100, "地址信息": place}

    def order(number: str, status: str, sku: str) -> dict[str, Any]:
        goods = [{"商品ID": sku, "单价": 50, "数量": 1}]
        return {
            "用户ID": "u甲", "订单ID": number, "订单状态": status, "订单总金额": 50, "是否加急": False,
            "订单商品列表": goods, "收货地址": {"收件人姓名": "样例", "电话号码": "10000000001", **place},
            "支付方式": "京东E卡", "备注": None,
        }  # fmt: skip

    def product(sku: str, swaps: list[str]) -> dict[str, Any]:
        others = [{"商品ID": other, "商品描述": f"款式{other}", "商品状态": "已上架"} for other in swaps]
        return {"商品ID": sku, "商品名称": f"壶{sku}", "商品状态": "已上架", "商品价格": 50, "可换货商品": others}

    def nested(**entries: Any) -> dict[str, Any]:
        return {"jd": {"s1": {"u甲": entries}}}

    parcel = {"物流单号": "L1", "物流公司": "快递", "预计送达时间": "2025-04-06 16:00:00"}
    parcel |= {"实际送达时间": "2025-04-06 15:50:00", "物流轨迹": [{"时间": "2025-04-02 08:30:00", "状态": "已创建"}]}
    orders = {"o1001": order("1001", "已付款", "11"), "o1002": order("1002", "已签收", "12")}
    return {
        "users_info": {"u甲": user},
        "products": {"jd": {"s1": {"11": product("11", ["12", "13"]), "12": product("12", [])}}},
        "orders": nested(**{o["订单ID"]: o for o in orders.values()}),
        "logistics": nested(**{"1002": parcel}),
        "service": nested(),
    }


def write_tau2(folder: Path) -> Path:
    path = folder / "db.json"
    path.write_text(json.dumps(tau2()), encoding="utf-8")
    return path


def write_ecom(folder: Path) -> Path:
    for name, table in ecom().items():
        (folder / f"{name}.json").write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    return folder


CSV = {
    "products": "product_id,sku,name,price,stock,option_size,shelf\nP1,P1-S,Cap,12.5,3,S,A1\nP1,P1-M,Cap,12.50,0,M,\n",
    "customers": 'customer_id,name,email,address,vip\nK1,"Roe, Jo",jo@example.com,"1 Lane, Cork",yes\n',
    "orders": "order_number,customer_id,status,placed_at,currency,payment_method,delivered_at\n"
    "A-01,K1,pending,2026-01-02T10:00:00,EUR,paypal,\nA-02,K1,delivered,2026-01-01,EUR,paypal,2026-01-05 09:00\n",
    "order_lines": "order_number,sku,quantity,price,gift\nA-01,P1-S,2,12.5,no\nA-02,P1-M,1,12.50,\n",
}


def write_csv(folder: Path) -> Path:
    for name, text in CSV.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
