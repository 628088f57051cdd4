"""Survived and tried: counted by the trials, printed at the end of the session.

The hooks at the end belong into tests/python/conftest.py, so that the process that prints has them
when the tests run in others (pytest -n).
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

import pytest

FULL = os.environ.get("FAULTS") == "full"


@dataclass
class Tally:
    """Survived and tried, by kind of fault; printed at the end of the session."""

    tried: dict[str, int] = field(default_factory=dict)
    lost: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    is_printed: bool = False

    def skip(self, reason: str) -> NoReturn:
        """Skip a test, and say so at the end: what was not tried has not been survived."""
        self.skipped.append(reason)
        pytest.skip(reason)

    def trial(self, kind: str, what: str, judge: Callable[[], None]) -> None:
        """Count one trial; it is lost, and the next one goes on, when `judge` raises."""
        self.tried[kind] = self.tried.get(kind, 0) + 1
        try:
            judge()
        except Exception as error:
            self.lost.setdefault(kind, []).append(f"{what}: {type(error).__name__}: {error}")

    def verdict(self, kind: str) -> None:
        """Every trial of a kind survived, and there was one."""
        assert self.tried.get(kind), f"no trial of {kind}"
        assert not self.lost.get(kind), "\n".join(self.lost[kind])

    def lines(self) -> list[str]:
        """Survived / tried of every kind, what was measured, what could not be tried here."""
        counts = [
            f"{kind}: survived {tried - len(self.lost.get(kind, []))} of {tried}"
            for kind, tried in self.tried.items()
        ]
        return [*counts, *self.measured, *(f"NOT TRIED: {reason}" for reason in self.skipped)]

    def add(self, other: dict[str, Any]) -> None:
        """Add the counts of another process."""
        for kind, tried in other["tried"].items():
            self.tried[kind] = self.tried.get(kind, 0) + tried
        for kind, lost in other["lost"].items():
            self.lost.setdefault(kind, []).extend(lost)
        self.skipped += other["skipped"]
        self.measured += other["measured"]


TALLY = Tally()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["faults"] = asdict(TALLY)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if found := getattr(node, "workeroutput", {}).pop("faults", None):
        TALLY.add(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if (lines := TALLY.lines()) and not TALLY.is_printed:
        TALLY.is_printed = True  # two conftest files may have the hook
        terminalreporter.section(f"faults ({'full' if FULL else 'short: FAULTS=full for all'})")
        for line in lines:
            terminalreporter.line(line)
