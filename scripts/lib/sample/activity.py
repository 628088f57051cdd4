"""What people do besides ordering: events, feedback, surveys and tickets; and the products."""

from lib.sample import names, words
from lib.sample.chance import literal
from lib.sample.orders import DAY, REFUNDED_FATES
from lib.sample.people import CUSTOMER, GUEST
from lib.sample.plan import Plan, sql_date
from lib.sample.season import tick
from lib.sample.traits import N_BRANDS, PLAIN, prices

EVENTS_PER_ORDER = (0, 0, 0, 1, 1, 2)
# Mean number of browsing events in a life; a tenth are fans, who come often in their last months.
BROWSING_EVENTS, FAN_EVENTS, FAN_SHARE, FAN_DAYS = 4, 30, 0.10, 80
DAYS_BROWSING_ON = 60
FEEDBACK_SHARE, SURVEYED_SHARE = 0.09, 0.12
TICKET_SHARE, TROUBLE_TICKET_SHARE = 0.03, 0.25
NEEDS = {"function": 4, "service": 2, "price": 2, "quality": 3}


def lives_sql(plan: Plan) -> str:
    """Table `lives`: per customer and stranger the days of first order and leaving, or null."""
    return f"""
        create table lives as
        select people.person_no, {plan.opening_day} + firsts.day as first_ordered_on,
            {plan.opening_day} + lasts.day as left_on
        from people
        left join clock as firsts on firsts.tick = {tick("people.first_order")}
        left join clock as lasts on lasts.tick = {tick("people.left_at")}
        where people.kind <> {GUEST}
        order by people.person_no
    """


def events_sql(plan: Plan) -> str:
    """Raw table `events`: what leads to online orders, by time; then browsing, by customer."""
    chance, key, chinese = plan.chance, "event_no", "is_chinese(person_no)"
    ordering = words.in_language(chance, "event", key, words.EVENTS_BEFORE_ORDERS, chinese)
    browsing = words.in_language(chance, "event", key, words.EVENTS_BROWSING, chinese)
    steps = chance.pick("events of an order", "order_no", EVENTS_PER_ORDER)
    is_fan = chance.happens("is fan", "person_no", FAN_SHARE)
    visits = f"-ln({chance.uniform('browsing events', 'person_no')})"
    before = f"to_seconds({chance.whole('before order', key, 30, 3 * DAY)})"
    product = chance.whole("event product", key, 0, len(prices()) - 1)
    return f"""
        with before_orders as (
            select account_no, event_no, ordered_at - {before} as occurred_at,
                {ordering} as event_type
            from (
                select *, order_no * 10 + step as event_no
                from (
                    select *, unnest(range({steps})) as step
                    from placed where kind = {CUSTOMER} and is_online(order_no, person_no)
                )
            )
        ),
        watched as (
            select person_no, account_no, created_at, {is_fan} as is_fan,
                coalesce(left_on + {DAYS_BROWSING_ON}, {sql_date(plan.through)}) as until_on
            from accounts join lives using (person_no)
            where account = 0
        ),
        stepped as (
            select *,
                greatest(1, date_diff('second', created_at, until_on + interval 1 day)) as seconds,
                unnest(range(floor(
                    {visits} * case when is_fan then {FAN_EVENTS} else {BROWSING_EVENTS} end
                )::bigint)) as step
            from watched
        ),
        browsed as (
            select *, 2000000000000 + person_no * 10000 + step as event_no,
                case when is_fan then least(seconds, {FAN_DAYS * DAY}) else seconds end as span
            from stepped
        ),
        browsing as (
            select account_no, event_no,
                created_at + to_seconds(
                    (seconds - {chance.uniform("browsing", key)} * span)::bigint
                ) as occurred_at,
                {browsing} as event_type
            from browsed
        )
        select 'EV' || (10000000000000 + event_no) as event_id,
            case when not {chance.happens("nobody's event", key, 0.002)}
                then account_id(account_no) else '' end as customer_id,
            event_type, occurred_at,
            case when event_type in {words.PRODUCT_EVENTS} then product_id({product}) end
                as product_id,
            occurred_at as updated_at
        from (select * from before_orders union all select * from browsing)
        where occurred_at < {plan.closing_time}
    """


def feedback_sql(plan: Plan) -> str:
    """Raw table `feedback`: after some orders; content people score higher, trouble lower."""
    chance, key = plan.chance, "order_no"
    wait = chance.whole("feedback wait", key, DAY, 20 * DAY)
    mood = f"0.8 * contentment(person_no) + 0.6 * {chance.normal('mood', key)}"
    return f"""
        with asked as (
            select *, ordered_at + to_seconds({wait}) as given_at,
                {chance.pick("feedback type", key, words.FEEDBACK_TYPES)} as feedback_type,
                {mood} - (fate <> '{PLAIN}')::int as mood
            from placed
            where kind = {CUSTOMER} and {chance.happens("gives feedback", key, FEEDBACK_SHARE)}
        )
        select 'FB' || (1000000000000 + order_no) as feedback_id,
            account_id(account_no) as customer_id,
            case when {chance.happens("names order", key, 0.8)} then order_id(order_no) end
                as order_id,
            feedback_type,
            case when {chance.happens("bad score", key, 0.003)} then 99
                when feedback_type = 'nps' then greatest(0, least(10, round(7.8 + 2.2 * mood)))
                else greatest(1, least(5, round(4 + mood))) end as score,
            given_at, given_at as updated_at
        from asked
        where given_at < {plan.closing_time}
    """


