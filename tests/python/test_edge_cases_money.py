"""What an order was worth on a date: refunds, cancellations, credit notes, currencies."""

import pytest

from shop import Shop


def shop_with_one_order(ago=100, amount=100, **columns):
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=ago, amount=amount, **columns)
    return shop


def net_and_orders(result, on=None):
    customer = result.customer("ann", on)
    return float(customer.net_revenue), customer.orders


# -- partial refunds ------------------------------------------------------------------------


def test_a_partial_refund_counts_from_its_day_on_and_not_before():
    shop = shop_with_one_order()
    shop.refund("o1", ago=30, amount=40)
    assert net_and_orders(shop.build(as_of=shop.day(31)), shop.day(31)) == (100, 1)
    assert net_and_orders(shop.build(as_of=shop.day(30)), shop.day(30)) == (60, 1)
    assert net_and_orders(shop.build()) == (60, 1)


def test_a_partial_refund_leaves_the_window_together_with_its_order():
    shop = Shop()
    shop.customer("ann")
    old = shop.order("ann", ago=366, amount=100)
    shop.order("ann", ago=10, amount=30)
    shop.refund(old, ago=5, amount=40)
    customer = shop.build().customer("ann")
    assert (customer.net_revenue_365d, customer.net_revenue) == (30, 90)


def test_a_late_refund_never_makes_a_window_negative():
    shop = shop_with_one_order(ago=400)
    shop.refund("o1", ago=1, amount=99)
    customer = shop.build().customer("ann")
    assert (customer.net_revenue_365d, customer.net_revenue) == (0, 1)


def test_a_refund_without_a_date_takes_that_of_its_order():
    shop = shop_with_one_order(ago=100)
    shop.refund("o1", amount=40)
    assert net_and_orders(shop.build(as_of=shop.day(100))) == (60, 1)


def test_a_refund_dated_before_its_order_counts_from_the_order_on():
    shop = shop_with_one_order(ago=100)
    shop.refund("o1", ago=120, amount=40)
    result = shop.build(as_of=shop.day(100))
    assert net_and_orders(result) == (60, 1)
    assert float(result.customer("ann").net_revenue_365d) == 60


def test_discount_and_refunds_make_the_net_amount():
    shop = shop_with_one_order(amount="100.10", discount_amount="20.05")
    shop.refund("o1", ago=3, amount="0.05")
    assert str(shop.build().customer("ann").net_revenue) == "80.00"


# -- full refunds ---------------------------------------------------------------------------


def test_a_full_refund_undoes_the_order_from_its_day_on():
    shop = shop_with_one_order()
    shop.refund("o1", ago=30, amount=100)
    before, after = shop.build(as_of=shop.day(31)), shop.build(as_of=shop.day(30))
    assert (net_and_orders(before), net_and_orders(after)) == ((100, 1), (0, 0))
    assert before.customer("ann").lifecycle_stage == "first_time"
    ann = after.customer("ann")
    assert (ann.lifecycle_stage, ann.activity_status) == ("prospect", "none")
    assert (ann.first_ordered_on, ann.last_ordered_on, ann.value_tier) == (None, None, "none")


def test_refunds_that_together_give_everything_back_undo_the_order_with_the_last_one():
    shop = shop_with_one_order()
    shop.refund("o1", ago=50, amount=60)
    shop.refund("o1", ago=30, amount=40)
    assert net_and_orders(shop.build(as_of=shop.day(31))) == (40, 1)
    assert net_and_orders(shop.build(as_of=shop.day(30))) == (0, 0)


def test_an_order_given_back_on_its_day_never_counted():
    shop = shop_with_one_order()
    shop.refund("o1", ago=100, amount=100)
    result = shop.build()
    assert all(row["orders"] == 0 for row in result.observed.values())


def test_first_and_last_order_are_recomputed_when_one_is_given_back():
    shop = Shop()
    shop.customer("ann")
    first, _, last = (shop.order("ann", ago=ago) for ago in (300, 200, 100))
    shop.refund(first, ago=40, amount=100)
    shop.refund(last, ago=20, amount=100)
    for as_of, ages in ((41, (300, 100)), (40, (200, 100)), (20, (200, 200))):
        ann = shop.build(as_of=shop.day(as_of)).customer("ann")
        seen = (ann.first_ordered_on.isoformat(), ann.last_ordered_on.isoformat())
        assert seen == tuple(map(shop.day, ages))


