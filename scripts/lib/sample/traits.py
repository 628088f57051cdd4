"""What a person or an order is like, as SQL macros: each trait is a function of the number alone.

So no trait is stored or joined: a table that knows the number knows the trait.
"""

from collections.abc import Mapping, Sequence

from lib.sample import names, people, words
from lib.sample.chance import Chance, by_value, literal
from lib.sample.season import hours

# Mean order value by type of customer, in CNY, and the spread (of logarithms) around it.
MEAN_BASKETS = {"individual": 170, "enterprise": 420, "institution": 340, "government": 480}
RESELLER_FACTOR = 2.5
SPREAD_BETWEEN_CUSTOMERS, SPREAD_BETWEEN_ORDERS = 0.45, 0.45

# What becomes of an order: shares added up; what is left over simply goes through.
FATES = {
    "cancelled": 0.024,
    "undated cancelled": 0.030,
    "refunded": 0.048,
    "partly refunded": 0.086,
    "over-refunded": 0.0866,
    "pending": 0.089,
}
PLAIN = "plain"

LINES_PER_ORDER = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
N_BANDS, N_BRANDS = len(names.PRODUCT_BANDS), len(names.BRANDS)
LOWEST_PRICE, PRICE_STEP = 12.0, 1.9


def macros(chance: Chance) -> dict[str, str]:
    """Every macro as {'name(parameters)': SQL expression}; each uses only those before it."""
    return {**_ids(), **_persons(chance), **_mail(chance), **_orders(chance), **_lines(chance)}


def prices() -> list[float]:
    """The price of every product in CNY, by product_no: band, then brand, then plain or eco."""
    return [
        round(LOWEST_PRICE * PRICE_STEP**band * (0.88 + 0.06 * brand) * (1.12 if eco else 1.0), 2)
        for band in range(N_BANDS)
        for brand in range(N_BRANDS)
        for eco in (False, True)
    ]


def _ids() -> dict[str, str]:
    return {
        "account_id(account_no)": "'C' || (100000000 + account_no)",
        "order_id(order_no)": "'SO' || (1000000000000 + order_no)",
        "product_id(product_no)": "'P' || (1000 + product_no)",
        "campaign_id(campaign_no)": "'CMP-' || (100 + campaign_no)",
        "person_of(account_no)": f"account_no % {people.ACCOUNTS_APART}",
    }


def _persons(chance: Chance) -> dict[str, str]:
    def pick(stream: str, choices: Sequence[object] | Mapping[str, int]) -> str:
        return chance.pick(stream, "person_no", choices)

    def happens(stream: str, probability: float) -> str:
        return chance.happens(stream, "person_no", probability)

    def uniform(stream: str) -> str:
        return chance.uniform(stream, "person_no")

    spread = SPREAD_BETWEEN_CUSTOMERS
    return {
        "is_chinese(person_no)": happens("is_chinese", 0.7),
        "customer_type(person_no)": pick("customer_type", words.CUSTOMER_TYPE_WEIGHTS),
        "is_company(person_no)": "customer_type(person_no) <> 'individual'",
        "is_reseller(person_no)": happens("is_reseller", 0.004),
        "is_staff(person_no)": happens("is_staff", 0.003),
        "is_test_account(person_no)": happens("is_test_account", 0.002),
        "has_consent(person_no)": happens("has_consent", 0.66),
        "acquisition_channel(person_no)": pick("acquisition", words.ACQUISITION_CHANNELS),
        "currency(person_no)": pick("currency", words.CURRENCIES),
        "base_rate(code)": by_value("code", words.BASE_RATES),
        # the same draw as the currency's
        "currency_rate(person_no)": pick("currency", words.CURRENCY_RATES),
        # Some companies have several buyers, some people have signed up twice.
        "n_accounts(person_no)": f"""case
            when is_company(person_no) then {pick("buyers", [1] * 14 + [2, 3])}
            when {happens("second account", 0.018)} then 2 else 1 end""",
        "mean_basket(person_no)": f"""{by_value("customer_type(person_no)", MEAN_BASKETS)}
            * exp({chance.normal("basket", "person_no")} * {spread} - {spread**2 / 2})
            * case when is_reseller(person_no) then {RESELLER_FACTOR} else 1 end""",
        "discount_share(person_no)": f"""0.2 * {uniform("discount share")}
            + {pick("discount habit", [0.02] * 11 + [0.3] * 6 + [0.7] * 3)}""",
        "store_share(person_no)": pick("store share", [0.03] * 11 + [0.4] * 6 + [0.9] * 3),
        "favourite_brand(person_no)": f"""floor({N_BRANDS}
            * pow({uniform("favourite brand")}, 1.5))::bigint""",
        "brand_loyalty(person_no)": f"pow({uniform('brand loyalty')}, 1.5)",
        "eco_share(person_no)": pick("eco share", [0.04] * 7 + [0.15] * 2 + [0.6]),
        "contentment(person_no)": chance.normal("contentment", "person_no"),
    }


