"""A warehouse in miniature, run by the real pipeline: one raw table, two marts, a seed, a test.

The raw rows are numbered batches; loading batch n replaces the one before, and every row of every
mart carries n. A reader that sees two numbers has seen two versions.
Without a project the marts are made by plain SQL instead of dbt, which takes half a second.
"""

from pathlib import Path
from typing import Any

import duckdb

from lib.errors import UserError
from lib.pipeline import Builder, Run, RunOptions, build_with_dbt, run_pipeline
from lib.publishing.fingerprints import literal
from lib.publishing.flip import STATE
from lib.publishing.layout import Layout
from lib.publishing.reader import serving_connection
from lib.publishing.screen import say

ROWS = 60

SEGMENTS = """
    select customer_id, batch, date '2024-01-01' + batch as observed_on,
        sum(gross_amount)::decimal(18, 2) as revenue
    from {orders} group by all
"""
SUMMARY = """
    select batch, count(*) as customers, sum(revenue)::decimal(18, 2) as revenue
    from {segments} group by all
"""
PEOPLE = """
    select distinct customer_id, batch, customer_id || '@shop.example' as email
    from {segments}
"""
PROJECT = {
    "dbt_project.yml": """
name: toy
version: "1.0"
profile: toy
flags: {send_anonymous_usage_stats: false}
models:
  toy:
    +schema: intermediate
    marts: {+schema: marts, +materialized: table}
    audiences: {+schema: audiences, +materialized: table}
seeds: {toy: {+schema: catalogue}}
""",
    "profiles/profiles.yml": """
toy:
  target: duckdb
  outputs: {duckdb: {type: duckdb, threads: 1, path: "{{ env_var('SEGMENTS_WAREHOUSE') }}"}}
""",
    "macros/generate_schema_name.sql": """
{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}
""",
    "models/sources.yml": "sources: [{name: raw, tables: [{name: orders}]}]\n",
    "models/int_customers_observed.sql": "select * from {{ source('raw', 'orders') }}\n",
    "models/marts/customer_segments.sql": SEGMENTS.format(
        orders="{{ ref('int_customers_observed') }}"
    ),
    "models/marts/segment_summary.sql": SUMMARY.format(segments="{{ ref('customer_segments') }}"),
    "models/audiences/people.sql": PEOPLE.format(segments="{{ ref('customer_segments') }}"),
    "seeds/value_tiers.csv": "value_tier\nhigh\nlow\n",
    "tests/no_negative_revenue.sql": """
select * from {{ ref('customer_segments') }} where revenue < 0
""",
}


def write_project(folder: Path) -> Path:
    """Write the toy dbt project; returns its folder."""
    for name, text in PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def write_batch(folder: Path, batch: int, *, rows: int = ROWS, amount: int = 10) -> Path:
    """Write the input file of a batch; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"batch-{batch}.csv"
    lines = [f"c{row % 20},{batch},{amount + row + batch}" for row in range(rows)]
    path.write_text("\n".join(["customer_id,batch,gross_amount", *lines]) + "\n", encoding="utf-8")
    return path


class BatchLoader:
    """Replaces the raw rows by those of one file; without a file, loads nothing."""

    def __init__(self, file: Path | None) -> None:
        self.file = file

    def files(self) -> list[Path]:
        return [self.file] if self.file else []

    def folder(self) -> Path | None:
        return self.file.parent if self.file else None

    def load(self, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        if self.file is None:
            return []
        connection.execute("create schema if not exists raw")
        connection.execute(
            f"create or replace table raw.orders as from read_csv({literal(str(self.file))},"
            " auto_detect = false, header = true, columns = {'customer_id': 'varchar',"
            " 'batch': 'integer', 'gross_amount': 'decimal(18, 2)'})"
        )
        return [{"source_name": self.file.name}]


def build_with_sql(run: Run, candidate: Path) -> None:
    """The toy's models without dbt."""
    with run.step("build"), duckdb.connect(str(candidate / STATE)) as connection:
        for schema in ("marts", "catalogue", "audiences"):
            connection.execute(f"create schema if not exists {schema}")
        for table, query in {
            "catalogue.value_tiers": "from (values ('high'), ('low')) as tiers (value_tier)",
            "marts.customer_segments": SEGMENTS.format(orders="raw.orders"),
            "marts.segment_summary": SUMMARY.format(segments="marts.customer_segments"),
            "audiences.people": PEOPLE.format(segments="marts.customer_segments"),
        }.items():
            connection.execute(f"create or replace table {table} as {query}")


def build_toy_with_dbt(run: Run, candidate: Path) -> None:
    """The pipeline's own dbt steps, with nothing to fit."""
    build_with_dbt(run, candidate, fit=lambda warehouse, as_of: None)


def read_toy(warehouse: Path) -> int:
    """The batch a reader sees; raises AssertionError if what it sees is not one whole version."""
    with serving_connection(warehouse) as connection:
        rows = connection.execute(
            "select batch, count(*), sum(revenue) from marts.customer_segments group by all"
        ).fetchall()
        summary = connection.execute("from marts.segment_summary").fetchall()
        named = connection.execute(
            "select distinct version from publication.fingerprints"
        ).fetchall()
    assert len(rows) == 1 and rows == summary, f"mixed: {rows}, {summary}"
    assert len(named) == 1, f"versions {named} in one file"
    return int(rows[0][0])


def run_toy(warehouse: Path, file: Path | None, project: Path | None = None, **how: Any) -> int:
    """One run in this process, as scripts/run_pipeline.py would end: its exit code."""
    build: Builder = build_toy_with_dbt if project else build_with_sql
    options = RunOptions(Layout(warehouse), project=project or warehouse, **how)
    try:
        record = run_pipeline(options, BatchLoader(file), build)
    except UserError as error:
        say(f"error: {error}")
        return error.exit_code
    say(record.message, err=False)
    return 0
