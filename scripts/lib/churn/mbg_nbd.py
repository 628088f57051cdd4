"""MBG/NBD: how often customers order, and after which order they stay away.

A customer orders at a Poisson rate drawn from Gamma(r, alpha) and is lost right after any order,
the first included, with a probability drawn from Beta(a, b). Batislam, Denizel & Filiztekin (2007),
Int. J. of Research in Marketing 24(3); Hoppe & Wagner (2007), Marketing ZFP 29(2).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import digamma, expit, gammaln

from lib.churn.optimise import FloatArray, Objective, maximise, sketched

# A typical shop, with time counted in the customers' mean age. As a prior it is worth one customer:
# log-normal around these parameters, with this standard deviation per logarithm.
TYPICAL = (1.0, 0.5, 1.0, 3.0)
PRIOR_SD = 2.0
STARTS = (TYPICAL, (0.5, 0.2, 0.5, 1.0))
DAYS_WITHOUT_CUSTOMERS = 365.25


@dataclass(frozen=True)
class Histories:
    """Customers grouped by all the model needs to know of them: four vectors of one length.

    `x` repeat purchase days; `t_x` days from the first to the last order; `T` days from the first
    order to the day we look, t_x <= T; `customers` how many have this history.
    """

    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    customers: FloatArray

    @cached_property
    def n_customers(self) -> int:
        return int(np.sum(self.customers))

    @cached_property
    def n_repeat_customers(self) -> int:
        return int(np.sum(self.customers[self.x > 0]))

    @cached_property
    def mean_age(self) -> float:
        """Mean of T in days, the unit of time of the fit; a day at least, a year for nobody."""
        if not self.n_customers:
            return DAYS_WITHOUT_CUSTOMERS
        return max(float(np.sum(self.customers * self.T) / self.n_customers), 1.0)

    @cached_property
    def repeats(self) -> tuple[FloatArray, FloatArray]:
        """Distinct x and the customers with it: gamma functions cost most and need only these."""
        x, group = np.unique(self.x, return_inverse=True)
        customers = np.bincount(group, weights=self.customers, minlength=len(x))
        return x, customers.astype(np.float64)

    def in_units_of(self, days: float) -> "Histories":
        return Histories(self.x, self.t_x / days, self.T / days, self.customers)

    def only(self, groups: slice) -> "Histories":
        return Histories(self.x[groups], self.t_x[groups], self.T[groups], self.customers[groups])


@dataclass(frozen=True)
class MbgNbd:
    """A fit; alpha is in days, and the log-likelihood is that of the data without the prior."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    has_converged: bool


def log_likelihood(parameters: FloatArray, histories: Histories) -> tuple[float, FloatArray]:
    """Log-likelihood summed over customers, and its gradient by (r, alpha, a, b).

    With R = r + x, per customer
        ln G(R) - ln G(r) + r ln alpha + ln B(a, b+x+1) - ln B(a, b)
        + ln((alpha+T)^-R + a / (b+x) * (alpha+t_x)^-R).
    Sums are numpy's own, not BLAS's, whose order depends on the number of threads.
    """
    r, alpha, a, b = (float(parameter) for parameter in parameters)
    x, customers = histories.x, histories.customers

    rate_shape = r + x
    log_age, log_recency = np.log(alpha + histories.T), np.log(alpha + histories.t_x)
    log_odds_gone = np.log(a / (b + x)) + rate_shape * (log_age - log_recency)
    gone = expit(log_odds_gone)
    value = np.sum(customers * (np.logaddexp(0.0, log_odds_gone) - rate_shape * log_age))
    by_r = np.sum(customers * (gone * (log_age - log_recency) - log_age))
    by_alpha = -np.sum(
        customers
        * rate_shape
        * ((1 - gone) / (alpha + histories.T) + gone / (alpha + histories.t_x))
    )
    by_a = np.sum(customers * gone) / a
    by_b = -np.sum(customers * gone / (b + x))

    x, customers = histories.repeats
    total = np.sum(customers)
    value += total * r * np.log(alpha) + np.sum(customers * (gammaln(r + x) - gammaln(r)))
    value += np.sum(
        customers * (gammaln(b + x + 1) - gammaln(b) - gammaln(a + b + x + 1) + gammaln(a + b))
    )
    by_r += total * np.log(alpha) + np.sum(customers * (digamma(r + x) - digamma(r)))
    by_alpha += total * r / alpha
    both = np.sum(customers * (digamma(a + b) - digamma(a + b + x + 1)))
    by_a += both
    by_b += both + np.sum(customers * (digamma(b + x + 1) - digamma(b)))
    return float(value), np.array([by_r, by_alpha, by_a, by_b])


def fit_mbg_nbd(histories: Histories, *, with_prior: bool = True) -> MbgNbd:
    """The most likely parameters; without customers, those of the prior.

    The prior matters to tiny shops, and where nobody ever drops out: the likelihood alone is then
    highest at the edge of the box.
    """
    unit = histories.mean_age
    scaled = histories.in_units_of(unit)
    part = sketched(len(scaled.x))
    optimum = maximise(
        _objective(scaled, with_prior),
        STARTS,
        _objective(scaled.only(part), with_prior) if part else None,
    )
    r, alpha, a, b = (float(parameter) for parameter in optimum.parameters)
    days = np.array([r, alpha * unit, a, b])
    return MbgNbd(r, alpha * unit, a, b, log_likelihood(days, histories)[0], optimum.has_converged)


def _objective(histories: Histories, with_prior: bool) -> Objective:
    """The log-likelihood per customer, and the prior's."""
    weight = max(histories.n_customers, 1)

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = log_likelihood(parameters, histories)
        if with_prior:
            deviation = (np.log(parameters) - np.log(TYPICAL)) / PRIOR_SD
            value -= float(np.sum(deviation**2)) / 2
            gradient = gradient - deviation / PRIOR_SD / parameters
        return value / weight, gradient / weight

    return objective
