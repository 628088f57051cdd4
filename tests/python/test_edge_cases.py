"""The bounds of every rule, both sides of each, and shops that are awkward as a whole."""

from datetime import date, timedelta

import pytest

from shop import ANSWERS, Shop
from shop.generated import VARIANTS
from shop.project import CompileFailed, compile_project

# -- recency: 30, 90, 180 and 365 days ------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "status"),
    [(0, "active"), (90, "active"), (91, "at_risk"), (180, "at_risk"), (181, "dormant"),
     (365, "dormant"), (366, "churned")],
)  # fmt: skip
def test_activity_counts_the_bound_as_inside(ago, status):
    shop = Shop()
    shop.customer("ann")
    for age in range(ago, 1000, 150):  # no pause long enough to be a return
        shop.order("ann", ago=age)
    assert shop.build().customer("ann").activity_status == status


@pytest.mark.parametrize(("ago", "status"), [(0, "new"), (30, "new"), (31, "active")])
def test_a_first_order_is_new_for_thirty_days(ago, status):
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=ago)
    customer = shop.build().customer("ann")
    assert customer.activity_status == status
    assert customer.days_since_last_order == ago


@pytest.mark.parametrize(
    ("gap", "ago", "status"),
    [(181, 30, "reactivated"), (180, 30, "active"), (181, 31, "active"), (181, 0, "reactivated")],
)
def test_a_pause_of_more_than_180_days_ended_within_30_is_a_return(gap, ago, status):
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=ago)
    shop.order("ann", ago=ago + gap)
    assert shop.build().customer("ann").activity_status == status


def test_a_returned_customer_who_buys_again_stays_returned_until_30_days_after_the_return():
    shop = Shop()
    shop.customer("ann")
    for ago in (400, 30, 5, 0):
        shop.order("ann", ago=ago)
    assert shop.build().customer("ann").activity_status == "reactivated"


def test_windows_hold_their_bound_and_no_day_more():
    shop = Shop()
    shop.customer("ann")
    for ago in (90, 91, 180, 181, 365, 366):
        shop.order("ann", ago=ago, amount=10)
    customer = shop.build().customer("ann")
    assert (customer.orders_90d, customer.orders_180d, customer.orders_365d) == (1, 3, 5)
    assert (customer.orders, customer.net_revenue_365d, customer.net_revenue) == (6, 50, 60)


# -- frequency: 1, 2, 3 and 5 orders --------------------------------------------------------


@pytest.mark.parametrize(
    ("ages", "stage"),
    [([], "prospect"), ([5], "first_time"), ([366], "first_time"), ([5, 6], "repeat"),
     ([365, 6, 5], "loyal"), ([366, 6, 5], "repeat"), ([700, 699, 698, 697], "repeat")],
)  # fmt: skip
def test_lifecycle_needs_one_two_and_three_orders_within_365_days(ages, stage):
    shop = Shop()
    shop.customer("ann")
    for ago in ages:
        shop.order("ann", ago=ago)
    assert shop.build().customer("ann").lifecycle_stage == stage


@pytest.mark.parametrize(
    ("orders", "frequency"), [(0, "none"), (1, "infrequent"), (2, "low"), (4, "low"), (5, "high")]
)
def test_purchase_frequency_changes_at_one_two_and_five_orders(orders, frequency):
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=366)
    for nth in range(orders):
        shop.order("ann", ago=365 - nth)
    assert shop.build().customer("ann").purchase_frequency == frequency


# -- percentiles: .50, .80, .95, fifths, ties -----------------------------------------------


def revenues(*amounts):
    """One customer c0, c1, … per amount, all buying yesterday."""
    shop = Shop()
    for nth, amount in enumerate(amounts):
        shop.customer(f"c{nth}")
        shop.order(f"c{nth}", ago=1, amount=amount)
    return shop.build()


@pytest.mark.parametrize(
    ("amounts", "who", "percentile", "tier"),
    [
        ([1, 2, 3, 4, 5], "c2", 0.5, "low"),
        ([1, 2, 3, 4], "c2", 0.625, "mid"),
        ([1, 2, 3, 9, 9], "c3", 0.8, "mid"),
        ([1, 2, 3, 9, 9], "c4", 0.8, "mid"),
        (range(1, 11), "c8", 0.85, "high"),
        (range(1, 11), "c9", 0.95, "high"),
        (range(1, 12), "c10", 0.954545455, "vip"),
        ([1] * 3, "c0", 0.5, "low"),
        ([0.01], "c0", 0.5, "low"),
    ],
)
def test_value_tiers_change_just_above_50_80_and_95_percent(amounts, who, percentile, tier):
    customer = revenues(*amounts).customer(who)
    assert customer.revenue_percentile == percentile
    assert (customer.value_tier, customer.lifetime_value_tier) == (tier, tier)


