"""Other people's schemes: each customer's category under each, against the schemes written out
in Python from their published descriptions, and the industry examples customer by customer."""

import random
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from shop import Shop
from shop.generated import generate

Measures = dict[str, Any]
WANTED = ("int_customer_measures_gathered", "int_preset_cells_decided", "preset_comparison")


def part(share: float | None, parts: int) -> int | None:
    """Which of so many equal parts a percentile falls in, from 1; a bound belongs below."""
    if share is None:
        return None
    return next(n for n in range(1, parts + 1) if share <= round(n / parts, 9) or n == parts)


def alibaba(m: Measures) -> str:
    if m["days_since_last_order"] is None or m["monetary_percentile"] is None:
        return "unplaced"
    recent, often = m["days_since_last_order"] <= 90, m["orders_365d"] >= 2
    importance = "important" if m["monetary_percentile"] > 0.5 else "general"
    action = {
        (True, True): "value",
        (True, False): "develop",
        (False, True): "keep",
        (False, False): "retain",
    }[recent, often]
    return f"{importance}_{action}"


def amperity_lifecycle(m: Measures) -> str:
    if m["days_since_last_order"] is None:
        return "prospect"
    if m["days_since_first_order"] <= 30:
        return "new"
    since = m["days_since_last_order"]
    return "active" if since <= 365 else "lapsed" if since <= 730 else "dormant"


def omnisend(m: Measures) -> str:
    if m["order_value_ratio"] is None:
        return "unplaced"
    days, orders, is_high = m["days_since_last_order"], m["orders_365d"], m["order_value_ratio"] > 1
    if days < 40:
        return "recent" if orders < 3 else "champions" if is_high else "loyalists"
    is_valued = orders >= 3 or (orders == 2 and is_high)
    if days <= 90:
        return "high_potential" if is_valued else "needs_nurturing"
    return "cannot_lose" if is_valued else "at_risk" if days <= 180 else "about_to_lose"


PUTLER = (
    ("champions", (4, 5), (4, 5)),
    ("loyal", (2, 5), (3, 5)),
    ("potential_loyalist", (3, 5), (1, 3)),
    ("new", (4, 5), (0, 1)),
    ("promising", (3, 4), (0, 1)),
    ("needs_attention", (2, 3), (2, 3)),
    ("about_to_sleep", (2, 3), (0, 2)),
    ("at_risk", (0, 2), (2, 5)),
    ("cannot_lose", (0, 1), (4, 5)),
    ("hibernating", (1, 2), (1, 2)),
    ("lost", (0, 2), (0, 2)),
)


def putler_cell(recency: int, value: int) -> str:
    return next(n for n, r, v in PUTLER if r[0] <= recency <= r[1] and v[0] <= value <= v[1])


def putler(m: Measures) -> str:
    if m["recency_score"] is None:
        return "unplaced"
    return putler_cell(m["recency_score"], int(m["frequency_monetary_score"] + 0.5))


PYMC = {
    "premium": "334 443 444 344 434 433 343 333",
    "repeat": "244 234 232 332 143 233 243",
    "top_spender": "424 414 144 314 324 124 224 423 413 133 323 313 134",
    "at_risk": "422 223 212 122 222 132 322 312 412 123 214",
    "inactive": "411 111 113 114 112 211 311",
}


def rfm_cell(m: Measures, parts: int) -> str | None:
    scores = [part(m[f"{what}_percentile"], parts) for what in ("recency", "frequency", "monetary")]
    return None if None in scores else "".join(map(str, scores))


def pymc(m: Measures) -> str:
    cell = rfm_cell(m, 4)
    if cell is None:
        return "unplaced"
    return next((name for name, cells in PYMC.items() if cell in cells.split()), "other")


def shop_regulars(m: Measures) -> str:
    if m["days_since_last_order"] is not None and m["days_since_last_order"] > 180:
        return "lost"
    is_regular = m["days_since_last_order"] is not None and m["orders_365d"] >= 2
    return "regular" if is_regular else "potential"


def shop_value(m: Measures) -> str:
    if (m["monetary_percentile"] or 0) > 0.8:
        return "high_value"
    return "potential" if (m["predicted_revenue_percentile"] or 0) > 0.8 else "ordinary"


def bank(m: Measures) -> str:
    worth = m["net_revenue"]
    return "high_net_worth" if worth >= 20000 else "ordinary" if worth > 0 else "potential"


REFERENCE: dict[str, Callable[[Measures], str]] = {
    "alibaba_rfm": alibaba,
    "amperity_lifecycle": amperity_lifecycle,
    "omnisend_lifecycle": omnisend,
    "putler_rfm": putler,
    "pymc_rfm": pymc,
    "shop_regulars": shop_regulars,
    "shop_value": shop_value,
    "bank": bank,
}


@pytest.fixture(scope="module")
def messy() -> Any:
    shop = generate(random.Random(7).choice, 400, 100, Shop(today="2024-06-30", as_text=True))
    shop.order("c001", ago=20, amount=19999.99)
    shop.order("c002", ago=20, amount=20000)
    return shop.build(models=WANTED)


