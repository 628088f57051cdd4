"""What a person or an order is like, as SQL macros: each trait is a function of the person's or order's number.

So no trait is stored or joined: any table that knows the number knows the trait.
"""

from lib.sample import names, people, words
from lib.sample.chance import literal
from lib.sample.plan import Plan

# Mean order value by type of customer, in CNY, before the spread between customers.
MEAN_BASKETS = {"individual": 170, "enterprise": 420, "institution": 340, "government": 480}
BASKET_SPREAD_BETWEEN, BASKET_SPREAD_WITHIN = 0.50, 0.45
RESELLER_FACTOR = 2.5

LINES_PER_ORDER = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
N_BANDS, N_BRANDS = len(names.PRODUCT_BANDS), len(names.BRANDS)
N_PRODUCTS = 2 * N_BANDS * N_BRANDS
LOWEST_PRICE, PRICE_STEP = 12.0, 1.9


def macros(plan: Plan) -> dict[str, str]:
    """Every macro as {'name(parameters)': SQL expression}, in an order in which each knows those before."""
    chance = plan.chance
    person, order = "person_no", "order_no"
    types = words.CUSTOMER_TYPE_SHARES
    baskets = [MEAN_BASKETS[kind] for kind in types]
    spread, within = BASKET_SPREAD_BETWEEN, BASKET_SPREAD_WITHIN
    return {
        # Names of things.
        "account_id(account_no)": "'C' || (100000000 + account_no)",
        "order_id(order_no)": "'SO' || (1000000000000 + order_no)",
        "product_id(product_no)": "'P' || (1000 + product_no)",
        "campaign_id(campaign_no)": "'CMP-' || (100 + campaign_no)",
        # Persons.
        "person_of(account_no)": f"account_no % {people.ACCOUNTS_APART}",
        "is_chinese(person_no)": chance.happens("is_chinese", person, 0.7),
        "customer_type(person_no)": chance.pick("customer_type", person, types),
        "is_company(person_no)": "customer_type(person_no) <> 'individual'",
        "is_reseller(person_no)": chance.happens("is_reseller", person, 0.004),
        "is_staff(person_no)": chance.happens("is_staff", person, 0.003),
        "is_test_account(person_no)": chance.happens("is_test_account", person, 0.002),
        "currency(person_no)": chance.pick("currency", person, words.CURRENCIES),
        "n_accounts(person_no)": f"""case
            when is_company(person_no) then {chance.pick("buyers", person, [1] * 6 + [2, 3])}
            when {chance.happens("second account", person, 0.018)} then 2
            else 1 end""",
        # Two accounts of one private person share the address, or the crosswalk knows, or both.
        "has_equal_emails(person_no)": f"""not is_company(person_no)
            and {chance.happens("equal emails", person, 0.7)}""",
        "is_in_crosswalk(person_no)": f"""not has_equal_emails(person_no)
            or {chance.happens("crosswalk", person, 0.4)}""",
        "has_consent(person_no)": chance.happens("consent", person, 0.66),
        "mean_basket(person_no)": f"""exp({chance.normal("basket", person)} * {spread} - {spread**2 / 2})
            * map({literal(list(types))}, {literal(baskets)})[customer_type(person_no)]
            * case when is_reseller(person_no) then {RESELLER_FACTOR} else 1 end""",
        "discount_share(person_no)": f"""{chance.pick("discount habit", person, [0.02] * 11 + [0.3] * 6 + [0.7] * 3)}
            + 0.2 * {chance.uniform("discount share", person)}""",
        "store_share(person_no)": chance.pick("store share", person, [0.03] * 11 + [0.4] * 6 + [0.9] * 3),
        "favourite_brand(person_no)": f"""floor({N_BRANDS}
            * pow({chance.uniform("favourite brand", person)}, 1.5))::bigint""",
        "brand_loyalty(person_no)": f"pow({chance.uniform('brand loyalty', person)}, 1.5)",
        "eco_share(person_no)": chance.pick("eco share", person, [0.04] * 7 + [0.15] * 2 + [0.6]),
        "contentment(person_no)": chance.normal("contentment", person),
        "acquisition_channel(person_no)": chance.pick(
            "acquisition channel", person, words.ACQUISITION_CHANNELS
        ),
        "mail_syllable(stream)": f"({literal(names.MAIL_SYLLABLES)})[1 + stream % {len(names.MAIL_SYLLABLES)}]",
        "email(account_no)": f"""case
            when {chance.happens("shared mailbox", "account_no", 0.001)}
                then '{names.SHARED_MAILBOX}'
            else mail_syllable(account_no * 7) || mail_syllable(account_no // 20)
                || account_no || '@' || {chance.pick("mail domain", "account_no", names.MAIL_DOMAINS)} end""",
        "has_email(account_no)": f"not {chance.happens('no email', 'account_no', 0.05)}",
        # Orders.
        "fate_draw(order_no)": chance.uniform("fate", order),
        "is_test_order(order_no)": chance.happens("test order", order, 0.001),
        "channel(order_no, person_no)": f"""case
            when {chance.uniform("is in store", order)} < store_share(person_no)
            then {chance.pick("offline channel", order, {"store": 9, "phone": 1})}
            else {chance.pick("online channel", order, {"web": 5, "app": 6})} end""",
        "is_online(order_no, person_no)": "channel(order_no, person_no) in ('web', 'app')",
        "is_chinese_order(order_no)": chance.happens("language", order, 0.65),
        "n_lines(order_no)": chance.pick("lines", order, LINES_PER_ORDER),
        "time_of_day(number)": f"""to_seconds({chance.pick("hour", "number", _hours())} * 3600
            + {chance.whole("second", "number", 0, 3599)})""",
        # Lines: line j of n ends at this share of the order's value; the last one ends at 1.
        "line_end(order_no, n, line)": f"""case
            when line >= n then 1.0 when line <= 0 then 0.0
            else (line + 0.8 * ({chance.uniform("line", "order_no * 10 + line")} - 0.5)) / n end""",
        "line_cents(order_no, cents, n, line)": """round(cents * line_end(order_no, n, line))::bigint
            - round(cents * line_end(order_no, n, line - 1))::bigint""",
        "price(product_no)": f"""{LOWEST_PRICE} * pow({PRICE_STEP}, product_no // {2 * N_BRANDS})
            * (1.3 - 0.06 * (product_no // 2 % {N_BRANDS})) * (1 + 0.12 * (product_no % 2))""",
        # A product that one unit or a few of make up the line's value, in CNY.
        "product_no(line_no, person_no, line_value)": f"""2 * ({N_BRANDS} * greatest(0, least({N_BANDS - 1},
                floor(ln(greatest(line_value, {LOWEST_PRICE}) / {LOWEST_PRICE}) / ln({PRICE_STEP}))::bigint)
                - {chance.pick("cheaper", "line_no", [0, 0, 1, 1, 2, 3])})
            + case when {chance.uniform("is favourite", "line_no")} < brand_loyalty(person_no)
                then favourite_brand(person_no)
                else {chance.whole("brand", "line_no", 0, N_BRANDS - 1)} end)
            + ({chance.uniform("is eco", "line_no")} < eco_share(person_no))::bigint""",
        "base_rate(code)": f"""map({literal(list(words.BASE_RATES))},
            {literal(list(words.BASE_RATES.values()))})[code]""",
    }


def _hours() -> list[int]:
    from lib.sample.season import hours

    return hours()


def in_language(choices: dict[str, dict[str, int]], chinese: str, plan: Plan, stream: str, key: str) -> str:
    """One of the words of a language: `chinese` is a boolean SQL expression, `key` a bigint one."""
    return f"""case when {chinese}
        then {plan.chance.pick(stream, key, choices[words.CHINESE])}
        else {plan.chance.pick(stream, key, choices[words.ENGLISH])} end"""


def translated(
    meanings: dict[str, dict[str, dict[str, int]]], value: str, chinese: str, plan: Plan, stream: str, key: str
) -> str:
    """The shop's word for a meaning: `value` is an SQL expression that holds a key of `meanings`."""
    cases = "\n".join(
        f"when '{meaning}' then {in_language(choices, chinese, plan, stream, key)}"
        for meaning, choices in meanings.items()
    )
    return f"case {value} {cases} end"