def test_a_refund_larger_than_its_order_is_capped_and_reported():
    shop = shop_with_one_order()
    shop.order("ann", ago=90, amount=50)
    shop.refund("o1", ago=30, amount=130, refund_id="big")
    result = shop.build(models=("int_customers_observed", "capped_refunds"))
    assert net_and_orders(result) == (50, 1)
    (capped,) = result.table("capped_refunds")
    assert (capped["refund_id"], capped["excess_amount"]) == ("big", 30)


def test_the_refund_that_reaches_the_amount_is_cut_and_later_ones_count_for_nothing():
    shop = shop_with_one_order()
    for ago, amount in ((50, 70), (40, 70), (30, 70)):
        shop.refund("o1", ago=ago, amount=amount)
    result = shop.build(models=("int_customers_observed", "int_refunds_capped"))
    counted = [float(row["counted_amount"]) for row in result.table("int_refunds_capped")]
    assert sorted(counted) == [0, 30, 70]
    assert net_and_orders(result) == (0, 0)


@pytest.mark.parametrize(
    ("amount", "ago", "reason"),
    [("-5", 3, "negative_amount"), (None, 3, "missing_amount"), ("5", -2, "date_in_future")],
)
def test_a_refund_that_cannot_be_is_rejected(amount, ago, reason):
    shop = shop_with_one_order()
    shop.refund("o1", ago=ago, amount=amount)
    result = shop.build()
    assert result.rejected("refunds") == {"r1": {reason}}
    assert net_and_orders(result) == (100, 1)


def test_a_refund_for_an_order_nobody_knows_is_rejected():
    shop = shop_with_one_order()
    shop.refund("o99", ago=3, amount=5)
    assert shop.build().rejected("refunds") == {"r1": {"unknown_order"}}


def test_a_refund_for_a_rejected_order_is_rejected_too():
    shop = shop_with_one_order(status="no such word")
    shop.refund("o1", ago=3, amount=5)
    assert shop.build().rejected("refunds") == {"r1": {"unknown_order"}}


# -- credit notes ---------------------------------------------------------------------------


def test_a_credit_note_is_for_the_newest_earlier_order_that_holds_the_item():
    shop = Shop()
    shop.customer("ann")
    for ago in (300, 200, 100, 10):
        order_id = shop.order("ann", ago=ago, amount=100)
        shop.item(order_id, "vase" if ago != 100 else "lamp")
    shop.refund(None, ago=50, amount=40, customer_id="ann", product_id="vase")
    result = shop.build(models=("int_customers_observed", "int_refunds_capped", "base_refunds"))
    (refund,) = result.table("int_refunds_capped")
    assert refund["order_id"] == "o2"
    assert [row["is_credit_note"] for row in result.table("base_refunds")] == [True]


def test_a_credit_note_that_names_no_item_is_for_the_newest_earlier_order():
    shop = Shop()
    shop.customer("ann")
    for ago in (300, 100, 10):
        shop.order("ann", ago=ago)
    shop.refund(None, ago=50, amount=40, customer_id="ann")
    (refund,) = shop.build(models=("int_refunds_capped",)).table("int_refunds_capped")
    assert refund["order_id"] == "o2"


@pytest.mark.parametrize(
    "columns",
    [
        {"customer_id": "ann", "product_id": "no such thing"},
        {"customer_id": "someone else"},
        {"customer_id": None},
    ],
)
def test_a_credit_note_without_an_order_to_match_is_rejected(columns):
    shop = shop_with_one_order()
    shop.item("o1", "vase")
    shop.refund(None, ago=50, amount=40, **columns)
    assert shop.build().rejected("refunds") == {"r1": {"unknown_order"}}


def test_a_credit_note_of_before_the_first_order_is_rejected():
    shop = shop_with_one_order(ago=100)
    shop.refund(None, ago=101, amount=40, customer_id="ann")
    assert shop.build().rejected("refunds") == {"r1": {"unknown_order"}}


