"""A run keeps what an earlier one computed, and no row differs from a build of everything.

One shop, four days of its life: each test goes on where the one before stopped.
"""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from kept import BUILT, Project, change, difference, fetch, reopened_from, rows
from lib.churn.fitting import fit_warehouse
from lib.warehouse import ROOT

TODAY, TEN_DAYS_AGO = "2026-06-30", "2026-06-20"
# What the shop did not know yet ten days ago is put aside, and comes with the next load.
PUT_ASIDE = (
    "create schema later",
    f"create table later.orders as from raw.orders where ordered_at >= '{TEN_DAYS_AGO}'",
    f"create table later.refunds as from raw.refunds where refunded_at >= '{TEN_DAYS_AGO}'",
    f"delete from raw.orders where ordered_at >= '{TEN_DAYS_AGO}'",
    f"delete from raw.refunds where refunded_at >= '{TEN_DAYS_AGO}'",
)
ARRIVED = (
    "insert into raw.orders from later.orders",
    "insert into raw.refunds from later.refunds",
)
# A paid order of a month that nobody gave back, of a customer with an account.
PAID_IN = """(
    select min(order_id) from intermediate.int_orders_valued
    where ordered_on between '{0}-10' and '{0}-20' and voided_on is null and not is_free
        and customer_id in (select customer_id from raw.customers)
        and order_id not in (select order_id from raw.refunds where order_id is not null)
        and order_id in (select order_id from raw.orders where status = 'paid')
)"""


