"""Which raw rows are believed: keys, repeats, dates, time zones, late rows."""

import pytest

from shop import Shop
from shop.generated import VARIANTS

(SHANGHAI,) = (variant for variant in VARIANTS if "business_timezone" in variant)


def shop_with_ann(**variables):
    shop = Shop(**variables)
    shop.customer("ann")
    return shop


# -- repeated rows --------------------------------------------------------------------------


def test_equal_rows_of_an_order_leave_one():
    shop = shop_with_ann()
    for _ in range(3):
        shop.order("ann", ago=5, amount=10, order_id="o1", email="ann@example.com")
    result = shop.build()
    assert [reasons for *_, reasons in result.rejections("orders")] == [{"duplicate_row"}] * 2
    assert result.customer("ann").net_revenue == 10


@pytest.mark.parametrize("older", ["2024-06-01 00:00:00", None])
def test_the_newest_version_of_an_order_counts(older):
    shop = shop_with_ann()
    shop.order("ann", ago=5, amount=20, order_id="o1", updated_at="2024-06-02 00:00:00")
    shop.order("ann", ago=5, amount=10, order_id="o1", updated_at=older)
    result = shop.build()
    assert result.rejected("orders") == {"o1": {"superseded_row"}}
    assert result.customer("ann").net_revenue == 20


@pytest.mark.parametrize("updated_at", ["2024-06-01 00:00:00", None])
@pytest.mark.parametrize(
    "change",
    [{"amount": 11}, {"email": "b@example.com"}, {"customer_id": "bo"}, {"is_test": "true"}],
)
def test_rows_of_one_order_that_contradict_each_other_are_all_refused(change, updated_at):
    shop = shop_with_ann()
    first = {"customer_id": "ann", "ago": 5, "amount": 10, "email": "a@example.com"}
    for columns in (first, {**first, **change}):
        shop.order(order_id="o1", updated_at=updated_at, **columns)
    result = shop.build()
    assert [reasons for *_, reasons in result.rejections("orders")] == [{"conflicting_rows"}] * 2
    assert result.customer("ann").orders == 0


@pytest.mark.parametrize(
    "change",
    [{"email": "b@example.com"}, {"name": "Bo"}, {"phone": "2"}, {"birth_date": "1990-01-02"},
     {"annual_income": "2"}, {"region": "west"}, {"created_at": "2020-01-01"}],
)  # fmt: skip
def test_rows_of_one_account_that_contradict_each_other_are_all_refused(change):
    shop = Shop()
    first = {
        "customer_id": "ann", "email": "a@example.com", "name": "Ann", "phone": "1",
        "birth_date": "1990-01-01", "annual_income": "1", "region": "east",
    }  # fmt: skip
    shop.add("customers", **first)
    shop.add("customers", **{**first, **change})
    result = shop.build()
    assert [reasons for *_, reasons in result.rejections("customers")] == [{"conflicting_rows"}] * 2


def test_contradicting_versions_do_not_bring_back_an_older_one():
    shop = shop_with_ann()
    for amount, updated_at in ((10, "2024-06-01"), (20, "2024-06-02"), (30, "2024-06-02")):
        shop.order("ann", ago=5, amount=amount, order_id="o1", updated_at=updated_at)
    result = shop.build()
    assert len(result.rejections("orders")) == 3
    assert result.customer("ann").orders == 0


def test_refunds_and_accounts_have_newest_versions_too():
    shop = Shop()
    shop.customer("ann", created="2024-01-01", updated_at="2024-06-02")
    shop.customer("ann", created="2020-01-01", updated_at="2024-06-01")
    shop.order("ann", ago=5, amount=100)
    shop.refund("o1", ago=3, amount=10, refund_id="r1", updated_at="2024-06-29")
    shop.refund("o1", ago=3, amount=90, refund_id="r1", updated_at="2024-06-28")
    result = shop.build()
    assert result.rejected("customers") == {"ann": {"superseded_row"}}
    assert result.rejected("refunds") == {"r1": {"superseded_row"}}
    assert result.customer("ann").net_revenue == 90


def test_a_row_without_its_key_is_rejected():
    shop = shop_with_ann()
    shop.customer(" ")
    shop.order("ann", ago=5, order_id=None)
    shop.order("ann", ago=6)
    shop.refund("o2", ago=1, amount=1, refund_id=None)
    shop.raw["orders"][0]["order_id"] = None
    result = shop.build()
    for table in ("customers", "orders", "refunds"):
        assert [reasons for *_, reasons in result.rejections(table)] == [{"missing_key"}]