@pytest.mark.parametrize(
    ("amounts", "scores"),
    [
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([1, 1, 3, 4, 5], [1, 1, 3, 4, 5]),
        ([1, 2, 2, 4, 5], [1, 2, 2, 4, 5]),
        ([1, 2, 3, 3, 5], [1, 2, 3, 3, 5]),
        ([1, 2, 3, 4, 4], [1, 2, 3, 4, 4]),
        ([7] * 6, [3] * 6),
    ],
)
def test_equal_values_get_equal_scores_and_a_fifth_counts_its_upper_edge(amounts, scores):
    result = revenues(*amounts)
    assert [result.customer(f"c{nth}").monetary_score for nth in range(len(amounts))] == scores


def test_the_most_recent_buyers_get_the_highest_recency_score():
    shop = Shop()
    for nth in range(5):
        shop.customer(f"c{nth}")
        shop.order(f"c{nth}", ago=nth)
    result = shop.build()
    assert [result.customer(f"c{nth}").recency_score for nth in range(5)] == [5, 4, 3, 2, 1]


def test_who_bought_only_before_the_window_is_scored_lowest_and_has_no_tier():
    shop = Shop()
    for customer_id, ago in (("ann", 366), ("bo", 10), ("cy", 20)):
        shop.customer(customer_id)
        shop.order(customer_id, ago=ago)
    ann = shop.build().customer("ann")
    assert (ann.recency_score, ann.frequency_score, ann.monetary_score) == (1, 1, 1)
    assert (ann.rfm_group, ann.value_tier, ann.lifetime_value_tier) == ("dormant", "none", "low")


def test_guests_staff_and_resellers_do_not_move_the_percentiles_of_others():
    shop = Shop()
    for nth in range(3):
        shop.customer(f"c{nth}")
        shop.order(f"c{nth}", ago=1, amount=10 * (nth + 1))
    alone = shop.build().customers()
    shop.customer("clerk", is_staff="true")
    shop.customer("dealer", is_reseller="true")
    for who in (None, "clerk", "dealer"):
        shop.order(who, ago=1, amount=9999)
    together = shop.build()
    assert {who: together.customer(who) for who in alone} == alone
    for who in ("clerk", "dealer", "guest-o4"):
        customer = together.customer(who)
        assert (customer.value_tier, customer.lifetime_value_tier) == ("unknown", "unknown")
        assert (customer.rfm_group, customer.monetary_score) == ("unknown", None)
        assert (customer.lifecycle_stage, customer.activity_status) == ("first_time", "new")


@pytest.mark.parametrize(("customers", "is_low"), [(99, True), (100, False)])
def test_a_small_population_is_flagged_below_100(customers, is_low):
    result = revenues(*range(1, customers + 1))
    assert {one.is_low_population for one in result.customers().values()} == {is_low}


@pytest.mark.parametrize(
    ("amount", "tier", "lifetime_tier"),
    [
        ("500", "low", "low"),
        ("500.01", "mid", "low"),
        ("2000.01", "high", "mid"),
        ("10000", "high", "high"),
        ("10000.01", "vip", "high"),
        ("20000.01", "vip", "vip"),
    ],
)
def test_tiers_may_be_cut_at_amounts_of_money_instead(amount, tier, lifetime_tier):
    shop = Shop(value_tier_mode="money")
    for customer_id, ago in (("ann", 5), ("bo", 366)):
        shop.customer(customer_id)
        shop.order(customer_id, ago=ago, amount=amount)
    customers = shop.build().customers()
    assert (customers["ann"].value_tier, customers["bo"].value_tier) == (tier, "none")
    assert {one.lifetime_value_tier for one in customers.values()} == {lifetime_tier}


def test_tiers_may_rank_the_revenue_of_all_time_among_those_who_bought_of_late():
    shop = Shop(value_basis="net_revenue")
    for customer_id, old_amount in (("ann", 900), ("bo", 10)):
        shop.customer(customer_id)
        shop.order(customer_id, ago=400, amount=old_amount)
        shop.order(customer_id, ago=5, amount=100 - old_amount / 10)
    shop.customer("gone")
    shop.order("gone", ago=400, amount=500)
    tiers = {who: one.value_tier for who, one in shop.build().customers().items()}
    assert tiers == {"ann": "mid", "bo": "low", "gone": "none"}


