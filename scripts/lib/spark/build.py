"""dbt on Spark in this process: one parse, one session, as many builds as it takes."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lib.errors import UserError
from lib.spark.session import check_spark_is_installed
from lib.warehouse import ROOT

FAILED = 1


@dataclass
class SparkBuild:
    """The dbt project on Spark, with tables under `folder`/tables and raw rows from `parquet`.

    `parquet` holds <schema>/<table>/*.parquet for whatever of the contract is not in Spark's
    catalogue, which is gone with the session unless it is `hive`. `variables` are dbt's. `ran` says
    of every node that ran what it is and how it ended.
    """

    folder: Path
    parquet: Path
    variables: dict[str, Any] = field(default_factory=dict)
    catalogue: str = "in-memory"
    project: Path = ROOT
    callbacks: list[Callable[[Any], None]] = field(default_factory=list)
    ran: list[tuple[str, str]] = field(default_factory=list)
    _manifest: Any = None

    @property
    def tables(self) -> Path:
        """Where Spark keeps its tables: <schema>.db/<table>."""
        return self.folder / "tables"

    def build(self, *arguments: str) -> Any:
        """`dbt build`: the nodes' results, or a UserError that says what failed."""
        result = self._invoke("build", *arguments)
        self.ran += [(str(run.node.resource_type), str(run.status)) for run in result.result]
        wrong = [run for run in result.result if run.status in ("error", "fail", "runtime error")]
        if wrong or not result.success:
            said = [f"{run.node.name}: {_first_lines(run.message)}" for run in wrong]
            raise UserError("the build on Spark failed: " + "; ".join(said), exit_code=FAILED)
        return result.result

    def start(self) -> None:
        """Start the session by the profile, with every table of the contract in its catalogue."""
        self._invoke("run-operation", "ensure_contract_tables")

    def relations(self) -> dict[str, Any]:
        """Every model and seed, by schema.name."""
        return {
            f"{node.schema}.{node.alias}": node
            for node in self.manifest.nodes.values()
            if node.resource_type in ("model", "seed")
        }

    @property
    def manifest(self) -> Any:
        if self._manifest is None:
            self._manifest = self._invoke("parse").result
        return self._manifest

    def _invoke(self, command: str, *arguments: str) -> Any:
        check_spark_is_installed()
        from dbt.cli.main import dbtRunner

        manifest = None if command == "parse" else self.manifest
        with self._environment():
            result = dbtRunner(manifest=manifest, callbacks=self.callbacks).invoke([
                "--log-level", "none", "--log-level-file", "info",
                command, *arguments, "--target", "spark", "--vars", json.dumps(self.variables),
                "--project-dir", str(self.project),
                "--profiles-dir", str(self.project / "profiles"),
                "--target-path", str(self.folder / "target"),
                "--log-path", str(self.folder / "logs"), "--no-partial-parse", "--no-version-check",
            ])  # fmt: skip
        if result.exception is not None:
            raise UserError(f"dbt {command} on Spark failed: {result.exception}", exit_code=FAILED)
        return result

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """profiles.yml reads where to build from the environment; afterwards all is as before."""
        from dbt.adapters.factory import reset_adapters

        before = dict(os.environ)
        os.environ["SPARK_WAREHOUSE"] = str(self.tables)
        has_files = any(self.parquet.glob("*/*/*.parquet"))
        os.environ["SEGMENTS_PARQUET"] = str(self.parquet) if has_files else ""
        os.environ.setdefault("SPARK_CATALOG", self.catalogue)
        os.environ.setdefault("SPARK_LOCAL_DIRS", str(self.folder / "spill"))
        try:
            yield
        finally:
            reset_adapters()  # type: ignore[no-untyped-call]
            os.environ.clear()
            os.environ.update(before)


def _first_lines(message: Any) -> str:
    return " ".join(str(message).split())[:300]