# -- dates ----------------------------------------------------------------------------------


def test_an_order_dated_one_day_after_its_loading_is_ignored_and_two_days_is_rejected():
    shop = shop_with_ann()
    shop.order("ann", ago=-1)
    shop.order("ann", ago=-2)
    result = shop.build()
    assert result.rejected("orders") == {"o2": {"date_in_future"}}
    assert result.customer("ann").orders == 0


def test_orders_after_the_as_of_date_are_ignored_never_rejected():
    shop = shop_with_ann()
    shop.order("ann", ago=10)
    shop.order("ann", ago=9)
    result = shop.build(as_of=shop.day(10))
    assert result.rejections() == []
    assert result.customer("ann").orders == 1


def test_a_first_order_today_is_seen_today():
    shop = shop_with_ann()
    shop.order("ann", ago=0)
    ann = shop.build().customer("ann")
    assert (ann.orders, ann.days_since_last_order, ann.activity_status) == (1, 0, "new")


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (None, "missing_date"),
        ("1899-12-30", "implausible_date"),
        ("0001-01-01", "implausible_date"),
    ],
)
def test_an_order_without_a_plausible_date_is_rejected(moment, reason):
    shop = shop_with_ann()
    shop.order("ann", ordered_at=moment)
    assert shop.build().rejected("orders") == {"o1": {reason}}


@pytest.mark.parametrize("moment", ["2024-02-30", "03/04/2024", "yesterday", "2024-13-01 10:00:00"])
def test_text_in_place_of_a_date_is_rejected_never_guessed(moment):
    shop = shop_with_ann(as_text=True)
    shop.order("ann", ordered_at=moment)
    assert shop.build().rejected("orders") == {"o1": {"unreadable_date"}}


def test_two_orders_on_a_day_are_two_orders_and_one_purchase_day():
    shop = shop_with_ann()
    shop.order("ann", ordered_at="2024-06-01 00:00:00")
    shop.order("ann", ordered_at="2024-06-01 23:59:59")
    ann = shop.build().customer("ann")
    assert (ann.orders, ann.purchase_days) == (2, 1)


def test_an_order_that_arrives_late_counts_from_its_own_date():
    in_time, late = shop_with_ann(), shop_with_ann()
    for shop, loaded_on in ((in_time, "2024-03-01"), (late, "2024-06-30")):
        shop.order("ann", ordered_at="2024-01-10", loaded_on=loaded_on)
        shop.order("ann", ordered_at="2024-02-10", loaded_on="2024-02-10")
    assert late.build().observed == in_time.build().observed


# -- time zones -----------------------------------------------------------------------------


def test_half_past_eleven_at_night_in_utc_is_tomorrow_in_shanghai():
    for variables, day in (({}, "2024-05-31"), (SHANGHAI, "2024-06-01")):
        shop = shop_with_ann(**variables)
        shop.order("ann", ordered_at="2024-05-31 23:30:00")
        assert shop.build().customer("ann").last_ordered_on.isoformat() == day


def test_a_moment_with_an_offset_is_converted_first():
    for variables, day in (({}, "2024-05-31"), (SHANGHAI, "2024-06-01")):
        shop = shop_with_ann(as_text=True, **variables)
        shop.order("ann", ordered_at="2024-06-01 07:30:00+08:00")
        assert shop.build().customer("ann").last_ordered_on.isoformat() == day


def test_a_date_without_a_time_is_that_day_in_every_zone():
    shop = shop_with_ann(as_text=True, business_timezone="America/New_York")
    shop.order("ann", ordered_at="2024-06-01")
    assert shop.build().customer("ann").last_ordered_on.isoformat() == "2024-06-01"


def test_cancellations_and_refunds_are_dated_in_the_same_zone():
    shop = shop_with_ann(**SHANGHAI)
    cancelled = shop.order("ann", ordered_at="2024-05-01", cancelled_at="2024-05-31 23:30:00")
    refunded = shop.order("ann", ordered_at="2024-05-01")
    shop.refund(refunded, amount=40, refunded_at="2024-05-31 23:30:00")
    before, after = shop.build(as_of="2024-05-31"), shop.build(as_of="2024-06-01")
    assert (before.customer("ann").net_revenue, after.customer("ann").net_revenue) == (200, 60)
    assert cancelled == "o1"
