"""The SQL and the reference agree row by row on shops of some size: one made messy on purpose,
the made-up sample through the loader, and CDNOW, a real one (23,570 customers, 18 months)."""

import random
from datetime import date

import pytest

from agreement import DIMENSIONS, dimension_disagreements, disagreements
from cdnow import purchases
from lib.loading import load_mapping
from lib.sample.plan import Plan
from lib.sample_shop import MAPPING, write_sample
from lib.warehouse import connect, raw_tables
from reference import Reference, settings_from
from shop import ANSWERS, Shop
from shop.generated import VARIANTS, generate

READ = (
    "customers", "customer_ids", "exchange_rates", "orders", "order_items", "refunds",
    "products", "events", "feedback", "surveys", "tickets",
)  # fmt: skip


def agree(shop, as_of, dates, **variables):
    """Build as of a date and compare on some dates; the clock is compared as a whole."""
    result = shop.build(as_of=as_of, models=ANSWERS, **variables)
    settings = settings_from({**shop.variables, **variables, "as_of_date": as_of})
    found = disagreements(result, Reference(shop.raw, settings), dates)
    assert found == [], f"{len(found)} differences, first {found[:5]}"
    return result


@pytest.mark.parametrize(
    ("variables", "as_of"), list(zip(VARIANTS, ("", "2024-06-30", "2024-06-30"), strict=True))
)
def test_a_messy_shop_of_300_customers(variables, as_of):
    chance = random.Random(f"{variables}")
    shop = generate(chance.choice, 300, 150, Shop(as_text=True, **variables))
    dates = [date(2022, 12, 31), date(2023, 9, 30), date(2024, 2, 29), date(2024, 5, 31)]
    result = agree(shop, as_of, [*dates, date(2024, 6, 30)])
    assert len(result.customers()) > 290


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The smallest sample, loaded by the loader, its raw rows read back as text."""
    folder = tmp_path_factory.mktemp("sample")
    plan = Plan(customers=1000, years=2, out=folder / "files", format="csv")
    write_sample(plan)
    connection = connect(folder / "state.duckdb")
    load_mapping(connection, plan.out / MAPPING, plan.out, plan.through)
    shop = Shop(today=plan.through.isoformat(), as_text=True)
    for table in READ:
        columns = [column.name for column in raw_tables()[table].columns]
        texts = ", ".join(f"cast({name} as varchar) as {name}" for name in columns)
        rows = connection.execute(f"select {texts} from raw.{table}").fetchall()
        shop.raw[table] = [dict(zip(columns, row, strict=True)) for row in rows]
    connection.close()
    return shop


def test_the_sample(sample):
    dates = [date(2025, 1, 31), date(2025, 10, 31), date(2026, 5, 31)]
    result = agree(sample, "", dates)
    agree(sample, "2026-03-15", [date(2026, 3, 15)], clock="as_of")
    today = sample.build(as_of="2026-06-15", models=(*ANSWERS, *DIMENSIONS), clock="as_of")
    reference = Reference(sample.raw, settings_from({"as_of_date": "2026-06-15", "clock": "as_of"}))
    found = dimension_disagreements(today, reference, sample.raw)
    assert found == [], f"{len(found)} differences, first {found[:5]}"
    assert len(result.customers()) > 900
    assert len(sample.raw["orders"]) > 5000


@pytest.fixture(scope="module")
def cdnow_shop():
    shop = Shop(today="1998-07-01")
    for number, (customer_id, day, dollars) in enumerate(purchases(), 1):
        shop.order(customer_id, order_id=f"{number:06}", amount=dollars, ordered_at=day.isoformat())
    for customer_id in {row["customer_id"] for row in shop.raw["orders"]}:
        shop.customer(customer_id, created=None)
    return shop


@pytest.mark.parametrize("as_of", ["1997-04-30", "1997-12-31", "1998-06-30"])
def test_cdnow_today(cdnow_shop, as_of):
    result = agree(cdnow_shop, as_of, [date.fromisoformat(as_of)], clock="as_of")
    assert len(cdnow_shop.raw["orders"]) == 69_659
    assert len(result.customers()) == 23_570
