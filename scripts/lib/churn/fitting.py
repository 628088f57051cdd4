"""Fit both models on a warehouse, once for each quarter-end that has customers enough."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import click
import duckdb

from lib.churn.corrections import correct_fits, in_words
from lib.churn.credibility import credibility_k
from lib.churn.fits import MODEL_VERSION, Fit, ValueModel, read_fits, store_fits
from lib.churn.gamma_gamma import Spendings, fit_gamma_gamma
from lib.churn.mbg_nbd import Histories, fit_mbg_nbd
from lib.churn.observed import (
    ObservationDate,
    check_is_built,
    digests,
    observation_dates,
    read_histories,
    read_spendings,
)
from lib.errors import BUSY, UserError
from lib.warehouse import connect, create_contract_tables

LEAST_CUSTOMERS = 100
NOTHING: Mapping[date, str] = MappingProxyType({})
LEAST_Q, MOST_Q, MOST_CORRELATION = 1.0, 50.0, 0.3


def fit_warehouse(
    warehouse: Path, *, as_of: date | None = None, only_new: bool = False
) -> list[Fit]:
    """Fit, store and show; return the fits that now stand for the dates fitted.

    `as_of`: use nothing observed later. `only_new`: leave alone the quarter-ends whose fit has
    converged. UserError where the file is absent, in use, no warehouse, or not built far enough.
    """
    connection = open_warehouse(warehouse)
    try:
        return fit_connected(connection, as_of=as_of, only_new=only_new)
    finally:
        connection.close()


def fit_connected(
    connection: duckdb.DuckDBPyConnection, *, as_of: date | None = None, only_new: bool = False
) -> list[Fit]:
    """The same in a warehouse that is open already."""
    check_is_built(connection)
    create_contract_tables(connection)
    observed = observation_dates(connection, as_of)
    if not observed:
        click.echo("No customer has been observed yet, so there is nothing to fit.")
        return []
    seen = digests(connection)
    dates = dates_to_fit(observed, read_fits(connection).values(), only_new=only_new, seen=seen)
    if not dates:
        click.echo("Every quarter-end is fitted already.")
        correct_fits(connection, observed)
        return []

    fits: list[Fit] = []
    remarks: list[str] = []
    with click.progressbar(
        dates,
        label="Fitting the churn model",
        item_show_func=lambda at: str(at.observed_on) if at else None,
    ) as progress:
        for at in progress:
            histories = read_histories(connection, at)
            if reason := why_unfittable(histories):
                remarks.append(f"{at.observed_on}: {reason}; the parameters rest on the prior.")
            fit = fit_models(histories, read_spendings(connection, at), at)
            fits.append(replace(fit, seen_digest=seen.get(at.observed_on)))
    kept = store_fits(connection, fits)
    decisions = correct_fits(connection, observed)

    remarks += [
        f"{fit.fitted_through}: did not converge; the fit of an earlier run is kept."
        for fit, stands in zip(fits, kept, strict=True)
        if stands.has_converged and not fit.has_converged
    ]
    words = [in_words(decisions[-1])] if decisions else []
    click.echo("\n".join([*remarks, *as_table(kept), *words]))
    return kept


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file for writing; a UserError where it is absent, in use, or no warehouse."""
    if not path.is_file():
        raise UserError(
            f"there is no warehouse at {path}; load data and build it"
            " with `python scripts/run_pipeline.py`, or name the file with --warehouse"
        )
    try:
        return connect(path)
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise UserError(
                f"{path} is open in another process; wait for it to end and run this again", BUSY
            ) from error
        raise UserError(
            f"{path} is not a DuckDB file that can be read; name another with --warehouse"
        ) from error


