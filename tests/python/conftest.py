"""Shared by every Python test of the project."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from faults.tally import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from how_many import SHOPS

# The process that prints has to have these hooks when the tests run in others (pytest -n).
__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]
RELATION_SHOPS = max(SHOPS // 10, 4)


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
