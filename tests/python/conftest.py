"""Shared by every Python test of the project."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from faults.tally import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from how_many import RELATION_SHOPS
from sample_run import publish_sample, run_script

# The process that prints has to have these hooks when the tests run in others (pytest -n).
__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample shop (sample/) and its warehouse (warehouse/), for all to read.

    Made once per run of the tests: with several worker processes the first one makes it and the
    others wait for its lock. PUBLISHED_SAMPLE names such a folder of an earlier run instead.
    """
    if earlier := os.environ.get("PUBLISHED_SAMPLE"):
        return Path(earlier)
    from lib.publishing.lock import exclusive

    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder = common / "published"
    with exclusive(common / "published.lock", wait=600, purpose="the sample shop"):
        if not folder.exists():
            making = common / "published-in-the-making"
            made = run_script("generate_sample_data.py", "--out", str(making / "sample"))
            assert made.returncode == 0, made.stderr
            done = publish_sample(making / "sample", making / "warehouse")
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stdout.splitlines()[-1].startswith("published ")
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def warehouse(published: Path) -> Path:
    """The warehouse folder of the published sample shop."""
    return published / "warehouse"


@dataclass
class MadeShop:
    """A shop made by chance, what the SQL says of it, and a way to make the same shop again."""

    shop: Any
    answers: Any
    chance: random.Random
    again: Callable[[], Any]


@pytest.fixture(params=range(RELATION_SHOPS))
def made(request: pytest.FixtureRequest) -> MadeShop:
    """A few shops, the same for every relation, so that each is built once as it stands."""
    number = request.param
    return MadeShop(
        shop=_shop(number),
        answers=_answers(number),
        chance=random.Random(request.node.name),
        again=lambda: _shop(number),
    )


def _shop(number: int) -> Any:
    from shop.generated import numbered_shop

    return numbered_shop(number)


@cache
def _answers(number: int) -> Any:

    return _shop(number).build()
