"""One shop built on both engines, and every table of it compared."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, process_time
from typing import Any

import click

from lib.churn.fitting import fit_warehouse
from lib.churn.observed import MODEL, SCHEMA
from lib.errors import UserError
from lib.pipeline import LEDGER
from lib.publishing.dbt_build import DbtBuild
from lib.publishing.loader import MappingLoader
from lib.spark.build import FAILED, SparkBuild
from lib.spark.churn import PARAMETERS, fit_on_spark
from lib.spark.compare import Comparison, compare_tables
from lib.spark.parquet import as_path, export_schemas, files_of
from lib.spark.session import current_session, stop_session
from lib.warehouse import ROOT, connect

WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@dataclass(frozen=True)
class Shop:
    """What to build: mapped files, the day they are loaded, the day to segment for, with its past
    or without; and which models (all), each with everything it reads."""

    mappings: tuple[Path, ...]
    data_folder: Path | None = None
    loaded_on: date | None = None
    as_of: date | None = None
    today_only: bool = False
    models: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        given = {"as_of_date": self.as_of.isoformat()} if self.as_of else {}
        return {**given, "clock": "as_of"} if self.today_only else given

    @property
    def steps(self) -> tuple[tuple[str, list[str]], ...]:
        """What dbt builds before the churn model is fitted, and what after."""
        # by file: customer_segments alone is the name of the whole project, too
        files = [f"+file:{model}.sql" for model in self.models]
        chosen = ["--select", *files] if files else []
        return ("ledger", ["--select", LEDGER]), ("answers", [*chosen, "--exclude", LEDGER])


def build_on_duckdb(shop: Shop, folder: Path) -> Path:
    """Load, build, fit, build; returns the warehouse file. `folder` has to be empty."""
    state = folder / "state.duckdb"
    with connect(state) as connection:
        MappingLoader(shop.mappings, shop.data_folder, shop.loaded_on).load(connection)
    dbt = DbtBuild(ROOT, state, folder / "duckdb", shop.as_of)
    dbt.variables = shop.variables
    dbt.parse()
    for label, selection in shop.steps:
        with _told(f"DuckDB: {label}"):
            if not dbt.build(label, [*selection, *WITHOUT_TESTS]):
                raise UserError(f"the build on DuckDB failed; see {folder / 'duckdb'}", FAILED)
        if label == "ledger":
            fit_warehouse(state, as_of=shop.as_of)
    return state


def build_on_spark(
    shop: Shop,
    state: Path,
    folder: Path,
    *,
    with_tests: bool,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> SparkBuild:
    """The same from the raw rows of that warehouse, as Parquet; fitted on what Spark has built."""
    parquet = folder / "parquet"
    with connect(state, read_only=True) as connection:
        export_schemas(connection, parquet, ("raw",))
    build = SparkBuild(folder / "spark", parquet, shop.variables, callbacks=[*callbacks])
    tests = [] if with_tests else WITHOUT_TESTS
    for label, selection in shop.steps:
        with _told(f"Spark: {label}" + (", with its tests" if with_tests else "")):
            build.build(*selection, "--indirect-selection", "cautious", *tests)
        if label == "ledger":
            fit_on_spark(build, shop.as_of)
    return build


@dataclass(frozen=True)
class Outcome:
    """What was found, and the CPU seconds each engine took, dbt and (Spark) Java included."""

    comparison: Comparison
    duckdb_seconds: float
    spark_seconds: float


def compare_engines(shop: Shop, folder: Path, *, with_tests: bool = True) -> Outcome:
    """Build on both and hold every model and seed against each other; nothing is cleaned up."""
    folder.mkdir(parents=True, exist_ok=True)
    check_models_exist(shop.models)
    began = process_time()
    state = build_on_duckdb(shop, folder)
    built = process_time()
    build = build_on_spark(shop, state, folder, with_tests=with_tests)
    spark_seconds = process_time() - built
    tables = (
        relations_read_by(shop.models, build.relations(), build.manifest.parent_map)
        if shop.models
        else None
    )
    comparison = compare_builds(state, build, folder / "compared", tables)
    before = _seconds_of_children()
    stop_session()
    java_seconds = _seconds_of_children() - before
    return Outcome(comparison, built - began, spark_seconds + java_seconds)


def check_models_exist(models: Sequence[str]) -> None:
    """Raises UserError for the first that is no model of this project."""
    there = {path.stem for path in (ROOT / "models").rglob("*.sql")}
    for model in models:
        if model not in there:
            close = get_close_matches(model, there, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise UserError(f"--select {model}: there is no such model{hint}")


def relations_read_by(
    models: Sequence[str], relations: Mapping[str, Any], parents: Mapping[str, Sequence[str]]
) -> set[str]:
    """Of the relations (schema.name to node): these models, the ledger, and all that they read.

    `parents` are dbt's: of each node's unique_id, those of the nodes it reads.
    """
    named = {node.name: node.unique_id for node in relations.values()}
    to_visit = [named[name] for name in (*models, MODEL)]
    read: set[str] = set()
    while to_visit:
        node = to_visit.pop()
        if node not in read:
            read.add(node)
            to_visit.extend(parents.get(node, ()))
    return {name for name, node in relations.items() if node.unique_id in read}


def _seconds_of_children() -> float:
    """CPU of the processes this one has started and seen end."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare_builds(
    state: Path, build: SparkBuild, folder: Path, tables: Collection[str] | None = None
) -> Comparison:
    """Hold what stands in the DuckDB file against what Spark has built in this process: these
    tables, or every model, seed and fitted parameter."""
    session = current_session()
    with _told("comparing"):
        files = {
            name: files_of(session, name, node, folder)
            for name, node in build.relations().items()
            if tables is None or name in tables
        }
        if tables is None or f"{SCHEMA}.{MODEL}" in tables:
            for name in PARAMETERS:
                files[name] = sorted((build.parquet / as_path(name)).glob("*.parquet"))
        return compare_tables(state, files, sorted(files))


class _told:
    """Says on the screen what is done, and at its end how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        click.echo(f"{self.what} …", err=True)
        self.began = perf_counter(), process_time()

    def __exit__(self, *_: Any) -> None:
        seconds, cpu = perf_counter() - self.began[0], process_time() - self.began[1]
        click.echo(f"  {seconds:.0f} s, {cpu:.0f} s of CPU in this process", err=True)
