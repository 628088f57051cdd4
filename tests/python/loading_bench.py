"""A folder of files and an empty warehouse, for tests of the loader."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lib.errors import UserError
from lib.loading import LoadResult, load_mapping

ORDERS = "order_id,customer_id,ordered_at,gross_amount\n"
DAY = date(2024, 6, 1)


class Bench:
    """Writes files, loads them, and reads what is in the warehouse afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    def mapping(self, tables: dict[str, Any], **more: Any) -> Path:
        content = {"description": "a test", "folder": str(self.folder), **more, "tables": tables}
        return self.write("mapping.yml", yaml.safe_dump(content, allow_unicode=True))

    def load(self, tables: dict[str, Any], day: date = DAY, **more: Any) -> list[LoadResult]:
        options = {
            name: more.pop(name)
            for name in ("max_unreadable", "dry_run", "progress")
            if name in more
        }
        return load_mapping(
            self.connection, self.mapping(tables, **more), self.folder, day, **options
        )

    def load_orders(self, name: str = "orders.csv", **more: Any) -> LoadResult:
        [result] = self.load({"orders": {"file": name}}, **more)
        return result

    def refusal(self, tables: dict[str, Any], **more: Any) -> str:
        """The one sentence with which a load is refused."""
        before = self.everything()
        try:
            self.load(tables, **more)
        except UserError as error:
            assert self.everything() == before, "a refused load must leave the warehouse as it was"
            assert "\n" not in str(error) and str(error)
            return str(error)
        raise AssertionError("this should have been refused")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def orders(self, columns: str = "order_id, gross_amount") -> list[tuple[Any, ...]]:
        return self.rows(f"select {columns} from raw.orders order by order_id, source_line")

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the warehouse."""
        tables = self.rows("select schema_name || '.' || table_name from duckdb_tables()")
        return {name: sorted(self.rows(f"from {name}"), key=repr) for (name,) in tables}

    def assert_reconciled(self) -> None:
        """read = unreadable + unchanged + replaced + erased + rows in raw, for every load."""
        loads = self.rows(
            "from raw.loads select load_id, raw_table, rows_read, rows_unreadable,"
            " rows_unchanged, rows_replaced, rows_erased"
        )
        for load_id, table, read, unreadable, unchanged, replaced, erased in loads:
            [(there,)] = self.rows(f"from raw.{table} select count(*) where load_id = '{load_id}'")
            assert read == unreadable + unchanged + replaced + erased + there, (load_id, table)
            [(kept,)] = self.rows(
                f"from raw.load_rejects select count(*) where load_id = '{load_id}'"
            )
            assert kept == unreadable
