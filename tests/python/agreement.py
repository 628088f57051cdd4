"""Where the SQL and the reference differ, row by row."""

from datetime import date
from fractions import Fraction
from typing import Any

from reference import Reference
from reference.segments import segment_of
from shop import Result


def disagreements(
    result: Result, reference: Reference, dates: list[date] | None = None
) -> list[str]:
    """One sentence per difference; `dates` defaults to all of the clock."""
    found = []
    if result.dates != reference.dates:
        found.append(f"the clock: SQL {result.dates}, reference {reference.dates}")
    said = sorted(map(_readable, result.rejections()))
    expected = sorted(map(_readable, reference.found.rejected))
    if said != expected:
        found.append(f"rejected: SQL {said}, reference {expected}")
    observed = result.observed
    for day in dates or sorted(set(result.dates) & set(reference.dates)):
        expected_rows = reference.observe(day)
        said_rows = {who: row for (who, on), row in observed.items() if on == day}
        if said_rows.keys() != expected_rows.keys():
            odd = {who: who in said_rows for who in said_rows.keys() ^ expected_rows.keys()}
            found.append(f"{day}: only one of them observes (True: the SQL) {odd}")
        for who in said_rows.keys() & expected_rows.keys():
            found += [
                f"{day} {who} {line}" for line in _differences(said_rows[who], expected_rows[who])
            ]
    return found


def _differences(row: dict[str, Any], expected: Any) -> list[str]:
    wanted = dict(vars(expected))
    if "segment" in row:
        wanted["segment"] = segment_of(row)
    return [
        f"{name}: SQL {row[name]!r}, reference {value!r}"
        for name, value in wanted.items()
        if row[name] != (float(value) if isinstance(value, Fraction) else value)
    ]


def _readable(rejection: tuple[str, str, frozenset[str]]) -> str:
    table, key, reasons = rejection
    return f"{table} {key or '(no key)'}: {', '.join(sorted(reasons))}"