def test_tiers_may_rank_gross_margin_with_an_assumed_share_where_no_cost_is_known():
    shop = Shop(value_basis="gross_margin_365d", assumed_margin_share=0.5)
    shop.add("products", product_id="dear", unit_cost=90)
    shop.add("products", product_id="cheap", unit_cost=10)
    shop.add("products", product_id="a mystery")
    for customer_id, product_id in (("ann", "dear"), ("bo", "cheap"), ("cy", "a mystery")):
        shop.customer(customer_id)
        order_id = shop.order(customer_id, ago=5, amount=100)
        shop.item(order_id, product_id, quantity=1, net_amount=100)
    shop.refund(order_id, ago=1, amount=40)
    shop.customer("dee")
    shop.item(shop.order("dee", ago=366), "cheap", quantity=1, net_amount=100)
    customers = shop.build().customers()
    assert {who: (one.value_basis, one.value_tier) for who, one in customers.items()} == {
        "ann": (10, "low"), "cy": (30, "low"), "bo": (90, "high"), "dee": (0, "none"),
    }  # fmt: skip


def test_tiers_by_revenue_to_come_are_unknown_before_anything_is_predicted():
    shop = Shop(
        value_basis="predicted_revenue_365d", value_tier_mode="money",
        churn_risk_mode="absolute", clock="as_of",
    )  # fmt: skip
    shop.customer("ann")
    shop.order("ann", ago=5)
    shop.customer("prospect")
    marts = ("customer_value_tiers", "customer_churn_risk", "customer_segments")
    result = shop.build(models=(*ANSWERS, *marts))
    tiers = {who: one.value_tier for who, one in result.customers().items()}
    assert tiers == {"ann": "unknown", "prospect": "none"}
    for mart in marts:
        assert sorted(row["customer_id"] for row in result.table(mart)) == ["ann", "prospect"]
    risks = {row["customer_id"]: row["churn_risk"] for row in result.table("customer_churn_risk")}
    assert risks == {"ann": "unknown", "prospect": "not_applicable"}


def test_a_basis_that_is_no_measure_is_refused_with_those_there_are():
    with pytest.raises(CompileFailed, match="use net_revenue_365d, net_revenue, gross_margin_365d"):
        Shop(value_basis="profit").build()


# -- shops that are awkward as a whole ------------------------------------------------------


def test_a_customer_without_orders_is_a_prospect_never_new_and_never_dropped():
    shop = Shop()
    shop.customer("ann", created=shop.today)
    shop.customer("bo")
    shop.order("bo", ago=3)
    ann = shop.build().customer("ann")
    assert (ann.lifecycle_stage, ann.activity_status) == ("prospect", "none")
    assert (ann.rfm_group, ann.value_tier, ann.purchase_frequency) == ("prospects", "none", "none")
    assert (ann.orders, ann.net_revenue, ann.last_ordered_on) == (0, 0, None)


def test_a_shop_where_everyone_bought_once_has_one_standing():
    shop = Shop()
    for nth in range(20):
        shop.customer(f"c{nth}")
        shop.order(f"c{nth}", ago=40, amount=10)
    standings = {
        (one.value_tier, one.recency_score, one.frequency_score, one.monetary_score)
        for one in shop.build().customers().values()
    }
    assert standings == {("low", 3, 3, 3)}


def test_a_shop_of_one_customer_stands_in_its_own_middle():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=40, amount=10)
    ann = shop.build().customer("ann")
    assert (ann.value_tier, ann.revenue_percentile) == ("low", 0.5)
    assert (ann.recency_score, ann.frequency_score, ann.monetary_score) == (3, 3, 3)
    assert (ann.lifecycle_stage, ann.activity_status) == ("first_time", "active")
    assert ann.is_low_population


def test_a_shop_of_guests_only_is_built():
    shop = Shop()
    shop.order(None, ago=1)
    shop.order(None, ago=40)
    customers = shop.build(as_of="").customers()
    assert {one.rfm_group for one in customers.values()} == {"unknown"}
    assert all(one.is_guest and one.is_low_population for one in customers.values())
    assert len(customers) == 2


def test_a_shop_of_prospects_only_is_looked_at_on_the_day_of_loading():
    shop = Shop()
    shop.customer("ann")
    result = shop.build(as_of="")
    assert result.dates == [date(2024, 6, 30)]
    assert result.customer("ann").lifecycle_stage == "prospect"


@pytest.mark.parametrize("as_of", ["", "2024-06-30"])
def test_empty_tables_give_empty_answers(as_of):
    assert Shop().build(as_of=as_of).observed == {}


