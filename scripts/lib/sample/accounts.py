"""The tables about customers: accounts, which of them are one person, what winning them cost."""

from collections.abc import Sequence

from lib.sample import names, words
from lib.sample.chance import Chance, by_value, quote
from lib.sample.orders import opened
from lib.sample.people import ACCOUNTS_APART, CUSTOMER, ORDERS_PER_PERSON
from lib.sample.plan import Plan, sql_date
from lib.sample.season import tick

# Extra rows of `customers`: an older state of a row, and a row without an id.
STALE, BLANK = 1, 2
STALE_SHARE, BLANK_SHARE = 0.003, 0.002
MISSING_SHARES = {
    "name": 0.02, "phone": 0.15, "customer_type": 0.03, "industry": 0.08, "birth_date": 0.25,
    "gender": 0.12, "annual_income": 0.40, "education": 0.35, "occupation": 0.30, "region": 0.05,
    "acquisition_channel": 0.06, "acquisition_cost": 0.06, "has_marketing_consent": 0.05,
}  # fmt: skip
STUDENT_UNTIL_DAYS, RETIRED_FROM_DAYS = 22 * 365, 63 * 365


def accounts_sql(plan: Plan) -> str:
    """Table `accounts`: one row per account: person_no, account (0, 1, 2), account_no, created_at.

    Who orders at once has signed up minutes before, and a few sign up days after their first order.
    """
    chance = plan.chance
    first_time = f"opened_on + time_of_day(person_no * {ORDERS_PER_PERSON})"
    minutes = chance.whole("sign-up", "account_no", 60, 1_800)
    days = chance.whole("late sign-up", "account_no", 86_400, 5 * 86_400)
    return f"""
        create table accounts as
        with listed as (
            select person_no, signed_up, coalesce(first_order = signed_up, false) as is_at_once,
                unnest(range(n_accounts(person_no))) as account
            from people where kind = {CUSTOMER}
        ),
        opened as (
            select listed.*, person_no + account * {ACCOUNTS_APART} as account_no,
                {plan.opening_day} + clock.day as opened_on
            from listed join clock on clock.tick = {tick(opened(plan, "account"))}
        ),
        dated as (
            select *, case
                when account > 0 or not is_at_once then opened_on + time_of_day(account_no)
                when {chance.happens("signs up late", "account_no", 0.02)}
                    then {first_time} + to_seconds({days})
                else {first_time} - to_seconds({minutes}) end as created_at
            from opened
        )
        select person_no, account, account_no,
            greatest({plan.opening_day}, least(
                {plan.closing_time} - interval 1 second, created_at
            )) as created_at
        from dated
        order by account_no
    """


def customers_sql(plan: Plan) -> str:
    """Raw table `customers`: the accounts, a few of them preceded or followed by an extra row."""
    chance, account = plan.chance, "account_no"
    extra = chance.uniform("extra customer row", account)
    seconds = f"date_diff('second', created_at, {plan.closing_time})"
    updated = f"floor({chance.uniform('customer updated', account)} * {seconds})::bigint"
    columns = ",\n".join(
        f"case when {chance.happens(f'{name} is known', account, 1 - MISSING_SHARES[name])}"
        f" then {value} end as {name}"
        for name, value in _attributes(plan).items()
    )
    return f"""
        with copied as (
            select *, unnest(case
                when {extra} < {STALE_SHARE} then [{STALE}, 0]
                when {extra} < {STALE_SHARE + BLANK_SHARE} then [0, {BLANK}]
                else [0] end) as copy,
                created_at + to_seconds({updated}) as updated_at
            from accounts
        )
        select case when copy <> {BLANK} then account_id(account_no) else '' end as customer_id,
            created_at,
            case when has_email(account_no) then email(account_no) end as email,
            {columns},
            is_test_account(person_no) as is_test,
            is_staff(person_no) as is_staff,
            is_reseller(person_no) as is_reseller,
            case when copy = {STALE} then created_at else updated_at end as updated_at
        from copied
    """


