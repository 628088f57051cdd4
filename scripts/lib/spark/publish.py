"""Versions of the marts on Spark: a folder each, and one link that moves once the tests passed.

warehouse/spark/
  state.duckdb                    mapped files, as the loader keeps them
  parquet/<schema>/<table>/       raw rows and fitted parameters, for both engines
  versions/<name>/<schema>/<table>/*.parquet    marts and catalogue
  current -> versions/<name>      what readers open
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from lib.errors import UserError
from lib.publishing.durable import sync, write_json
from lib.publishing.loader import MappingLoader
from lib.publishing.lock import exclusive
from lib.publishing.screen import say
from lib.spark.build import SparkBuild
from lib.spark.churn import fit_on_spark
from lib.spark.parquet import SparkLayout, write_parquet
from lib.spark.session import current_session, stop_session
from lib.warehouse import connect

LEDGER = "+int_customers_observed"
SERVED = ("marts", "catalogue")


def run_on_spark(
    layout: SparkLayout, loader: MappingLoader, as_of: date | None = None, keep: int = 3
) -> str:
    """Load, build, fit, build, test, publish; returns the new version's name.

    Whatever goes wrong, `current` says what it said before, and a UserError why.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    with exclusive(layout.root / ".lock", purpose="run_pipeline"):
        if loader.mappings:
            with connect(layout.state) as connection:
                loader.load(connection)
            write_parquet(layout.state, layout.parquet)
        if not layout.parquet.is_dir():
            raise UserError(
                f"there is nothing to build from: name a --mapping to load, or put Parquet folders"
                f" under {layout.parquet}/raw/<table>/"
            )
        with _fresh(layout.building), _own_session():
            as_of_date = build_and_test(layout, as_of)
            return publish(layout, as_of_date, keep)


def build_and_test(layout: SparkLayout, as_of: date | None) -> str:
    """Every table of a new version under `building`; returns its as-of date."""
    build = SparkBuild(
        layout.building, layout.parquet, {"as_of_date": as_of.isoformat()} if as_of else {}
    )
    say("ledger …")
    build.build("--select", LEDGER, "--indirect-selection", "cautious")
    say("fit …")
    fit_on_spark(build, as_of)
    say("answers …")
    build.build("--exclude", LEDGER, "--indirect-selection", "cautious")
    newest = current_session().sql("select max(observed_on) from marts.customer_segments")
    return str(newest.collect()[0][0])


def publish(layout: SparkLayout, as_of_date: str, keep: int) -> str:
    """Keep the served schemas as a version of its own, then move the link to it in one step."""
    name = _free_name(layout, as_of_date)
    staged = layout.building / "version"
    staged.mkdir()
    for schema in SERVED:
        (layout.building / "tables" / f"{schema}.db").rename(staged / schema)
    write_json(staged / "manifest.json", _manifest(staged, name, as_of_date), mode=0o640)
    for path in staged.rglob("*"):
        sync(path)
    layout.versions.mkdir(exist_ok=True)
    staged.rename(layout.versions / name)
    sync(layout.versions)
    fresh = layout.root / f".current-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("versions") / name)
    os.replace(fresh, layout.current)
    sync(layout.root)
    _prune(layout, keep)
    return name


def _manifest(version: Path, name: str, as_of_date: str) -> dict[str, Any]:
    files = sorted(path for path in version.rglob("*.parquet"))
    tables = sorted({"/".join(path.relative_to(version).parts[:2]) for path in files})
    return {"name": name, "as_of": as_of_date, "engine": "spark", "tables": tables}


def _free_name(layout: SparkLayout, as_of_date: str) -> str:
    number = 1
    while (layout.versions / f"{as_of_date}-{number}").exists():
        number += 1
    return f"{as_of_date}-{number}"


def _prune(layout: SparkLayout, keep: int) -> None:
    """Drop the oldest versions; the served one stays, whatever its age."""
    kept = sorted(layout.versions.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for version in kept[: max(len(kept) - keep, 0)]:
        if version.name != layout.served():
            shutil.rmtree(version)


@contextmanager
def _own_session() -> Iterator[None]:
    """Spark, which the first build starts, is gone at the end."""
    try:
        yield
    finally:
        stop_session()


@contextmanager
def _fresh(folder: Path) -> Iterator[None]:
    """An empty folder, gone at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