def test_the_composed_segment_follows_from_the_other_answers():
    shop = Shop()
    for customer_id, ages in (("ann", []), ("bo", [5]), ("cy", [100, 400]), ("di", [800])):
        shop.customer(customer_id)
        for ago in ages:
            shop.order(customer_id, ago=ago)
    customers = shop.build(models=ANSWERS).customers()
    assert {who: one.segment for who, one in customers.items()} == {
        "ann": "prospect", "bo": "new", "cy": "at_risk", "di": "churned",
    }  # fmt: skip


# -- the clock ------------------------------------------------------------------------------


def test_the_clock_ticks_at_month_ends_from_the_first_order_and_on_the_as_of_date():
    shop = Shop(today="2024-03-15")
    shop.customer("ann")
    shop.order("ann", ordered_at="2023-12-31")
    assert [day.isoformat() for day in shop.build().dates] == [
        "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-15",
    ]  # fmt: skip


def test_an_as_of_date_that_is_a_month_end_is_looked_at_once():
    shop = Shop(today="2024-02-29")
    shop.customer("ann")
    shop.order("ann", ordered_at="2024-01-31")
    assert [day.isoformat() for day in shop.build().dates] == ["2024-01-31", "2024-02-29"]


def test_today_is_the_last_valid_order_where_no_date_is_asked_for():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=7)
    shop.order("ann", ago=5, status="pending")
    shop.order("ann", ago=4, is_test="true")
    shop.order("ann", ago=3, status="cancelled")
    shop.order("ann", ago=2, cancelled_at=shop.day(2))
    shop.order("ann", ago=-1)
    assert shop.build(as_of="").as_of.isoformat() == shop.day(7)


def test_a_free_order_does_not_make_today_later():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=7)
    shop.order("ann", ago=2, amount=0)
    assert shop.build(as_of="").as_of.isoformat() == shop.day(7)


def test_an_as_of_date_before_the_first_order_sees_prospects():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=7)
    result = shop.build(as_of=shop.day(8))
    assert result.dates == [date.fromisoformat(shop.day(8))]
    assert result.customer("ann").lifecycle_stage == "prospect"


def test_the_clock_may_stand_still_at_the_as_of_date_and_says_the_same():
    shop = Shop()
    shop.customer("ann")
    for ago in (400, 100, 3):
        shop.order("ann", ago=ago)
    history, today = shop.build(), shop.build(clock="as_of")
    assert today.dates == [history.as_of]
    assert today.customers() == history.customers()


def test_writing_the_as_of_date_over_the_mark_equals_compiling_with_it():
    written = compile_project(as_of="2024-02-03")
    compiled = compile_project(variables={"as_of_date": "2024-02-03"})
    assert {name: model.sql for name, model in written.items()} == {
        name: model.sql for name, model in compiled.items()
    }


# -- existence ------------------------------------------------------------------------------


def test_a_customer_is_observed_from_creation_on_or_from_an_earlier_first_order():
    shop = Shop()
    shop.customer("old", created=shop.day(1000))
    shop.customer("late", created=shop.day(10))
    shop.customer("early buyer", created=shop.day(10))
    shop.customer("ageless buyer", created=None)
    shop.order("old", ago=200)
    shop.order("early buyer", ago=100)
    shop.order("ageless buyer", ago=50)
    result = shop.build()
    seen = {who: min(on for one, on in result.observed if one == who) for who, _ in result.observed}
    assert {who: (result.as_of - on).days for who, on in seen.items()} == {
        "old": 182, "late": 0, "early buyer": 91, "ageless buyer": 30,
    }  # fmt: skip


def test_a_customer_with_neither_creation_date_nor_order_is_observed_today_only():
    shop = Shop()
    shop.customer("bo")
    shop.order("bo", ago=100)
    shop.customer("ann", created=None)
    result = shop.build()
    assert [on for who, on in result.observed if who == "ann"] == [result.as_of]


def test_a_customer_created_after_the_date_looked_at_is_not_there_yet():
    shop = Shop()
    shop.customer("ann", created=shop.day(5))
    shop.customer("bo")
    shop.order("bo", ago=50)
    assert set(shop.build(as_of=shop.day(6)).customers()) == {"bo"}
    assert set(shop.build(as_of=shop.day(5)).customers()) == {"ann", "bo"}


@pytest.mark.parametrize(("days_of_history", "status"), [(29, "active"), (30, "new")])
def test_new_needs_thirty_days_of_history_before_the_first_order(days_of_history, status):
    (variables,) = (variant for variant in VARIANTS if "history_starts_on" in variant)
    starts_on = date.fromisoformat(variables["history_starts_on"])
    shop = Shop(**variables)
    shop.customer("ann")
    shop.order("ann", ordered_at=starts_on + timedelta(days=days_of_history))
    assert shop.build().customer("ann").activity_status == status
