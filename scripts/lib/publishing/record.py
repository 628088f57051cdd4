"""The record of a run, for machines: warehouse/last_run.json.

It is written when the run begins (outcome "unfinished") and again when it ends, so that a run
that was killed is known by its record too.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from os import getpid
from pathlib import Path
from typing import Any

from lib.publishing.durable import write_json


@dataclass
class RunRecord:
    """What a run did: outcome, versions before and after, durations in seconds, counts, digests.

    `outcome` is unfinished, published, nothing_to_publish, rejected, failed, bad_input, no_space
    or busy.
    """

    outcome: str = "unfinished"
    exit_code: int | None = None
    message: str = ""
    pid: int = field(default_factory=getpid)
    started_at: str = field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    seconds: dict[str, float] = field(default_factory=dict)
    version: str | None = None
    served_before: str | None = None
    served_after: str | None = None
    kept: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    loads: list[dict[str, Any]] = field(default_factory=list)
    identity: dict[str, str | None] = field(default_factory=dict)
    code_versions: dict[str, str] = field(default_factory=dict)
    dbt: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    traceback: str = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; a repeated name adds up."""
        begun = time.monotonic()
        try:
            yield
        finally:
            spent = self.seconds.get(name, 0.0) + time.monotonic() - begun
            self.seconds[name] = round(spent, 3)

    def counts(self) -> str:
        """What dbt did, in words: "8 model success, 20 test pass"."""
        return ", ".join(f"{count} {what}" for what, count in self.dbt.items()) or "no node ran"

    def conclude(self, outcome: str, message: str) -> None:
        """A good end."""
        self.outcome, self.message, self.exit_code = outcome, message, 0

    def write(self, path: Path) -> None:
        write_json(path, asdict(self), mode=0o640)