def copied(warehouse: Path, name: str) -> Path:
    """Under the same file name: dbt's manifest names the database by it."""
    folder = warehouse.parent.with_name(name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(warehouse.parent, folder)
    return folder / warehouse.name


def built_anew(project: Project, warehouse: Path, *options: str) -> Path:
    """The same raw rows and fits, every table built from nothing."""
    anew = copied(warehouse, "anew")
    assert project.dbt(anew, "run", "--full-refresh", *BUILT, *options)
    return anew


def script(name: str, *arguments: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / name), *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.linked(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def shop(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop of ten days ago, built from nothing; no model is fitted yet."""
    folder = tmp_path_factory.mktemp("shops")
    warehouse = folder / "shop" / "state.duckdb"
    made = folder / "made"
    script("generate_sample_data.py", "--customers", "1000", "--out", str(made))
    script(
        "load_raw.py", "--mapping", str(made / "mapping.yml"), "--folder", str(made),
        "--loaded-on", TODAY, "--warehouse", str(warehouse),
    )  # fmt: skip
    change(warehouse, *PUT_ASIDE)
    assert project.dbt(warehouse, "seed")
    assert project.dbt(warehouse, "run", *BUILT)
    return warehouse


def test_what_came_new_or_late_gives_the_rows_of_a_full_build_though_runs_were_killed(
    project, shop
):
    fit_warehouse(shop)
    change(
        shop,
        *ARRIVED,
        f"""insert into raw.orders by name
            select * replace ('late' as order_id, timestamp '2026-05-17 10:00:00' as ordered_at)
            from raw.orders where order_id = {PAID_IN.format("2026-04")}""",
    )
    for model in ("int_customers_observed", "int_activity_changes_found"):
        project.killed_in(model, shop, "run", *BUILT)
    assert reopened_from(shop, "int_customers_observed") == date(2026, 5, 31)
    assert reopened_from(shop, "int_states_booked") == date(2026, 5, 31)
    project.killed_in("int_category_changes_found", shop, "run", *BUILT)
    assert reopened_from(shop, "int_states_booked") > date(2026, 5, 31)
    assert reopened_from(shop, "int_answers_gathered") == date(2023, 12, 31)  # the first fit
    assert project.dbt(shop, "run", *BUILT)
    assert reopened_from(shop, "int_answers_gathered") > date(2026, 5, 31)
    assert reopened_from(shop, "int_category_changes_found") == date(2023, 12, 31)
    assert difference(shop, built_anew(project, shop)) == {}


def test_what_is_undone_late_gives_the_rows_of_a_full_build_though_the_run_was_interrupted(
    project, shop
):
    change(
        shop,
        f"""update raw.orders
            set status = 'cancelled', cancelled_at = timestamp '2026-06-25 09:00:00'
            where order_id = {PAID_IN.format("2026-05")}""",
        f"""insert into raw.refunds by name
            select 'late' as refund_id, order_id, gross_amount / 2 as amount,
                timestamp '2026-03-05 12:00:00' as refunded_at, load_id, -1 as source_line,
                loaded_on
            from raw.orders where order_id = {PAID_IN.format("2026-02")}""",
        f"delete from raw.orders where order_id = {PAID_IN.format('2026-01')}",
        """insert into raw.customers by name
            select 'old' as customer_id, timestamp '2025-09-12 00:00:00' as created_at, load_id,
                -1 as source_line, loaded_on from raw.customers limit 1""",
        f"""update raw.customers set birth_date = '1950-01-01' where customer_id = (
                select customer_id from raw.orders where order_id = {PAID_IN.format("2025-12")}
            )""",
        "alter table catalogue.rfm_groups rename to elsewhere",
    )
    assert not project.dbt(shop, "run", *BUILT)
    assert reopened_from(shop, "int_customers_observed") == date(2025, 9, 30)
    change(shop, "alter table catalogue.elsewhere rename to rfm_groups")
    assert project.dbt(shop, "retry")
    assert difference(shop, built_anew(project, shop)) == {}
    before = rows(shop)
    assert project.dbt(shop, "run", *BUILT)
    assert rows(shop) == before


def test_two_accounts_joined_and_one_erased_give_the_rows_of_a_full_build(project, shop):
    first, second, erased = (
        row[0]
        for row in fetch(
            shop,
            """select customer_id from raw.orders where customer_id in
                (select customer_id from raw.customers where email is not null)
                group by 1 having count(*) > 3 order by max(ordered_at) desc limit 3""",
        )
    )
    change(
        shop,
        f"""insert into raw.customer_ids by name
            select '{second}' as raw_customer_id, '{first}' as customer_id, load_id,
                -1 as source_line, loaded_on from raw.customers limit 1""",
        f"delete from raw.orders where customer_id = '{erased}'",
        f"delete from raw.customers where customer_id = '{erased}'",
    )
    assert project.dbt(shop, "run", *BUILT)
    assert reopened_from(shop, "int_customers_observed") < date(2026, 5, 31)
    assert difference(shop, built_anew(project, shop)) == {}
    for gone in (second, erased):
        query = f"select count(*) from marts.customer_segment_history where customer_id = '{gone}'"
        assert fetch(shop, query) == [(0,)]


def test_a_past_month_end_rebuilt_holds_the_rows_history_holds_for_it(project, shop):
    then, past = date(2026, 3, 31), ("--vars", "{as_of_date: 2026-03-31}")
    asked = copied(shop, "past")
    assert project.dbt(asked, "run", *BUILT, *past)
    assert difference(asked, built_anew(project, asked, *past)) == {}
    now_held, then_held = (
        fetch(
            warehouse,
            f"""select customer_id, dimension, category, valid_from
                from marts.customer_segment_history
                where valid_from <= date '{then}' and (valid_to > date '{then}' or valid_to is null)
                order by all""",
        )
        for warehouse in (shop, asked)
    )
    assert len({row[1] for row in then_held}) >= 9
    assert then_held == now_held
    assert project.dbt(asked, "run", *BUILT)
    assert difference(asked, shop) == {}


def test_a_changed_rule_rebuilds_everything_by_itself(shop, tmp_path_factory):
    folder = tmp_path_factory.mktemp("changed")
    changed = Project.linked(folder, copied=("seeds",))
    bands = folder / "seeds" / "catalogue" / "bands.csv"
    before, loyal = bands.read_text(encoding="utf-8"), "lifecycle_stage,10,loyal,orders_365d,,{},"
    after = before.replace(loyal.format(3), loyal.format(4))
    assert after != before
    bands.write_text(after, encoding="utf-8")
    assert changed.dbt(shop, "seed", "--select", "bands")
    assert changed.dbt(shop, "run", *BUILT)
    assert reopened_from(shop, "int_lifecycle_staged") == date(2023, 7, 31)
    assert difference(shop, built_anew(changed, shop)) == {}
