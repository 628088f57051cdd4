"""A run keeps what an earlier one computed, and no row differs from a build of everything."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kept import Project, change, difference, reopened_from, rows
from lib.churn.fitting import fit_warehouse
from lib.warehouse import ROOT

TODAY, TEN_DAYS_AGO = "2026-06-30", "2026-06-20"
A_MONTH_END = date(2026, 3, 31)

# What the shop did not know yet ten days ago is put aside, and comes with the next load.
PUT_ASIDE = [
    "create schema later",
    *(
        f"create table later.{table} as from raw.{table} where {day} >= '{TEN_DAYS_AGO}'"
        for table, day in (("orders", "ordered_at"), ("refunds", "refunded_at"))
    ),
    f"delete from raw.orders where ordered_at >= '{TEN_DAYS_AGO}'",
    f"delete from raw.refunds where refunded_at >= '{TEN_DAYS_AGO}'",
]
ARRIVED = [f"insert into raw.{table} from later.{table}" for table in ("orders", "refunds")]
# of a paid order of the month, whose customer has others
AN_ORDER = """
    select order_id from raw.orders where status = 'paid' and cancelled_at is null
        and ordered_at >= '{month}-05' and customer_id is not null
        and order_id not in (select order_id from raw.refunds where order_id is not null)
    order by ordered_at, order_id limit 1
"""


def copy_of(warehouse: Path, name: str) -> Path:
    copied = warehouse.with_name(f"{name}.duckdb")
    shutil.copyfile(warehouse, copied)
    for folder in (warehouse.with_suffix(".target"),):
        if folder.exists():
            shutil.copytree(folder, copied.with_suffix(".target"), dirs_exist_ok=True)
    return copied


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.linked(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def built(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop of ten days ago, built from nothing and fitted."""
    folder = tmp_path_factory.mktemp("warehouse")
    warehouse = folder / "built.duckdb"
    script(
        "generate_sample_data.py", "--customers", "1000", "--out", str(folder / "shop")
    )
    script(
        "load_raw.py", "--mapping", str(folder / "shop" / "mapping.yml"),
        "--folder", str(folder / "shop"), "--loaded-on", TODAY, "--warehouse", str(warehouse),
    )  # fmt: skip
    change(warehouse, *PUT_ASIDE)
    assert project.dbt(warehouse, "seed")
    assert project.dbt(warehouse, "run")
    return warehouse


def script(name: str, *arguments: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / name), *arguments]
    subprocess.run(command, check=True, capture_output=True)
