"""Load what a mapping names into `raw.*`, in one transaction: everything of it or nothing."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from lib.erasure.tombstones import Tombstones
from lib.errors import UserError
from lib.loading.databases import open_postgres
from lib.loading.delimited import Counts
from lib.loading.expressions import MACROS
from lib.loading.mapping import Entry, MappingFile, Origin, database_url, files_of, read_mapping
from lib.loading.merge import Merged, merge
from lib.loading.shape import Plan, plan_entry, shape
from lib.loading.sources import open_file
from lib.loading.sql import Connection, literal, number_from
from lib.loading.written import Source
from lib.loading.zeros import refuse_lost_zeros
from lib.warehouse import Table, create_contract_tables

MAX_UNREADABLE = 0.05
LOAD_ID_DIGITS = 16

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LoadResult:
    """What became of the rows of one source in one raw table.

    rows_read = rows_new + rows_replacing + rows_unchanged + rows_unreadable + rows_erased. Rows
    left out by the mapping's condition, and rows folded into another of their group, are not among
    rows_read; erased are those of people who asked for it (scripts/erase_customer.py).
    """

    raw_table: str
    source_name: str
    load_id: str
    already_loaded: bool = False
    rows_read: int = 0
    rows_new: int = 0
    rows_replacing: int = 0
    rows_unchanged: int = 0
    rows_unreadable: int = 0
    rows_erased: int = 0
    rows_left_out: int = 0
    rows_grouped: int = 0
    notes: tuple[str, ...] = ()


def load_mapping(
    connection: Connection,
    mapping_path: Path,
    folder: Path | None = None,
    loaded_on: date | None = None,
    *,
    max_unreadable: float = MAX_UNREADABLE,
    dry_run: bool = False,
    progress: Progress = lambda name, done, total: None,
) -> list[LoadResult]:
    """Load the files of a mapping; a load that is there already is skipped.

    `folder` overrides the mapping's, `loaded_on` today's date (the one wall clock of the project),
    `max_unreadable` is the share of rows that may be unreadable. Any error leaves the warehouse as
    it was, and so does `dry_run`.
    """
    mapping = read_mapping(mapping_path, folder)
    day = loaded_on or date.today()
    with tempfile.TemporaryDirectory() as scratch, _transaction(connection, dry_run) as cursor:
        create_contract_tables(cursor)
        run = _Run(cursor, mapping, Path(scratch), day, max_unreadable)
        return run.load(progress)


def _already_loaded(entry: Entry, source: Source, load_id: str) -> LoadResult:
    return LoadResult(entry.raw_table.name, source.name, load_id, already_loaded=True)


def _look_alike_note(table: Table, merged: Merged) -> list[str]:
    """Rows without a key, loaded again under another file name, would double what they say."""
    if merged.look_alikes * 2 <= merged.new:
        return []
    return [
        f"{merged.look_alikes} of {merged.new} new rows of {table.name} equal rows of other files;"
        f" without a {table.key[0]} they count again: give the file its old name, or map a key"
    ]


@contextmanager
def _transaction(connection: Connection, dry_run: bool) -> Iterator[Connection]:
    """A connection of its own: temporary tables and macros leave no trace in the caller's."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("set TimeZone = 'UTC'")
        # Where a row stands in its file is known from the order in which it is read.
        cursor.execute("set preserve_insertion_order = true")
        cursor.execute("begin transaction")
        try:
            cursor.execute(MACROS)
            yield cursor
        except BaseException:
            # After a fatal error there is nothing left to roll back; the error itself counts.
            with suppress(duckdb.Error):
                cursor.execute("rollback")
            raise
        cursor.execute("rollback" if dry_run else "commit")


