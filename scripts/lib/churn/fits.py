"""The fits kept in the warehouse: parameters.churn_model_fits."""

from dataclasses import dataclass, fields, replace
from datetime import date

import duckdb

TABLE = "parameters.churn_model_fits"
MODEL_VERSION = "mbg_nbd-gamma_gamma-1"


@dataclass(frozen=True, kw_only=True)
class ValueModel:
    """What a purchase day is worth: the columns of a fit that say so."""

    value_method: str
    p: float | None = None
    q: float | None = None
    v: float | None = None
    value_log_likelihood: float | None = None
    value_correlation: float | None = None
    mean_purchase_value: float | None = None
    credibility_k: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fit(ValueModel):
    """A row of the table; models/staging/__sources.yml says what each column means."""

    fitted_through: date
    is_provisional: bool
    method: str
    n_customers: int
    n_repeat_customers: int
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    has_converged: bool
    model_version: str = MODEL_VERSION
    seen_digest: str | None = None


COLUMNS = tuple(field.name for field in fields(Fit))


def read_fits(connection: duckdb.DuckDBPyConnection) -> dict[date, Fit]:
    """The fits kept so far, by the last day they have seen."""
    rows = connection.execute(f"select {', '.join(COLUMNS)} from {TABLE}").fetchall()
    fits = [Fit(**dict(zip(COLUMNS, row, strict=True))) for row in rows]
    return {fit.fitted_through: fit for fit in fits}


def store_fits(connection: duckdb.DuckDBPyConnection, fits: list[Fit]) -> list[Fit]:
    """Keep these fits, all or none, and return what is kept for their dates.

    A young shop's earlier provisional fits go once a converged fit takes their place: rebuilt from
    nothing, the table would not hold them.
    """
    champions = read_fits(connection)
    kept = [_better(champions.get(fit.fitted_through), fit) for fit in fits]
    connection.begin()
    try:
        if any(fit.has_converged for fit in kept):
            connection.execute(f"delete from {TABLE} where is_provisional")
        for fit in kept:
            connection.execute(
                f"delete from {TABLE} where fitted_through = ?", [fit.fitted_through]
            )
            connection.execute(
                f"insert into {TABLE} ({', '.join(COLUMNS)})"
                f" values ({', '.join('?' for _ in COLUMNS)})",
                [getattr(fit, column) for column in COLUMNS],
            )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return kept


def _better(champion: Fit | None, challenger: Fit) -> Fit:
    """A fit that did not converge replaces none through the same day that did. Whether that day is
    provisional is not the fit's to say, so there the newer word holds."""
    if champion and champion.has_converged and not challenger.has_converged:
        return replace(champion, is_provisional=challenger.is_provisional)
    return challenger
