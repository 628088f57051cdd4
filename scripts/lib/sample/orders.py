"""What is bought: visits, orders with all that befalls them, and the tables made of orders."""

from datetime import timedelta
from itertools import pairwise

from lib.sample import words
from lib.sample.chance import literal, quote
from lib.sample.people import (
    ACCOUNTS_APART,
    COPY_SLOT,
    CUSTOMER,
    GUEST,
    ORDERS_PER_PERSON,
)
from lib.sample.plan import Plan, sql_date
from lib.sample.season import tick
from lib.sample.traits import FATES, PLAIN, SPREAD_BETWEEN_ORDERS

# Extra rows of `orders`: stale or equal copies of an order, and bad ones.
COPIED, BAD = 1, 2
COPIED_SHARE, BAD_SHARE = 0.002, 0.003
BAD_KINDS = (
    "negative amount", "unknown status", "no rate", "future", "no date", "no amount", "no id",
)  # fmt: skip
REFUNDED_FATES = "('refunded', 'partly refunded', 'over-refunded')"
DAY, MONTH = 86_400, 30 * 86_400
# Three million orders in three years: what is sorted at a time.
CUSTOMERS_PER_SPAN = 300_000


def visits_sql(plan: Plan) -> str:
    """Table `visits`: one row per order that people place of their own accord, by person.

    The first falls on first_order, the last on left_at where there is one, the others between;
    `account` (0, 1 or 2) is the one it is placed with.
    """
    share = plan.chance.uniform("visit", "order_no")
    account = f"floor(n_accounts(person_no) * {plan.chance.uniform('account', 'order_no')})::bigint"
    return f"""
        create table visits as
        with numbered as (
            select *, person_no * {ORDERS_PER_PERSON} + slot as order_no
            from (select *, unnest(range(n_orders)) as slot from people)
        ),
        timed as (
            select *, case
                when slot = 0 then first_order
                when slot = n_orders - 1 and left_at is not null then left_at
                else first_order + {share} * (coalesce(left_at, {plan.days}) - first_order)
                end as season_day
            from numbered
        )
        select person_no, kind, order_no, {plan.opening_day} + clock.day as visited_on,
            (case when kind = {CUSTOMER} and season_day >= {opened(plan, account)}
                then {account} else 0 end)::tinyint as account
        from timed join clock on clock.tick = {tick("season_day")}
    """


def opened(plan: Plan, account: str) -> str:
    """The season-day on which a person's account 0, 1 or 2 was opened, given signed_up, as SQL."""
    return f"(signed_up + 0.25 * {account} * ({plan.days} - signed_up))"