def surveys_sql(plan: Plan) -> str:
    """Raw table `surveys`: some customers' answers; who seeks discounts names the price."""
    chance, key = plan.chance, "survey_no"
    seconds = f"date_diff('second', created_at, {plan.closing_time})"
    answered = f"floor({chance.uniform('survey day', 'person_no')} * {seconds})::bigint"
    names_price = f"""discount_share(person_no) > 0.6
        and {chance.happens("names price", "person_no", 0.7)}"""
    meanings = " ".join(
        f"when '{question}' then {chance.pick('answer', key, list(answers))}"
        for question, answers in words.SURVEY_ANSWERS.items()
        if question != "need"
    )
    answers = " ".join(
        f"when '{question}' then "
        + words.translated(chance, "answer word", key, answers, "meaning", "is_chinese(person_no)")
        for question, answers in words.SURVEY_ANSWERS.items()
    )
    questions = list(words.SURVEY_ANSWERS)
    return f"""
        with asked as (
            select *, person_no * 10 + place as survey_no,
                created_at + to_seconds({answered}) as answered_at
            from (
                select *, unnest({literal(questions)}) as question,
                    unnest(range({len(questions)})) as place
                from accounts
                where account = 0 and {chance.happens("surveyed", "person_no", SURVEYED_SHARE)}
            )
        ),
        thought as (
            select *, case question
                when 'need' then case when {names_price} then 'price'
                    else {chance.pick("need", "person_no", NEEDS)} end
                {meanings} end as meaning
            from asked
        )
        select 'SV' || (1000000000 + survey_no) as survey_id, account_id(account_no) as customer_id,
            question,
            case when {chance.happens("evades", key, 0.01)} then '{words.UNKNOWN_SURVEY_ANSWER}'
                else case question {answers} end end as answer,
            answered_at, answered_at as updated_at
        from thought
    """


def tickets_sql(plan: Plan) -> str:
    """Raw table `tickets`: after a few orders, and after many of those that went wrong."""
    chance, key = plan.chance, "order_no"
    share = f"case when fate = '{PLAIN}' then {TICKET_SHARE} else {TROUBLE_TICKET_SHARE} end"
    trouble = chance.pick("ticket", key, {"return": 6, "complaint": 4})
    other = chance.pick("ticket", key, {"question": 7, "complaint": 2, "return": 1})
    wait = chance.whole("ticket wait", key, 3600, 12 * DAY)
    time = chance.whole("ticket time", key, 1800, 9 * DAY)
    word = words.translated(
        chance, "ticket word", key, words.TICKET_TYPES, "meaning", "is_chinese(person_no)"
    )
    return f"""
        with opened as (
            select *, ordered_at + to_seconds({wait}) as opened_at,
                case when fate in {REFUNDED_FATES} then {trouble} else {other} end as meaning
            from placed
            where kind = {CUSTOMER} and {chance.happens("opens ticket", key, share)}
        ),
        handled as (
            select *, case when {chance.happens("is handled", key, 0.97)}
                then opened_at + to_seconds({time}) end as handled_at
            from opened
            where opened_at < {plan.closing_time}
        ),
        closed as (
            select *, case when handled_at < {plan.closing_time} then handled_at end as closed_at
            from handled
        )
        select 'TK' || (1000000000000 + order_no) as ticket_id,
            account_id(account_no) as customer_id,
            case when {chance.happens("ticket names order", key, 0.85)} then order_id(order_no) end
                as order_id,
            {word} as ticket_type,
            opened_at, closed_at, coalesce(closed_at, opened_at) as updated_at
        from closed
    """


def products_sql(plan: Plan) -> str:
    """Raw table `products`: in every band of price each brand's, plain and with an eco label."""
    chance = plan.chance
    categories = literal([category for category, _ in names.PRODUCT_BANDS])
    things = literal([thing for _, thing in names.PRODUCT_BANDS])
    cost_share = f"(0.5 + 0.15 * {chance.uniform('cost', 'product_no')})"
    return f"""
        with numbered as (
            select product_no, 1 + product_no // {2 * N_BRANDS} as band,
                1 + product_no // 2 % {N_BRANDS} as brand_place, product_no % 2 = 1 as is_eco
            from range({len(prices())}) as numbers (product_no)
        ),
        branded as (
            select *, ({literal(names.BRANDS)})[brand_place] as brand from numbered
        )
        select product_id(product_no) as product_id,
            brand || ' ' || ({things})[band] || case when is_eco then ' Eco' else '' end as name,
            ({categories})[band] as category,
            brand,
            case when not {chance.happens("no cost", "product_no", 0.03)}
                then price(product_no) * {cost_share} end as unit_cost,
            brand_place > {N_BRANDS - names.PREMIUM_BRANDS} as is_premium,
            is_eco as is_eco_labelled,
            {plan.opening_day} - interval 30 day as updated_at
        from branded
        order by product_no
    """
