"""The order of an erasure, so that a crash anywhere is finished by asking again.

1. who: the person's values go into a journal, the only file that holds them until the end
2. a run of the pipeline whose load is the erasure: raw rows go, tombstones come, everything that
   is derived is built, tested and published without the person, and the state file is new
3. every other kept version is written anew without the person's rows
4. proof: nothing is found, by value, in any table or file; the journal goes
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from lib.erasure.person import Person, find_person
from lib.erasure.proof import Search, search
from lib.erasure.rewrite import erase_raw, write_without
from lib.erasure.tombstones import bury, is_buried
from lib.errors import UserError
from lib.loading.sql import literal
from lib.pipeline import ARTEFACTS, Builder, Run, RunOptions, build_with_dbt, run_pipeline
from lib.publishing import FAILED
from lib.publishing.durable import sync, write_json
from lib.publishing.fingerprints import fingerprints_of_file
from lib.publishing.flip import STATE, free_name, kept_versions, log_event
from lib.publishing.layout import FOLDER_MODE, Layout, read_manifest
from lib.publishing.screen import say
from lib.publishing.seal import (
    FILE_MODE,
    STORAGE_VERSION,
    TABLE_FILES,
    ArtefactWriter,
    freeze,
    verify_files,
)
from lib.publishing.writer import changing
from lib.warehouse import connect, create_contract_tables, raw_tables

DERIVED = ("staging", "intermediate", "marts", "audiences")


@dataclass
class Erased:
    """What an erasure did: rows gone from raw, versions written anew, where the rows came from."""

    raw_rows: int = 0
    versions: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    proof: Search = field(default_factory=Search)


def erase(
    options: RunOptions,
    who: str,
    key: bytes,
    today: date,
    build: Builder = build_with_dbt,
    artefacts: Sequence[ArtefactWriter] = ARTEFACTS,
) -> Erased:
    """Erase the person known as `who`; `key` is the secret of pseudonyms and tombstones.

    Raises UserError when nobody is known by that name, when the build without the person fails
    (nothing is erased then), or when something of the person is still found.
    """
    layout = options.layout
    journal = layout.root / ".erasing.json"
    with changing(layout, purpose="erase_customer", wait=options.wait):
        if journal.exists():
            person = Person.from_json(json.loads(journal.read_text(encoding="utf-8")))
            say("an erasure that did not end is finished first; ask again for another person")
        else:
            with _state(layout) as connection:
                create_contract_tables(connection)
                person = _who(connection, who, key)
            write_json(journal, person.as_json())
    loader = _Eraser(person, key, today)

    def build_anew(run: Run, candidate: Path) -> None:
        shrink(candidate / STATE, person)
        build(run, candidate)

    run_pipeline(options, loader, build_anew, artefacts)
    result = Erased(raw_rows=loader.rows, sources=loader.sources)
    with changing(layout, purpose="erase_customer", wait=options.wait):
        for _, name, _ in kept_versions(layout):
            if name != layout.served() and rewrite_version(layout, name, person):
                result.versions.append(name)
        log_event(layout, "erase", layout.served() or "", rows=result.raw_rows)
        journal.unlink()
        sync(layout.root)
        result.proof = search(layout.root, person)
    if result.proof.found:
        raise UserError(
            f"something of the person is still there: {', '.join(result.proof.found)}", FAILED
        )
    return result


def _state(layout: Layout) -> duckdb.DuckDBPyConnection:
    if not layout.state.exists():
        raise UserError(f"there is no {layout.state}; nothing has been loaded")
    return connect(layout.state)


def _who(connection: duckdb.DuckDBPyConnection, who: str, key: bytes) -> Person:
    try:
        return find_person(connection, who, key)
    except UserError as error:
        kind = "email" if "@" in who else "customer"
        if is_buried(connection, key, kind, who):
            raise UserError(f"{who} has been erased already") from None
        raise error


class _Eraser:
    """The load of an erasing run: it takes rows out instead of bringing some."""

    def __init__(self, person: Person, key: bytes, today: date) -> None:
        self.person, self.key, self.today = person, key, today
        self.rows = 0
        self.sources: list[str] = []

    def files(self) -> list[Path]:
        return []

    def folder(self) -> Path | None:
        return None

    def load(self, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        create_contract_tables(connection)
        connection.execute("begin")
        before = "select load_id, coalesce(rows_erased, 0) as rows from raw.loads"
        connection.execute(f"create or replace temp table erased_before as {before}")
        self.rows = erase_raw(connection, self.person, list(raw_tables()))
        bury(connection, self.key, self.person.tombstones(), self.today)
        self.sources = [
            row[0]
            for row in connection.execute(
                "select distinct source_name from raw.loads left join erased_before using (load_id)"
                " where coalesce(rows_erased, 0) > coalesce(erased_before.rows, 0) order by all"
            ).fetchall()
        ]
        connection.execute("commit")
        return [{"rows_erased": self.rows}]


def shrink(state: Path, person: Person) -> None:
    """Write a candidate's state anew: what dbt derives goes, the freed bytes with it."""
    fresh = state.with_name("fresh.duckdb")
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        write_without(connection, state, fresh, person, leave_out=DERIVED)
    os.replace(fresh, state)


def rewrite_version(layout: Layout, name: str, person: Person) -> bool:
    """Put a version without the person in the place of a kept one, under a new name.

    A page or other file that mentions the person is left out. False where nobody was in it.
    """
    before = layout.version(name)
    manifest = read_manifest(before)
    fresh_name = free_name(layout, name)
    fresh = layout.build / f"erased-{fresh_name}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    left_out = 0
    for file in manifest["files"]:
        if file not in TABLE_FILES:
            shutil.copy(before / file, fresh / file)
            continue
        with duckdb.connect(":memory:") as connection:
            left_out += write_without(
                connection,
                before / file,
                fresh / file,
                person,
                options=f" (storage_version '{STORAGE_VERSION}')",
            )
        _print_anew(fresh / file, fresh_name, manifest)
    pages = [place.split()[-1] for place in search(fresh, person).found]
    for page in {page for page in pages if page not in TABLE_FILES}:
        (fresh / page).unlink(missing_ok=True)
        left_out += 1
    if not left_out:
        shutil.rmtree(fresh)
        return False
    manifest["name"] = fresh_name
    manifest["files"] = {path.name: freeze(path) for path in sorted(fresh.iterdir())}
    write_json(fresh / "manifest.json", manifest, mode=FILE_MODE)
    fresh.chmod(FOLDER_MODE)
    sync(fresh)
    verify_files(fresh)
    os.rename(fresh, layout.version(fresh_name))
    doomed = layout.build / f"pruned-{name}"
    os.rename(before, doomed)
    sync(layout.versions)
    shutil.rmtree(doomed)
    return True


def _print_anew(path: Path, version: str, manifest: dict[str, Any]) -> None:
    """Make fingerprints in file and manifest those of the rows that are left."""
    schemas = TABLE_FILES[path.name].values()
    prints = fingerprints_of_file(path, schemas)
    manifest["tables"] |= {table: found._asdict() for table, found in prints.items()}
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"update publication.fingerprints set version = {literal(version)}")
        for table, found in prints.items():
            connection.execute(
                f"update publication.fingerprints set row_count = {found.rows},"
                f" lower = {literal(found.lower)}, upper = {literal(found.upper)}"
                f" where table_name = {literal(table)}"
            )
        connection.execute("force checkpoint")
