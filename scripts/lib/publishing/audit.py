"""What dbt did to a candidate, read from its artefacts: was every node built, did every test pass?

A candidate is never judged by one exit code: dbt says success when a selection left half the
project out, and a failed test does not always skip what follows it.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RUN_RESULTS = "run_results.json"
MANIFEST = "manifest.json"
PASSED = {"success", "pass"}
RUN_BY_DBT = {"model", "seed", "snapshot", "test", "unit_test", "function", "operation"}


@dataclass(frozen=True)
class Finding:
    """Why a candidate is not fit to serve: which check, about what, in words."""

    check: str
    subject: str
    message: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.check} {self.subject}: {self.message}"


@dataclass(frozen=True)
class DbtVerdict:
    """How many nodes of each kind ended in each status ({'test pass': 140, …}), and what failed."""

    counts: dict[str, int]
    findings: list[Finding]


def audit_dbt(artefacts: Iterable[Path], *, complete: bool = True) -> DbtVerdict:
    """Every node ended in success or pass and, if `complete`, every enabled node ran.

    Reads run_results.json and manifest.json in each build's target folder; one that cannot be
    read is a failure.
    """
    ran: set[str] = set()
    counts: Counter[str] = Counter()
    findings: list[Finding] = []
    expected: set[str] = set()
    for folder in artefacts:
        try:
            results = json.loads((folder / RUN_RESULTS).read_text(encoding="utf-8"))["results"]
            expected |= _enabled_nodes(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            for result in results:
                name, status = result["unique_id"], result["status"]
                kind = name.split(".")[0]
                if kind not in RUN_BY_DBT:
                    continue  # exposures and saved queries are listed as no-op
                ran.add(name)
                counts[f"{kind} {status}"] += 1
                if status not in PASSED:
                    message = " ".join((result["message"] or "").split())
                    findings.append(Finding(status, name, message or "dbt gives no reason"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            findings.append(Finding("unreadable", f"artefacts of {folder.name}", repr(error)))
    if complete:
        if not expected:
            findings.append(Finding("unreadable", "manifest.json", "it names no node at all"))
        findings += (
            Finding("did not run", name, "an enabled node left out or never reached")
            for name in sorted(expected - ran)
        )
    return DbtVerdict(dict(sorted(counts.items())), findings)


def _enabled_nodes(manifest: dict[str, Any]) -> set[str]:
    """Everything a run has to build and to test; ephemeral models run as part of others.

    Unit tests are no part of a run: the test suite runs them.
    """
    return {
        name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in RUN_BY_DBT and node["config"].get("materialized") != "ephemeral"
    }
