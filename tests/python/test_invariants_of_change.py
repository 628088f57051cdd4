"""Changes of the raw rows that should change nothing, or just one thing, do so."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from reference.accepted import is_mangled
from reference.values import amount_of

MONEY = ("gross_amount", "discount_amount", "amount")
MOMENTS = (
    "created_at", "ordered_at", "cancelled_at", "refunded_at", "updated_at", "rate_on", "loaded_on",
)  # fmt: skip
# what cannot be kept in a column of its type, or not as exactly
ONLY_TEXT = {"abc", "NaN", "1,5", "2024-02-30", "soon", "12.345", "0.004"}


def rows_of(shop):
    """Every raw row, of whatever table."""
    return [row for rows in shop.raw.values() for row in rows]


def rejections(result):
    return sorted(map(str, result.rejections()))


def test_the_order_of_the_raw_rows_is_of_no_account(made):
    for rows in made.shop.raw.values():
        made.chance.shuffle(rows)
    shuffled = made.shop.build()
    assert shuffled.observed == made.answers.observed
    assert rejections(shuffled) == rejections(made.answers)


def test_rows_may_be_kept_as_text_or_in_their_types(made):
    text, typed = made.again(), made.again()
    text.as_text, typed.as_text = True, False
    for shop in (text, typed):
        for table, rows in shop.raw.items():
            shop.raw[table] = [row for row in rows if not ONLY_TEXT & set(row.values())]
    as_text, as_types = text.build(), typed.build()
    assert as_text.observed == as_types.observed
    assert rejections(as_text) == rejections(as_types)


def test_loading_every_row_twice_changes_no_answer(made):
    for rows in made.shop.raw.values():
        rows += [{**row, "load_id": "load-2"} for row in rows]
    assert made.shop.build().observed == made.answers.observed


def test_rows_loaded_in_several_files_say_what_one_file_says(made):
    for row in rows_of(made.shop):
        row["load_id"] = made.chance.choice(("load-1", "load-2", "load-3"))
    split = made.shop.build()
    assert split.observed == made.answers.observed
    assert rejections(split) == rejections(made.answers)


def test_an_order_given_back_on_its_day_counts_for_nothing(made):
    known = [row["customer_id"] for row in made.shop.raw["customers"] if row["customer_id"]]
    with_it, without = made.again(), made.again()
    who, ago = made.chance.choice(known or ["nobody"]), made.chance.choice((1, 30, 364, 365))
    with_it.refund(with_it.order(who, ago, 50, order_id="returned"), ago, 50, refund_id="all of it")
    # A free order says as much: that somebody is a customer, since that day.
    without.order(who, ago, 0, order_id="returned")
    with_it, without = (shop.build().customers() for shop in (with_it, without))
    assert with_it.keys() == without.keys()
    for customer_id, row in with_it.items():
        other = vars(without[customer_id])
        same = {name: value for name, value in vars(row).items() if name not in RETURNED}
        assert same == {name: value for name, value in other.items() if name not in RETURNED}


# Gross revenue and refunds tell that there was an order, and that it went back.
RETURNED = {"free_orders", "gross_revenue", "refund_amount", "discount_amount"}


def test_an_order_today_makes_its_customer_current(made):
    who = made.shop.customer("today's", created=None)
    made.shop.order(who, ago=0, amount=10)
    found = made.shop.build().customer(who)
    assert (found.orders, found.net_revenue_365d, found.days_since_last_order) == (1, 10, 0)
    assert (found.lifecycle_stage, found.activity_status) == ("first_time", "new")


def test_a_customer_without_orders_leaves_the_others_alone(made):
    made.shop.customer("newcomer", email="newcomer@example.com")
    observed = made.shop.build().observed
    others = {key: row for key, row in observed.items() if key[0] != "newcomer"}
    assert others == made.answers.observed


def test_looking_at_today_only_gives_todays_rows(made):
    if made.shop.variables:  # one compilation more is enough
        return
    today = made.shop.build(clock="as_of")
    assert today.customers() == made.answers.customers()


def test_other_names_for_customers_and_orders_change_only_names(made):
    for row in rows_of(made.shop):
        for name in ("customer_id", "raw_customer_id", "order_id"):
            # a rounded number is no id; with an x- before it, it would be one
            if (row.get(name) or "").strip() and not is_mangled(row[name]):
                row[name] = f"x-{row[name]}"
    expected = {
        (new_name(who), on): {**row, "customer_id": new_name(who)}
        for (who, on), row in made.answers.observed.items()
    }
    assert made.shop.build().observed == expected


def new_name(customer_id):
    for kind in ("guest-", "buyer-"):
        if customer_id.startswith(kind):
            return f"{kind}x-{customer_id.removeprefix(kind)}"
    return f"x-{customer_id}"


def test_all_dates_moved_by_some_days_move_the_answers_along(made):
    if "history_starts_on" in made.shop.variables:
        return
    days = made.chance.choice((1, 28, 100, 365))
    for row in rows_of(made.shop):
        row |= {name: moved(row[name], days) for name in MOMENTS if name in row}
    made.shop.today = moved(made.shop.today, days)
    now = made.shop.build().customers()
    then = made.answers.customers()
    assert {who: timeless(answer) for who, answer in now.items()} == {
        who: timeless(answer) for who, answer in then.items()
    }


def moved(text, days):
    """A moment some days later; what is no moment, or long implausible, stays as it is."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return text
    if moment.year < 1900:
        return text
    later = moment + timedelta(days=days)
    return later.date().isoformat() if len(text) == 10 else later.isoformat(sep=" ")


def timeless(answer):
    return {name: value for name, value in vars(answer).items() if not isinstance(value, date)}


def test_all_amounts_times_three_change_money_and_nothing_else(made):
    cheap, dear = made.again(), made.again()
    for shop in (cheap, dear):
        for row in shop.raw["orders"]:
            row["currency"] = None  # converted amounts are rounded, which three times are not
    for row in rows_of(dear):
        row |= {name: times_three(row[name]) for name in MONEY if name in row}
    was, is_now = cheap.build().observed, dear.build().observed
    assert is_now == {
        key: row | {name: 3 * amount for name, amount in row.items() if isinstance(amount, Decimal)}
        for key, row in was.items()
    }


def times_three(text):
    """Three times the cents of an amount; what is no amount stays as it is."""
    cents = amount_of(text)
    return text if cents is None else str(3 * cents)


def test_more_money_never_means_a_lower_standing(made):
    orders = [row for row in made.shop.raw["orders"] if row["gross_amount"] in {"10", "100", "250"}]
    if not orders:
        return
    made.chance.choice(orders)["gross_amount"] = "1250"
    then = made.answers.customers()
    for who, now in made.shop.build().customers().items():
        was = then.get(who)
        if was and was.is_ranked and now.net_revenue_365d > was.net_revenue_365d:
            assert now.revenue_percentile >= was.revenue_percentile
            assert now.monetary_score >= was.monetary_score
