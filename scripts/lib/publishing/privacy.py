"""What the project's vars ask for: pseudonyms, and no published group of a few people."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lib.errors import UserError
from lib.pseudonyms import key_check, key_from_environment, required_key
from lib.publishing.fingerprints import literal, quoted


@dataclass(frozen=True)
class Privacy:
    """`least_group`: published summaries say nothing of fewer customers; 1 says everything."""

    is_pseudonymous: bool = False
    least_group: int = 1

    @property
    def key_check(self) -> str | None:
        """Which key the pseudonyms are made with, where there are any."""
        return key_check(key_from_environment()) if self.is_pseudonymous else None


def privacy_of(project: Path) -> Privacy:
    """The choices in dbt_project.yml. Error: pseudonyms without a key."""
    try:
        text = (project / "dbt_project.yml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return Privacy()
    chosen: dict[str, Any] = (yaml.safe_load(text) or {}).get("vars") or {}
    size = chosen.get("min_group_size", 1) if chosen.get("suppress_small_groups") else 1
    if not isinstance(size, int) or size < 1:
        raise UserError(f"dbt_project.yml: min_group_size is a number of customers, not {size!r}")
    is_pseudonymous = bool(chosen.get("pseudonymise_customers"))
    if is_pseudonymous:
        required_key("dbt_project.yml asks for pseudonyms (pseudonymise_customers)")
    return Privacy(is_pseudonymous, size)


def published_rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, least_group: int
) -> str:
    """SQL of the rows of a table of `state` that are published.

    Of a summary (no `customer_id`), the rows in which no count of customers is small; a count is
    a whole number whose name has the word customers in it.
    """
    source = quoted("state", schema, table)
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns where table_catalog ="
        f" 'state' and table_schema = {literal(schema)} and table_name = {literal(table)}"
    ).fetchall()
    counts = [
        quoted(name)
        for name, data_type in columns
        if "customers" in name.split("_") and data_type in ("BIGINT", "INTEGER")
    ]
    if least_group < 2 or not counts or "customer_id" in {name for name, _ in columns}:
        return f"select * from {source}"
    small = " or ".join(f"coalesce({name}, 0) between 1 and {least_group - 1}" for name in counts)
    return f"select * from {source} where not ({small})"