def _mail(chance: Chance) -> dict[str, str]:
    """Of a private person's accounts the address is the same, or the crosswalk knows, or both."""
    syllables, n = literal(names.MAIL_SYLLABLES), len(names.MAIL_SYLLABLES)
    first, second = f"account_no * 7 % {n}", f"account_no // {n} % {n}"
    domain = chance.pick("mail domain", "account_no", names.MAIL_DOMAINS)
    return {
        "has_equal_emails(person_no)": f"""not is_company(person_no)
            and {chance.happens("equal e-mails", "person_no", 0.7)}""",
        "is_in_crosswalk(person_no)": f"""not has_equal_emails(person_no)
            or {chance.happens("crosswalk", "person_no", 0.4)}""",
        "mailbox(account_no)": f"""case
            when {chance.happens("shared mailbox", "account_no", 0.001)}
            then '{names.SHARED_MAILBOX}'
            else ({syllables})[1 + {first}] || ({syllables})[1 + {second}] || account_no
                || '@' || {domain} end""",
        # A second account writes the same address its own way.
        "email(account_no)": f"""case
            when account_no < {people.ACCOUNTS_APART} or not has_equal_emails(person_of(account_no))
                then mailbox(account_no)
            when {chance.happens("is loud", "account_no", 0.6)}
                then upper(mailbox(person_of(account_no)))
            else ' ' || mailbox(person_of(account_no)) || ' ' end""",
        "has_email(account_no)": f"""n_accounts(person_of(account_no)) > 1
            or {chance.happens("has e-mail", "account_no", 0.95)}""",
    }


def _orders(chance: Chance) -> dict[str, str]:
    def pick(stream: str, choices: dict[str, int]) -> str:
        return chance.pick(stream, "order_no", choices)

    fates = " ".join(f"when draw < {upto} then '{fate}'" for fate, upto in FATES.items())
    return {
        "fate_drawn(draw)": f"case {fates} else '{PLAIN}' end",
        "fate_meant(order_no)": f"fate_drawn({chance.uniform('fate', 'order_no')})",
        "is_cancelled(order_no)": "fate_meant(order_no) in ('cancelled', 'undated cancelled')",
        "is_test_order(order_no)": chance.happens("test order", "order_no", 0.001),
        "is_chinese_order(order_no)": chance.happens("language", "order_no", 0.65),
        "channel(order_no, person_no)": f"""case
            when {chance.uniform("in store", "order_no")} < store_share(person_no)
            then {pick("offline channel", {"store": 9, "phone": 1})}
            else {pick("online channel", {"web": 5, "app": 6})} end""",
        "is_online(order_no, person_no)": "channel(order_no, person_no) in ('web', 'app')",
        "time_of_day(number)": f"""to_seconds(3600 * {chance.pick("hour", "number", hours())}
            + {chance.whole("second", "number", 0, 3599)})""",
    }


def _lines(chance: Chance) -> dict[str, str]:
    """Line j of n takes the order's cents from where line j − 1 ends to where it ends itself."""
    cut = f"(line + 0.8 * ({chance.uniform('line', 'order_no * 10 + line')} - 0.5)) / n"
    steps = f"ln(greatest(value, {LOWEST_PRICE}) / {LOWEST_PRICE}) / ln({PRICE_STEP})"
    return {
        "n_lines(order_no)": chance.pick("lines", "order_no", LINES_PER_ORDER),
        "line_end(order_no, n, line)": f"""case
            when line >= n then 1.0 when line <= 0 then 0.0 else {cut} end""",
        "line_cents(order_no, cents, n, line)": """
            round(cents * line_end(order_no, n, line))::bigint
            - round(cents * line_end(order_no, n, line - 1))::bigint""",
        # A product of which a few units make up the line's value (CNY): its band of price first.
        "band(line_no, value)": f"""greatest(0, least({N_BANDS - 1}, floor({steps})::bigint)
            - {chance.pick("cheaper", "line_no", [0, 0, 1, 1, 2, 3])})""",
        "brand(line_no, person_no)": f"""case
            when {chance.uniform("is favourite", "line_no")} < brand_loyalty(person_no)
            then favourite_brand(person_no)
            else {chance.whole("brand", "line_no", 0, N_BRANDS - 1)} end""",
        "is_eco(line_no, person_no)": chance.happens("is eco", "line_no", "eco_share(person_no)"),
        "product_no(line_no, person_no, value)": f"""2 * (
                {N_BRANDS} * band(line_no, value) + brand(line_no, person_no)
            ) + is_eco(line_no, person_no)::bigint""",
        "price(product_no)": f"({literal(prices())})[1 + product_no]",
    }
