"""A small shop with the tables of every model, on which dbt's data tests tell right from wrong.

The tests are those of the project, singular and generic, run as plain SQL: a wrong model is made
anew, then what reads it, model by model, and each test that reads what changed is asked.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lib.pseudonyms import key_from_environment, teach
from shop.engine import empty_warehouse
from shop.project import CATALOG, DataTest, Model, compile_project, compiled_tests

WRONG = "mutated"  # the schema of the tables that a wrong changes


class TestedShop:
    """The raw tables and the fitted parameters of a warehouse, and all models made of them."""

    __test__ = False  # for pytest: a name that begins with Test, and no test

    def __init__(self, state: Path) -> None:
        self.models = compile_project()
        self.connection = empty_warehouse(as_text=False)
        run = self.connection.execute
        run(f"attach '{state}' as earlier (read_only)")
        teach(self.connection, key_from_environment())
        for schema in {model.schema for model in self.models.values()} | {WRONG}:
            run(f"create schema if not exists {schema}")
        for schema, table in run(
            "select schema_name, table_name from duckdb_tables() where database_name = 'earlier'"
            " and schema_name in ('raw', 'parameters')"
        ).fetchall():
            run(f"create or replace table {schema}.{table} as from earlier.{schema}.{table}")
        run("detach earlier")
        for model in self.models.values():
            run(f"create table {model.relation} as {model.sql}")
        self.digests = {name: self._digest(one.relation) for name, one in self.models.items()}
        self.tests = [one for one in compiled_tests() if self._readable(one)]
        failing = [one.name for one in self.tests if self._fails(one.sql)]
        assert not failing, f"{failing} fail on {state} as it is"

    def notices(self, name: str, sql: str) -> str | None:
        """The first test that fails when a model's SQL is another; None if each of them holds."""
        changed: dict[str, str] = {}
        for model, text in self._made_anew(name, sql):
            made = f'"{CATALOG}"."{WRONG}"."{model.name}"'
            self.connection.execute(f"create or replace table {made} as {_read(text, changed)}")
            if self._digest(made) == self.digests[model.name]:
                continue
            changed[model.relation] = made
            for test in self.tests:
                if model.relation in test.sql and self._fails(_read(test.sql, changed)):
                    return test.name
        return None

    def says_the_same(self, name: str, sql: str) -> bool:
        """Whether another SQL gives the model's own rows."""
        made = f'"{CATALOG}"."{WRONG}"."{name}"'
        self.connection.execute(f"create or replace table {made} as {sql}")
        return self._digest(made) == self.digests[name]

    def _made_anew(self, name: str, sql: str) -> Iterator[tuple[Model, str]]:
        """The wrong model and, parents first, whatever reads one that was made anew."""
        touched = {name}
        yield self.models[name], sql
        for model in self.models.values():
            if touched & set(model.parents):
                touched.add(model.name)
                yield model, model.sql

    def _readable(self, test: DataTest) -> bool:
        """Whether a test reads a model: those of seeds alone are compiled_proofs."""
        return any(model.relation in test.sql for model in self.models.values())

    def _fails(self, sql: str) -> bool:
        return self.connection.execute(f"select 1 from ({sql}) limit 1").fetchone() is not None

    def _digest(self, relation: str) -> object:
        query = f"select count(*), sum(hash(r)::hugeint) from (from {relation}) as r"
        return self.connection.execute(query).fetchone()


def _read(sql: str, changed: Mapping[str, str]) -> str:
    """The SQL with the changed tables in place of the right ones."""
    if not changed:
        return sql
    names = "|".join(map(re.escape, changed))
    return re.sub(names, lambda found: changed[found.group()], sql)
