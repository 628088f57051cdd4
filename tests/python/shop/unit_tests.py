"""dbt's unit tests run as plain SQL in memory: a fixture table per input, milliseconds a test."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from shop.project import Model, compile_models, manifest_with_unit_tests

Columns = dict[str, str]
FIXTURES = '"fixtures"."main"'
SEED_SCHEMAS = {"catalogue", "raw_codes", "presets"}


@dataclass(frozen=True)
class UnitTest:
    """A unit test, its inputs laid out as tables; `expected` counts rows of `columns`."""

    name: str
    model: str
    sql: str
    inputs: tuple[tuple[str, Any], ...]
    columns: tuple[str, ...]
    expected: Counter[tuple[Any, ...]]

    def holds(self, connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
        """Whether the model's SQL gives what the test expects; duckdb.Error if it does not run."""
        for relation, fixture in self.inputs:
            sql = sql.replace(relation, fixture)
        chosen = f"select {', '.join(self.columns)} from ({sql}) as told"
        return Counter(connection.execute(chosen).fetchall()) == self.expected


class UnitTests:
    """Every unit test of the wanted models, on a connection whose `state` has all the tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wanted: set[str]) -> None:
        self.connection = connection
        self.of: dict[str, list[UnitTest]] = defaultdict(list)
        connection.execute("attach ':memory:' as fixtures")
        manifest = manifest_with_unit_tests()
        relations = {
            node.unique_id: node.relation_name
            for node in (*manifest.nodes.values(), *manifest.sources.values())
            if getattr(node, "relation_name", None)
        }
        self.by_name = {unique_id.split(".", 2)[-1]: name for unique_id, name in relations.items()}
        definitions = [one for one in manifest.unit_tests.values() if one.model in wanted]
        compiled = _compiled_for(definitions)
        for number, definition in enumerate(definitions):
            self.of[definition.model].append(self._laid_out(number, definition, compiled))

    def _laid_out(self, number: int, definition: Any, compiled: dict[Any, Model]) -> UnitTest:
        inputs = []
        for place, given in enumerate(definition.given):
            relation = self._relation(given.input)
            if self._is_whole_seed(relation, given):
                continue  # the real catalogue
            fixture = f'{FIXTURES}."f{number}_{place}"'
            self._lay(fixture, given, self._types(relation))
            inputs.append((relation, fixture))
        model = compiled[definition.model, _vars_of(definition)]
        expected = f'{FIXTURES}."f{number}_expected"'
        columns = self._lay(expected, definition.expect, self._types(model.relation))
        rows = self.connection.execute(f"select {', '.join(columns)} from {expected}").fetchall()
        return UnitTest(
            definition.name, definition.model, model.sql, tuple(inputs), columns, Counter(rows)
        )

    def _relation(self, text: str) -> str:
        names = re.findall(r"'([^']+)'", text)
        return self.by_name[".".join(names)]

    def _is_whole_seed(self, relation: str, given: Any) -> bool:
        """Whether an input names a seed without rows of its own: dbt fills in the seed's."""
        if relation.split(".")[1].strip('"') not in SEED_SCHEMAS or given.format.value == "sql":
            return False
        (count,) = self.connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
        return not given.rows or len(given.rows) == count

    def _types(self, relation: str) -> Columns:
        told = self.connection.execute(f"describe {relation}").fetchall()
        return {row[0]: row[1] for row in told}

    def _lay(self, table: str, rows: Any, types: Columns) -> tuple[str, ...]:
        """Write rows into a table with the columns' types; returns the columns given."""
        if rows.format.value == "sql":  # all the columns that matter, as dbt sees it
            told = self.connection.execute(f"describe ({rows.rows})").fetchall()
            names = tuple(row[0] for row in told)
            typed = ", ".join(f"cast({n} as {types[n]}) as {n}" for n in names if n in types)
            self.connection.execute(f"create table {table} as select {typed} from ({rows.rows})")
            return names
        everything = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        self.connection.execute(f"create table {table} ({everything})")
        given = [
            {n: None if value == "" and types[n] != "VARCHAR" else value for n, value in r.items()}
            for r in rows.rows
        ]
        columns = tuple(dict.fromkeys(name for row in given for name in row))
        for row in given:
            values = ", ".join(f"cast({_literal(value)} as {types[n]})" for n, value in row.items())
            self.connection.execute(f"insert into {table} ({', '.join(row)}) values ({values})")
        return columns


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return "'" + str(value).replace("'", "''") + "'"


def _vars_of(definition: Any) -> tuple[tuple[str, Any], ...]:
    changed = definition.overrides.vars if definition.overrides else {}
    return tuple(sorted(changed.items()))


def _compiled_for(definitions: list[Any]) -> dict[Any, Model]:
    """The model of each unit test, compiled with the vars of that test."""
    wanted: dict[tuple[tuple[str, Any], ...], set[str]] = defaultdict(set)
    for definition in definitions:
        wanted[_vars_of(definition)].add(definition.model)
    return dict(_each(wanted))


def _each(wanted: dict[tuple[tuple[str, Any], ...], set[str]]) -> Iterator[tuple[Any, Model]]:
    for variables, names in wanted.items():
        for name, model in compile_models(names, dict(variables)).items():
            yield (name, variables), model