class _Run:
    """One command: its sources, each opened and read once however many raw tables it feeds."""

    def __init__(
        self,
        cursor: Connection,
        mapping: MappingFile,
        scratch: Path,
        loaded_on: date,
        max_unreadable: float,
    ) -> None:
        self.cursor = cursor
        self.tombstones = Tombstones(cursor)
        self.mapping = mapping
        self.name = mapping.path.name
        self.scratch = scratch
        self.loaded_on = loaded_on
        self.max_unreadable = max_unreadable
        self.opened: dict[tuple[str, Origin], Source] = {}
        self.tables: dict[Source, str] = {}
        self.counts: dict[Source, Counts] = {}

    def load(self, progress: Progress) -> list[LoadResult]:
        """Plan everything first, so that what is wrong with any file shows before a row moves."""
        results: list[LoadResult] = []
        planned = [
            (entry, source)
            for entry in self.mapping.entries
            for source in self._sources(entry.origin, optional=entry.optional)
        ]
        plans = [self._plan(entry, source) for entry, source in planned]
        seen: set[str] = set()
        for done, plan in enumerate(plans):
            if isinstance(plan, LoadResult):
                results.append(plan)
                continue
            if plan.load_id in seen:
                results.append(_already_loaded(plan.entry, plan.source, plan.load_id))
                continue
            seen.add(plan.load_id)
            progress(f"{plan.entry.raw_table.name} ← {plan.source.name}", done, len(plans))
            results.append(self._load(plan, plans))
            self._forget(plans[done + 1 :])
        fresh = [result for result in results if not result.already_loaded]
        refuse_lost_zeros(self.cursor, {one.load_id: one.source_name for one in fresh})
        return results

    def _sources(self, origin: Origin, *, optional: bool = False) -> list[Source]:
        """Open every source an origin means, in the order of their names."""
        url = database_url(origin, self.name) if origin.database else None
        paths = [] if url else files_of(origin, self.mapping.folder, self.name)
        if not url and not paths and not optional:
            raise UserError(
                f"{self.name}: there is no {origin.file or origin.database} in"
                f" {self.mapping.folder}; put it there, or give its folder with --folder"
            )
        sources = []
        for place in [url] if url else [str(path) for path in paths]:
            if (place, origin) not in self.opened:
                self.opened[place, origin] = (
                    open_postgres(self.cursor, place, origin, self.scratch)
                    if url
                    else open_file(self.cursor, Path(place), origin, self.scratch)
                )
            sources.append(self.opened[place, origin])
        return sources

    def _plan(self, entry: Entry, source: Source) -> Plan | LoadResult:
        lookups = []
        for lookup in entry.lookups:
            found = self._sources(lookup.origin)
            if len(found) != 1:
                raise UserError(f"{self.name}: {lookup.origin.file} is several files; look up one")
            lookups += found
        content = [
            source.sha256,
            entry.raw_table.name,
            entry.digest,
            *(its.sha256 for its in lookups),
        ]
        load_id = hashlib.sha256("\n".join(content).encode()).hexdigest()[:LOAD_ID_DIGITS]
        known = f"select count(*) from raw.loads where load_id = {literal(load_id)}"
        if number_from(self.cursor, known):
            return _already_loaded(entry, source, load_id)
        return plan_entry(self.cursor, entry, source, lookups, load_id, self.name)

    def _load(self, plan: Plan, plans: Sequence[Plan | LoadResult]) -> LoadResult:
        table = plan.entry.raw_table
        for source in plan.sources:
            self._read(source, plans)
        for lookup in plan.lookups:
            if self.counts[lookup.source].unreadable:
                raise UserError(
                    f"{lookup.source.name} has rows that cannot be read, and {table.name} looks"
                    " values up in it; mend them first"
                )
        counts = self.counts[plan.source]
        shaped = shape(self.cursor, plan, self.tables, self.name)
        erased = self.tombstones.keep_out(table, f"{self.tables[plan.source]}_rejects")
        self.cursor.execute(
            f"""
            insert into raw.load_rejects by name
            select
                {literal(plan.load_id)} as load_id,
                {literal(table.name)} as raw_table,
                *,
                date '{self.loaded_on}' as loaded_on
            from {self.tables[plan.source]}_rejects
            """
        )
        merged = merge(
            self.cursor, table, plan.made_key, plan.load_id, plan.source.name, self.loaded_on
        )
        result = LoadResult(
            raw_table=table.name,
            source_name=plan.source.name,
            load_id=plan.load_id,
            rows_read=shaped.rows + counts.unreadable,
            rows_new=merged.new,
            rows_replacing=merged.replacing,
            rows_unchanged=merged.unchanged,
            rows_unreadable=counts.unreadable,
            rows_erased=erased,
            rows_left_out=shaped.left_out,
            rows_grouped=shaped.grouped,
            notes=(*plan.notes, *_look_alike_note(table, merged)),
        )
        self._record(result, plan.source.sha256)
        return result

    def _record(self, result: LoadResult, sha256: str) -> None:
        self.cursor.execute(
            f"""
            insert into raw.loads by name
            select
                {literal(result.load_id)} as load_id,
                {literal(result.raw_table)} as raw_table,
                {literal(result.source_name)} as source_name,
                {literal(sha256)} as source_sha256,
                {result.rows_read} as rows_read,
                {result.rows_unreadable} as rows_unreadable,
                {result.rows_unchanged} as rows_unchanged,
                0 as rows_replaced,
                {result.rows_left_out} as rows_left_out,
                {result.rows_grouped} as rows_grouped,
                {result.rows_erased} as rows_erased,
                date '{self.loaded_on}' as loaded_on
            """
        )
        stored = number_from(
            self.cursor,
            f"select count(*) from raw.{result.raw_table}"
            f" where load_id = {literal(result.load_id)}",
        )
        gone = result.rows_unreadable + result.rows_unchanged + result.rows_erased
        if result.rows_read != gone + stored:
            raise RuntimeError(f"rows of {result.source_name} are unaccounted for: {result}")

    def _read(self, source: Source, plans: Sequence[Plan | LoadResult]) -> None:
        """Read the columns that any plan needs, once."""
        if source in self.tables:
            return
        wanted = set[str]().union(*(plan.reads(source) for plan in plans if isinstance(plan, Plan)))
        positions = [i for i, name in enumerate(source.header) if name in wanted]
        table = f"source_{len(self.counts)}"
        counts = source.read(table, positions)
        self.tables[source], self.counts[source] = table, counts
        if counts.unreadable > self.max_unreadable * (counts.rows + counts.unreadable):
            first = self.cursor.execute(
                f"select source_line, reject_reasons from {table}_rejects order by source_line"
            ).fetchone()
            assert first
            raise UserError(
                f"{source.name}: {counts.unreadable} of {counts.rows + counts.unreadable} rows"
                f" cannot be read (first row {first[0]}: {first[1]}); mend the file, name its"
                " delimiter, or allow more with --max-unreadable"
            )

    def _forget(self, later: Sequence[Plan | LoadResult]) -> None:
        """Drop the rows of sources no later plan reads."""
        needed = {source for plan in later if isinstance(plan, Plan) for source in plan.sources}
        for source in self.tables.keys() - needed:
            table = self.tables.pop(source)
            self.cursor.execute(f"drop table {table}; drop table {table}_rejects")
