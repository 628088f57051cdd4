"""Gamma-Gamma: what a purchase day is worth, given the mean of those seen.

A customer's purchase days are worth Gamma(p, nu) each, and nu is drawn from Gamma(q, v). Fader &
Hardie (2013), "The Gamma-Gamma model of monetary value". Fitted on all purchase days, the first
included, so that a customer with a single order has a value too.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import digamma, gammaln

from lib.churn.optimise import FloatArray, Objective, maximise, sketched

# With money counted in the customers' mean value of a purchase day.
STARTS = ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5))


@dataclass(frozen=True)
class Spendings:
    """Customers grouped by what they spent: three vectors of one length.

    `days` purchase days, >= 1; `revenue` total net revenue of one customer, > 0; `customers` how
    many are in the group.
    """

    days: FloatArray
    revenue: FloatArray
    customers: FloatArray

    @cached_property
    def n_customers(self) -> int:
        return int(np.sum(self.customers))

    @cached_property
    def mean_values(self) -> FloatArray:
        return self.revenue / self.days

    @cached_property
    def logarithms(self) -> tuple[FloatArray, FloatArray]:
        """Of the mean values and of the revenues: every step of a fit needs the same."""
        return np.log(self.mean_values), np.log(self.revenue)

    @cached_property
    def mean_value(self) -> float:
        """Mean over customers of their mean value of a purchase day."""
        return float(np.sum(self.customers * self.mean_values) / np.sum(self.customers))

    @cached_property
    def correlation(self) -> float:
        """Correlation of purchase days and mean value; 0 where either never varies."""
        mean_days = np.sum(self.customers * self.days) / self.n_customers
        days, values = self.days - mean_days, self.mean_values - self.mean_value
        spread = np.sum(self.customers * days**2) * np.sum(self.customers * values**2)
        if spread <= 0:
            return 0.0
        return float(np.sum(self.customers * days * values) / np.sqrt(spread))

    @cached_property
    def frequencies(self) -> tuple[FloatArray, FloatArray]:
        """Distinct purchase days and the customers with them."""
        days, group = np.unique(self.days, return_inverse=True)
        return days, np.bincount(group, weights=self.customers).astype(np.float64)

    def in_units_of(self, money: float) -> "Spendings":
        return Spendings(self.days, self.revenue / money, self.customers)

    def only(self, groups: slice) -> "Spendings":
        return Spendings(self.days[groups], self.revenue[groups], self.customers[groups])


@dataclass(frozen=True)
class GammaGamma:
    """A fit; v is in the currency of the data."""

    p: float
    q: float
    v: float
    log_likelihood: float
    has_converged: bool


def log_likelihood(parameters: FloatArray, spendings: Spendings) -> tuple[float, FloatArray]:
    """Log-likelihood of the mean values, summed over customers, and its gradient by (p, q, v).

    With n purchase days of mean value m, per customer
        ln G(pn+q) - ln G(pn) - ln G(q) + q ln v + (pn-1) ln m + pn ln n - (pn+q) ln(v + mn).
    """
    p, q, v = (float(parameter) for parameter in parameters)
    days, revenue, customers = spendings.days, spendings.revenue, spendings.customers
    log_value, log_revenue = spendings.logarithms
    log_scale = np.log(v + revenue)

    value = np.sum(customers * (p * days * log_revenue - log_value - (p * days + q) * log_scale))
    by_p = np.sum(customers * days * (log_revenue - log_scale))
    by_q = -np.sum(customers * log_scale)
    by_v = -np.sum(customers * (p * days + q) / (v + revenue))

    days, customers = spendings.frequencies
    total = np.sum(customers)
    value += total * (q * np.log(v) - gammaln(q))
    value += np.sum(customers * (gammaln(p * days + q) - gammaln(p * days)))
    by_p += np.sum(customers * days * (digamma(p * days + q) - digamma(p * days)))
    by_q += total * (np.log(v) - digamma(q)) + np.sum(customers * digamma(p * days + q))
    by_v += total * q / v
    return float(value), np.array([by_p, by_q, by_v])


def fit_gamma_gamma(spendings: Spendings) -> GammaGamma:
    """The most likely parameters; `spendings` must hold a customer."""
    unit = spendings.mean_value
    scaled = spendings.in_units_of(unit)
    part = sketched(len(scaled.days))
    optimum = maximise(
        _objective(scaled),
        STARTS,
        _objective(scaled.only(part)) if part else None,
    )
    p, q, v = (float(parameter) for parameter in optimum.parameters)
    money = np.array([p, q, v * unit])
    return GammaGamma(p, q, v * unit, log_likelihood(money, spendings)[0], optimum.has_converged)


def _objective(spendings: Spendings) -> Objective:
    """The log-likelihood per customer."""

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = log_likelihood(parameters, spendings)
        return value / spendings.n_customers, gradient / spendings.n_customers

    return objective
