"""What must hold for every shop: the SQL says what the definitions say, and changes of the raw
rows that should change nothing change nothing.

SHOPS=300 (or 10000) in the environment raises the number of shops from 40; SHRINK=1 looks for
the smallest shop that shows a failure, which takes minutes.
"""

import csv
import os
import random
from collections import defaultdict
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from agreement import disagreements
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reference import Reference, settings_from
from reference.accepted import SEEDS
from shop import JUDGED, Shop
from shop.generated import AGES, TIMES, VARIANTS, generate, order

SHOPS = int(os.environ.get("SHOPS", "40"))
RELATION_SHOPS = max(SHOPS // 10, 4)  # each relation builds a shop twice
PHASES = (Phase.generate, Phase.shrink) if os.environ.get("SHRINK") else (Phase.generate,)

MONEY = ("gross_amount", "discount_amount", "amount")
MOMENTS = (
    "created_at", "ordered_at", "cancelled_at", "refunded_at", "updated_at", "rate_on", "loaded_on",
)  # fmt: skip


def quietly(shops):
    """Hypothesis settings: the same shops in every run, however slow the machine."""
    return settings(
        max_examples=shops, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=PHASES,
    )  # fmt: skip


@st.composite
def shops(draw, variants=VARIANTS):
    """A shop of 1 to 16 customers with 0 to 5 corruptions."""

    def pick(options):
        return draw(st.sampled_from(options))

    shop = Shop(as_text=pick((False, True)), **pick(variants))
    return generate(pick, pick((1, 2, 3, 5, 8, 12, 16)), pick((0, 1, 2, 3, 4, 5)), shop)


def relation(test):
    """Hold a relation to a few shops, each with a seed for what the relation leaves open."""
    chance = st.integers(0, 2**16).map(random.Random)
    return pytest.mark.filterwarnings("ignore")(
        quietly(RELATION_SHOPS)(given(shop=shops(), chance=chance)(test))
    )


def answers(shop, **build):
    """Every answer by customer and date, and the rejected rows."""
    result = shop.build(**build)
    return result.observed, sorted(map(str, result.rejections()))


def before(observed, day):
    """The answers given about dates before a day."""
    return {key: row for key, row in observed.items() if key[1] < day}


def changed(shop):
    return deepcopy(shop)


# -- the oracle -----------------------------------------------------------------------------

DIMENSIONS = (
    "lifecycle_stage", "activity_status", "value_tier", "lifetime_value_tier",
    "purchase_frequency", "rfm_group", "segment",
)  # fmt: skip
# reasons that only other tables or the loader can give
NOT_HERE = {"missing_customer", "unreadable_flag", "ragged_row", "unreadable_row"}


def test_the_sql_says_what_the_definitions_say_and_every_category_and_reason_occurs():
    seen = defaultdict(set)

    @quietly(SHOPS)
    @given(shop=shops(), as_of=st.sampled_from(("2024-06-30", "2024-06-15", "2024-05-31", "")))
    def agree(shop, as_of):
        result = shop.build(as_of=as_of)
        variables = {**shop.variables, "as_of_date": as_of}
        assert disagreements(result, Reference(shop.raw, settings_from(variables))) == []
        for row in result.observed.values():
            for dimension in DIMENSIONS:
                seen[dimension].add(row[dimension])
        for *_, reasons in result.rejections():
            seen["reject_reason"] |= reasons

    agree()
    expected = {(row["dimension"], row["category"]) for row in catalogue("categories")}
    expected = {pair for pair in expected if pair[0] in DIMENSIONS}
    reasons = {row["reject_reason"] for row in catalogue("reject_reasons")} - NOT_HERE
    said = {(dimension, category) for dimension in DIMENSIONS for category in seen[dimension]}
    assert said <= expected, "a category that is not in the catalogue"
    assert expected - said == set()
    assert reasons - seen["reject_reason"] == set()


def catalogue(name):
    (path,) = SEEDS.rglob(f"{name}.csv")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@relation
def test_every_raw_row_is_accepted_or_rejected_once(shop, chance):
    result = shop.build()
    for table, (model, _) in JUDGED.items():
        assert len(result.table(model)) == len(shop.raw[table])


# -- changes that change nothing ------------------------------------------------------------


@relation
def test_the_order_of_the_raw_rows_is_of_no_account(shop, chance):
    shuffled = changed(shop)
    for rows in shuffled.raw.values():
        chance.shuffle(rows)
    assert answers(shuffled) == answers(shop)


@relation
def test_rows_may_be_kept_as_text_or_in_their_types(shop, chance):
    shop.raw = {table: [row for row in rows if _is_typed(row)] for table, rows in shop.raw.items()}
    typed, text = changed(shop), changed(shop)
    typed.as_text, text.as_text = False, True
    assert answers(typed) == answers(text)


def _is_typed(row):
    return not {row.get(name) for name in ("gross_amount", "discount_amount", *MOMENTS)} & {
        "abc", "NaN", "1,5", "2024-02-30", "soon", "12.345", "0.004",
    }  # fmt: skip


@relation
def test_loading_every_row_twice_changes_no_answer(shop, chance):
    twice = changed(shop)
    for rows in twice.raw.values():
        rows += [{**row, "load_id": "load-2"} for row in rows]
    assert twice.build().observed == shop.build().observed


@relation
def test_a_customer_without_orders_leaves_the_others_alone(shop, chance):
    fuller = changed(shop)
    fuller.customer("newcomer", email="newcomer@example.com")
    observed, rejected = answers(fuller)
    others = {key: row for key, row in observed.items() if key[0] != "newcomer"}
    assert (others, rejected) == answers(shop)


@relation
def test_looking_at_today_only_gives_todays_rows(shop, chance):
    assert shop.build(clock="as_of").customers() == shop.build().customers()


@relation
def test_other_names_for_customers_and_orders_change_only_names(shop, chance):
    renamed = changed(shop)
    for row in (row for rows in renamed.raw.values() for row in rows):
        for name in ("customer_id", "raw_customer_id", "order_id"):
            if (row.get(name) or "").strip():
                row[name] = f"x-{row[name]}"
    said = {(_new_name(who), on): {**row, "customer_id": _new_name(who)}
            for (who, on), row in shop.build().observed.items()}  # fmt: skip
    assert renamed.build().observed == said


def _new_name(customer_id):
    for kind in ("guest-", "buyer-"):
        if customer_id.startswith(kind):
            return f"{kind}x-{customer_id.removeprefix(kind)}"
    return f"x-{customer_id}"


@relation
def test_all_dates_moved_by_some_days_move_the_answers_along(shop, chance):
    days = chance.choice((1, 28, 100, 365))
    if "history_starts_on" in shop.variables:
        return
    moved = changed(shop)
    for row in (row for rows in moved.raw.values() for row in rows):
        row |= {name: _moved(row[name], days) for name in MOMENTS if name in row}
    moved.today = _moved(shop.today, days)
    then, now = (one.build(clock="as_of").customers() for one in (shop, moved))
    assert now.keys() == then.keys()
    for who, answer in then.items():
        assert _timeless(vars(now[who])) == _timeless(vars(answer))


def _moved(text, days):
    """A moment some days later; what is no moment, or long implausible, stays as it is."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return text
    if moment.year < 1900:
        return text
    later = moment + timedelta(days=days)
    return later.date().isoformat() if len(text) == 10 else later.isoformat(sep=" ")


def _timeless(row):
    return {name: value for name, value in row.items() if not isinstance(value, date)}


@relation
def test_all_amounts_times_three_change_money_and_nothing_else(shop, chance):
    in_one_currency = changed(shop)
    for row in in_one_currency.raw["orders"]:
        row["currency"] = None
    dearer = changed(in_one_currency)
    for row in (row for rows in dearer.raw.values() for row in rows):
        row |= {name: _times_three(row[name]) for name in MONEY if name in row}
    cheap, dear = in_one_currency.build().observed, dearer.build().observed
    assert dear.keys() == cheap.keys()
    for key, row in cheap.items():
        times = {name: 3 * value for name, value in row.items() if isinstance(value, Decimal)}
        assert dear[key] == {**row, **times}


def _times_three(text):
    """Three times the cents of an amount; what is no amount stays as it is."""
    try:
        return str(3 * round(Decimal(text), 2)) if text and Decimal(text).is_finite() else text
    except ArithmeticError:
        return text


# -- no observation knows the future --------------------------------------------------------


def known_customers(shop):
    """Accounts whose age is known: the others are observed from their first order on, or today."""
    counts = defaultdict(int)
    for row in shop.raw["customers"]:
        counts[row["customer_id"]] += 1
    return [
        row["customer_id"]
        for row in shop.raw["customers"]
        if row["created_at"] == "2015-01-01" and counts[row["customer_id"]] == 1
    ]


def plain_orders(shop):
    """Paid orders without a twin: what happens to them later is all that happens to them."""
    counts = defaultdict(int)
    for row in shop.raw["orders"]:
        counts[row["order_id"]] += 1
    return [
        row
        for row in shop.raw["orders"]
        if counts[row["order_id"]] == 1 and row["status"] == "paid" and not row.get("cancelled_at")
    ]


def undated_credit_notes(shop):
    return any(
        not row.get("order_id") and not row.get("refunded_at") for row in shop.raw["refunds"]
    )


@relation
def test_an_order_changes_nothing_about_the_days_before_it(shop, chance):
    customers = known_customers(shop)
    if not customers or undated_credit_notes(shop):
        return
    age = chance.choice(AGES)
    later = changed(shop)
    order(chance.choice, later, chance.choice(customers), age, order_id="later")
    day = date.fromisoformat(shop.day(age))
    assert before(later.build().observed, day) == before(shop.build().observed, day)


@relation
def test_orders_after_the_as_of_date_change_nothing(shop, chance):
    customers = known_customers(shop)
    if not customers or undated_credit_notes(shop):
        return
    as_of = shop.day(chance.choice((1, 30, 90)))
    shop.raw["orders"] = [row for row in shop.raw["orders"] if (row["ordered_at"] or "") <= as_of]
    later = changed(shop)
    for nth in range(3):
        order(chance.choice, later, chance.choice(customers), 0, order_id=f"later {nth}")
    assert later.build(as_of=as_of).observed == shop.build(as_of=as_of).observed


@relation
def test_a_refund_changes_nothing_about_the_days_before_it(shop, chance):
    orders = plain_orders(shop)
    if not orders:
        return
    age = chance.choice(AGES)
    refunded = changed(shop)
    row = chance.choice(orders)
    amount = chance.choice(("1", row["gross_amount"]))
    refunded.refund(row["order_id"], age, amount, refund_id="new")
    day = date.fromisoformat(shop.day(age))
    assert before(refunded.build().observed, day) == before(shop.build().observed, day)


@relation
def test_a_cancellation_changes_nothing_about_the_days_before_it(shop, chance):
    orders = plain_orders(shop)
    if not orders:
        return
    age = chance.choice(AGES)
    cancelled = changed(shop)
    order_id = chance.choice(orders)["order_id"]
    for row in cancelled.raw["orders"]:
        if row["order_id"] == order_id:
            row["status"] = "cancelled"
            row["cancelled_at"] = f"{shop.day(age)} {chance.choice(TIMES)}"
    day = date.fromisoformat(shop.day(age))
    assert before(cancelled.build().observed, day) == before(shop.build().observed, day)


@relation
def test_a_past_date_asked_for_gives_the_rows_history_holds_for_it(shop, chance):
    history = shop.build()
    day = chance.choice(history.dates)
    then = shop.build(as_of=day.isoformat())
    held = {who: vars(answer) for who, answer in history.customers(day).items()}
    rebuilt = {who: vars(answer) for who, answer in then.customers().items()}
    # with neither creation date nor order a customer is there on the as-of date only
    ageless = {who for who in rebuilt.keys() - held.keys() if not rebuilt[who]["orders"]}
    for row in held.values():
        row["is_as_of"] = True
    assert {who: row for who, row in rebuilt.items() if who not in ageless} == held
    assert set(then.dates) <= {*history.dates}


@relation
def test_more_money_never_means_a_lower_tier(shop, chance):
    orders = [row for row in plain_orders(shop) if row["gross_amount"] not in (None, "abc", "NaN")]
    if not orders:
        return
    richer = changed(shop)
    order_id = chance.choice(orders)["order_id"]
    for row in richer.raw["orders"]:
        if row["order_id"] == order_id and Decimal(row["gross_amount"]) > 0:
            row["gross_amount"] = str(Decimal(row["gross_amount"]) + 1000)
    then, now = (shop.build(clock="as_of").customers(), richer.build(clock="as_of").customers())
    for who, answer in now.items():
        if answer.net_revenue_365d > then[who].net_revenue_365d and then[who].revenue_percentile:
            assert answer.revenue_percentile >= then[who].revenue_percentile
            assert answer.monetary_score >= then[who].monetary_score
