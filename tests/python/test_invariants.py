"""For every shop the SQL says what the definitions say; and over all the shops every category and
every reason to reject a row occurs, or the shops would prove little.

SHOPS=10000 in the environment raises the number of shops from 300, for an hour and more on one
core: -o log_cli=true --log-cli-level=INFO says where it is. A shop that fails is told by its
number once all are done. SHRINK=1 looks for the smallest shop that shows a failure, which takes
minutes.
"""

import csv
import logging
import os
from collections import defaultdict

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agreement import disagreements
from how_many import SHOPS
from reference import Reference, settings_from
from reference.accepted import SEEDS
from shop import ANSWERS, JUDGED, SIGNALS
from shop.generated import AS_OF_DATES, numbered_shop, some_shop

DIMENSIONS = (
    "lifecycle_stage", "activity_status", "value_tier", "lifetime_value_tier",
    "purchase_frequency", "rfm_group",
)  # fmt: skip
# these need a churn model that was fitted: every tenth shop has one
PREDICTED = ("churn_risk", "value_potential", "segment")
FITTED = (
    "insert into parameters.churn_model_fits by name select date '2023-09-30' as fitted_through,"
    " false as is_provisional, 'mle' as method, true as has_converged, 1.1 as r, 60.0 as alpha,"
    " 0.4 as a, 2.0 as b, 'credibility' as value_method, 90.0 as mean_purchase_value,"
    " 1.5 as credibility_k"
)
# reasons that only other tables or the loader can give
NOT_HERE = {"missing_customer", "unreadable_flag", "ragged_row", "unreadable_row"}
log = logging.getLogger(__name__)
DRAWN = SHOPS // 4  # by hypothesis, which begins with the simplest; the others by number


def compared(shop, as_of, models=SIGNALS):
    """Build a shop: what was built, and where the reference says something else."""
    result = shop.build(as_of=as_of, models=models)
    variables = {**shop.variables, "as_of_date": as_of}
    told_apart = disagreements(result, Reference(shop.raw, settings_from(variables)))
    for table, (model, _) in JUDGED.items():
        assert len(result.table(model)) == len(shop.raw[table]), "accepted + rejected = read"
    return result, told_apart


def test_the_sql_says_what_the_definitions_say_and_every_category_and_reason_occurs():
    seen, wrong = defaultdict(set), {}
    for number in range(SHOPS - DRAWN):
        shop, is_fitted = numbered_shop(number), number % 10 == 0
        shop.catalogue = [FITTED] if is_fitted else []
        dimensions = (*DIMENSIONS, *PREDICTED) if is_fitted else DIMENSIONS
        models = ANSWERS if is_fitted else SIGNALS
        result, told_apart = compared(shop, AS_OF_DATES[number % 5], models)
        if told_apart:
            wrong[number] = told_apart
            log.error("shop %d: %s", number, told_apart)
        if number % 100 == 99:
            log.info("%d of %d shops, %d wrong", number + 1, SHOPS - DRAWN, len(wrong))
        for row in result.observed.values():
            for dimension in dimensions:
                seen[dimension].add(row[dimension])
        for *_, reasons in result.rejections():
            seen["reject_reason"] |= reasons

    assert wrong == {}
    categories = defaultdict(set)
    for row in catalogue("categories"):
        categories[row["dimension"]].add(row["category"])
    for dimension in (*DIMENSIONS, *PREDICTED):
        assert seen[dimension] == categories[dimension], dimension
    reasons = {row["reject_reason"] for row in catalogue("reject_reasons")}
    assert seen["reject_reason"] == reasons - NOT_HERE


@st.composite
def shops(draw):
    """A shop that hypothesis draws, and can shrink."""
    return some_shop(lambda options: draw(st.sampled_from(options)))


@settings(
    max_examples=DRAWN,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink) if os.environ.get("SHRINK") else (Phase.generate,),
)
@given(shop=shops(), as_of=st.sampled_from(AS_OF_DATES))
def test_the_sql_says_what_the_definitions_say_of_small_shops(shop, as_of):
    assert compared(shop, as_of)[1] == []


def catalogue(name):
    """The rows of a seed."""
    (path,) = SEEDS.rglob(f"{name}.csv")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
