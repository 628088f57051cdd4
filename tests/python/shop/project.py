"""The project's SQL, compiled by dbt once for each choice of vars."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from lib.warehouse import ROOT

CATALOG = "state"
# as_of_date changes from test to test: it is compiled once as this date, and written over
AS_OF_MARK = "1001-01-01"

PROOFS = "tests/singular/catalogue"
DECIDES = "decides_every_case"  # the generic test that is a proof too
# the models that are made of seeds alone, and proved like them
MADE_OF_SEEDS = ("int_moves_classified", "int_preset_cells_decided")

Vars = tuple[tuple[str, str], ...]


class CompileFailed(Exception):
    """dbt refused to parse or compile the project; carries what dbt said."""


@dataclass(frozen=True)
class Model:
    """A compiled model: its `"state"."schema"."name"`, its SQL and the models it reads."""

    name: str
    schema: str
    relation: str
    sql: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class DataTest:
    """A compiled data test: it fails where its SQL gives a row."""

    name: str
    sql: str


@dataclass(frozen=True)
class Seed:
    """A seed: where its CSV lies and the SQL type of each column, from the seed's YAML."""

    relation: str
    schema: str
    path: Path
    column_types: dict[str, str]


def compile_project(
    as_of: str = "", variables: Mapping[str, Any] | None = None
) -> dict[str, Model]:
    """Every model by name, parents before children, as dbt compiles it with these vars.

    `as_of` is written over a mark in SQL that is compiled once, the same text that compiling with
    it would give (test_edge_cases proves it); `variables` are compiled for.
    """
    compiled = _compiled(as_vars({"as_of_date": AS_OF_MARK, **(variables or {})}))
    wanted = f"'{as_of}'" if as_of else "null"
    return {
        name: replace(model, sql=model.sql.replace(f"'{AS_OF_MARK}'", wanted))
        for name, model in compiled.items()
    }


def as_vars(variables: Mapping[str, Any]) -> Vars:
    """Vars as something a cache can be keyed by: text, in order."""
    return tuple(sorted((name, str(value)) for name, value in variables.items()))


@cache
def seeds() -> tuple[Seed, ...]:
    """Every seed that a model may read."""
    return tuple(
        Seed(
            relation=node.relation_name,
            schema=node.schema,
            path=ROOT / node.original_file_path,
            column_types=dict(node.config.column_types),
        )
        for node in _manifest().nodes.values()
        if node.resource_type == "seed"
    )


@cache
def _compiled(variables: Vars) -> dict[str, Model]:
    """Models in the order of the DAG; nothing is run and no warehouse is opened."""
    result = _dbt(
        "compile", "--no-populate-cache", "--threads", "1",
        "--select", "resource_type:model", "--indirect-selection", "empty",
        "--vars", yaml.safe_dump(dict(variables)), manifest=_manifest(),
    )  # fmt: skip
    nodes = {run.node.unique_id: run.node for run in result.results}
    models = {
        node.name: Model(
            name=node.name,
            schema=node.schema,
            relation=node.relation_name,
            sql=node.compiled_code,
            parents=tuple(nodes[p].name for p in node.depends_on.nodes if p in nodes),
        )
        for node in nodes.values()
    }
    return {name: models[name] for name in _in_order(models)}


def _in_order(models: Mapping[str, Model]) -> list[str]:
    """Names, parents before children."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in ordered:
            for parent in models[name].parents:
                visit(parent)
            ordered[name] = None

    for name in sorted(models):
        visit(name)
    return list(ordered)


@cache
def compiled_proofs() -> dict[str, Model]:
    """The proofs that need seeds alone, and the models they read: the singular tests of
    tests/singular/catalogue and the generic test of decision tables."""
    folder = _folder(PROOFS)
    result = _dbt(
        "compile", "--no-populate-cache", "--threads", "1",
        "--select", f"path:{PROOFS}", f"test_name:{DECIDES}", *MADE_OF_SEEDS, folder=folder,
    )  # fmt: skip
    nodes = {run.node.unique_id: run.node for run in result.results}
    return {
        node.name: Model(
            name=node.name,
            schema=node.schema,
            relation=node.relation_name or "",
            sql=node.compiled_code,
            parents=tuple(nodes[p].name for p in node.depends_on.nodes if p in nodes),
        )
        for node in nodes.values()
        if all(p in nodes or p.startswith("seed.") for p in node.depends_on.nodes)
        and getattr(getattr(node, "test_metadata", None), "name", DECIDES) == DECIDES
    }


@cache
def compiled_tests() -> tuple[DataTest, ...]:
    """Every data test of the project, generic and singular, for the default vars."""
    result = _dbt(
        "compile", "--no-populate-cache", "--threads", "1", "--select", "resource_type:test",
        folder=_folder("tests/singular"),
    )  # fmt: skip
    return tuple(
        DataTest(run.node.name, run.node.compiled_code)
        for run in result.results
        if run.node.resource_type == "test"
    )


def compile_models(names: Iterable[str], variables: Mapping[str, Any]) -> dict[str, Model]:
    """A few models, not their parents, as dbt compiles them with these vars."""
    result = _dbt(
        "compile", "--no-populate-cache", "--threads", "1", "--select", *sorted(names),
        "--vars", yaml.safe_dump(dict(variables)), manifest=_manifest(),
    )  # fmt: skip
    return {
        run.node.name: Model(
            run.node.name, run.node.schema, run.node.relation_name, run.node.compiled_code, ()
        )
        for run in result.results
        if run.node.resource_type == "model"
    }


def manifest_with_unit_tests() -> Any:
    """What dbt knows of the project, the unit tests among it."""
    return _dbt("parse", folder=_folder("tests/unit"))


@cache
def _manifest() -> Any:
    return _dbt("parse")


def _dbt(*command: str, manifest: Any = None, folder: Path | None = None) -> Any:
    """Run dbt in this process, against a folder of its own, and return what it found."""
    from dbt.cli.main import dbtRunner  # two seconds, paid only by tests that compile

    folder = folder or _folder()
    with patch.dict(os.environ, {"SEGMENTS_WAREHOUSE": str(folder / f"{CATALOG}.duckdb")}):
        result = dbtRunner(manifest=manifest).invoke([
            "--quiet", "--log-level", "none", "--log-level-file", "none",
            *command, "--no-partial-parse",
            "--project-dir", str(folder), "--profiles-dir", str(ROOT / "profiles"),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
        ])  # fmt: skip
    if not result.success:
        raise CompileFailed(str(result.exception or [run.message for run in result.result.results]))
    return result.result


@cache
def _folder(*tests: str) -> Path:
    """The project without its unit tests and singular tests, which take as long to parse, but for
    the folders named."""
    folder = Path(tempfile.mkdtemp(prefix="compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tests").mkdir()
    for part in ("dbt_project.yml", "models", "macros", "seeds", "tests/generic"):
        (folder / part).symlink_to(ROOT / part)
    for part in tests:  # dbt follows no link on its way to a singular test
        shutil.copytree(ROOT / part, folder / part)
    return folder
