"""Every dimension of definitions.md §2, with whatever optional inputs a shop happens to have."""

import csv
import random
from collections import defaultdict
from datetime import date

import pytest

from agreement import DIMENSIONS, HABITS, dimension_disagreements
from reference import Reference, settings_from
from reference.accepted import SEEDS
from reference.dimensions import _words as mapped_words
from shop import ANSWERS, Shop
from shop.generated import generate, numbered_shop

ROUNDS = range(4)
AGES = (0, 1, 30, 89, 90, 91, 200, 364, 365, 366, 500)
SCORES = ("0", "1", "2", "2.01", "3.99", "4", "6", "7", "9", "99", "good")
WORDS = {
    "customer_type": ("企业", "individual", "no such type", None),
    "industry": ("制造业", "Retail", "agriculture", None),
    "gender": ("F", "男", "other", None),
    "education": ("本科", "high school", "?", None),
    "occupation": ("学生", "engineer", "离退休", None),
    "region": ("上海", "Guangdong", "germany", "atlantis", None),
    "birth_date": ("2006-06-30", "2006-07-01", "1959-06-30", "2000-02-29", "1890-01-01", None),
    "annual_income": ("59999.99", "60000", "200000", "-1", None),
}  # fmt: skip
ANSWERS_GIVEN = {
    "need": ("low price", "质量好", "good service", "hm"),
    "lifestyle": ("家庭为重", "career first", "hm"),
    "motive": ("刚需", "it is a gift", "hm"),
}
# what a customer of every kind of input would be, the day after everything happened
OPTIONAL = {
    "order_items": ("brand_loyalty", "sustainability_interest", "need"),
    "products": ("brand_loyalty", "sustainability_interest", "need"),
    "surveys": ("need", "lifestyle", "motive"),
    "feedback": ("satisfaction",),
    "events": ("engagement",),
    "tickets": ("need",),
}
COLUMNS = (*WORDS,)


def furnish(pick, shop):
    """Give a shop everything it may have besides orders: at the bounds of the definitions."""
    for row in shop.raw["customers"]:
        row.update({name: pick(choices) for name, choices in WORDS.items()})
    for row in shop.raw["orders"]:
        row["channel"] = pick(("web", "App", "门店", "pigeon", None))
        row["discount_amount"] = row.get("discount_amount") or pick(("0", "0", "0.01", None))
    for number in range(8):
        shop.add(
            "products", product_id=f"p{number}", category=pick(("tea", "cups", None)),
            brand=pick(("north", "south", "east", None)), is_premium=pick(("true", "false", None)),
            is_eco_labelled=pick(("true", "false", None)),
        )  # fmt: skip
    for row in list(shop.raw["orders"]):
        for _ in range(pick((0, 1, 1, 2, 3))):
            number = len(shop.raw["order_items"]) + 1
            shop.add(
                "order_items", order_item_id=f"x{number}", order_id=row["order_id"],
                product_id=f"p{pick(range(9))}", net_amount=pick(("10", "20", "30", "70", None)),
            )  # fmt: skip
    accounts = [row["customer_id"] for row in shop.raw["customers"]] + ["nobody known"]
    for number in range(8 * len(accounts)):
        who, at = pick(accounts), shop.day(pick(AGES))
        shop.add("events", event_id=f"e{number}", customer_id=who, occurred_at=at,
                 event_type=pick(("page_view", "登录", "email_sent", "dance")))  # fmt: skip
    for number in range(3 * len(accounts)):
        who, at = pick(accounts), shop.day(pick(AGES))
        shop.add("feedback", feedback_id=f"f{number}", customer_id=who, given_at=at,
                 feedback_type=pick(("csat", "NPS", "review", "stars")),
                 score=pick(SCORES))  # fmt: skip
        question = pick(tuple(ANSWERS_GIVEN))
        shop.add("surveys", survey_id=f"s{number}", customer_id=pick(accounts), answered_at=at,
                 question=question, answer=pick(ANSWERS_GIVEN[question]))  # fmt: skip
        shop.add("tickets", ticket_id=f"t{number}", customer_id=pick(accounts), opened_at=at,
                 ticket_type="question")  # fmt: skip
    return shop


@pytest.mark.parametrize("number", ROUNDS)
def test_the_reference_gives_every_customer_the_same_categories(number):
    shop = furnish(random.Random(f"dimensions {number}").choice, numbered_shop(number))
    shop.as_text = True
    settings = settings_from({**shop.variables, "as_of_date": shop.today})
    result = shop.build(models=(*ANSWERS, *DIMENSIONS))
    reference = Reference(shop.raw, settings)
    found = dimension_disagreements(result, reference, shop.raw)
    assert found == [], f"{len(found)} differences, first {found[:5]}"


# needs a fitted churn model; what is said of every date is test_invariants' gate
NOT_OF_TODAY = {
    "lifecycle_stage", "activity_status", "value_tier", "lifetime_value_tier", "rfm_group",
    "purchase_frequency", "churn_risk", "value_potential", "segment",
}  # fmt: skip
BORN = ("2010", "2003", "1994", "1984", "1974", "1964", "1950", None)


