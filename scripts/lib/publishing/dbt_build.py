"""dbt in this process: one parse, then builds into the candidate, each with its own artefacts."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import click
import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from lib.errors import UserError
from lib.publishing import FAILED
from lib.publishing.fingerprints import literal, quoted

WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


class DbtBuild:
    """The dbt project, pointed at one candidate.

    `warehouse` is the candidate's state.duckdb; artefacts and logs go under `folder`, so that two
    runs never read each other's.
    """

    def __init__(self, project: Path, warehouse: Path, folder: Path, as_of: date | None) -> None:
        self.project = project
        self.warehouse = warehouse
        self.folder = folder
        self.variables = {"as_of_date": as_of.isoformat()} if as_of else {}
        self.artefacts: list[Path] = []
        self._manifest: Manifest | None = None

    def parse(self) -> None:
        """Read the project; every later build reuses what was read."""
        result = self._invoke("parse", [], [])
        self._manifest = result.result

    def build(self, label: str, selection: list[str]) -> bool:
        """`dbt build` of a selection; whether its exit code would be 0 (the audit reads on).

        Unit tests are left out: they try the SQL on rows of their own, so no data can change their
        outcome, and a shop's run need not pay for them (15 of its CPU seconds).
        """
        progress = _Progress(label)
        try:
            result = self._invoke(
                "build",
                [*selection, "--indirect-selection", "cautious", *WITHOUT_UNIT_TESTS],
                [progress.on_event],
            )
        finally:
            progress.finish()
        return bool(result.success)

    def describe(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Comment every table, view and column with its description in the project."""
        there = {
            (schema, name): kind
            for schema, name, kind in connection.execute(
                "select schema_name, table_name, 'table' from duckdb_tables()"
                " union all select schema_name, view_name, 'view' from duckdb_views()"
            ).fetchall()
        }
        for node in self._manifest.nodes.values() if self._manifest else ():
            table = (node.schema, node.name)
            if table not in there:
                continue
            comments = [(there[table], quoted(*table), node.description)]
            for column in node.columns.values():
                comments.append(("column", quoted(*table, column.name), column.description))
            for kind, name, text in comments:
                connection.execute(f"comment on {kind} {name} is {literal(text)}")

    def document(self, page: Path) -> None:
        """Write dbt's documentation of what was built as one page that names no folder of ours."""
        target = self.artefacts[-1]  # its manifest has the SQL as it was run
        self._invoke("docs", ["generate", "--static", "--no-compile"], [], target)
        made = target / "static_index.html"
        text = made.read_text(encoding="utf-8")
        page.write_text(text.replace(str(self.project), "."), encoding="utf-8")

    def _invoke(
        self,
        command: str,
        arguments: list[str],
        callbacks: list[Callable[[Any], None]],
        target: Path | None = None,
    ) -> Any:
        target = target or self.folder / f"target-{len(self.artefacts)}"
        if command == "build":
            self.artefacts.append(target)
        common = {
            "--project-dir": self.project,
            "--profiles-dir": self.project / "profiles",
            "--target-path": target,
            "--log-path": self.folder / "logs",
            "--log-level": "none",
            "--log-level-file": "info",
            "--vars": json.dumps(self.variables),
        }
        options = [str(part) for option in common.items() for part in option]
        with _pointed_at(self.warehouse):
            result = dbtRunner(manifest=self._manifest, callbacks=callbacks).invoke(
                [command, *arguments, *options, "--no-partial-parse", "--no-version-check"]
            )
        if isinstance(result.exception, (KeyboardInterrupt, SystemExit)):
            raise result.exception
        if result.exception is not None:
            message = " ".join(str(result.exception).split())
            raise UserError(f"dbt {command} failed: {message}", exit_code=FAILED)
        return result


class _Progress:
    """A bar on a terminal, nothing elsewhere; counts what dbt starts and finishes."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.bar: Any = None
        self.lock = Lock()  # dbt tells of its nodes from several threads

    def on_event(self, event: Any) -> None:
        name = event.info.name
        if name not in ("LogStartLine", "NodeFinished") or not sys.stderr.isatty():
            return
        with self.lock:
            if self.bar is None and name == "LogStartLine":
                self.bar = click.progressbar(
                    length=event.data.total, label=f"  {self.label}", show_pos=True, file=sys.stderr
                )
                self.bar.render_progress()
            elif self.bar is not None and name == "NodeFinished":
                self.bar.update(1)

    def finish(self) -> None:
        if self.bar is not None:
            self.bar.render_finish()


@contextmanager
def _pointed_at(warehouse: Path) -> Iterator[None]:
    """profiles.yml reads where to build from the environment; afterwards all is as before."""
    folder, before = Path.cwd(), dict(os.environ)
    os.environ["SEGMENTS_WAREHOUSE"] = str(warehouse)
    os.environ["SEGMENTS_TEMP"] = str(warehouse.parent / "spill")
    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        reset_adapters()  # type: ignore[no-untyped-call]
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
