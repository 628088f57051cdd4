"""The copy in PostgreSQL: the same rows, swapped at once, readable and described."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from lib.errors import UserError
from lib.publishing import postgres as exporting
from postgres_server import postgres
from sample_run import ROOT

READERS = ("analysts",)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> str:
    """An empty database of the test's own."""
    name = f"test_{abs(hash(request.node.name)) % 10**9}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return server.removesuffix("/postgres") + f"/{name}"


@pytest.fixture(scope="module")
def exported(server: str, warehouse: Path) -> str:
    """A database that holds the sample shop."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database sample")
    url = server.removesuffix("/postgres") + "/sample"
    done = run_script(warehouse, url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("exported ")
    return url


def run_script(warehouse: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, str(ROOT / "scripts" / "export_postgres.py"), "--to", url),
            *("--warehouse-dir", str(warehouse), "--reader", "analysts"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )


def served(warehouse: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(warehouse / "current" / "segments.duckdb"), read_only=True)


def tables_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name <> 'publication'"
    ).fetchall()


def test_every_table_has_the_same_rows(exported: str, warehouse: Path) -> None:
    def plain(rows: list[Any]) -> list[str]:
        return sorted(map(str, map(tuple, rows)))

    with served(warehouse) as ours, psycopg.connect(exported) as theirs:
        tables = tables_of(ours)
        assert len(tables) > 30
        for schema, table in tables:
            name = f'"{schema}"."{table}"'
            here = ours.execute(f"select * from {name}").fetchall()
            there = theirs.execute(f"select * from {name}").fetchall()
            assert len(here) == len(there), name
            if len(here) < 20_000:
                assert plain(here) == plain(there), name


def test_every_table_and_column_is_described(exported: str, warehouse: Path) -> None:
    with psycopg.connect(exported) as theirs:
        silent = theirs.execute(
            """
            select relname, attname
            from pg_class
            inner join pg_attribute on attrelid = pg_class.oid and attnum > 0
            where
                relnamespace in ('marts'::regnamespace, 'catalogue'::regnamespace)
                and relkind = 'r'
                and (
                    coalesce(obj_description(pg_class.oid), '') = ''
                    or coalesce(col_description(pg_class.oid, attnum), '') = ''
                )
            """
        ).fetchall()
        told = theirs.execute(
            "select obj_description('marts.customer_segments'::regclass)"
        ).fetchone()
    assert silent == []
    assert told and told[0].startswith("One row per customer")


def test_readers_read_and_nothing_else(exported: str) -> None:
    with psycopg.connect(exported, autocommit=True) as connection:
        connection.execute("set role analysts")
        row = connection.execute("select count(*) from marts.customer_segments").fetchone()
        assert row and row[0] > 1_000
        connection.execute("select * from catalogue.categories")
        for wrong in (
            "delete from marts.customer_segments",
            "create table marts.mine (i int)",
            "drop schema marts cascade",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(wrong)


def test_the_same_version_is_not_exported_twice(exported: str, warehouse: Path) -> None:
    again = run_script(warehouse, exported)
    assert again.returncode == 0 and again.stdout.startswith("nothing to export")


def small_warehouse(folder: Path, version: str, customers: int) -> Path:
    """A served version with one table, all of whose rows say which version they are of."""
    path = folder / "versions" / version
    path.mkdir(parents=True)
    with duckdb.connect(str(path / "segments.duckdb")) as connection:
        connection.execute(f"""
            create schema publication; create schema marts; create schema catalogue;
            create table publication.fingerprints as select '{version}' as version;
            create table marts.customer_segments as
                select i as customer_id, '{version}' as version from range({customers}) as t(i);
            create table catalogue.categories as select '{version}' as version
        """)
    link = folder / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("versions") / version)
    return folder


def test_no_reader_sees_two_versions_or_none(database: str, tmp_path: Path) -> None:
    """Readers look while nine versions are swapped in: no query fails, no answer is mixed."""
    exporting.export(small_warehouse(tmp_path, "v0", 500), database, READERS)
    seen: list[tuple[Any, ...]] = []
    wrong: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        try:
            with psycopg.connect(database, autocommit=True) as connection:
                while not done.is_set():
                    seen.extend(
                        connection.execute(
                            "select min(version), max(version), count(*)"
                            " from marts.customer_segments"
                        ).fetchall()
                    )
        except psycopg.Error as error:
            wrong.append(error)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 10):
        warehouse = small_warehouse(tmp_path, f"v{number}", 500 + number)
        result = exporting.export(warehouse, database, READERS)
        assert result.rows == 501 + number
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len({row[0] for row in seen}) > 3
    assert [row for row in seen if row[0] != row[1]] == []
    assert all(row[2] == 500 + int(row[0][1:]) for row in seen)
    with psycopg.connect(database) as connection:
        left = connection.execute("select nspname from pg_namespace where nspname ~ '^marts'")
        assert left.fetchall() == [("marts",)]


def test_a_failure_in_the_middle_leaves_what_was_served(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporting.export(small_warehouse(tmp_path, "v0", 5), database, READERS)

    def fail(*_: object) -> None:
        raise UserError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "_swap", fail)
        with pytest.raises(UserError, match="the power went"):
            exporting.export(small_warehouse(tmp_path, "v1", 6), database, READERS)
    with psycopg.connect(database) as connection:
        assert connection.execute(
            "select max(version) from marts.customer_segments"
        ).fetchone() == ("v0",)
    assert exporting.export(tmp_path, database, READERS).version == "v1"


def test_a_reader_in_the_old_version_is_waited_for_another_time(
    database: str, tmp_path: Path
) -> None:
    exporting.export(small_warehouse(tmp_path, "v0", 5), database, READERS)
    with psycopg.connect(database) as slow:
        slow.execute("select * from marts.customer_segments")  # its transaction stays open
        done = exporting.export(small_warehouse(tmp_path, "v1", 6), database, READERS)
        assert "still in use" in done.warnings[0]
        with psycopg.connect(database) as connection:
            found = connection.execute("select max(version) from marts.customer_segments")
            assert found.fetchone() == ("v1",)
    assert exporting.export(small_warehouse(tmp_path, "v2", 7), database, READERS).warnings == []


def test_a_schema_of_somebody_elses_is_refused(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema marts; create table marts.dear (i int)")
        with pytest.raises(UserError, match="did not make"):
            exporting.export(small_warehouse(tmp_path, "v0", 5), database, READERS)
        assert connection.execute("select count(*) from marts.dear").fetchone() == (0,)


def test_two_exports_do_not_mix(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(f"select pg_advisory_lock({exporting.LOCK})")
        with pytest.raises(UserError, match="another export") as refused:
            exporting.export(small_warehouse(tmp_path, "v0", 5), database, READERS)
        assert refused.value.exit_code == 75


def test_a_wrong_address_is_one_sentence(warehouse: Path) -> None:
    done = run_script(warehouse, "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 2
    assert done.stderr.startswith("error: PostgreSQL: ") and done.stderr.count("\n") == 1
