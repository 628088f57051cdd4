"""Every kind of bad input is loaded, rejected row by row with a reason, or refused in a sentence.

Each goes through the loader and the compiled SQL: read = accepted + rejected, whatever comes.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bad_inputs import BY_ROW, CUSTOMERS, KINDS, NOT_AT_ALL, THE_TRUTH, Kind
from lib.errors import UserError
from lib.loading.decode import decode
from lib.warehouse import contract
from loading_bench import DAY, Bench
from shop.engine import run_models
from shop.project import compile_project


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def mapping_of(kind: Kind, bench: Bench) -> dict[str, Any]:
    """Write the files of a kind, with customers beside them; the mapping that names them."""
    for name, content in {"customers.csv": CUSTOMERS, **kind.files}.items():
        bench.write(name, content)
    if kind.make:
        kind.make(bench.folder)
    tables = [name for name in ("customers", "orders", "order_items", "refunds")]
    found = {t: {"file": f"{t}.csv"} for t in tables if (bench.folder / f"{t}.csv").exists()}
    return {**found, **(kind.tables or {})}


def judge(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    """What the SQL makes of the raw rows that were loaded."""
    raw = {}
    for table in (one for one in contract().values() if one.schema == "raw"):
        names = [column.name for column in table.columns]
        texts = ", ".join(f"cast({name} as varchar) as {name}" for name in names)
        rows = bench.rows(f"select {texts} from raw.{table.name}")
        raw[table.name] = [dict(zip(names, row, strict=True)) for row in rows]
    wanted = ("load_reconciliation", "rejected_rows")
    return run_models(compile_project(), raw, wanted, as_text=True)


@pytest.mark.parametrize("kind", [*THE_TRUTH, *BY_ROW], ids=lambda kind: kind.name)
def test_a_row_is_accepted_or_rejected_with_its_reason(bench: Bench, kind: Kind) -> None:
    bench.load(mapping_of(kind, bench), max_unreadable=0.1)
    bench.assert_reconciled()
    told = judge(bench)
    loads = [row for row in told["load_reconciliation"] if row["raw_table"] == kind.table]
    assert all(row["is_reconciled"] for row in told["load_reconciliation"])
    assert sum(row["rows_accepted"] for row in loads) == kind.accepted
    reasons = Counter(
        row["reject_reasons"] for row in told["rejected_rows"] if row["raw_table"] == kind.table
    )
    assert reasons == Counter(kind.reasons)
    assert sum(row["rows_read"] for row in loads) == kind.accepted + reasons.total()


@pytest.mark.parametrize("kind", NOT_AT_ALL, ids=lambda kind: kind.name)
def test_what_cannot_be_trusted_is_refused_in_one_sentence(bench: Bench, kind: Kind) -> None:
    mapping = mapping_of(kind, bench)
    message = bench.refusal(mapping)
    assert kind.says in message
    with pytest.raises(UserError) as refusal:
        bench.load(mapping)
    assert refusal.value.exit_code == 2


def test_a_file_that_grows_while_it_is_read_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.write("orders.csv", THE_TRUTH[0].files["orders.csv"])

    def grow(*arguments: Any, **options: Any) -> Any:
        text = decode(*arguments, **options)
        with path.open("a") as file:
            file.write("3,C,2024-01-03,3\n")
        return text

    monkeypatch.setattr("lib.loading.sources.decode", grow)
    assert "changed while it was read" in bench.refusal({"orders": {"file": "orders.csv"}})


def test_a_bad_value_after_a_million_good_rows_costs_none_of_them(bench: Bench) -> None:
    good = "".join(f"{line},A,2024-01-01,1\n" for line in range(1_000_000))
    bench.write(
        "orders.csv", "order_id,customer_id,ordered_at,gross_amount\n" + good + "x,A,,abc\n"
    )
    result = bench.load_orders()
    assert (result.rows_read, result.rows_new, result.rows_unreadable) == (1_000_001, 1_000_001, 0)
    assert bench.rows("select source_line from raw.orders where gross_amount = 'abc'") == [
        (1_000_001,)
    ]


def test_there_are_sixty_kinds_and_each_is_another(bench: Bench) -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 60
    assert DAY.isoformat() == "2024-06-01", "the future begins where the kinds say so"
