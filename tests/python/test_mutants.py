"""The slips that scripts/mutate_models.py makes are those of people, one at a time."""

import duckdb
import pytest

from lib.mutants import SLIPS, mutants, unchanged


def after(sql: str, kind: str) -> list[str]:
    return [mutant.after.lower() for mutant in mutants(sql) if mutant.kind == kind]


@pytest.mark.parametrize(
    ("kind", "sql", "wrong"),
    [
        ("bound", "select a < 1, a >= 2", ["a <= 1", "a > 2"]),
        ("comparison", "select a = b, a <> b", ["a <> b", "a = b"]),
        ("and/or", "select a and b", ["a or b"]),
        ("not", "select not a, b is null", ["a", "not b is null"]),
        ("arithmetic", "select a - b", ["a + b"]),
        ("aggregate", "select sum(a), min(b) from t", ["max(a)", "max(b)"]),
        ("distinct", "select count(distinct a) from t", ["count(a)"]),
        ("function", "select least(a, b), lag(a) over () from t", ["greatest(a, b)", "lead(a)"]),
        ("join", "select a from t left join u on a = b", ["inner join u on a = b"]),
        ("join", "select a from t inner join u on a = b", ["left join u on a = b"]),
        ("constant", "select a + 1, a = 'x', 'y'", ["2", "'x~'"]),
        ("fallback", "select coalesce(a, 0)", ["a"]),
        ("branch", "select case when a then 1 when b then 2 end", ["case when b then 2 end"]),
        ("set", "select distinct a from t", ["select a from t"]),
        ("frame", "select sum(a) over (order by b) from t", ["b desc"]),
    ],
)
def test_each_kind_of_slip_is_made_where_it_can_be(kind: str, sql: str, wrong: list[str]) -> None:
    assert sorted(after(sql, kind)) == sorted(wrong)


def test_every_kind_is_tried_and_each_mutant_differs_in_one_place() -> None:
    sql = (
        "select distinct case when a < 1 and not b = 'x' then coalesce(least(a, 1), 0)"
        " when a is null then 2 end, sum(a - 1) over (order by b rows between unbounded preceding"
        " and current row) from t left join u on t.id = u.id union all"
        " select count(distinct a), max(a) from t where a <> 2 or a > 1"
    )
    found = list(mutants(sql))
    assert {mutant.kind for mutant in found} == set(SLIPS)
    assert len({mutant.sql for mutant in found}) == len(found)
    assert unchanged(sql) not in {mutant.sql for mutant in found}


def test_a_frame_that_ends_a_row_early_is_another_sum() -> None:
    sql = (
        "select sum(i) over (order by i rows between unbounded preceding and current row)"
        " from range(4) as numbers (i)"
    )
    right = duckdb.sql(unchanged(sql)).fetchall()
    wrong = [duckdb.sql(m.sql).fetchall() for m in mutants(sql) if m.kind == "frame"]
    assert len(wrong) == 3 and right not in wrong