# -- cancellations and statuses -------------------------------------------------------------


def test_a_cancelled_order_counts_until_the_day_before_its_cancellation():
    shop = shop_with_one_order(ago=100, status="cancelled", cancelled_at="2024-06-01 08:00:00")
    assert net_and_orders(shop.build(as_of="2024-05-31")) == (100, 1)
    assert net_and_orders(shop.build(as_of="2024-06-01")) == (0, 0)


def test_an_order_cancelled_on_its_day_never_counted():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=100, status="cancelled", cancelled_at=shop.day(100))
    assert all(row["orders"] == 0 for row in shop.build(clock="as_of").observed.values())


def test_a_cancellation_date_cancels_whatever_the_status_says():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=100, status="paid", cancelled_at=shop.day(50))
    assert net_and_orders(shop.build()) == (0, 0)
    assert net_and_orders(shop.build(as_of=shop.day(51))) == (100, 1)


@pytest.mark.parametrize(
    ("status", "orders"),
    [("paid", 1), ("PAID ", 1), ("已完成", 1), (None, 1), ("cancelled", 0), ("refunded", 0),
     ("pending", 0), ("待付款", 0), ("partially_refunded", 1)],
)  # fmt: skip
def test_only_statuses_of_a_purchase_count(status, orders):
    result = shop_with_one_order(status=status).build()
    assert result.customer("ann").orders == orders
    assert result.rejected("orders") == {}


def test_a_status_that_no_table_knows_is_rejected():
    result = shop_with_one_order(status="teleported").build()
    assert result.rejected("orders") == {"o1": {"unknown_status"}}


def test_a_refunded_order_counts_until_its_refunds_have_given_everything_back():
    shop = shop_with_one_order(ago=100, status="refunded")
    shop.refund("o1", ago=30, amount=60)
    assert net_and_orders(shop.build(as_of=shop.day(31))) == (100, 1)
    assert net_and_orders(shop.build()) == (40, 1)


def test_a_partial_refund_and_then_a_cancellation_take_the_worth_away_once():
    shop = shop_with_one_order(ago=100, status="cancelled", cancelled_at="2024-06-20")
    shop.refund("o1", ago=60, amount=30)
    shop.refund("o1", ago=5, amount=70)
    assert net_and_orders(shop.build(as_of="2024-06-19")) == (70, 1)
    assert net_and_orders(shop.build(as_of="2024-06-20")) == (0, 0)
    assert net_and_orders(shop.build()) == (0, 0)


def test_a_purchase_in_the_pause_that_is_given_back_later_delays_the_return():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=300)
    between = shop.order("ann", ago=150)
    shop.order("ann", ago=10)
    shop.refund(between, ago=5, amount=100)
    assert shop.build(as_of=shop.day(6)).customer("ann").activity_status == "active"
    assert shop.build(as_of=shop.day(5)).customer("ann").activity_status == "reactivated"


@pytest.mark.parametrize(("gap", "status"), [(180, "active"), (181, "reactivated")])
def test_the_pause_is_counted_alike_while_an_older_order_waits_to_be_given_back(gap, status):
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=20)
    shop.order("ann", ago=20 + gap)
    older = shop.order("ann", ago=20 + gap + 40)
    shop.refund(older, ago=0, amount=100)
    ann = shop.build(as_of=shop.day(1)).customer("ann")
    assert (ann.activity_status, ann.orders) == (status, 3)


def test_a_return_that_is_given_back_was_a_return_until_then():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=300)
    comeback = shop.order("ann", ago=20)
    shop.refund(comeback, ago=5, amount=100)
    assert shop.build(as_of=shop.day(6)).customer("ann").activity_status == "reactivated"
    assert shop.build().customer("ann").activity_status == "dormant"