def _attributes(plan: Plan) -> dict[str, str]:
    """What an account says about its owner where it says it, as {column: SQL expression}."""
    chance, key, chinese = plan.chance, "person_no", "is_chinese(person_no)"

    def word(stream: str, choices: words.Words) -> str:
        return words.in_language(chance, stream, key, choices, chinese)

    def personal(value: str) -> str:
        return f"case when not is_company({key}) then {value} end"

    age_days = f"(6700 + floor(20500 * pow({chance.uniform('age', key)}, 1.4)))::int"
    occupation = f"""case
        when {age_days} < {STUDENT_UNTIL_DAYS} then {word("occupation", words.STUDENTS)}
        when {age_days} > {RETIRED_FROM_DAYS} then {word("occupation", words.RETIRED)}
        else {word("occupation", words.OCCUPATIONS)} end"""
    income = f"round(exp(4.7 + 0.55 * {chance.normal('income', key)})) * 1000"
    cost = by_value(f"acquisition_channel({key})", words.ACQUISITION_COSTS)
    kind = words.translated(
        chance, "type word", key, words.CUSTOMER_TYPES, f"customer_type({key})", chinese
    )
    return {
        "name": _name(chance),
        # An older state of a row does not know the phone yet.
        "phone": f"case when copy <> {STALE} then {_phone(chance)} end",
        "customer_type": kind,
        "industry": f"case when is_company({key}) then {word('industry', words.INDUSTRIES)} end",
        "birth_date": personal(f"{sql_date(plan.through)} - {age_days}"),
        "gender": personal(word("gender", words.GENDERS)),
        "annual_income": personal(income),
        "education": personal(word("education", words.EDUCATIONS)),
        "occupation": personal(occupation),
        "region": word("region", words.REGIONS),
        "acquisition_channel": f"acquisition_channel({key})",
        "acquisition_cost": f"{cost} * exp(0.4 * {chance.normal('acquisition cost', key)} - 0.08)",
        "has_marketing_consent": f"has_consent({key})",
    }


def _name(chance: Chance) -> str:
    """A name in the customer's language and of its type, put together from syllables."""

    def shared(stream: str, choices: Sequence[str]) -> str:
        return chance.pick(f"name {stream}", "person_no", choices)

    def own(stream: str, choices: Sequence[str]) -> str:
        return chance.pick(f"name {stream}", "account_no", choices)

    house_zh, house_en = shared("house", names.ZH_HOUSE), shared("house", names.EN_HOUSE)
    given_en = f"{own('head', names.EN_GIVEN_HEAD)} || {own('tail', names.EN_GIVEN_TAIL)}"
    family_en = f"{shared('head', names.EN_FAMILY_HEAD)} || {shared('tail', names.EN_FAMILY_TAIL)}"
    return f"""case when is_chinese(person_no) then case customer_type(person_no)
            when 'individual' then {shared("family", names.ZH_FAMILY)}
                || {own("first", names.ZH_GIVEN)} || {own("second", names.ZH_GIVEN)}
            when 'enterprise' then {house_zh} || {shared("trade", names.ZH_COMPANY)} || '有限公司'
            when 'institution' then {house_zh} || {shared("trade", names.ZH_INSTITUTION)}
            else {house_zh} || {shared("trade", names.ZH_OFFICE)} end
        else case customer_type(person_no)
            when 'individual' then {given_en} || ' ' || {family_en}
            when 'enterprise'
                then {house_en} || ' ' || {shared("trade", names.EN_COMPANY)} || ' Ltd'
            when 'institution' then {house_en} || ' ' || {shared("trade", names.EN_INSTITUTION)}
            else {house_en} || ' ' || {shared("trade", names.EN_OFFICE)} end end"""


def _phone(chance: Chance) -> str:
    """A number nobody has: a mobile prefix that is not given out (+86 100), or +1 555 01xx."""
    first = f"lpad({chance.whole('phone 1', 'account_no', 0, 9999)}::varchar, 4, '0')"
    second = f"lpad({chance.whole('phone 2', 'account_no', 0, 9999)}::varchar, 4, '0')"
    return f"""case when is_chinese(person_no) then '+86 100 ' || {first} || ' ' || {second}
        else '+1 555 01' || right({second}, 2) end"""


def customer_ids_sql(plan: Plan) -> str:
    """Raw table `customer_ids`: further accounts the shop knows to be the first one's owner's."""
    return """
        select account_id(account_no) as raw_customer_id, account_id(person_no) as customer_id,
            created_at + interval 1 day as updated_at
        from accounts
        where account > 0 and is_in_crosswalk(person_no)
        order by account_no
    """


def marketing_spend_sql(plan: Plan) -> str:
    """Raw table `marketing_spend`: per channel and month what its customers cost, and more."""
    paid = [channel for channel, cost in words.ACQUISITION_COSTS.items() if cost]
    rows = ", ".join(
        f"({quote(channel)}, {words.ACQUISITION_COSTS[channel]}, {place})"
        for place, channel in enumerate(paid)
    )
    month = "(year(spent_on) * 12 + month(spent_on))"
    noise = plan.chance.uniform("spend", f"{month} * 100 + place")
    return f"""
        with won as (
            select acquisition_channel(person_no) as channel,
                date_trunc('month', created_at)::date as spent_on, count(*) as n_won
            from accounts where account = 0 group by all
        )
        select channel, spent_on,
            round(n_won * cost * (1.02 + 0.2 * {noise}), 2) as amount,
            spent_on + interval 1 month as updated_at
        from won join (values {rows}) as costs (channel, cost, place) using (channel)
        order by spent_on, channel
    """