def test_every_category_of_every_dimension_occurs_and_the_reference_says_so_too():
    chance = random.Random("every category")
    shop = generate(chance.choice, 60, 60, Shop(as_text=True))
    furnish(chance.choice, shop)
    told = defaultdict(dict)
    for (dimension, word), category in mapped_words().items():
        told[dimension].setdefault(category, word)
    customers = shop.raw["customers"]
    for number, row in enumerate(customers):
        for dimension in told.keys() & WORDS.keys():
            row[dimension] = (*told[dimension].values(), None)[number % (len(told[dimension]) + 1)]
        born = BORN[number % len(BORN)]
        row["birth_date"] = born and f"{born}-03-01"
    for number, (question, word) in enumerate(
        (asked, raw) for asked in ANSWERS_GIVEN for raw in told[asked].values()
    ):  # z: the newest of the day
        shop.add("surveys", survey_id=f"z{number}", question=question, answer=word,
                 customer_id=f"asked {number}", answered_at=shop.today)  # fmt: skip
        shop.order(shop.customer(f"asked {number}"), ago=5)
    for number in range(4):  # four brands, none of them half
        shop.add("products", product_id=f"many {number}", brand=f"brand {number}")
        shop.item(shop.order("explorer", ago=number), f"many {number}", net_amount="10")
    shop.customer("explorer")
    result = shop.build(models=(*ANSWERS, *DIMENSIONS))
    reference = Reference(shop.raw, settings_from({"as_of_date": shop.today}))
    assert dimension_disagreements(result, reference, shop.raw) == []

    seen = defaultdict(set)
    for row in result.table("int_dimensions_gathered"):
        seen[row["dimension"]].add(row["category"])
    for dimension, model in HABITS.items():
        seen[dimension] |= {row[dimension] for row in result.table(model)}
    with next(SEEDS.rglob("categories.csv")).open(encoding="utf-8") as file:
        known = {(row["dimension"], row["category"]) for row in csv.DictReader(file)}
    assert {
        one for one in known if one[0] not in NOT_OF_TODAY and one[1] not in seen[one[0]]
    } == set()


# -- optional inputs, table by table and column by column -----------------------------------


def one_of_everything():
    """A shop whose one customer has an answer in every dimension."""
    shop = Shop()
    shop.customer(
        "ann", customer_type="个人", industry="retail", gender="女", education="本科",
        occupation="教师", region="上海", birth_date="1990-01-01", annual_income="90000",
    )  # fmt: skip
    for ago in (300, 20, 10):
        order_id = shop.order("ann", ago=ago, discount_amount="1", channel="web")
        shop.item(order_id, "p1", net_amount="99")
    shop.add("products", product_id="p1", brand="north", is_premium="true", is_eco_labelled="true")
    for question, answer in (("need", "服务好"), ("lifestyle", "家庭"), ("motive", "刚需")):
        shop.add("surveys", survey_id=question, customer_id="ann", question=question,
                 answer=answer, answered_at=shop.day(5))  # fmt: skip
    shop.add("feedback", feedback_id="f", customer_id="ann", feedback_type="csat", score="5",
             given_at=shop.day(3))  # fmt: skip
    shop.add("events", event_id="e", customer_id="ann", event_type="login", occurred_at=shop.day(2))
    for number in range(2):
        shop.add("tickets", ticket_id=number, customer_id="ann", opened_at=shop.day(9))
    return shop


MART = ("customer_segments", "customer_segment_memberships", "customer_profiles")
FULL = {
    "customer_type": "individual", "industry": "retail", "gender": "female",
    "education": "bachelor", "occupation": "professional", "region": "east_china",
    "age_band": "from_25_to_34", "income_band": "middle", "channel": "online_only",
    "price_sensitivity": "sensitive", "need": "service", "brand_loyalty": "loyal",
    "lifestyle": "family", "motive": "necessity", "satisfaction": "satisfied",
    "engagement": "browsing", "sustainability_interest": "interested",
}  # fmt: skip
BEHAVIOUR = {
    "events_90d": 1, "event_days_90d": 1, "last_event_on": date(2024, 6, 28),
    "orders_365d": 3, "days_since_last_order": 10, "top_brand": "north", "top_brand_share": 1.0,
    "tickets_365d": 2, "returned_orders_365d": 0,
    "scores_365d": 1, "satisfaction_scale": "csat", "satisfaction_score": 5,
}  # fmt: skip
ORDERS_ONLY = {name: "unknown" for name in FULL} | {"need": "unknown"}


def told(shop):
    """The one customer's categories, of marts that must agree, stays and card."""
    result = shop.build(models=MART)
    (wide,) = result.table("customer_segments")
    (card,) = result.table("customer_profiles")
    long = {r["dimension"]: r for r in result.table("customer_segment_memberships")}
    for name in FULL:
        assert wide[name] == card[name] == long[name]["category"], name
        assert wide[f"{name}_label_zh"] == long[name]["category_label_zh"] is not None, name
        assert wide[f"{name}_label_en"] == long[name]["category_label_en"] is not None, name
    return {name: wide[name] for name in FULL}, long, card


