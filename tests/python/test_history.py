"""History is exact: to the day where it says so, and the same whenever it is built."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from cdnow import purchases
from reference import Reference, settings_from
from shop import LONG_AGO, Shop
from shop.generated import AGES, order

DAY_EXACT = ("lifecycle_stage", "activity_status", "purchase_frequency")
DIMENSIONS = (*DAY_EXACT, "value_tier", "lifetime_value_tier", "rfm_group", "segment")
CHANGES = ("int_order_count_changes_found", "int_activity_changes_found")
HISTORY = ("customer_segment_history", "customer_segment_transitions")
SUMMARIES = (
    "category_summary", "segment_summary", "segment_flows", "segment_stability",
    "cohort_retention", "revenue_concentration",
)  # fmt: skip


def stays(result, *models):
    """The stays of each customer and dimension, in order: (valid_from, valid_to, category)."""
    found = defaultdict(list)
    for model in models:
        for row in result.table(model):
            start, end = row.get("valid_from"), row.get("valid_to")
            stay = (start or row["changed_on"], end, row["category"])
            found[row["customer_id"], row["dimension"]].append(stay)
    told = {key: sorted(rows, key=lambda stay: stay[0]) for key, rows in found.items()}
    if models != CHANGES:
        return told
    return {key: between(changes) for key, changes in told.items()}


def between(changes):
    """Stays as changes tell them: each lasts until the next."""
    ends = [start for start, _, _ in changes[1:]] + [None]
    return [(start, end, category) for (start, _, category), end in zip(changes, ends, strict=True)]


def category_on(rows, day):
    """The category of the stay that holds on a day; None before the first."""
    at = bisect_right([start for start, _, _ in rows], day) - 1
    return None if at < 0 or (rows[at][1] and rows[at][1] <= day) else rows[at][2]


def cut(rows, day):
    """Stays as known at the end of a day: what began later is not there, what ended later lasts."""
    return [
        (start, end if end and end <= day else None, category)
        for start, end, category in rows
        if start <= day
    ]


def of_known_age(shop):
    """The same shop, everyone with a date: who has none is there on the as-of date only."""
    for row in shop.raw["customers"]:
        row["created_at"] = row["created_at"] or LONG_AGO
    return shop


# -- exact to the day -----------------------------------------------------------------------


def differences_on_every_day(shop):
    """Where the stays differ from brute force, day by day, from two years before today on."""
    result = shop.build(models=CHANGES)
    found = stays(result, *CHANGES)
    reference = Reference(shop.raw, settings_from({**shop.variables, "as_of_date": shop.today}))
    differences = []
    for ago in range(760, -1, -1):
        day = result.as_of - timedelta(days=ago)
        expected = reference.observe(day)
        for dimension in DAY_EXACT:
            there = {who for (who, one), rows in found.items()
                     if one == dimension and category_on(rows, day)}  # fmt: skip
            for who in there | expected.keys():
                said = category_on(found.get((who, dimension), []), day)
                wanted = getattr(expected.get(who), dimension, None)
                if said != wanted:
                    differences.append(f"{day} {who}: SQL {said}, by hand {wanted}")
    return differences


def test_stays_agree_with_every_day_of_a_shop_made_by_chance(made):
    assert differences_on_every_day(made.shop) == []


def test_stays_agree_with_every_day_of_a_shop_where_everything_happens():
    shop = Shop(history_starts_on="2022-07-15")
    shop.customer("returned, but the order is void later")
    shop.order("returned, but the order is void later", ago=500)
    shop.refund(shop.order("returned, but the order is void later", ago=100), ago=60)
    shop.customer("only order void", created=shop.day(600))
    shop.refund(shop.order("only order void", ago=400), ago=380)
    shop.customer("first order void")
    shop.order("first order void", ago=300, status="cancelled", cancelled_at=shop.day(280))
    shop.order("first order void", ago=290)
    shop.customer("void between two", created=None)
    for ago in (640, 120, 119):
        shop.order("void between two", ago=ago)
    shop.refund(shop.order("void between two", ago=300), ago=100)
    shop.customer("two of one day, one void")
    shop.order("two of one day, one void", ago=200)
    shop.refund(shop.order("two of one day, one void", ago=200), ago=10)
    shop.customer("returned twice")
    for ago in (750, 500, 499, 250, 30):
        shop.order("returned twice", ago=ago)
    shop.customer("loyal, then not")
    for ago in (700, 699, 698, 697, 696):
        shop.order("loyal, then not", ago=ago)
    shop.customer("orders void on the day of the next")
    shop.refund(shop.order("orders void on the day of the next", ago=90), ago=45)
    shop.refund(shop.order("orders void on the day of the next", ago=45), ago=20)
    shop.customer("may not be new")
    shop.order("may not be new", ordered_at="2022-08-01")
    shop.customer("free order", created=None)
    shop.order("free order", ago=33, amount=0)
    shop.customer("of unknown age", created=None)
    shop.customer("partly refunded")
    shop.refund(shop.order("partly refunded", ago=77), ago=7, amount=5)
    shop.order(None, ago=50)
    assert differences_on_every_day(shop) == []


def test_stays_agree_with_every_day_of_cdnow():
    """Every hundredth buyer of CDNOW on each day, against a count of their orders."""
    shop, days = Shop(today="1998-06-30"), defaultdict(list)
    for customer_id, ordered_on, dollars in purchases():
        if int(customer_id) % 100 == 0:
            shop.order(customer_id, ordered_at=ordered_on.isoformat(), amount=dollars)
            if float(dollars):
                days[customer_id].append(ordered_on)
    result = shop.build(models=CHANGES)
    found = stays(result, *CHANGES)
    assert len(days) == 235
    for customer_id, ordered in days.items():
        day = min(ordered)
        while day <= result.as_of:
            said = tuple(category_on(found[customer_id, one], day) for one in DAY_EXACT)
            assert said == by_hand(sorted(ordered), day), (customer_id, day)
            day += timedelta(days=1)


def by_hand(ordered, day):
    """Lifecycle stage, activity and frequency of somebody whose orders all stand."""
    orders = ordered[: bisect_right(ordered, day)]
    in_window = len(orders) - bisect_left(orders, day - timedelta(days=365))
    returns = [later for one, later in pairwise(orders) if (later - one).days > 180]
    since_last = (day - orders[-1]).days
    if (day - orders[0]).days <= 30:
        activity = "new"
    elif returns and (day - returns[-1]).days <= 30:
        activity = "reactivated"
    else:
        bounds = ((90, "active"), (180, "at_risk"), (365, "dormant"), (9999, "churned"))
        activity = next(name for bound, name in bounds if since_last <= bound)
    stage = "loyal" if in_window >= 3 else "repeat" if len(orders) >= 2 else "first_time"
    frequency = ["none", "infrequent", "low", "low", "low", "high"][min(in_window, 5)]
    return stage, activity, frequency


def test_the_stays_of_a_customer_who_comes_back_are_told_to_the_day():
    shop = Shop(today="2024-12-31")
    shop.customer("ann", created="2023-01-01")
    shop.order("ann", ordered_at="2023-02-01")
    shop.order("ann", ordered_at="2024-03-01")
    told = stays(shop.build(models=CHANGES), *CHANGES)["ann", "activity_status"]
    assert [(start.isoformat(), category) for start, _, category in told] == [
        ("2023-01-01", "none"), ("2023-02-01", "new"), ("2023-03-04", "active"),
        ("2023-05-03", "at_risk"), ("2023-08-01", "dormant"), ("2024-02-02", "churned"),
        ("2024-03-01", "reactivated"), ("2024-04-01", "active"), ("2024-05-31", "at_risk"),
        ("2024-08-29", "dormant"),
    ]  # fmt: skip
    assert [end for _, end, _ in told] == [start for start, _, _ in told[1:]] + [None]


# -- the same whenever it is built ----------------------------------------------------------


def test_the_history_holds_what_was_said_on_every_date(made):
    result = made.shop.build(models=(*HISTORY, "int_segments_composed", "int_rfm_grouped",
                                     "int_customers_observed"))  # fmt: skip
    found = stays(result, "customer_segment_history")
    for (who, day), answers in result.observed.items():
        for dimension in set(DIMENSIONS) & answers.keys():
            assert category_on(found[who, dimension], day) == answers[dimension], (who, day)


def test_a_past_date_rebuilt_holds_the_rows_the_history_holds_for_it(made):
    models = (*HISTORY, *SUMMARIES)
    now = of_known_age(made.shop).build(models=models)
    day = made.chance.choice(now.dates)
    then = made.shop.build(as_of=day.isoformat(), models=models)
    held = stays(now, "customer_segment_history")
    rebuilt = stays(then, "customer_segment_history")
    assert rebuilt == {key: cut(rows, day) for key, rows in held.items() if cut(rows, day)}
    assert moves(then, day) == moves(now, day)
    for summary in SUMMARIES:
        assert looks(then, summary, day) == looks(now, summary, day), summary


def test_any_past_day_rebuilt_is_exact_to_the_day(made):
    now = of_known_age(made.shop).build(models=CHANGES)
    day = now.as_of - timedelta(days=made.chance.choice(range(700)))
    then = made.shop.build(as_of=day.isoformat(), models=CHANGES)
    held = {key: cut(rows, day) for key, rows in stays(now, *CHANGES).items() if cut(rows, day)}
    assert stays(then, *CHANGES) == held


def test_an_order_and_a_refund_of_later_change_nothing_about_the_days_before(made):
    shop, later = of_known_age(made.again()), of_known_age(made.again())
    ago = made.chance.choice(AGES[1:])
    for customer_id in [row["customer_id"] for row in shop.raw["customers"]][:3]:
        shop.customer(f"{customer_id} friend")
        later.customer(f"{customer_id} friend")
        sold = order(made.chance.choice, later, f"{customer_id} friend", ago)
        later.refund(sold, ago - 1, "5")
    before = date.fromisoformat(shop.day(ago + 1))
    then, now = (
        {key: cut(rows, before) for key, rows in stays(one.build(models=CHANGES), *CHANGES).items()}
        for one in (shop, later)
    )
    assert now == then


def moves(result, day):
    """The moves up to a day."""
    rows = result.table("customer_segment_transitions")
    return sorted(tuple(row.values()) for row in rows if row["moved_on"] <= day)


def looks(result, summary, day):
    """The rows of a summary about the dates up to a day, in order."""
    rows = [row for row in result.table(summary) if row["observed_on"] <= day]
    return sorted(map(str, (tuple(row.values()) for row in rows)))