# -- amounts --------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [{"amount": 0}, {"amount": 100, "discount_amount": 100}])
def test_an_order_for_nothing_is_free_and_counts_for_nothing(columns):
    ann = shop_with_one_order(ago=10, **columns).build().customer("ann")
    assert (ann.free_orders, ann.orders, ann.purchase_days, ann.net_revenue) == (1, 0, 0, 0)
    assert (ann.lifecycle_stage, ann.last_ordered_on) == ("prospect", None)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"amount": -1}, "negative_amount"),
        ({"amount": None}, "missing_amount"),
        ({"discount_amount": -1}, "negative_amount"),
        ({"discount_amount": "100.01"}, "discount_exceeds_amount"),
    ],
)
def test_an_amount_that_cannot_be_is_rejected(columns, reason):
    assert shop_with_one_order(**columns).build().rejected("orders") == {"o1": {reason}}


@pytest.mark.parametrize("amount", ["abc", "NaN", "inf", "1,234.56", "¥12", "1e30", "１２"])
def test_text_in_place_of_an_amount_is_rejected_never_guessed(amount):
    shop = Shop(as_text=True)
    shop.customer("ann")
    shop.order("ann", ago=3, amount=amount)
    assert shop.build().rejected("orders") == {"o1": {"unreadable_amount"}}


def test_amounts_kept_as_text_are_read_to_the_cent():
    shop = Shop(as_text=True)
    shop.customer("ann")
    for amount in ("0.10", " 0.20 ", "12.345", "7"):
        shop.order("ann", ago=3, amount=amount)
    assert str(shop.build().customer("ann").net_revenue) == "19.65"


def test_a_hundred_thousand_cents_add_up():
    shop = Shop()
    shop.customer("ann")
    for _ in range(1000):
        shop.order("ann", ago=3, amount="0.10")
    assert str(shop.build().customer("ann").net_revenue) == "100.00"


# -- currencies -----------------------------------------------------------------------------


def test_amounts_are_converted_by_the_rate_of_the_order_date_to_the_cent():
    shop = Shop()
    shop.customer("ann")
    shop.rate("USD", ago=20, rate="7.1")
    shop.rate("USD", ago=10, rate="7.25555555")
    shop.order("ann", ago=11, amount="10.01", currency="USD")
    shop.order("ann", ago=10, amount="10.01", currency=" usd ", discount_amount="1")
    assert str(shop.build().customer("ann").net_revenue) == "136.44"  # 71.07 + 72.63 - 7.26


@pytest.mark.parametrize(("age", "is_accepted"), [(31, True), (32, False)])
def test_a_rate_holds_for_31_days_and_a_missing_one_is_never_taken_as_1(age, is_accepted):
    shop = Shop()
    shop.customer("ann")
    shop.rate("EUR", ago=10 + age, rate="8")
    shop.order("ann", ago=10, amount="5", currency="EUR")
    result = shop.build()
    assert result.rejected("orders") == ({} if is_accepted else {"o1": {"missing_rate"}})
    assert result.customer("ann").net_revenue == (40 if is_accepted else 0)


def test_a_rate_of_after_the_order_does_not_serve_it():
    shop = Shop()
    shop.customer("ann")
    shop.rate("EUR", ago=9, rate="8")
    shop.order("ann", ago=10, amount="5", currency="EUR")
    assert shop.build().rejected("orders") == {"o1": {"missing_rate"}}


@pytest.mark.parametrize(
    ("rate", "reason"),
    [("0", "negative_amount"), ("-1", "negative_amount"), (None, "unreadable_amount")],
)
def test_a_rate_that_cannot_be_is_rejected_with_the_orders_that_need_it(rate, reason):
    shop = Shop()
    shop.customer("ann")
    shop.rate("EUR", ago=10, rate=rate)
    shop.order("ann", ago=10, amount="5", currency="EUR")
    result = shop.build()
    assert result.rejected("exchange_rates") == {f"EUR/{shop.day(10)}": {reason}}
    assert result.rejected("orders") == {"o1": {"missing_rate"}}


def test_a_refund_is_in_the_currency_of_its_order_at_the_rate_of_the_order():
    shop = Shop()
    shop.customer("ann")
    shop.rate("USD", ago=40, rate="7")
    shop.rate("USD", ago=10, rate="9")
    order_id = shop.order("ann", ago=30, amount="10", currency="USD")
    shop.refund(order_id, ago=5, amount="10")
    assert net_and_orders(shop.build()) == (0, 0)
