"""CDNOW, the purchases of 23,570 customers in 18 months (Fader, Hardie and Lee 2005).

Read where the lifetimes package keeps them, a dependency of the tests; no copy is ours.
"""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Purchase(NamedTuple):
    """A row of the master file; `dollars` as it is written."""

    customer_id: str
    day: date
    dollars: str


def master_file() -> Path:
    """Columns, by blanks: customer, day as yyyymmdd, CDs, dollars."""
    package = find_spec("lifetimes")
    assert package and package.origin, "CDNOW IS NOT CHECKED: requirements-test.lock brings it"
    return Path(package.origin).parent / "datasets" / "CDNOW_master.txt"


def purchases() -> Iterator[Purchase]:
    """All of them, in the order of the file."""
    with master_file().open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=" ", skipinitialspace=True) if row]
    for customer_id, day, _, dollars in (row[:4] for row in rows[1:]):
        yield Purchase(customer_id, date(int(day[:4]), int(day[4:6]), int(day[6:])), dollars)
