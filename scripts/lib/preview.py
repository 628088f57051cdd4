"""Who would move from where to where under a changed catalogue: two builds of today, compared."""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from lib.errors import UserError
from lib.publishing.dbt_build import DbtBuild
from lib.warehouse import ROOT

PARTS = ("dbt_project.yml", "models", "macros", "profiles", "tests/generic")
COPIED = ("raw", "parameters")
MEMBERSHIPS = "customer_segment_memberships"
BUILD = [
    *("--select", f"+{MEMBERSHIPS}", "--full-refresh"),
    *("--exclude", "resource_type:test", "resource_type:unit_test"),
]
MOVES = """
    select customer_id, dimension, before.category as from_category,
        after.category as to_category, worth.net_revenue_365d
    from before
    full join after using (customer_id, dimension)
    left join worth using (customer_id)
    where before.category is distinct from after.category
"""


@dataclass(frozen=True)
class Move:
    """Customers who would change their category; revenue in the reporting currency, of 365 days."""

    dimension: str
    from_category: str | None
    to_category: str | None
    customers: int
    net_revenue_365d: Decimal


def changed_seeds(before: Path, after: Path) -> list[str]:
    """Names of the CSVs that differ between two folders of seeds, or are in one alone."""
    names = {path.relative_to(root) for root in (before, after) for path in root.rglob("*.csv")}
    return sorted(str(name) for name in names if _read(before / name) != _read(after / name))


@contextmanager
def seeds_of(source: str) -> Iterator[Path]:
    """A folder `seeds` as a git commit or another folder has it, laid over today's.

    `source` is a folder (seeds, or one with its CSVs) or anything git can name.
    Raises UserError where it is neither.
    """
    with TemporaryDirectory(prefix="seeds-") as folder:
        seeds = Path(folder) / "seeds"
        shutil.copytree(ROOT / "seeds", seeds)
        if Path(source).is_dir():
            _lay_over(Path(source), seeds)
        else:
            for path in seeds.rglob("*.csv"):
                path.unlink()
            _extract(source, Path(folder))
        yield seeds


def _lay_over(source: Path, seeds: Path) -> None:
    known = {path.name: path for path in seeds.rglob("*.csv")}
    found = [path for path in source.rglob("*.csv") if path.name in known]
    if not found:
        raise UserError(
            f"{source} holds no CSV of the catalogue: name a folder with files like bands.csv"
        )
    for path in found:
        shutil.copyfile(path, known[path.name])


def _extract(commit: str, folder: Path) -> None:
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit, "seeds"], capture_output=True, check=False
    )
    if archive.returncode:
        said = archive.stderr.decode(errors="replace").strip().splitlines()
        raise UserError(
            f"'{commit}' is neither a folder nor a commit with seeds"
            f" ({said[-1] if said else 'git said nothing'}): name a folder, or a commit like HEAD~1"
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")


def preview(state: Path, before: Path, after: Path) -> tuple[list[Move], duckdb.DuckDBPyConnection]:
    """The moves from one folder of seeds to another, most revenue first, and a connection that
    holds them customer by customer as table `moves`.

    `state` is the warehouse file whose raw rows and fitted parameters are used; it is only read.
    """
    with TemporaryDirectory(prefix="preview-") as name:
        folder = Path(name)
        warehouse = folder / state.name
        _copy_rows(state, warehouse)
        connection = duckdb.connect()
        for label, seeds in (("before", before), ("after", after)):
            _build(folder / label, seeds, warehouse, label)
            # by the name that its views say
            connection.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")
            connection.execute(
                f"create table {label} as select customer_id, dimension, category"
                f" from {warehouse.stem}.marts.{MEMBERSHIPS}"
            )
            connection.execute(
                "create or replace table worth as select customer_id, net_revenue_365d"
                f" from {warehouse.stem}.intermediate.int_customers_observed where is_as_of"
            )
            connection.execute(f"detach {warehouse.stem}")
            _check(connection, label)
    connection.execute(f"create table moves as {MOVES}")
    rows = connection.execute(
        "select dimension, from_category, to_category, count(*),"
        " coalesce(sum(net_revenue_365d), 0) from moves group by all"
        " order by dimension, 5 desc, 4 desc, 2, 3"
    ).fetchall()
    return [Move(*row) for row in rows], connection


def _copy_rows(state: Path, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"attach '{state}' as state_of_today (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'state_of_today' and schema_name in (?, ?)",
            COPIED,
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"create table {schema}.{table} as from state_of_today.{schema}.{table}"
            )


def _build(project: Path, seeds: Path, warehouse: Path, label: str) -> None:
    """Build today's memberships in a copy of the project that has other seeds."""
    (project / "tests").mkdir(parents=True)
    for part in PARTS:
        (project / part).symlink_to(ROOT / part)
    (project / "seeds").symlink_to(seeds)
    build = DbtBuild(project, warehouse, project / "artefacts", as_of=None)
    build.variables["clock"] = "as_of"
    if not build.build(label, BUILD):
        raise UserError(
            f"dbt could not build with the catalogue {label} the change:"
            " run `dbt build --select path:seeds` to see which row it cannot read"
        )


def _check(connection: duckdb.DuckDBPyConnection, label: str) -> None:
    twice = connection.execute(
        f"select dimension, count(*) from (select customer_id, dimension from {label}"
        " group by all having count(*) > 1) group by dimension order by dimension limit 1"
    ).fetchone()
    if twice is not None:
        raise UserError(
            f"{label} the change, {twice[1]:,} customers are in two categories of {twice[0]}:"
            " its bands overlap (`dbt test --select path:tests/singular/catalogue` says where)"
        )


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
