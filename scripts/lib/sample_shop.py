"""Make the made-up shop: a scratch database of what truly happened, then a file per raw table.

Each table is written by one thread, so that row groups, and with them the bytes, never depend on
the machine; several tables are written at a time instead. Equal arguments give equal bytes on one
version of DuckDB and numpy: `hash()` may change between versions.
"""

import errno
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import yaml

from lib.errors import UserError
from lib.sample import accounts, activity, campaigns, orders, people, traits, truth
from lib.sample.chance import quote
from lib.sample.plan import FORMATS, Plan
from lib.sample.season import clock
from lib.warehouse import connect, raw_tables

DESCRIPTION = "The made-up shop of generate_sample_data.py"
MAPPING, TRUTH, PARTIAL = "mapping.yml", "truth", ".partial"
MEMORY_LIMIT = "2GB"
FULL_DISK = 3
# Files and scratch together, measured at a million customers.
BYTES_PER_CUSTOMER = {"parquet": 2_000, "csv": 6_000}
COPY_OPTIONS = {
    "parquet": "format parquet, compression zstd, compression_level 1",
    "csv": "format csv, header",
}

Sql = Callable[[Plan], str]
Advance = Callable[[str, int], None]

# What truly happened: what makes the scratch database, with its share of the work in percent.
FACTS: dict[str, tuple[Callable[[Plan], str | list[str]], int]] = {
    "visits": (orders.visits_sql, 5),
    "lives": (activity.lives_sql, 1),
    "accounts": (accounts.accounts_sql, 2),
    "lapses": (campaigns.lapses_sql, 3),
    "members": (campaigns.members_sql, 2),
    "placed": (orders.placed_sql, 15),
}
PEOPLE_SHARE = 4

# The files: raw tables and the truth, the longest work first.
FILES: dict[str, tuple[Sql, int]] = {
    "order_items": (orders.order_items_sql, 24),
    "orders": (orders.orders_sql, 17),
    "events": (activity.events_sql, 12),
    "customers": (accounts.customers_sql, 4),
    "feedback": (activity.feedback_sql, 2),
    "refunds": (orders.refunds_sql, 2),
    "tickets": (activity.tickets_sql, 2),
    "truth/campaigns": (campaigns.truth_sql, 1),
    "truth/customers": (truth.customers_sql, 1),
    "surveys": (activity.surveys_sql, 1),
    "customer_ids": (accounts.customer_ids_sql, 0),
    "campaign_members": (campaigns.campaign_members_sql, 0),
    "marketing_spend": (accounts.marketing_spend_sql, 0),
    "campaigns": (campaigns.campaigns_sql, 0),
    "exchange_rates": (orders.exchange_rates_sql, 1),
    "products": (activity.products_sql, 1),
}


def write_sample(
    plan: Plan, *, force: bool = False, advance: Advance = lambda step, share: None
) -> dict[str, int]:
    """Write every file of the plan into its folder and return {file: rows}.

    Files appear all at once when the last is done; an interrupted run leaves the folder as it was.
    `advance(step, share)` is told each step done and its share in percent. Raises UserError where
    the folder holds something else (unless force), cannot be written, or has no room.
    """
    _check_folder(plan.out, force)
    partial = plan.out / PARTIAL
    with _clear_errors(plan.out):
        try:
            shutil.rmtree(partial, ignore_errors=True)
            (partial / TRUTH).mkdir(parents=True)
            _check_room(plan)
            with closing(connect(partial / "scratch.duckdb")) as scratch:
                _make_facts(scratch, plan, advance)
                rows = _write_files(scratch, plan, advance)
            (partial / MAPPING).write_text(mapping_text(plan.format), encoding="utf-8")
            _move_files(partial, plan)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return {file: rows[file] for file in sorted(rows)}


def mapping_text(file_format: str = "parquet", folder: str = ".") -> str:
    """The mapping by which the loader reads a sample; without `folder` the one beside the files."""
    tables = {name: {"file": f"{name}.{file_format}"} for name in raw_tables()}
    mapping = {"description": DESCRIPTION, "folder": folder, "tables": tables}
    return yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True)


