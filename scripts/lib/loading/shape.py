"""From the rows of a source to the rows of a raw table, as one entry of a mapping says.

The mapping's own shaping is counted: rows its condition leaves out, and rows it folds into another
row of their group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from lib.errors import UserError
from lib.loading.expressions import Expression, MissingColumnError, parse, stored
from lib.loading.mapping import Entry, Lookup
from lib.loading.sql import Connection, columns_of, normal, number_from, quote
from lib.loading.written import Source
from lib.warehouse import Table

INCOMING = "incoming_rows"
# What a source's position is called beside its own columns, which may be called anything.
LINE = "__source_line"


@dataclass(frozen=True)
class LookupPlan:
    """A lookup whose expressions are checked against its source."""

    lookup: Lookup
    source: Source
    own_keys: tuple[str, ...]
    its_keys: tuple[str, ...]
    columns: Mapping[str, Expression]


@dataclass(frozen=True)
class Plan:
    """An entry whose expressions are checked against its source; `notes` say what stays blank."""

    entry: Entry
    source: Source
    load_id: str
    columns: Mapping[str, Expression]
    where: Expression | None
    group_by: tuple[Expression, ...]
    lookups: tuple[LookupPlan, ...]
    notes: tuple[str, ...]

    @property
    def made_key(self) -> str | None:
        """The key column the loader makes of load and line, where the source has none."""
        key = self.entry.raw_table.key
        return key[0] if len(key) == 1 and key[0] not in self.columns else None

    @property
    def sources(self) -> list[Source]:
        """The sources this plan reads."""
        return [self.source, *(lookup.source for lookup in self.lookups)]

    def reads(self, source: Source) -> set[str]:
        """Which columns of a source this plan reads."""
        names: set[str] = set()
        if source is self.source:
            parts = [*self.columns.values(), *self.group_by, *([self.where] if self.where else [])]
            names |= {name for part in parts for name in part.columns}
            names |= {key for lookup in self.lookups for key in lookup.own_keys}
        for lookup in self.lookups:
            if source is lookup.source:
                names |= {name for part in lookup.columns.values() for name in part.columns}
                names |= set(lookup.its_keys)
        return names & set(source.header)


@dataclass(frozen=True)
class Shaped:
    """Rows that came out, and rows of the source that did not: left out, or folded into others."""

    rows: int
    left_out: int
    grouped: int


def plan_entry(
    connection: Connection,
    entry: Entry,
    source: Source,
    lookup_sources: Sequence[Source],
    load_id: str,
    mapping: str,
) -> Plan:
    """Check an entry's expressions against the columns its sources have.

    A missing column is an error where a required or key column needs it, else a note.
    """
    table = entry.raw_table
    at = f"{mapping}: {table.name}"
    lookups = tuple(
        _plan_lookup(connection, lookup, its, source, at)
        for lookup, its in zip(entry.lookups, lookup_sources, strict=True)
    )
    header = [*source.header, *(name for lookup in lookups for name in lookup.columns)]
    if len({normal(name) for name in header}) < len(header):
        raise UserError(
            f"{at}: a lookup gives a column a name that {source.name} has; choose another"
        )
    columns: dict[str, Expression] = {}
    notes: list[str] = []
    for name, text in _expressions_of(entry, source, at):
        try:
            columns[name] = parse(connection, text, header, f"{at}.{name}")
        except MissingColumnError as error:
            if name in table.key or name in _required(table):
                raise _missing(source, error, f"{table.name}.{name}", mapping) from None
            notes.append(f"{table.name}.{name} is left blank: {source.name} has no column {error}")
    try:
        where = parse(connection, entry.where, header, f"{at}: where") if entry.where else None
        group_by = tuple(
            parse(connection, key, header, f"{at}: group_by") for key in entry.group_by
        )
    except MissingColumnError as error:
        raise _missing(source, error, f"the rows of {table.name}", mapping) from None
    if not group_by and any(part.aggregates for part in columns.values()):
        raise UserError(f"{at} uses sums or other aggregates, so it must say what to group_by")
    return Plan(entry, source, load_id, columns, where, group_by, lookups, tuple(notes))


def shape(connection: Connection, plan: Plan, tables: Mapping[Source, str], mapping: str) -> Shaped:
    """Fill the temporary table INCOMING: the plan's raw columns and source_line.

    `tables` says in which temporary table each source has been read.
    """
    rows = _rows_with_lookups(connection, plan, tables)
    types = {column.name: column.data_type for column in plan.entry.raw_table.data_columns}
    at = f"{mapping}: {plan.entry.raw_table.name}"
    groups = ", ".join(key.sql for key in plan.group_by)
    selected = []
    for name, part in plan.columns.items():
        sql = (
            f"cast(null as {_duckdb_type(types[name])})" if part.sql.lower() == "null" else part.sql
        )
        query = f"select {sql} as value from ({rows}) {f'group by {groups}' if groups else ''}"
        try:
            type_ = columns_of(connection, query)["value"]
        except duckdb.Error as error:
            raise _does_not_run(f"{at}.{name}", error) from None
        selected.append(f"{stored(sql, type_, part.unreadable, types[name])} as {name}")
    line = f"{LINE} as source_line"
    if groups:
        line = f"min({LINE}) as source_line, count(*) as lines"
    order = f"group by {groups} order by source_line" if groups else ""
    try:
        connection.execute(
            f"create or replace temp table {INCOMING} as select {', '.join(selected)}, {line}"
            f" from ({rows}) {_taken(plan.where)} {order}"
        )
    except duckdb.Error as error:
        raise _does_not_run(at, error) from None
    source_rows = number_from(connection, f"select count(*) from {tables[plan.source]}")
    shaped = number_from(connection, f"select count(*) from {INCOMING}")
    if not groups:
        return Shaped(shaped, source_rows - shaped, 0)
    taken = number_from(connection, f"select sum(lines) from {INCOMING}")
    connection.execute(f"alter table {INCOMING} drop column lines")
    return Shaped(shaped, source_rows - taken, taken - shaped)


def _expressions_of(entry: Entry, source: Source, at: str) -> list[tuple[str, str]]:
    """The entry's columns, or those of the source that have a raw column's name."""
    if entry.columns is not None:
        return list(entry.columns)
    names = {normal(name): name for name in source.header}
    known = {normal(column.name): column.name for column in entry.raw_table.data_columns}
    same = [(known[name], names[name]) for name in names if name in known]
    for name in _required(entry.raw_table):
        if normal(name) not in names:
            raise UserError(
                f"{source.name} has no column {name}, which raw.{entry.raw_table.name} needs; it"
                f" has {_listed(source.header)}; name the column under columns in {at}"
            )
    return same


def _required(table: Table) -> list[str]:
    return [column.name for column in table.data_columns if column.required]


def _missing(source: Source, error: Exception, needs: str, mapping: str) -> UserError:
    return UserError(
        f"{source.name} has no column {error}, which {needs} needs; it has"
        f" {_listed(source.header)}; correct the name in {mapping} or in the file"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _does_not_run(at: str, error: Exception) -> UserError:
    reason = str(error).strip().splitlines()[0]
    return UserError(
        f"{at}: {reason}; text becomes a number with number(column), a time with"
        " moment(column, '%d/%m/%Y')"
    )


def _plan_lookup(
    connection: Connection, lookup: Lookup, its: Source, source: Source, at: str
) -> LookupPlan:
    own: list[str] = []
    keys: list[str] = []
    columns: dict[str, Expression] = {}
    for own_name, its_name in lookup.match:
        for name, of, found in ((own_name, source, own), (its_name, its, keys)):
            names = {normal(column): column for column in of.header}
            if normal(name) not in names:
                raise UserError(f"{at}: lookups match {name!r}, which {of.name} does not have")
            found.append(names[normal(name)])
    for name, text in lookup.columns:
        try:
            columns[name] = parse(connection, text, its.header, f"{at}: {name}")
        except MissingColumnError as error:
            raise _missing(its, error, f"{at}: lookups", at) from None
    return LookupPlan(lookup, its, tuple(own), tuple(keys), columns)


def _rows_with_lookups(connection: Connection, plan: Plan, tables: Mapping[Source, str]) -> str:
    """SQL of the source's rows under their own column names, looked-up columns beside them."""
    own = _named(plan.source, plan.reads(plan.source))
    selected = [f"own.{LINE}", *(f"own.{quote(name)}" for name in own)]
    joins = []
    for number, lookup in enumerate(plan.lookups):
        alias = f"lookup_{number}"
        its = _named(lookup.source, plan.reads(lookup.source))
        rows = f"select {_aliases(its)} from {tables[lookup.source]}"
        keys = [f"cast({quote(key)} as varchar)" for key in lookup.its_keys]
        values = []
        for name, part in lookup.columns.items():
            # Without an aggregate of its own a column takes its greatest value: one row per key.
            around = ("", "") if part.aggregates else ("max(", ")")
            sql = f"{around[0]}{part.sql}{around[1]}"
            query = f"select {sql} as value from ({rows}) group by {', '.join(keys)}"
            try:
                type_ = columns_of(connection, query)["value"]
            except duckdb.Error as error:
                raise _does_not_run(f"lookup of {name}", error) from None
            unreadable = [f"{around[0]}{missed}{around[1]}" for missed in part.unreadable]
            values.append(f"{stored(sql, type_, unreadable, '')} as {quote(name)}")
            selected.append(f"{alias}.{quote(name)}")
        named = ", ".join(f"{key} as key_{i}" for i, key in enumerate(keys))
        on = " and ".join(
            f"cast(own.{quote(key)} as varchar) = {alias}.key_{i}"
            for i, key in enumerate(lookup.own_keys)
        )
        joins.append(
            f"left join (select {named}, {', '.join(values)} from ({rows}) group by"
            f" {', '.join(keys)}) as {alias} on {on}"
        )
    table = tables[plan.source]
    rows = f"select {_aliases(own)}{', ' if own else ''}source_line as {LINE} from {table}"
    return f"select {', '.join(selected)} from ({rows}) as own {' '.join(joins)}"


def _named(source: Source, names: set[str]) -> dict[str, int]:
    """Those columns of a source, in its order: name → position."""
    return {name: i for i, name in enumerate(source.header) if name in names}


def _aliases(columns: Mapping[str, int]) -> str:
    return ", ".join(f"c{i} as {quote(name)}" for name, i in columns.items())


def _taken(where: Expression | None) -> str:
    """A row is taken when the condition holds, or cannot be judged for a number it cannot read:
    staging then rejects it, where leaving it out would lose it."""
    if where is None:
        return ""
    doubtful = " or ".join(f"{missed} is not null" for missed in where.unreadable) or "false"
    return f"where coalesce({where.sql}, {doubtful})"


def _duckdb_type(data_type: str) -> str:
    return "varchar" if data_type == "string" else data_type
