"""Which rows of the catalogue a failed proof complains of, for whoever changed them.

Only proofs of the catalogue show rows: what other tests find may be about a customer, and nothing
of a customer belongs on a screen or in the record of a run.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from lib.publishing.audit import MANIFEST, RUN_RESULTS, Finding

FAILED_TEST = "fail"
OF_THE_CATALOGUE = ("tests/singular/catalogue/", "seeds/")
SHOWN_ROWS = 3


def with_rows(findings: Iterable[Finding], artefacts: Iterable[Path], state: Path) -> list[Finding]:
    """The findings; to each failed proof's message its first rows are added, column by column."""
    failed = [found for found in findings if found.check == FAILED_TEST]
    told: dict[str, str] = {}
    with suppress(OSError, ValueError, KeyError, TypeError, duckdb.Error):
        proofs = _queries(artefacts) if failed else {}
        if any(found.subject in proofs for found in failed):
            with duckdb.connect(str(state), read_only=True) as connection:
                for found in failed:
                    if query := proofs.get(found.subject):
                        told[found.subject] = _first_rows(connection, query)
    return [
        replace(found, message=f"{found.message}: {told[found.subject]}")
        if found.subject in told
        else found
        for found in findings
    ]


def _queries(artefacts: Iterable[Path]) -> dict[str, str]:
    """The SQL of each proof of the catalogue that ran, by the test's id."""
    queries: dict[str, str] = {}
    for folder in artefacts:
        nodes = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["nodes"]
        for result in json.loads((folder / RUN_RESULTS).read_text(encoding="utf-8"))["results"]:
            name = result["unique_id"]
            path = nodes.get(name, {}).get("original_file_path", "")
            if path.startswith(OF_THE_CATALOGUE) and result.get("compiled_code"):
                queries[name] = result["compiled_code"]
    return queries


def _first_rows(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """A row as `column value, column value`, unknown values left out; semicolons between rows."""
    found = connection.execute(f"from (\n{query}\n) limit {SHOWN_ROWS}")
    columns = [column[0] for column in found.description or ()]
    return "; ".join(
        ", ".join(
            f"{column} {value}"
            for column, value in zip(columns, row, strict=True)
            if value is not None
        )
        for row in found.fetchall()
    )
