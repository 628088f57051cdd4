"""The vars of the project that the reference obeys, with the defaults of the definitions."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Settings:
    """One choice of vars; dates are None where the var is empty."""

    as_of_date: date | None = None
    history_starts_on: date | None = None
    earliest_plausible_date: date = date(1900, 1, 1)
    business_timezone: str = "UTC"
    reporting_currency: str = "CNY"
    max_rate_age_days: int = 31
    max_ids_per_email: int = 5
    reactivation_gap_days: int = 180
    full_history_days: int = 30
    min_population: int = 100
    clock: str = "month_ends"


def settings_from(variables: dict[str, Any]) -> Settings:
    """Settings from dbt vars as text; vars that the reference does not know are left out."""
    kinds = {field.name: field.type for field in fields(Settings)}
    known = {name: value for name, value in variables.items() if name in kinds}
    return Settings(**{name: _read(value, str(kinds[name])) for name, value in known.items()})


def _read(value: Any, kind: str) -> Any:
    if "date" in kind:
        return date.fromisoformat(str(value)) if str(value) else None
    return int(value) if "int" in kind else str(value)
