"""The project's SQL as dbt compiles it, and a warehouse to run it on."""

import csv
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from lib.errors import UserError
from lib.warehouse import ROOT, connect

CATALOG = "state"


@dataclass(frozen=True)
class Model:
    """One compiled model: how dbt names it, whether it is a view, its SQL, and what it reads."""

    name: str
    schema: str
    relation: str
    is_view: bool
    sql: str
    parents: tuple[str, ...]

    @property
    def statement(self) -> str:
        """What builds it; dbt's own statements around it cost next to nothing."""
        kind = "view" if self.is_view else "table"
        return f"create or replace {kind} {self.relation} as {self.sql}"


class Project:
    """The dbt project, parsed once, compiled for any choice of vars."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="benchmark-")
        self._manifest: Any = None
        self._manifest = self._dbt("parse")

    def compile(self, variables: Mapping[str, str]) -> dict[str, Model]:
        """Every model by name, parents before children. Nothing is run, no warehouse opened."""
        results = self._dbt(
            "compile", "--no-populate-cache", "--threads", "1",
            "--select", "resource_type:model", "--vars", yaml.safe_dump(dict(variables)),
        ).results  # fmt: skip
        nodes = {
            result.node.unique_id: result.node
            for result in results
            if result.node.resource_type == "model"
        }
        models = {
            node.name: Model(
                name=node.name,
                schema=node.schema,
                relation=node.relation_name,
                is_view=node.config.materialized == "view",
                sql=node.compiled_code,
                parents=tuple(nodes[name].name for name in node.depends_on.nodes if name in nodes),
            )
            for node in nodes.values()
        }
        return in_order(models)

    def load_seeds(self, warehouse: Path) -> None:
        """The catalogue and the raw codes as tables, typed as their YAML says."""
        connection = connect(warehouse)
        try:
            for node in self._manifest.nodes.values():
                if node.resource_type != "seed":
                    continue
                path = ROOT / node.original_file_path
                with path.open(encoding="utf-8") as file:
                    header = next(csv.reader(file))
                types = node.config.column_types
                columns = ", ".join(f"cast({name} as {types[name]}) as {name}" for name in header)
                connection.execute(f"create schema if not exists {node.schema}")
                connection.execute(
                    f"create or replace table {node.schema}.{node.name} as select {columns}"
                    f" from read_csv('{path}', header = true, all_varchar = true, nullstr = '')"
                )
        finally:
            connection.close()

    def _dbt(self, *command: str) -> Any:
        from dbt.cli.main import dbtRunner  # two seconds of imports

        folder = Path(self._folder.name)
        before = dict(os.environ)
        os.environ["SEGMENTS_WAREHOUSE"] = str(folder / f"{CATALOG}.duckdb")
        try:
            result = dbtRunner(manifest=self._manifest).invoke([
                "--quiet", "--log-level-file", "none", *command, "--no-partial-parse",
                "--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles"),
                "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
            ])  # fmt: skip
        finally:
            os.environ.clear()
            os.environ.update(before)
        if not result.success:
            raise UserError(f"dbt {command[0]} failed: {result.exception}")
        return result.result


def in_order(models: Mapping[str, Model]) -> dict[str, Model]:
    """The same models, parents before children."""
    ordered: dict[str, Model] = {}

    def visit(name: str) -> None:
        if name not in ordered:
            for parent in models[name].parents:
                visit(parent)
            ordered[name] = models[name]

    for name in sorted(models):
        visit(name)
    return ordered


def with_ancestors(models: Mapping[str, Model], wanted: Iterable[str]) -> list[Model]:
    """The wanted models and all they rest on, parents before children. What is wanted is written,
    as publishing writes it, though it be a view."""
    wanted = set(wanted)
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in models:
            raise UserError(f"the project has no model {name}; the benchmark must be mended")
        if name not in needed:
            needed.add(name)
            waiting.extend(models[name].parents)
    return [
        replace(model, is_view=model.is_view and name not in wanted)
        for name, model in models.items()
        if name in needed
    ]
