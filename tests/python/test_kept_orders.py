"""Months of ordering that are kept: whatever reaches back into one opens it, and what follows.

One small shop whose raw rows change again and again. Each run goes on from the one before, has to
notice by itself how far back the change reaches, and leaves the rows of a build of everything.
"""

import shutil
from pathlib import Path

import pytest

from kept import Project, change, difference, reopened_from
from lib.warehouse import connect, create_contract_tables

BUILT = ("--select", "+int_customer_days")
LOADED = "'first' as load_id, date '2024-07-01' as loaded_on"
# Of each month, an order of each buyer; who has no account orders as a guest, by e-mail.
SHOP = (
    f"""insert into raw.customers by name
        select 'c' || n as customer_id, 'c' || n || '@example.com' as email,
            timestamp '2024-01-01 09:00:00' as created_at, n as source_line, {LOADED}
        from range(1, 5) as numbers (n)""",
    f"""insert into raw.orders by name
        select 'o' || n || '-' || m as order_id, case when n < 5 then 'c' || n end as customer_id,
            case when n = 5 then 'guest@example.com' end as email, 'paid' as status,
            case when n = 4 and m = 3 then 'USD' end as currency, 'web' as channel,
            10.0 * n + m as gross_amount, 0 as discount_amount,
            make_timestamp(2024, m, 10 + n, 12, 0, 0) as ordered_at, 10 * m + n as source_line,
            {LOADED}
        from range(1, 6) as buyers (n), range(1, 7) as months (m)""",
    f"""insert into raw.orders by name
        select 'undated' as order_id, 'c1' as customer_id, 'paid' as status, 1 as gross_amount,
            999 as source_line, {LOADED}""",
)
NEW = "'second' as load_id, date '2024-07-02' as loaded_on, 1 as source_line"


def loaded_again(order_id: str, replaced: str) -> str:
    """An order that is there already, in a second load and with other values."""
    return (
        f"insert into raw.orders select * replace ('second' as load_id, {replaced})"
        f" from raw.orders where order_id = '{order_id}'"
    )


# {what happens: (raw statements, first month read anew, first month of the ledger told anew)}
CHANGES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "an order of today": (
        (loaded_again("o1-6", "'o1-7' as order_id"),), 6, 6,
    ),
    "a refund of an old order": (
        (
            f"""insert into raw.refunds by name select 'r' as refund_id, 'o2-2' as order_id,
                22.0 as amount, timestamp '2024-06-20 12:00:00' as refunded_at, {NEW}""",
        ), 6, 2,
    ),
    "an order id that is there already": (
        (
            loaded_again(
                "o3-5",
                "timestamp '2024-06-25 09:00:00' as ordered_at,"
                " timestamp '2024-06-25 09:00:00' as updated_at",
            ),
        ), 5, 5,
    ),
    "a rate that was missing": (
        (
            f"""insert into raw.exchange_rates by name select 'USD' as currency, 7 as rate,
                date '2024-03-14' as rate_on, {NEW}""",
        ), 3, 3,
    ),
    "accounts that are one customer": (
        (
            f"""insert into raw.customer_ids by name
                select 'c2' as raw_customer_id, 'c1' as customer_id, {NEW}""",
        ), 6, 1,
    ),
    "an e-mail that gets an account": (
        (
            f"""insert into raw.customers by name select 'c5' as customer_id,
                'guest@example.com' as email, timestamp '2024-06-30' as created_at, {NEW}""",
        ), 6, 1,
    ),
    "a row that is gone": (("delete from raw.orders where order_id = 'o1-4'",), 4, 4),
    "a row that was corrected": (
        ("update raw.orders set gross_amount = 1 where order_id = 'o2-5'",), 5, 5,
    ),
    "a month of which nothing is left": (
        ("delete from raw.orders where month(ordered_at) = 4",), 5, 5,
    ),
    "today of which nothing is left": (
        ("delete from raw.orders where month(ordered_at) = 6",), 5, 5,
    ),
    "a customer who is erased": (
        (
            "delete from raw.orders where customer_id = 'c3'",
            "delete from raw.customers where customer_id = 'c3'",
        ), 1, 1,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.linked(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def shop(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from nothing."""
    warehouse = tmp_path_factory.mktemp("shops") / "shop" / "state.duckdb"
    warehouse.parent.mkdir()
    with connect(warehouse) as connection:
        create_contract_tables(connection)
    change(warehouse, *SHOP)
    assert project.dbt(warehouse, "seed", *BUILT)
    assert project.dbt(warehouse, "run", *BUILT)
    return warehouse


def copied(warehouse: Path, folder: Path) -> Path:
    """Under the same file name: dbt's manifest names the database by it."""
    shutil.copytree(warehouse.parent, folder)
    return folder / warehouse.name


@pytest.mark.parametrize("what", CHANGES)
def test_a_run_notices_how_far_back_a_change_reaches_and_gives_the_rows_of_a_full_build(
    what: str, project: Project, shop: Path, tmp_path: Path
):
    statements, first_read, first_told = CHANGES[what]
    warehouse = copied(shop, tmp_path / "changed")
    change(warehouse, *statements)
    assert project.dbt(warehouse, "run", *BUILT)
    assert reopened_from(warehouse, "base_orders").month == first_read
    assert reopened_from(warehouse, "int_customer_days").month == first_told
    anew = copied(warehouse, tmp_path / "anew")
    assert project.dbt(anew, "run", "--full-refresh", *BUILT)
    assert difference(warehouse, anew) == {}
