"""Shops made by chance, with a structure: a rhythm per customer, dates at the bounds of the
definitions ± 1, and a few corruptions. Random rows would meet the rare categories once in 200."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from shop import LONG_AGO, Shop

# picks one of several: hypothesis draws (and shrinks), or random.Random.choice
Pick = Callable[[Sequence[Any]], Any]

# choices of vars; every other one costs a compilation
VARIANTS: tuple[dict[str, str], ...] = (
    {},
    {"business_timezone": "Asia/Shanghai"},
    {"history_starts_on": "2024-05-15", "max_ids_per_email": "2", "max_rate_age_days": "3"},
)

AS_OF_DATES = ("2024-06-30", "", "2024-06-15", "2024-05-31", "")
AGES = (
    0, 1, 15, 16, 17, 29, 30, 31, 60, 89, 90, 91, 120, 179, 180, 181, 300, 364, 365, 366, 400, 700,
)  # fmt: skip
PERIODS = (1, 7, 30, 31, 90, 91)
GAPS = (179, 180, 181, 200, 364, 365, 366)
AMOUNTS = ("10", "10", "25.50", "99.99", "100", "100", "250", "1000", "0.01")
TIMES = ("00:00:00", "12:00:00", "15:59:59", "16:00:00", "23:30:00")
EMAILS = ("Ann@example.com", " ann@example.com", "bo@example.com", "info@example.com")


def generate(pick: Pick, customers: int, corruptions: int, shop: Shop) -> Shop:
    """Fill a shop with so many customers and corruptions; returns it."""
    for number in range(customers):
        _customer(pick, shop, f"c{number:03}")
    for _ in range(corruptions):
        pick(CORRUPTIONS)(pick, shop)
    return shop


def some_shop(pick: Pick) -> Shop:
    """A shop of 1 to 16 customers with 0 to 5 corruptions, under one of the variants."""
    shop = Shop(as_text=pick((False, True)), **pick(VARIANTS))
    return generate(pick, pick((1, 2, 3, 5, 8, 12, 16)), pick((0, 1, 2, 3, 4, 5)), shop)


def numbered_shop(number: int) -> Shop:
    """Always the same shop for a number; every fourth has everything wrong with it at once."""
    pick = random.Random(number).choice
    shop = some_shop(pick)
    return generate(pick, 0, 40, shop) if number % 4 == 3 else shop


def _customer(pick: Pick, shop: Shop, customer_id: str) -> None:
    created = pick((LONG_AGO, LONG_AGO, None, "some day"))
    shop.customer(
        customer_id,
        created=shop.day(pick(AGES)) if created == "some day" else created,
        email=pick((None, None, None, None, *EMAILS)),
    )
    for age in _ages(pick):
        order(pick, shop, customer_id, age)


def _ages(pick: Pick) -> list[int]:
    """Days ago of the orders of one customer: never bought, once, steadily, lapsed or returned."""
    rhythm = pick(("none", "once", "steady", "lapsed", "returned", "same day"))
    if rhythm == "none":
        return []
    if rhythm == "steady":
        first, period = pick(AGES[:14]), pick(PERIODS)
        return [first + period * nth for nth in range(pick((2, 3, 4, 5, 6)))]
    if rhythm == "lapsed":
        return [pick((365, 366, 367, 400)) + pick((0, 5, 100)) for _ in range(pick((1, 2, 3)))]
    if rhythm == "returned":
        last = pick((0, 1, 29, 30, 31, 60))
        return [last, last + pick(GAPS), last + 400 + pick(AGES)]
    return [pick(AGES)] * (1 if rhythm == "once" else 2)


def order(pick: Pick, shop: Shop, customer_id: str | None, age: int, **columns: Any) -> str:
    """A paid order at some hour, at times with a discount."""
    return shop.order(
        customer_id,
        amount=pick(AMOUNTS),
        **{
            "ordered_at": f"{shop.day(age)} {pick(TIMES)}",
            "discount_amount": pick((None, None, None, "0", "0.01")),
            "updated_at": f"{shop.today} 01:00:00",
            **columns,
        },
    )


def _any(pick: Pick, shop: Shop, table: str = "orders") -> dict[str, Any]:
    """A row of a table; the table gets one where it has none."""
    if not shop.raw[table]:
        shop.customer("c-late", created=None)
        order(pick, shop, "c-late", pick(AGES))
    return pick(shop.raw[table])


def _day_after(row: dict[str, Any], days: int) -> str | None:
    """The date so many days after an order; None where the order has no date."""
    try:
        ordered_on = date.fromisoformat((row["ordered_at"] or "")[:10])
        return (ordered_on + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


# -- what may be odd about an order -------------------------------------------------------


def _cancelled(pick: Pick, shop: Shop) -> None:
    row = _any(pick, shop)
    row["status"] = pick(("cancelled", "paid"))
    row["cancelled_at"] = pick((None, f"{shop.day(pick(AGES))} {pick(TIMES)}", row["ordered_at"]))


def _other_status(pick: Pick, shop: Shop) -> None:
    _any(pick, shop)["status"] = pick(
        ("Pending", "refunded", "CANCELLED", "已完成", "no such", None)
    )


def _odd_amount(pick: Pick, shop: Shop) -> None:
    row = _any(pick, shop)
    row["gross_amount"] = pick(("0", "-5", None, "0.004", "12.345"))


def _odd_discount(pick: Pick, shop: Shop) -> None:
    row = _any(pick, shop)
    row["discount_amount"] = pick((row["gross_amount"], "5000", "-1", "5"))


def _odd_date(pick: Pick, shop: Shop) -> None:
    moments = (shop.day(0), shop.day(-1), shop.day(-2), "1850-01-01", "1900-01-01 00:00:00", None)
    _any(pick, shop)["ordered_at"] = pick(moments)


def _unreadable(pick: Pick, shop: Shop) -> None:
    shop.as_text = True
    column, value = pick((
        ("gross_amount", "abc"), ("gross_amount", "NaN"), ("discount_amount", "1,5"),
        ("ordered_at", "2024-02-30"), ("cancelled_at", "soon"), ("gross_amount", " 30 "),
    ))  # fmt: skip
    _any(pick, shop)[column] = value


def _test_order(pick: Pick, shop: Shop) -> None:
    _any(pick, shop)["is_test"] = "true"


def _foreign(pick: Pick, shop: Shop) -> None:
    row = _any(pick, shop)
    row["currency"] = pick(("USD", "usd", "EUR"))
    rate_on = pick((None, _day_after(row, -pick((0, 3, 4, 31, 32)))))
    if rate_on:
        rate = pick(("7.1", "0.12345678", "7", "0", "-1", None))
        shop.add("exchange_rates", currency="usd", rate_on=rate_on, rate=rate)


def _repeated_order(pick: Pick, shop: Shop) -> None:
    row = dict(_any(pick, shop))
    row.update(pick((
        {}, {"gross_amount": "77"}, {"email": "other@example.com"},
        {"gross_amount": "77", "updated_at": f"{shop.day(-1)} 02:00:00"},
        {"gross_amount": "77", "updated_at": f"{shop.day(400)} 02:00:00"},
        {"gross_amount": "77", "updated_at": None},
    )))  # fmt: skip
    shop.add("orders", **{**row, "source_line": len(shop.raw["orders"]) + 1})


def _no_key(pick: Pick, shop: Shop) -> None:
    table, column = pick((("orders", "order_id"), ("customers", "customer_id")))
    _any(pick, shop, table)[column] = pick((None, "  "))


def _mangled(pick: Pick, shop: Shop) -> None:
    table, column = pick((
        ("orders", "order_id"), ("orders", "customer_id"), ("customers", "customer_id"),
    ))  # fmt: skip
    _any(pick, shop, table)[column] = pick(("1.23E+11", "4E+05", "5e+5", "E+5", "SKU1.2E+3"))


# -- refunds ------------------------------------------------------------------------------


def _refund(pick: Pick, shop: Shop) -> None:
    row = _any(pick, shop)
    ago = pick((None, *AGES))
    shop.refund(row["order_id"], ago, pick((row["gross_amount"], "0.01", "5", "20", "100000")))


def _undone(pick: Pick, shop: Shop) -> None:
    """The orders of a customer are undone one after another, at times on a month-end."""
    first = _any(pick, shop)
    twin = order(pick, shop, first["customer_id"], 0, ordered_at=first["ordered_at"])
    for row in shop.raw["orders"]:
        if row["order_id"] != twin and row["customer_id"] != first["customer_id"]:
            continue
        later = _day_after(row, pick((0, 40, 90, 91, 180, 181, 364, 365, 366)))
        how = pick(("not at all", "cancelled", "refunded", "refunded, then cancelled, then more"))
        if "cancelled" in how:
            row["cancelled_at"] = pick((shop.day(pick((0, 30, 61))), later, later))
        if how == "refunded":
            shop.refund(row["order_id"], amount=row["gross_amount"], refunded_at=later)
        elif "more" in how:
            for days in (0, 100):
                shop.refund(row["order_id"], amount="5", refunded_at=_day_after(row, days))


def _return_undone(pick: Pick, shop: Shop) -> None:
    """A customer comes back after a pause; a purchase before, in or after it is given back."""
    who = shop.customer(f"back-{len(shop.raw['customers'])}", created=None)
    back, gap = pick((0, 29, 30, 31, 60)), pick(GAPS)
    ages = (back, back + gap, back + gap + pick((40, 200)), back + pick((5, 90)))
    orders = [order(pick, shop, who, age) for age in ages[: pick((3, 4))]]
    shop.refund(pick(orders), pick((0, 1, 30)), "100000")


def _odd_refund(pick: Pick, shop: Shop) -> None:
    order_id, day, amount = _any(pick, shop)["order_id"], shop.day(pick(AGES)), "5"
    columns = pick((
        {"order_id": "no such order"}, {"amount": None}, {"amount": "-3"}, {"refund_id": None},
        {"refunded_at": shop.day(-2)}, {"refunded_at": "1850-01-01"}, {"refund_id": "r1"},
    ))  # fmt: skip
    columns = {"order_id": order_id, "refunded_at": day, "amount": amount, **columns}
    shop.refund(**columns)


def _credit_note(pick: Pick, shop: Shop) -> None:
    row, product_id = _any(pick, shop), pick(("p1", "p2", None))
    if row["order_id"]:
        shop.item(row["order_id"], "p1")
    shop.refund(None, pick(AGES), "8", customer_id=row["customer_id"], product_id=product_id)


# -- who ordered --------------------------------------------------------------------------


def _guest(pick: Pick, shop: Shop) -> None:
    order(pick, shop, pick((None, "  ")), pick(AGES), email=pick((None, None, "", *EMAILS)))


def _email_buyer(pick: Pick, shop: Shop) -> None:
    for _ in range(pick((1, 2, 3))):
        order(pick, shop, None, pick(AGES), email=pick(("new@example.com", "NEW@example.com ")))


def _orphan(pick: Pick, shop: Shop) -> None:
    order(pick, shop, pick(("nobody", "no-one")), pick(AGES))


def _shared_email(pick: Pick, shop: Shop) -> None:
    for row in shop.raw["customers"][: pick((2, 3, 5, 5, 6))]:
        row["email"] = "shared@example.com"


def _crosswalk(pick: Pick, shop: Shop) -> None:
    account = pick((_any(pick, shop, "customers")["customer_id"], "nobody", None))
    shop.add(
        "customer_ids", raw_customer_id=account,
        customer_id=pick(("person-1", "person-2", None)),
        updated_at=pick((None, f"{shop.day(0)} 00:00:00")),
    )  # fmt: skip


def _odd_account(pick: Pick, shop: Shop) -> None:
    flag = pick(("is_test", "is_staff", "is_reseller", "created_at"))
    value = pick((shop.day(-1), shop.day(-2), "0001-01-01")) if flag == "created_at" else "true"
    _any(pick, shop, "customers")[flag] = value


def _repeated_account(pick: Pick, shop: Shop) -> None:
    row = dict(_any(pick, shop, "customers"))
    row.update(pick((
        {}, {"email": "other@example.com"}, {"created_at": shop.day(pick(AGES))},
        {"email": "other@example.com", "updated_at": f"{shop.day(0)} 02:00:00"},
    )))  # fmt: skip
    shop.add("customers", **{**row, "source_line": len(shop.raw["customers"]) + 1})


def _odd_item(pick: Pick, shop: Shop) -> None:
    shop.item(pick((None, "no such order")), "p1")


def _odd_rate(pick: Pick, shop: Shop) -> None:
    shop.add(
        "exchange_rates", currency=pick(("USD", None)), rate_on=pick((None, shop.day(30))), rate="7"
    )


def _repeated_other(pick: Pick, shop: Shop) -> None:
    """A refund, a line, a rate or a crosswalk row comes again: equal, newer, older or other."""
    table, column = pick((
        ("refunds", "amount"), ("refunds", "amount"), ("exchange_rates", "rate"),
        ("order_items", "product_id"), ("customer_ids", "customer_id"),
    ))  # fmt: skip
    if not shop.raw[table]:
        return
    row = dict(pick(shop.raw[table]))
    row.update(pick((
        {}, {column: "3"}, {column: "3", "updated_at": f"{shop.day(-1)} 02:00:00"},
        {column: "3", "updated_at": f"{shop.day(400)} 02:00:00"},
    )))  # fmt: skip
    shop.add(table, **{**row, "source_line": len(shop.raw[table]) + 1})


CORRUPTIONS = (
    _cancelled, _cancelled, _refund, _refund, _undone, _undone, _return_undone, _other_status,
    _odd_amount, _odd_discount, _odd_date, _unreadable, _test_order, _foreign, _foreign,
    _repeated_order, _no_key, _mangled,
    _odd_refund, _credit_note, _guest, _email_buyer, _orphan, _shared_email, _crosswalk,
    _odd_account, _repeated_account, _repeated_other, _repeated_other, _odd_item, _odd_rate,
)  # fmt: skip
