"""A model that keeps its rows reads nothing that its digest does not answer for.

What it kept is thrown away where the digest differs; what the digest does not see may change and
leave the rows as they were. So whatever is read, column by column, must be in the digest or follow
from what is: a seed (the rules digest has its text), another kept model, or a model that rests on
such things alone.
"""

import re

import pytest

from lib.warehouse import ROOT

# The digest leaves these out, for they say what comes later: that a purchase day stands, and which
# stands before it. Both follow from the days that were undone, each in the digest of its own day.
FOLLOW = {"is_standing_purchase_day", "previous_purchased_on"}
IMPORT = re.compile(r"(\w+) as \( select ((?:(?!\bselect\b|\bfrom\b).)*) from {{ ref\('(\w+)'\) }}")
SOURCE = re.compile(r"{{ source\('(\w+)', '(\w+)'\) }}")
NO_COLUMN = re.compile(r"\bas \w+|\w+\(|\b(?:distinct|over|order|by)\b")
REF = re.compile(r"\bref\('(\w+)'\)")
KEPT = re.compile(r"kept_between_runs\( ?'(\w+)'")
DIGESTED = re.compile(r"row_digests\(\s*'(\w+)',\s*day='\w+'(?:,\s*without=\[([^\]]*)\])?\s*\)")
# Not summed up, for each of its dates has a digest of its own.
CLOCK = "int_observation_dates"
Models = dict[str, str]


def written() -> Models:
    """{name: SQL as written, without comments and with single spaces} of every model; a raw table
    is read as if it were a model, raw_<table>."""
    return {
        path.stem: plain(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "models").rglob("*.sql"))
    }


def plain(sql: str) -> str:
    one_line = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql))
    return SOURCE.sub(r"{{ ref('\1_\2') }}", one_line)


def imports(sql: str) -> list[tuple[str, set[str], str]]:
    """(CTE, columns or `*`, model) of each import."""
    return [
        (cte, set(re.findall(r"\*|[a-z_]\w*", NO_COLUMN.sub("", columns))), name)
        for cte, columns, name in IMPORT.findall(sql)
    ]


def answered_for(digest: str, models: Models) -> dict[str, set[str]]:
    """{model: its columns in the digest} of all that a digest and those below it sum up."""
    sql, covered = models[digest], {}
    by_cte = {cte: (columns, name) for cte, columns, name in imports(sql)}
    for cte, without in DIGESTED.findall(sql):
        columns, name = by_cte[cte]
        left_out = set(re.findall(r"\w+", without)) - FOLLOW
        covered[name] = covered.get(name, set()) | columns | {f"not {one}" for one in left_out}
    for columns, name in by_cte.values():
        if DIGESTED.search(models.get(name, "")):
            covered |= answered_for(name, models)
        elif name == CLOCK:
            covered[name] = columns
    for columns in covered.values():
        columns -= {f"not {column}" for column in columns}
        assert not ("*" in columns and any(column.startswith("not ") for column in columns)), digest
    return covered


def unanswered(model: str, digest: str, models: Models) -> list[str]:
    """What the model reads, itself or through models between, and the digest does not know."""
    covered = answered_for(digest, models)
    below = {name for name in REF.findall(models[digest]) if DIGESTED.search(models.get(name, ""))}
    digests = {digest, *below}
    read = {name: set() for name in REF.findall(models[model]) if name not in digests}
    for _, columns, name in imports(models[model]):
        if name in read:
            read[name] |= columns
    wrong = []
    for name, columns in read.items():
        keeps = KEPT.search(models.get(name, ""))
        if keeps and keeps[1] in digests:
            continue
        if name in covered:
            if "*" not in covered[name] and not (columns and columns <= covered[name]):
                wrong.append(f"{model} reads {name}: {sorted(columns - covered[name])}")
        elif name.startswith("raw_"):
            wrong.append(f"{model} reads raw rows: {name}")
        elif keeps:
            wrong.append(f"{model} reads {name}, which is kept by {keeps[1]}")
        elif name in models:  # and no seed
            wrong += unanswered(name, digest, models)
    return wrong


def test_every_kept_model_reads_only_what_its_digest_answers_for():
    models = written()
    kept = {name: KEPT.search(sql)[1] for name, sql in models.items() if KEPT.search(sql)}
    assert len(kept) > 10
    assert [one for name, digest in kept.items() for one in unanswered(name, digest, models)] == []


@pytest.mark.parametrize(
    ("model", "before", "after"),
    [
        ("int_customers_observed", "exists_from from", "exists_from, industry from"),
        ("int_customers_observed", "ref('int_purchases_recounted')", "ref('int_revenue_booked2')"),
        ("int_lifecycle_staged", "ref('int_bands_in_force')", "ref('int_customer_type_mapped')"),
        ("int_lifecycle_staged", "ref('int_customers_observed')", "ref('int_value_tiered')"),
        ("int_lifecycle_staged", "observed_on from", "observed_on from {{ ref('raw_x') }}"),
        ("int_value_tiered", "ref('int_bands_in_force')", "ref('stg_orders')"),
        ("int_states_booked", "ref('int_customers_observed')", "ref('int_segments_composed')"),
        ("int_order_count_changes_found", "ref('int_states_booked')", "ref('int_age_moments')"),
        ("int_facts_digested", "is_staff_or_reseller,", ""),
        ("int_facts_digested", "'is_standing_purchase_day',", "'window_days',"),
        ("int_purchases_recounted", "ref('int_customer_days')", "ref('int_orders_valued')"),
        ("base_orders", "ref('base_orders_repeated')", "ref('stg_customer_ids')"),
        ("base_orders", "ref('raw_orders')", "ref('raw_order_items')"),
        ("base_orders_digested", "row_digests('exchange_rates', day='rate_on')", ""),
        ("int_orders_digested", "row_digests('orders', day='ordered_on')", ""),
        ("int_orders_digested", "row_digests('refunds', day='ordered_on')", ""),
        ("int_orders_digested", "row_digests('margins', day='ordered_on')", ""),
        ("int_orders_valued", "ref('int_refunds_capped')", "ref('stg_refunds')"),
        ("int_customer_days", "ref('int_order_events')", "ref('int_orders_identified2')"),
    ],
)
def test_what_the_digest_does_not_know_is_noticed(model: str, before: str, after: str):
    models = written()
    models["int_revenue_booked2"] = "select now from {{ ref('raw_orders') }}"
    models["int_orders_identified2"] = "select now from {{ ref('raw_refunds') }}"
    assert before in models[model]
    models[model] = models[model].replace(before, after)
    kept = {name: KEPT.search(sql)[1] for name, sql in models.items() if KEPT.search(sql)}
    try:
        wrong = [one for name, digest in kept.items() for one in unanswered(name, digest, models)]
    except AssertionError:
        return  # the digest contradicts itself
    assert wrong