def _make_facts(scratch: duckdb.DuckDBPyConnection, plan: Plan, advance: Advance) -> None:
    """Fill the scratch database with people, their orders and the campaigns."""
    spill = plan.out / PARTIAL / "spill"
    scratch.execute(f"set threads = 1; set memory_limit = '{MEMORY_LIMIT}'")
    scratch.execute(f"set temp_directory = {quote(str(spill))}")
    scratch.execute("set preserve_insertion_order = true")
    for signature, expression in traits.macros(plan.chance).items():
        scratch.execute(f"create macro {signature} as ({expression})")
    scratch.register("clock_columns", clock(plan))
    scratch.execute("create table clock as select * from clock_columns")
    _fill_people(scratch, plan)
    advance("people", PEOPLE_SHARE)
    for name, (sql, share) in FACTS.items():
        made = sql(plan)
        steps = [made] if isinstance(made, str) else made
        for done, statement in enumerate(steps):
            scratch.execute(statement)
            advance(name, share * (done + 1) // len(steps) - share * done // len(steps))


def _fill_people(scratch: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    scratch.execute(people.TABLE)
    for chunk in people.people(plan):
        scratch.register("chunk", chunk)
        scratch.execute(
            """
            insert into people by name
            select * replace (
                nullif(first_order, 'nan') as first_order, nullif(left_at, 'nan') as left_at
            )
            from chunk
            """
        )


def _write_files(
    scratch: duckdb.DuckDBPyConnection, plan: Plan, advance: Advance
) -> dict[str, int]:
    """Write all files, `workers` at a time, and return {file: rows}."""
    cursors = {name: scratch.cursor() for name in FILES}
    rows: dict[str, int] = {}
    with ThreadPoolExecutor(plan.workers) as pool:
        writing = {pool.submit(_write_file, cursors[name], plan, name): name for name in FILES}
        try:
            for done in as_completed(writing):
                name = writing[done]
                rows[f"{name}.{plan.format}"] = done.result()
                advance(name, FILES[name][1])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for cursor in cursors.values():
                cursor.interrupt()
            raise
    return rows


def _write_file(cursor: duckdb.DuckDBPyConnection, plan: Plan, name: str) -> int:
    """Write one file and return its rows; a raw table gets the contract's columns and types."""
    query = FILES[name][0](plan)
    if not name.startswith(TRUTH):
        columns = ", ".join(
            f"cast({column.name} as {column.data_type}) as {column.name}"
            for column in raw_tables()[name].data_columns
        )
        query = f"select {columns} from ({query})"
    path = plan.out / PARTIAL / f"{name}.{plan.format}"
    cursor.execute(f"copy ({query}) to {quote(str(path))} ({COPY_OPTIONS[plan.format]})")
    return int(cursor.fetchall()[0][0])


def _check_folder(out: Path, force: bool) -> None:
    """Raise UserError where the folder is a file, or holds something else than a sample."""
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file; give a folder")
    if not out.exists() or force:
        return
    mapping = out / MAPPING
    is_empty = all(entry.name == PARTIAL for entry in out.iterdir())
    is_sample = mapping.is_file() and DESCRIPTION.encode() in mapping.read_bytes()
    if not is_empty and not is_sample:
        raise UserError(
            f"--out {out} holds something else than an earlier sample; give an empty folder, or "
            "--force to write among what is there"
        )


def _check_room(plan: Plan) -> None:
    """Raise UserError where the disk has too little room for files and scratch."""
    needed = plan.customers * BYTES_PER_CUSTOMER[plan.format]
    free = shutil.disk_usage(plan.out).free
    if free < needed:
        raise UserError(
            f"--out {plan.out} has {free / 1e9:.1f} GB free and {plan.customers:,} customers need "
            f"about {needed / 1e9:.1f} GB; free some room or ask for fewer customers",
            FULL_DISK,
        )


def _move_files(partial: Path, plan: Plan) -> None:
    """Put the finished files in place of an earlier sample's, in whichever format that was."""
    (plan.out / TRUTH).mkdir(exist_ok=True)
    for name in FILES:
        for file_format in FORMATS:
            (plan.out / f"{name}.{file_format}").unlink(missing_ok=True)
    for file in [*(f"{name}.{plan.format}" for name in FILES), MAPPING]:
        (partial / file).replace(plan.out / file)


@contextmanager
def _clear_errors(out: Path) -> Iterator[None]:
    """Turn what the disk or DuckDB has against the folder into a UserError."""
    try:
        yield
    except OSError as error:
        code = FULL_DISK if error.errno == errno.ENOSPC else 2
        raise UserError(
            f"--out {out} cannot be written ({error.strerror}); give another folder", code
        ) from error
    except RuntimeError as error:
        # This is what DuckDB makes of Ctrl-C.
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        known = isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException))
        if not known and "No space left" not in reason:
            raise
        raise UserError(
            f"--out {out} could not be filled ({reason}); free room or ask for fewer customers",
            FULL_DISK,
        ) from error