@pytest.mark.parametrize("preset", REFERENCE)
def test_every_customer_is_called_what_the_published_scheme_calls_them(messy, preset):
    measures = {row["customer_id"]: row for row in messy.table(WANTED[0])}
    said = {
        row["customer_id"]: row["category"]
        for row in messy.table("preset_comparison")
        if row["preset"] == preset
    }
    expected = {customer: REFERENCE[preset](m) for customer, m in measures.items()}
    assert said == expected
    assert len(set(expected.values())) > 1


def cells(result: Any, preset: str) -> dict[str, str]:
    return {
        row["level_1"] + row["level_2"] + row["level_3"]: row["category"]
        for row in result.table("int_preset_cells_decided")
        if row["preset"] == preset
    }


def test_pymc_leaves_18_of_64_cells_in_other(messy):
    counted = Counter(cells(messy, "pymc_rfm").values())
    assert sum(counted.values()) == 64
    assert counted["other"] == 18 == 64 - sum(len(c.split()) for c in PYMC.values())


def test_putler_never_reaches_4_of_11(messy):
    said = cells(messy, "putler_rfm")
    assert said == {f"{r}{v}any": putler_cell(r, v) for r, v in product(range(1, 6), repeat=2)}
    never = {name for name, _, _ in PUTLER} - set(said.values())
    assert never == {"new", "promising", "cannot_lose", "lost"}


def test_klaviyo_names_each_of_27_cells(messy):
    said = cells(messy, "klaviyo_rfm")
    assert set(said) == {"".join(cell) for cell in product("123", repeat=3)}
    assert None not in said.values()
    assert {cell for cell, name in said.items() if name == "loyal"} == {
        "321", "322", "331", "232", "233",
    }  # fmt: skip


def test_a_shops_potential_is_predicted_to_be_among_its_best(messy):
    levels = ("none", "usual", "high")
    expected = {f"{now}{then}any": "ordinary" for now, then in product(levels, repeat=2)}
    expected |= {f"{now}highany": "potential" for now in levels}
    expected |= {f"high{then}any": "high_value" for then in levels}
    assert cells(messy, "shop_value") == expected


@pytest.fixture(scope="module")
def examples() -> dict[tuple[str, str], tuple[str, str]]:
    """(customer, scheme) → names in both languages, in a shop made for the industry examples."""
    shop = Shop(today="2024-06-30")
    for customer in (
        "looked",
        "once",
        "once long ago",
        "twice",
        "twice long ago",
        "rich",
        "richer",
    ):
        shop.customer(customer)
    shop.order("once", ago=180)
    shop.order("once long ago", ago=181)
    for customer, ago in (("twice", 180), ("twice long ago", 181)):
        shop.order(customer, ago=ago)
        shop.order(customer, ago=300)
    shop.order("rich", ago=10, amount="19999.99")
    shop.order("richer", ago=10, amount="20000.00")
    shop.customer("firm", customer_type="enterprise")
    shop.customer("ministry", customer_type="government")
    shop.add("products", product_id="limousine", is_premium="true")
    shop.add("products", product_id="van", is_premium="false")
    for customer, premium in (("splendid", 50), ("sensible", 49)):
        order = shop.order(shop.customer(customer, customer_type="individual"), ago=10)
        shop.item(order, "limousine", quantity=1, net_amount=premium)
        shop.item(order, "van", quantity=1, net_amount=100 - premium)
    return {
        (row["customer_id"], row["preset"]): (row["category"], row["category_label_zh"])
        for row in shop.build(models=["preset_comparison"]).table("preset_comparison")
    }


@pytest.mark.parametrize(
    ("preset", "customer", "category", "label_zh"),
    [
        ("shop_regulars", "twice", "regular", "常购客户"),
        ("shop_regulars", "twice long ago", "lost", "流失客户"),
        ("shop_regulars", "once", "potential", "潜在客户"),
        ("shop_regulars", "once long ago", "lost", "流失客户"),
        ("shop_regulars", "looked", "potential", "潜在客户"),
        ("shop_value", "richer", "high_value", "高价值客户"),
        ("shop_value", "once", "ordinary", "普通客户"),
        ("bank", "richer", "high_net_worth", "高净值客户"),
        ("bank", "rich", "ordinary", "普通客户"),
        ("bank", "looked", "potential", "潜在客户"),
        ("car_maker", "firm", "commercial", "商用型客户"),
        ("car_maker", "ministry", "commercial", "商用型客户"),
        ("car_maker", "splendid", "luxury", "豪华型客户"),
        ("car_maker", "sensible", "family", "家庭型客户"),
        ("car_maker", "looked", "family", "家庭型客户"),
    ],
)
def test_the_industry_examples(examples, preset, customer, category, label_zh):
    assert examples[customer, preset] == (category, label_zh)
