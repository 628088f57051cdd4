"""Credibility: a customer's own mean value, trusted the more the more purchase days it rests on.

The expected value of a purchase day is z * own mean + (1 - z) * mean of all, z = n / (n + k), with
k the variance within customers over the variance between them. Buehlmann (1967), ASTIN Bulletin
4(3). It asks nothing of the shape of the values: the fallback where Gamma-Gamma does not hold.
"""

import numpy as np

from lib.churn.gamma_gamma import Spendings

# One purchase day says as much as the mean of all: where the data cannot tell.
INDIFFERENT = 1.0
LEAST, MOST = 0.1, 100.0


def credibility_k(spendings: Spendings) -> float:
    """Buehlmann's k in purchase days, from the customers' mean values alone.

    Among customers with n purchase days the means vary by `between + within / n`: k is the slope
    over the intercept of that line in 1/n, weighted by degrees of freedom. Means are taken relative
    to the customers with as many purchase days; otherwise a correlation of count and value, the
    very case this formula is used in, passes for variance and drives k to a bound (seen on
    simulated shops). Few or very uneven customers make k noisy, hence the bounds.
    """
    days, group = np.unique(spendings.days, return_inverse=True)
    customers = np.bincount(group, weights=spendings.customers)
    means = np.bincount(group, weights=spendings.customers * spendings.mean_values) / customers
    deviations = spendings.mean_values / means[group] - 1
    freedom = customers - 1
    squares = np.bincount(group, weights=spendings.customers * deviations**2)

    known = freedom > 0
    if np.sum(known) < 2:
        return INDIFFERENT
    inverse, weight = 1 / days[known], freedom[known]
    variance = squares[known] / weight
    centre = np.sum(weight * inverse) / np.sum(weight)
    level = np.sum(weight * variance) / np.sum(weight)
    slope = np.sum(weight * (inverse - centre) * (variance - level)) / np.sum(
        weight * (inverse - centre) ** 2
    )
    between = level - slope * centre
    if slope <= 0 and between <= 0:
        return INDIFFERENT
    if between <= 0:
        return MOST
    return float(np.clip(slope / between, LEAST, MOST))
