"""Short by default (part of `make test`); FAULTS=full tries everything (`make test-faults`)."""

import pytest

from faults import strace
from faults.tally import (
    FULL,
    TALLY,
    Tally,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from faults.toy import run_toy, write_batch, write_project
from faults.trial import Setting

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]


@pytest.fixture(scope="session")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    folder = tmp_path_factory.mktemp("faults")
    template = folder / "template"
    for batch in (0, 1):
        assert run_toy(template, write_batch(folder / "in", batch)) == 0
    return Setting(
        template, write_batch(folder / "in", 2), write_project(folder / "project"), folder
    )


@pytest.fixture(scope="session")
def tally() -> Tally:
    return TALLY


@pytest.fixture(scope="session")
def is_full() -> bool:
    """Whether to try everything."""
    return FULL


@pytest.fixture
def with_strace(tally: Tally) -> None:
    if reason := strace.why_not():
        tally.skip(f"faults at system calls: {reason}")