def test_with_everything_a_customer_has_a_place_in_every_dimension():
    categories, long, _ = told(one_of_everything())
    assert categories == FULL
    assert {n: long[n]["since"].isoformat() for n in ("need", "satisfaction", "engagement")} == {
        "need": "2024-06-25", "satisfaction": "2024-06-27", "engagement": "2024-06-30",
    }  # fmt: skip


def test_browsing_purchases_service_and_reviews_stand_on_one_row():
    *_, card = told(one_of_everything())
    assert {name: card[name] for name in BEHAVIOUR} == BEHAVIOUR


def bare():
    """The same customer and orders, without any optional table or column."""
    shop = one_of_everything()
    for table in OPTIONAL:
        shop.raw[table] = []
    for row in shop.raw["customers"]:
        for column in COLUMNS:
            row.pop(column)
    for row in shop.raw["orders"]:
        row.pop("channel")
        row.pop("discount_amount")
    return shop


def test_customers_and_orders_alone_are_enough():
    categories, *_ = told(bare())
    assert categories == {**ORDERS_ONLY, "price_sensitivity": "insensitive"}


@pytest.mark.parametrize(
    ("table", "known"),
    [
        ("order_items", {}),
        ("products", {}),
        ("surveys", {"need": "service", "lifestyle": "family", "motive": "necessity"}),
        ("feedback", {"satisfaction": "satisfied"}),
        ("events", {"engagement": "browsing"}),
        ("tickets", {"need": "service"}),
    ],
)  # fmt: skip
def test_each_optional_table_alone_tells_what_it_can(table, known):
    shop, full = bare(), one_of_everything()
    shop.raw[table] = full.raw[table]
    categories, *_ = told(shop)
    assert categories == {**ORDERS_ONLY, "price_sensitivity": "insensitive", **known}


@pytest.mark.parametrize(
    ("table", "column", "known"),
    [
        *(("customers", column, {column: FULL[column]}) for column in COLUMNS if column in FULL),
        ("customers", "birth_date", {"age_band": "from_25_to_34"}),
        ("customers", "annual_income", {"income_band": "middle"}),
        ("orders", "channel", {"channel": "online_only"}),
        ("orders", "discount_amount", {"price_sensitivity": "sensitive", "need": "price"}),
    ],
)
def test_each_optional_column_alone_tells_what_it_can(table, column, known):
    shop, full = bare(), one_of_everything()
    for row, whole in zip(shop.raw[table], full.raw[table], strict=True):
        row[column] = whole[column]
    categories, *_ = told(shop)
    assert categories == {**ORDERS_ONLY, "price_sensitivity": "insensitive", **known}


@pytest.mark.parametrize(
    ("missing", "lost"),
    [
        ("brand", {"brand_loyalty": "unknown"}),
        ("is_eco_labelled", {"sustainability_interest": "unknown"}),
        ("is_premium", {}),
    ],
)
def test_products_may_lack_any_column(missing, lost):
    shop = one_of_everything()
    for row in shop.raw["products"]:
        row.pop(missing)
    categories, *_ = told(shop)
    assert categories == {**FULL, **lost}


WRONG = {
    "satisfaction": "update catalogue.bands set above = 1 where measure in ('csat', 'review')"
    " and category = 'neutral'",
    "engagement": "update catalogue.bands set category = 'silent' where category = 'browsing'",
    "channel": "update raw_codes.channels set channel_kind = 'online' where raw_channel = '门店'",
    "age_band": "update catalogue.bands set at_least = 19, below = null"
    " where category = 'from_18_to_24'",
    "income_band": "update catalogue.bands set below = 59000 where category = 'low'"
    " and dimension = 'income_band'",
    "need": "delete from raw_codes.word_mappings where raw_word = 'low price'",
    "sustainability_interest": "update catalogue.bands set category = 'other'"
    " where category = 'interested'",
    "price_sensitivity": "update catalogue.bands set below = 1 where dimension ="
    " 'price_sensitivity' and category = 'unknown'",
}


def test_a_wrong_rule_in_any_of_them_would_be_noticed():
    unnoticed = set(WRONG)
    for number in (6, 3, 8, 1):  # not every shop has somebody whom every rule is about
        shop = furnish(random.Random("wrong rules").choice, numbered_shop(number))
        shop.as_text, shop.catalogue = True, list(WRONG.values())
        settings = settings_from({**shop.variables, "as_of_date": shop.today})
        result = shop.build(models=(*ANSWERS, *DIMENSIONS))
        found = dimension_disagreements(result, Reference(shop.raw, settings), shop.raw)
        unnoticed -= {line.split()[-5].rstrip(":") for line in found}
        if not unnoticed:
            break
    assert unnoticed == set()
