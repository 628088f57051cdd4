"""No observation knows the future, and a past date asked for is what history holds."""

from collections import Counter
from datetime import date

from shop import LONG_AGO
from shop.generated import AGES, TIMES, order


def before(result, day):
    """The answers given about dates before a day (YYYY-MM-DD)."""
    return {key: row for key, row in result.observed.items() if key[1] < date.fromisoformat(day)}


def known_customers(shop):
    """Accounts whose age is known: others are observed from their first order on, or just today."""
    counts = Counter(row["customer_id"] for row in shop.raw["customers"])
    return [
        row["customer_id"]
        for row in shop.raw["customers"]
        if row["created_at"] == LONG_AGO and counts[row["customer_id"]] == 1
    ]


def plain_orders(shop):
    """Paid orders without a twin: what happens to them later is all that happens to them."""
    counts = Counter(row["order_id"] for row in shop.raw["orders"])
    return [
        row
        for row in shop.raw["orders"]
        if counts[row["order_id"]] == 1 and row["status"] == "paid" and not row.get("cancelled_at")
    ]


def test_an_order_changes_nothing_about_the_days_before_it(made):
    customers = known_customers(made.shop)
    if not customers:
        return
    age = made.chance.choice(AGES)
    order(made.chance.choice, made.shop, made.chance.choice(customers), age, order_id="later")
    later = made.shop.build()
    assert before(later, made.shop.day(age)) == before(made.answers, made.shop.day(age))


def test_orders_after_the_as_of_date_change_nothing(made):
    customers = known_customers(made.shop)
    if not customers:
        return
    shop, later = made.again(), made.again()
    as_of = shop.day(made.chance.choice((1, 30, 90)))
    for one in (shop, later):
        one.raw["orders"] = [row for row in one.raw["orders"] if (row["ordered_at"] or "") <= as_of]
    for nth in range(3):
        who = made.chance.choice(customers)
        order(made.chance.choice, later, who, 0, order_id=f"later {nth}")
    then, now = (one.build(as_of=as_of).observed for one in (shop, later))
    assert now == then


def test_a_refund_changes_nothing_about_the_days_before_it(made):
    orders = plain_orders(made.shop)
    if not orders:
        return
    age, refunded = made.chance.choice(AGES), made.chance.choice(orders)
    amount = made.chance.choice(("1", refunded["gross_amount"]))
    made.shop.refund(refunded["order_id"], age, amount, refund_id="new")
    later = made.shop.build()
    assert before(later, made.shop.day(age)) == before(made.answers, made.shop.day(age))


def test_a_cancellation_changes_nothing_about_the_days_before_it(made):
    orders = plain_orders(made.shop)
    if not orders:
        return
    day = made.shop.day(made.chance.choice(AGES))
    cancelled_at = f"{day} {made.chance.choice(TIMES)}"
    made.chance.choice(orders).update(status="cancelled", cancelled_at=cancelled_at)
    later = made.shop.build()
    assert before(later, day) == before(made.answers, day)


def test_a_past_date_asked_for_gives_the_rows_history_holds_for_it(made):
    day = made.chance.choice(made.answers.dates)
    then = made.shop.build(as_of=day.isoformat())
    held = {
        who: {**vars(row), "is_as_of": True} for who, row in made.answers.customers(day).items()
    }
    rebuilt = {who: vars(row) for who, row in then.customers().items()}
    # with neither creation date nor order a customer is there on the as-of date only
    ageless = {who for who in rebuilt.keys() - held.keys() if not rebuilt[who]["orders"]}
    assert {who: row for who, row in rebuilt.items() if who not in ageless} == held
    assert set(then.dates) <= set(made.answers.dates)