def dates_to_fit(
    observed: list[ObservationDate],
    known: Collection[Fit],
    *,
    only_new: bool,
    seen: Mapping[date, str] = NOTHING,
) -> list[ObservationDate]:
    """The quarter-ends with customers enough; the newest date where there has never been one.

    `known` fits of earlier quarter-ends count although the clock may no longer show those dates.
    One that converged on just what `seen` says is known of its date today is not made again.
    """
    newest = observed[-1]
    quarter_ends = [at for at in observed if not is_provisional(at)]
    had_quarter_end = any(
        not fit.is_provisional and fit.fitted_through <= newest.observed_on for fit in known
    )
    if not quarter_ends and not had_quarter_end:
        return [newest]
    settled = {
        fit.fitted_through
        for fit in known
        if fit.has_converged and (only_new or has_seen(fit, seen.get(fit.fitted_through)))
    }
    return [at for at in quarter_ends if at.observed_on not in settled]


def has_seen(fit: Fit, digest: str | None) -> bool:
    """Whether today's models would be fitted to just the rows this fit was made of."""
    return digest is not None and (fit.seen_digest, fit.model_version) == (digest, MODEL_VERSION)


def is_provisional(at: ObservationDate) -> bool:
    """Whether a fit through this date is only the best a young shop can have."""
    return not at.is_quarter_end or at.n_buyers < LEAST_CUSTOMERS


def why_unfittable(histories: Histories) -> str | None:
    """Why the data cannot tell how often customers come back, as a clause; None if they can."""
    if histories.n_customers == 0:
        return "no customer has ordered yet"
    if histories.n_customers == 1:
        return "one customer is not enough to tell customers apart"
    if histories.n_repeat_customers == 0:
        return "no customer has ordered on a second day"
    return None


def fit_models(histories: Histories, spendings: Spendings, at: ObservationDate) -> Fit:
    """Fit both models to the customers as they were known on one date.

    Where the data cannot tell, the method is `prior`: the parameters are the mode of the posterior,
    in which the prior decides, and the fit never counts as converged.
    """
    purchases = fit_mbg_nbd(histories)
    is_fittable = why_unfittable(histories) is None
    return Fit(
        fitted_through=at.observed_on,
        is_provisional=is_provisional(at),
        method="mle" if is_fittable else "prior",
        n_customers=histories.n_customers,
        n_repeat_customers=histories.n_repeat_customers,
        r=purchases.r,
        alpha=purchases.alpha,
        a=purchases.a,
        b=purchases.b,
        log_likelihood=purchases.log_likelihood,
        has_converged=purchases.has_converged and is_fittable,
        **asdict(fit_value(spendings)),
    )


def fit_value(spendings: Spendings) -> ValueModel:
    """Gamma-Gamma; the credibility mean where that did not converge, has no mean (q <= 1), sees
    hardly any difference between customers (q > 50), or value goes with the number of orders."""
    if spendings.n_customers == 0:
        return ValueModel(value_method="none")
    gamma_gamma = fit_gamma_gamma(spendings)
    holds = (
        gamma_gamma.has_converged
        and LEAST_Q < gamma_gamma.q <= MOST_Q
        and abs(spendings.correlation) <= MOST_CORRELATION
    )
    return ValueModel(
        value_method="gamma_gamma" if holds else "credibility",
        p=gamma_gamma.p,
        q=gamma_gamma.q,
        v=gamma_gamma.v,
        value_log_likelihood=gamma_gamma.log_likelihood,
        value_correlation=spendings.correlation,
        mean_purchase_value=spendings.mean_value,
        credibility_k=credibility_k(spendings),
    )


def as_table(fits: list[Fit]) -> list[str]:
    """The fits as lines of text, under a header."""
    header = (
        f"{'through':10} {'customers':>10} {'r':>9} {'alpha':>9} {'a':>9} {'b':>9}"
        f" {'LL':>15}  {'converged':9}  value"
    )
    return [header] + [
        f"{fit.fitted_through} {fit.n_customers:10,} {fit.r:9.4f} {fit.alpha:9.3f}"
        f" {fit.a:9.4f} {fit.b:9.4f} {fit.log_likelihood:15,.2f}"
        f"  {_outcome(fit):9}  {fit.value_method}{', provisional' if fit.is_provisional else ''}"
        for fit in fits
    ]


def _outcome(fit: Fit) -> str:
    if fit.method == "prior":
        return "prior"
    return "yes" if fit.has_converged else "no"
