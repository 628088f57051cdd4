"""A changed rule is seen before it is merged: who moves, from where to where, with what revenue."""

import csv
import shutil
from decimal import Decimal

import pytest
from click.testing import CliRunner

import preview_rules
from lib.errors import UserError
from lib.preview import Move, changed_seeds, seeds_of
from lib.warehouse import ROOT, connect, create_contract_tables

BANDS = ROOT / "seeds" / "catalogue" / "bands.csv"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Ann bought 70 days ago, Bo yesterday."""
    path = tmp_path_factory.mktemp("preview") / "state.duckdb"
    with connect(path) as connection:
        create_contract_tables(connection)
        for number, (who, day, amount) in enumerate(
            (("ann", "2024-04-21", 80), ("bo", "2024-06-29", 20)), 1
        ):
            lineage = f"'load' as load_id, {number} as source_line, date '2024-06-30' as loaded_on"
            connection.execute(
                f"insert into raw.customers by name select '{who}' as customer_id, {lineage}"
            )
            connection.execute(
                f"insert into raw.orders by name select 'o{number}' as order_id, '{who}' as"
                f" customer_id, timestamp '{day}' as ordered_at, 'paid' as status,"
                f" {amount} as gross_amount, {lineage}"
            )
    return path


@pytest.fixture
def proposal(tmp_path):
    """A folder in which active means 60 days, and a dimension is new."""
    with BANDS.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for row in rows:
        if row[0] == "activity_status" and row[2] in ("active", "at_risk"):
            row[4], row[7] = ("60" if cell == "90" else cell for cell in (row[4], row[7]))
    rows += [
        ["pace", "10", "slow", "orders_90d", "", "", "2", "", "", ""],
        ["pace", "20", "fast", "orders_90d", "", "2", "", "", "", ""],
    ]
    with (tmp_path / "bands.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    dimensions = BANDS.with_name("dimensions.csv").read_text(encoding="utf-8")
    (tmp_path / "dimensions.csv").write_text(
        dimensions + "pace,Pace,节奏,Orders within 90 days,90 天订单,bands,order,订单\n",
        encoding="utf-8",
    )
    return tmp_path


def preview(*arguments):
    """The exit code and what is said, on both streams."""
    try:
        result = CliRunner().invoke(preview_rules.main, [str(part) for part in arguments])
    except UserError as error:
        return error.exit_code, str(error)
    if isinstance(result.exception, UserError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output


def test_who_moves_is_told_with_the_revenue_and_nothing_is_changed(warehouse, proposal, tmp_path):
    before, out = warehouse.read_bytes(), tmp_path / "moves.csv"
    code, said = preview(
        "--against", ROOT / "seeds", "--changed", proposal, "--warehouse", warehouse, "--out", out
    )
    assert code == 0, said
    assert "changed: catalogue/bands.csv, catalogue/dimensions.csv" in said
    assert "activity_status: 1 customers, 80.00 of 365 days' revenue" in said
    assert "  active → at_risk: 1 customers, 80.00" in said
    assert "pace: 2 customers, 100.00" in said
    assert "  (new) → slow: 2 customers, 100.00" in said
    with out.open(encoding="utf-8") as file:
        moved = {(row["customer_id"], row["dimension"]) for row in csv.DictReader(file)}
    assert ("ann", "activity_status") in moved
    assert {who for who, dimension in moved if dimension != "pace"} == {"ann"}
    assert warehouse.read_bytes() == before


def test_equal_catalogues_move_nobody(warehouse):
    code, said = preview("--against", ROOT / "seeds", "--warehouse", warehouse)
    assert (code, said.strip()) == (0, "no row differs: nobody moves")


def test_a_row_more_or_a_file_less_is_a_difference(tmp_path):
    with seeds_of(str(ROOT / "seeds")) as before:
        shutil.copytree(before, tmp_path / "seeds")
        (tmp_path / "seeds" / "catalogue" / "moves.csv").unlink()
        with (tmp_path / "seeds" / "raw_codes" / "channels.csv").open("a") as file:
            file.write("pigeon,offline\n")
        assert changed_seeds(before, tmp_path / "seeds") == [
            "catalogue/moves.csv", "raw_codes/channels.csv",
        ]  # fmt: skip


def test_seeds_can_be_those_of_a_commit():
    with seeds_of("HEAD") as seeds:
        assert (seeds / "catalogue" / "bands.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--warehouse", "nowhere.duckdb"], "there is no warehouse"),
        (["--against", "no-such-commit"], "neither a folder nor a commit with seeds"),
        (["--changed", "scripts"], "holds no CSV of the catalogue"),
    ],
)
def test_bad_input_ends_with_one_sentence_and_2(arguments, said, warehouse, monkeypatch):
    monkeypatch.chdir(ROOT)
    given = arguments if "--warehouse" in arguments else [*arguments, "--warehouse", warehouse]
    code, told = preview(*given)
    assert code == 2
    assert said in told


def test_moves_are_told_dimension_by_dimension():
    moves = [
        Move("segment", "new", None, 1, Decimal(5)),
        Move("segment", None, "core", 2, Decimal("1000.5")),
    ]
    assert preview_rules.lines(moves) == [
        "segment: 3 customers, 1,005.50 of 365 days' revenue",
        "  new → (gone): 1 customers, 5.00",
        "  (new) → core: 2 customers, 1,000.50",
    ]
    assert preview_rules.lines([]) == ["nobody moves"]