def placed_sql(plan: Plan) -> list[str]:
    """Table `placed`: one row per true order, in time order, in cents of its currency.

    It is made span of days by span, so that what is sorted at a time is as large in every shop.
    """
    fates = ", ".join(quote(fate) for fate in [*FATES, PLAIN])
    table = f"""
        create type fate as enum ({fates});
        create table placed (
            person_no bigint, kind tinyint, order_no bigint, is_won boolean, account_no bigint,
            ordered_at timestamp, gross_cents bigint, discount_cents bigint, fate fate,
            fate_at timestamp
        )
    """
    spans = min(plan.days, 1 + plan.customers // CUSTOMERS_PER_SPAN)
    bounds = [plan.days * span // spans for span in range(spans + 1)]
    return [table, *(_placed_within(plan, *days) for days in pairwise(bounds))]


def _placed_within(plan: Plan, first: int, end: int) -> str:
    """Add the orders of the days from `first` to `end` (not included), counted from opening."""
    chance, spread = plan.chance, SPREAD_BETWEEN_ORDERS
    noise = f"exp({chance.normal('amount', 'order_no')} * {spread} - {spread**2 / 2})"
    discount = chance.pick("discount", "order_no", [0.05, 0.1, 0.1, 0.15, 0.2, 0.3])
    has_discount = chance.happens("is discounted", "order_no", "discount_share(person_no)")
    wait = chance.whole("fate wait", "order_no", 3600, 25 * DAY)
    within = f"""visited_on >= {sql_date(plan.first_day + timedelta(days=first))}
                and visited_on < {sql_date(plan.first_day + timedelta(days=end))}"""
    return f"""
        insert into placed
        with visited as (
            select person_no, kind, order_no, visited_on, false as is_won, account
            from visits where {within}
            union all
            select person_no, {CUSTOMER}, order_no, visited_on, true, 0
            from members where {within}
        ),
        valued as (
            select person_no, kind, order_no, is_won,
                person_no + account * {ACCOUNTS_APART} as account_no,
                visited_on + time_of_day(order_no) as ordered_at,
                mean_basket(person_no) * {noise} / currency_rate(person_no) as amount,
                case when is_won then '{PLAIN}' else fate_meant(order_no) end as fate
            from visited
        ),
        fated as (
            select *, greatest(500, round(100 * amount))::bigint as gross_cents,
                case when fate in {REFUNDED_FATES} then ordered_at + to_seconds({wait})
                    when fate = 'cancelled' then ordered_at + to_seconds({wait} // 10)
                    end as fate_at
            from valued
        )
        select person_no, kind, order_no, is_won, account_no, ordered_at, gross_cents,
            case
                when {chance.happens("free", "order_no", 0.001)} and not is_won then gross_cents
                when {has_discount} then round(gross_cents * {discount})::bigint
                else 0 end as discount_cents,
            -- What has not happened by closing time has not happened.
            (case when fate_at >= {plan.closing_time} then '{PLAIN}' else fate end)::fate as fate,
            case when fate_at < {plan.closing_time} then fate_at end as fate_at
        from fated
        order by ordered_at, order_no
    """


def orders_sql(plan: Plan) -> str:
    """Raw table `orders`: the true orders in time order, a few of them followed by an extra row."""
    chance, key, chinese = plan.chance, "order_no", "is_chinese_order(order_no)"
    extra = chance.uniform("extra row", key)
    updated = f"ordered_at + to_seconds({chance.whole('updated', key, 60, 12 * DAY)})"
    status = words.translated(chance, "status", key, words.ORDER_STATUSES, "status_meant", chinese)
    channel = words.translated(
        chance, "channel word", key, words.CHANNELS, "channel(order_no, person_no)", chinese
    )
    unknown_status = chance.pick("unknown status", key, words.UNKNOWN_ORDER_STATUSES)
    gives_email = f"is_online(order_no, person_no) and {chance.happens('gives e-mail', key, 0.4)}"
    bad = chance.pick("bad", key, BAD_KINDS)
    no_currency = f"currency(person_no) = 'CNY' and {chance.happens('no currency', key, 0.02)}"
    return f"""
        with copied as (
            select *, unnest(case
                when is_won then [0]
                when {extra} < {COPIED_SHARE} then [0, {COPIED}]
                when {extra} < {COPIED_SHARE + BAD_SHARE} then [0, {BAD}]
                else [0] end) as copy
            from placed
        ),
        judged as (
            select *,
                case when copy = {BAD} then {bad} else '' end as wrong,
                copy = {COPIED} and {chance.happens("is stale", key, 0.5)} as is_stale,
                least(coalesce(fate_at, {updated}), {plan.closing_time} - interval 1 second)
                    as updated_at,
                kind = {CUSTOMER} and has_email(account_no) as can_give_email,
                date_diff('day', ordered_at, {plan.closing_time}) as age
            from copied
        ),
        meant as (
            select *,
                can_give_email and not is_won
                    and {chance.happens("by e-mail only", key, 0.01)} as is_by_email_only,
                case
                    when is_stale then 'pending'
                    when fate in ('cancelled', 'undated cancelled') then 'cancelled'
                    when fate = 'refunded' then 'refunded'
                    when fate = 'pending' then 'pending'
                    when age <= 2 then 'paid'
                    when age <= 5 then 'shipped'
                    when {chance.happens("stays paid", key, 0.06)} then 'paid'
                    else 'completed' end as status_meant
            from judged
        )
        select
            case when wrong = 'no id' then ''
                when copy = {BAD} then order_id(order_no + {COPY_SLOT})
                else order_id(order_no) end as order_id,
            case when kind <> {GUEST} and not is_by_email_only and wrong <> 'no id'
                then account_id(account_no) end as customer_id,
            case when wrong <> 'no id' and (is_by_email_only or (can_give_email and {gives_email}))
                then email(account_no) end as email,
            case wrong when 'future' then ordered_at + interval 40000 day
                when 'no date' then null else ordered_at end as ordered_at,
            case when wrong = 'unknown status' then {unknown_status} else {status} end as status,
            case wrong when 'negative amount' then -gross_cents when 'no amount' then null
                else gross_cents end / 100 as gross_amount,
            case when discount_cents > 0 then discount_cents / 100
                when {chance.happens("says no discount", key, 0.5)} then 0 end as discount_amount,
            case when wrong = 'no rate' then '{words.CURRENCY_WITHOUT_RATE}'
                when {no_currency} then null else currency(person_no) end as currency,
            case when {chance.happens("has channel", key, 0.995)} then {channel} end as channel,
            case when fate = 'cancelled' and not is_stale then fate_at end as cancelled_at,
            is_test_order(order_no) and not is_won as is_test,
            case when is_stale then ordered_at else updated_at end as updated_at
        from meant
    """


def lined(first: str, last: str, source: str = "placed") -> str:
    """A subquery: orders by their lines `first` to `last` (SQL), with cents, value and product."""
    return f"""
        select *, product_no(line_no, person_no, value) as product_no
        from (
            select *, cents * currency_rate(person_no) / 100 as value
            from (
                select *, order_no * 10 + line as line_no,
                    line_cents(order_no, gross_cents - discount_cents, n, line) as cents
                from (
                    select *, unnest(range({first}, {last} + 1)) as line
                    from (select *, n_lines(order_no) as n from {source})
                )
            )
        )
    """


def order_items_sql(plan: Plan) -> str:
    """Raw table `order_items`: one to four lines that add up to the order, a few astray (0)."""
    chance = plan.chance
    first = f"(not {chance.happens('line astray', 'order_no', 0.004)})::bigint"
    return f"""
        select 'L' || (100000000000000 + line_no) as order_item_id,
            case when line > 0 then order_id(order_no)
                when {chance.happens("line without order", "order_no", 0.5)} then ''
                else 'SO-LOST-' || order_no end as order_id,
            case when not {chance.happens("line without product", "line_no", 0.001)}
                then product_id(product_no) end as product_id,
            greatest(1, round(value / price(product_no))) as quantity,
            cents / 100 as net_amount,
            ordered_at as updated_at
        from ({lined(first, "n")})
    """


def refunds_sql(plan: Plan) -> str:
    """Raw table `refunds`: full, partial, too large; credit notes; of unknown orders (1)."""
    chance, key = plan.chance, "order_no"
    later = f"ordered_at + to_seconds({chance.whole('credit wait', key, DAY, MONTH)})"
    is_undated = f"copy = 0 and is_refunded and {chance.happens('undated refund', key, 0.01)}"
    return f"""
        with waited as (
            select *, fate in {REFUNDED_FATES} as is_refunded,
                coalesce(fate_at, {later}) as happened_at
            from placed
            where gross_cents > discount_cents and not is_won and not is_cancelled(order_no)
        ),
        happened as (
            select *, unnest(case
                when is_refunded and {chance.happens("refund astray", key, 0.004)} then [0, 1]
                else [0] end) as copy
            from waited
            where is_refunded or (
                kind = {CUSTOMER} and fate = '{PLAIN}' and happened_at < {plan.closing_time}
                and {chance.happens("credit note", key, 0.004)}
            )
        ),
        lined as ({lined("1", "1", "happened")})
        select case copy when 1 then 'RX' else 'RF' end || (1000000000000 + order_no) as refund_id,
            case when copy = 1 then 'SO-LOST-' || order_no
                when is_refunded then order_id(order_no) end as order_id,
            case when kind <> {GUEST} then account_id(account_no) end as customer_id,
            case when not is_refunded or fate = 'partly refunded' then product_id(product_no) end
                as product_id,
            case when not ({is_undated}) then happened_at end as refunded_at,
            case fate
                when 'refunded' then gross_cents - discount_cents
                when 'over-refunded' then round((gross_cents - discount_cents) * 1.4)
                else greatest(1, round(cents * {chance.uniform("part", key)})) end / 100 as amount,
            happened_at as updated_at
        from lined
    """


def exchange_rates_sql(plan: Plan) -> str:
    """Raw table `exchange_rates`: weekdays from before the opening, waving mildly around a base."""
    codes = [code for code in words.BASE_RATES if code != "CNY"]
    day = "date_diff('day', date '2000-01-01', rate_on)"
    wave = f"0.02 * sin({day} / 61.0 + place)"
    noise = f"0.002 * {plan.chance.normal('rate', f'{day} * 10 + place')}"
    return f"""
        select code as currency, rate_on::date as rate_on,
            round(base_rate(code) * (1 + {wave} + {noise}), 4) as rate,
            rate_on + interval 16 hour as updated_at
        from (select unnest({literal(codes)}) as code, unnest(range({len(codes)})) as place),
            generate_series({plan.opening_day} - 10, {sql_date(plan.through)}, interval 1 day)
                as days (rate_on)
        where isodow(rate_on) <= 5
        order by rate_on, code
    """
