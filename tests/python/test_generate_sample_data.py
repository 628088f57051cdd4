"""The made-up shop is the same every time, has all a real one has, and keeps to its own truth."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from lib.errors import UserError
from lib.sample import words
from lib.sample.campaigns import EFFECT_DAYS
from lib.sample.plan import Plan
from lib.sample.words import CHINESE, ENGLISH
from lib.sample_shop import mapping_text, write_sample
from lib.warehouse import ROOT, Column, raw_tables

CUSTOMERS = 20_000
CLOSING_TIME = "timestamp '2026-07-01'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of 20,000 customers, large enough for several row groups."""
    out = tmp_path_factory.mktemp("sample")
    write_sample(Plan(CUSTOMERS, out=out, workers=2))
    return out


@pytest.fixture(scope="module")
def shop(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Its tables by name, truth_… included; `good_orders`: one row per true order, and `persons`:
    which person each account id belongs to."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for path in folder.rglob("*.parquet"):
        name = "_".join(path.relative_to(folder).with_suffix("").parts)
        connection.execute(f"create table {name} as from '{path}'")
    # A number of 20,000,000 and more is a further account of the person numbered by the remainder.
    connection.execute(
        """
        create macro person(id) as 'C' || (100000000 + (right(id, -1)::int - 100000000) % 20000000);
        create table good_orders as
        select *, split_part(order_id, 'SO', 2)::bigint % 10000 >= 9000 as is_won
        from orders
        where order_id <> ''
            and split_part(order_id, 'SO', 2)::bigint % 10000 not between 4000 and 8999
        qualify row_number() over (partition by order_id order by updated_at desc) = 1;
        """
    )
    yield connection
    connection.close()


def value(shop: duckdb.DuckDBPyConnection, query: str) -> float:
    """The one number a query gives."""
    row = shop.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- the same every time --------------------------------------------------------------------------


def test_equal_arguments_give_equal_bytes_however_many_threads_write(
    folder: Path, tmp_path: Path
) -> None:
    write_sample(Plan(CUSTOMERS, out=tmp_path, workers=1))
    assert digests(tmp_path) == digests(folder)


def test_another_seed_is_another_shop_and_overwrites_the_earlier_one(tmp_path: Path) -> None:
    write_sample(Plan(1_000, seed=1, out=tmp_path))
    first = digests(tmp_path)
    write_sample(Plan(1_000, seed=2, out=tmp_path))
    second = digests(tmp_path)
    assert first.keys() == second.keys()
    same = {file for file in first if first[file] == second[file]}
    assert same == {"mapping.yml", "campaigns.parquet"}


def test_csv_holds_what_parquet_holds_and_replaces_it(tmp_path: Path) -> None:
    write_sample(Plan(1_000, out=tmp_path))
    parquet = duckdb.read_parquet(str(tmp_path / "orders.parquet")).fetchall()
    write_sample(Plan(1_000, out=tmp_path, format="csv"))
    assert not list(tmp_path.rglob("*.parquet"))
    columns = {c.name: c.data_type.replace("string", "varchar") for c in data_columns("orders")}
    csv = duckdb.sql(f"from read_csv('{tmp_path}/orders.csv', columns = {columns}, header = true)")
    # A blank and a missing text are one in CSV, as is the order of equal rows.
    assert sorted(str(row).replace("''", "None") for row in csv.fetchall()) == sorted(
        str(row).replace("''", "None") for row in parquet
    )


# --- what the loader expects ----------------------------------------------------------------------


def data_columns(table: str) -> tuple[Column, ...]:
    """The contract's columns of a raw table."""
    return raw_tables()[table].data_columns


@pytest.mark.parametrize("table", raw_tables())
def test_a_file_has_the_contracts_columns_and_types(
    shop: duckdb.DuckDBPyConnection, table: str
) -> None:
    found = [(name, kind) for name, kind, *_ in shop.execute(f"describe {table}").fetchall()]
    wanted = [
        (c.name, c.data_type.upper().replace("STRING", "VARCHAR")) for c in data_columns(table)
    ]
    assert found == wanted
    assert value(shop, f"select count(*) from {table}") > 0


def test_the_mappings_name_every_raw_table_and_never_the_truth(folder: Path) -> None:
    committed = (ROOT / "scripts" / "mappings" / "sample.yml").read_text(encoding="utf-8")
    assert committed.endswith(mapping_text(folder="data/sample"))
    assert (folder / "mapping.yml").read_text(encoding="utf-8") == mapping_text()
    assert "truth" not in mapping_text()


@pytest.mark.parametrize(
    ("codes", "query"),
    [
        (words.ORDER_STATUSES, "select distinct status from orders"),
        (words.CHANNELS, "select distinct channel from orders"),
        (words.CUSTOMER_TYPES, "select distinct customer_type from customers"),
        (words.TICKET_TYPES, "select distinct ticket_type from tickets"),
    ],
)
def test_every_code_is_on_the_lists_and_occurs(
    shop: duckdb.DuckDBPyConnection, codes: words.Meanings, query: str
) -> None:
    listed = {w for meaning in codes.values() for lang in (ENGLISH, CHINESE) for w in meaning[lang]}
    found = {code for (code,) in shop.execute(query).fetchall()} - {None}
    assert found - set(words.UNKNOWN_ORDER_STATUSES) == listed


# --- amounts and dates hold together --------------------------------------------------------------


def test_the_lines_of_an_order_add_up_to_its_net_amount(shop: duckdb.DuckDBPyConnection) -> None:
    wrong = """
        select count(*)
        from (
            select order_id, sum(net_amount) as net, count(*) as n from order_items group by 1
        ) as lines
        right join good_orders using (order_id)
        where net is distinct from gross_amount - coalesce(discount_amount, 0)
            or n not between 1 and 4
    """
    assert value(shop, wrong) == 0


def test_no_refund_precedes_its_order_and_few_exceed_it(shop: duckdb.DuckDBPyConnection) -> None:
    refunded = "from refunds join good_orders using (order_id)"
    assert value(shop, f"select count(*) {refunded} where refunded_at < ordered_at") == 0
    too_much = value(
        shop,
        f"select avg((amount > gross_amount - coalesce(discount_amount, 0))::int) {refunded}",
    )
    assert 0 < too_much < 0.03


def test_nothing_but_the_future_orders_happens_after_closing_time(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    moments = {
        "customers": "created_at", "good_orders": "greatest(ordered_at, cancelled_at, updated_at)",
        "refunds": "refunded_at", "events": "occurred_at", "feedback": "given_at",
        "surveys": "answered_at", "tickets": "greatest(opened_at, closed_at)",
        "campaign_members": "contacted_at",
    }  # fmt: skip
    for table, moment in moments.items():
        late = f"select count(*) from {table} where {moment} >= {CLOSING_TIME}"
        assert value(shop, late) == 0, table


def test_orders_are_written_in_time_order(shop: duckdb.DuckDBPyConnection, folder: Path) -> None:
    steps = f"""
        select count(*) from (
            select ordered_at < lag(ordered_at) over (order by file_row_number) as is_back
            from read_parquet('{folder}/orders.parquet', file_row_number = true)
            where ordered_at < {CLOSING_TIME}
        ) where is_back
    """
    assert value(shop, steps) == 0


def test_every_foreign_currency_has_a_rate_on_or_before_each_order(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    unrated = """
        select count(*) from good_orders
        where currency in ('USD', 'EUR') and not exists (
            select 1 from exchange_rates as rates
            where rates.currency = good_orders.currency and rates.rate_on <= ordered_at::date
        )
    """
    assert value(shop, unrated) == 0


# --- everything a real shop has -------------------------------------------------------------------

EDGE_CASES = {
    "prospects": """from truth_customers where first_ordered_on is null""",
    "guests": "from orders where customer_id is null and email is null",
    "orders with an e-mail only": "from orders where customer_id is null and email is not null",
    "orders of unknown customers": "from orders anti join customers using (customer_id)",
    "orders at 23:30 UTC": "from orders where hour(ordered_at) = 23 and minute(ordered_at) >= 30",
    "same-day orders": """from (
        select 1 from orders group by customer_id, ordered_at::date
        having count(distinct order_id) > 1)""",
    "orders before the account": """from orders join customers using (customer_id)
        where ordered_at < created_at""",
    "cancelled, dated": "from orders where cancelled_at is not null",
    "cancelled, undated": "from orders where status = 'cancelled' and cancelled_at is null",
    "free orders": "from orders where gross_amount = discount_amount",
    "test orders": "from orders where is_test",
    "repeated orders": "from orders group by all having count(*) > 1",
    "stale orders": """from (
        select 1 from orders group by order_id having count(distinct updated_at) > 1
        and order_id <> '')""",
    "partial refunds": """from refunds join good_orders using (order_id)
        where amount < gross_amount - coalesce(discount_amount, 0)""",
    "full refunds": """from refunds join good_orders using (order_id)
        where amount = gross_amount - coalesce(discount_amount, 0)""",
    "undated refunds": "from refunds where refunded_at is null",
    "credit notes": """from refunds where order_id is null and customer_id is not null
        and product_id is not null""",
    "foreign currency": "from orders where currency in ('USD', 'EUR')",
    "blank currency": "from orders where currency is null",
    "equal e-mails": """from (
        select 1 from customers group by lower(trim(email)) having count(*) between 2 and 3)""",
    "loud or spaced e-mails": "from customers where email <> lower(trim(email))",
    "a shared mailbox": "from customers where email = 'frontdesk@example.com'",
    "crosswalk": "from customer_ids",
    "business accounts with several buyers": """from customer_ids
        join customers on customers.customer_id = raw_customer_id
        where customer_type in ('enterprise', '企业')""",
    "stale customers": "from (select 1 from customers group by customer_id having count(*) > 1)",
    "test accounts": "from customers where is_test",
    "staff": "from customers where is_staff",
    "resellers": "from customers where is_reseller",
    "open tickets": "from tickets where closed_at is null",
    # Wrong on purpose.
    "negative amounts": "from orders where gross_amount < 0",
    "missing amounts": "from orders where gross_amount is null",
    "missing dates": "from orders where ordered_at is null",
    "future orders": "from orders where year(ordered_at) > 2100",
    "unknown statuses": "from orders where status = 'teleported'",
    "no rate": "from orders anti join exchange_rates using (currency) where currency <> 'CNY'",
    "orders without id": "from orders where order_id = ''",
    "customers without id": "from customers where customer_id = ''",
    "events of nobody": "from events where customer_id = ''",
    "lines without order": "from order_items where order_id = ''",
    "lines of unknown orders": """from order_items anti join orders using (order_id)
        where order_id <> ''""",
    "refunds of unknown orders": """from refunds anti join orders using (order_id)
        where order_id is not null""",
    "impossible scores": "from feedback where score > 10",
    "unknown answers": f"from surveys where answer = '{words.UNKNOWN_SURVEY_ANSWER}'",
}


@pytest.mark.parametrize("case", EDGE_CASES)
def test_the_shop_has(shop: duckdb.DuckDBPyConnection, case: str) -> None:
    assert shop.execute(f"select 1 {EDGE_CASES[case]} limit 1").fetchone()


def test_every_optional_customer_column_has_gaps(shop: duckdb.DuckDBPyConnection) -> None:
    optional = {
        "name", "email", "phone", "customer_type", "industry", "birth_date", "gender",
        "annual_income", "education", "occupation", "region", "acquisition_channel",
        "acquisition_cost", "has_marketing_consent",
    }  # fmt: skip
    for column in optional:
        gaps = value(shop, f"select avg(({column} is null)::int) from customers")
        assert 0.01 < gaps < 0.95, column


def test_about_three_rows_in_a_thousand_are_wrong(shop: duckdb.DuckDBPyConnection) -> None:
    wrong = {
        "orders": """gross_amount is null or gross_amount < 0 or ordered_at is null
            or ordered_at > timestamp '2100-01-01' or currency = 'JPY' or order_id = ''
            or status in ('teleported', '状态99')""",
        "order_items": "not starts_with(order_id, 'SO1')",
        "customers": "customer_id = ''",
        "events": "customer_id = ''",
    }
    for table, condition in wrong.items():
        share = value(shop, f"select avg(({condition})::int) from {table}")
        assert 0.001 < share < 0.005, table


def test_no_contact_data_can_be_anybodys(shop: duckdb.DuckDBPyConnection) -> None:
    for table in ("customers", "orders"):
        real = r"not regexp_full_match(lower(trim(email)), '[a-z0-9]+@example\.(com|org|net)')"
        assert value(shop, f"select count(*) from {table} where {real}") == 0
    phone = r"not regexp_full_match(phone, '\+86 100 \d{4} \d{4}|\+1 555 01\d{2}')"
    assert value(shop, f"select count(*) from customers where {phone}") == 0


# --- the shop keeps to its truth ------------------------------------------------------------------


def test_nobody_orders_after_leaving_unless_a_campaign_won_the_order(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    after = """
        select count(*) from good_orders join truth_customers as truth
            on truth.customer_id = person(good_orders.customer_id)
        where ordered_at::date > dropped_out_on
    """
    assert value(shop, f"{after} and not is_won") == 0
    assert value(shop, f"{after} and is_won") > 0


def test_the_truth_counts_the_orders_there_are(shop: duckdb.DuckDBPyConnection) -> None:
    wrong = """
        with found as (
            select person(customer_id) as customer_id, count(*) as n,
                min(ordered_at::date) as first_on
            from good_orders where customer_id is not null and not is_won group by 1
        )
        select count(*) from found join truth_customers using (customer_id)
        where n > n_repeat_orders + 1 or first_on < first_ordered_on
    """
    assert value(shop, wrong) == 0
    # Orders that give an e-mail only are the one per cent that is not found by id.
    found = "select count(*) from good_orders where customer_id is not null and not is_won"
    true = "select sum(n_repeat_orders + 1) from truth_customers where first_ordered_on is not null"
    assert value(shop, found) == pytest.approx(value(shop, true), rel=0.015)


def test_people_order_at_their_true_rate_and_leave_with_their_true_probability(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    """Counts minus their compensators are martingales, so z is standard normal in every decile."""
    deviations = shop.execute(
        """
        with buyers as (
            select *, ntile(10) over (order by purchase_rate, customer_id) as rate_decile,
                ntile(10) over (order by leave_probability, customer_id) as leave_decile
            from truth_customers where first_ordered_on is not null
        )
        select (sum(n_repeat_orders) - sum(purchase_rate * days_at_risk))
                / sqrt(sum(purchase_rate * days_at_risk)) as z
        from buyers group by rate_decile
        union all
        select (count(dropped_out_on) - sum(leave_probability * (n_repeat_orders + 1)))
                / sqrt(greatest(1, sum(
                    leave_probability * (1 - leave_probability) * (n_repeat_orders + 1)
                ))) as z
        from buyers group by leave_decile
        """
    ).fetchall()
    assert len(deviations) == 20
    assert all(abs(z) < 4 for (z,) in deviations), deviations


def test_the_observed_uplift_is_the_true_one_within_three_standard_errors(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    campaigns = shop.execute(
        f"""
        with bought as (
            select person(customer_id) as customer_id, ordered_at from good_orders
            where customer_id is not null
                and status not in ('cancelled', 'canceled', '已取消', '交易关闭')
        ),
        members as (
            select campaign_id, is_control, exists (
                select 1 from bought
                where bought.customer_id = campaign_members.customer_id
                    and ordered_at > contacted_at
                    and ordered_at <= contacted_at + interval {EFFECT_DAYS} day
            )::int as has_bought
            from campaign_members
        ),
        compared as (
            select campaign_id,
                avg(has_bought) filter (where not is_control) as treated,
                avg(has_bought) filter (where is_control) as control,
                avg(is_control::int) as control_share
            from members group by campaign_id
        )
        select treated - control as uplift, control_share,
            treated * (1 - treated) / n_treated as treated_variance,
            conversion_without * (1 - conversion_without) / n_control as control_variance,
            true_uplift
        from compared join truth_campaigns using (campaign_id)
        """
    ).fetchall()
    assert len(campaigns) >= 8
    deviation, variance = 0.0, 0.0
    for uplift, control_share, treated_variance, control_variance, true_uplift in campaigns:
        error = treated_variance + control_variance
        assert abs(uplift - true_uplift) < 3 * error**0.5
        assert 0.15 < control_share < 0.36
        deviation, variance = deviation + uplift - true_uplift, variance + error
    assert abs(deviation) < 3 * variance**0.5


def test_a_shop_owner_would_recognise_the_figures(shop: duckdb.DuckDBPyConnection) -> None:
    shop.execute(
        """
        create or replace temp table buyers as
        select person(customer_id) as customer_id, count(*) as n, sum(gross_amount) as revenue
        from good_orders where customer_id is not null group by 1
        """
    )
    top_fifth = """
        select sum(revenue) filter (where place <= 0.2) / sum(revenue)
        from (select revenue, percent_rank() over (order by revenue desc) as place from buyers)
    """
    assert 9 < value(shop, f"select count(*) / {CUSTOMERS} from good_orders") < 12
    assert 0.65 < value(shop, "select avg((n > 1)::int) from buyers") < 0.85
    assert 0.55 < value(shop, top_fifth) < 0.78
    orders = {
        month: count
        for month, count in shop.execute(
            "select strftime(ordered_at, '%Y-%m'), count(*) from good_orders group by 1"
        ).fetchall()
    }
    assert orders["2025-11"] > 1.1 * orders["2025-10"]
    assert orders["2026-02"] < 0.9 * orders["2026-01"]
    assert orders["2026-06"] > orders["2025-06"] > orders["2024-06"]


# --- what cannot be made --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {"customers": 999},
        {"customers": 10_000_001},
        {"years": 0},
        {"years": 11},
        {"seed": -1},
        {"through": date(1999, 1, 1)},
        {"format": "xlsx"},
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(UserError, match=f"--{next(iter(arguments))}"):
        Plan(**arguments)  # type: ignore[arg-type]


def test_a_shop_may_end_on_the_day_before_a_leap_day() -> None:
    assert Plan(years=3, through=date(2024, 2, 28)).first_day == date(2021, 2, 28)


def test_a_folder_with_something_else_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="--force"):
        write_sample(Plan(1_000, out=tmp_path))
    write_sample(Plan(1_000, out=tmp_path), force=True)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    assert (tmp_path / "orders.parquet").is_file()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="give"):
            write_sample(Plan(1_000, out=out))


def test_a_run_that_fails_leaves_the_earlier_sample_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample(Plan(1_000, out=tmp_path))
    before = digests(tmp_path)
    monkeypatch.setattr("lib.sample_shop._write_file", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_sample(Plan(1_000, seed=2, out=tmp_path))
    assert digests(tmp_path) == before


def test_the_command_says_what_is_wrong_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_sample_data.py")]
    ran = subprocess.run(
        [*command, "--customers", "5", "--out", str(tmp_path)], capture_output=True, text=True
    )
    assert ran.returncode == 2
    assert ran.stderr == "error: --customers 5 is out of range; give 1,000 to 10,000,000\n"
