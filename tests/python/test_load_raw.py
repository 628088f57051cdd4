"""Bringing data: what a load does with rows that are new, there already, late, or wrong."""

import csv
import io
import re
import sqlite3
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.errors import BUSY, UserError
from lib.loading import load_mapping
from load_raw import main
from loading_bench import ORDERS, Bench

COLUMNS = {
    "order_id": "order_id",
    "customer_id": "customer_id",
    "ordered_at": "ordered_at",
    "gross_amount": "gross_amount",
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_every_row_is_loaded_or_rejected_with_a_reason(bench: Bench) -> None:
    bench.write(
        "orders.csv", ORDERS + "1,A,2024-01-01,10\n2,B\n3,C,2024-01-03,x,y\n4,D,2024-01-04,4\n"
    )
    result = bench.load_orders(max_unreadable=0.5)
    assert (result.rows_read, result.rows_new, result.rows_unreadable) == (4, 2, 2)
    assert bench.rows("select order_id, source_line from raw.orders order by all") == [
        ("1", 1),
        ("4", 4),
    ]
    assert bench.rows("select source_line, reject_reasons, raw_row from raw.load_rejects") == [
        (2, "ragged_row", "2,B"),
        (3, "ragged_row", "3,C,2024-01-03,x,y"),
    ]
    bench.assert_reconciled()


def test_loading_the_same_file_twice_changes_nothing(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    bench.load_orders()
    before = bench.everything()
    assert bench.load_orders(day=date(2024, 7, 1)).already_loaded
    assert bench.everything() == before


def test_the_same_bytes_under_another_name_change_nothing(bench: Bench) -> None:
    for name in ("orders_1.csv", "orders_2.csv"):
        bench.write(name, ORDERS + "1,A,2024-01-01,10\n")
    results = bench.load({"orders": {"file": "orders_*.csv"}})
    assert [result.already_loaded for result in results] == [False, True]
    assert bench.orders() == [("1", "10")]


def test_late_rows_are_merged_by_key(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n2,B,2024-01-02,20\n")
    bench.load_orders()
    bench.write("orders.csv", ORDERS + "2,B,2024-01-02,25\n1,A,2024-01-01,10\n3,C,2024-01-03,30\n")
    result = bench.load_orders(day=date(2024, 6, 2))
    assert (result.rows_new, result.rows_replacing, result.rows_unchanged) == (1, 1, 1)
    assert bench.orders("order_id, gross_amount, loaded_on::varchar") == [
        ("1", "10", "2024-06-01"),
        ("2", "25", "2024-06-02"),
        ("3", "30", "2024-06-02"),
    ]
    assert bench.rows("select rows_read, rows_replaced from raw.loads order by loaded_on") == [
        (2, 1),
        (3, 0),
    ]
    bench.assert_reconciled()


def test_a_row_older_than_the_one_there_is_not_stored(bench: Bench) -> None:
    header = "order_id,customer_id,ordered_at,gross_amount,updated_at\n"
    bench.write("orders.csv", header + "1,A,2024-01-01,10,2024-03-01\n")
    bench.load_orders()
    bench.write("orders.csv", header + "1,A,2024-01-01,99,2024-02-01\n")
    assert bench.load_orders().rows_unchanged == 1
    bench.write("orders.csv", header + "1,A,2024-01-01,11,2024-03-01 00:00:01\n")
    assert bench.load_orders().rows_replacing == 1
    assert bench.orders() == [("1", "11")]
    bench.assert_reconciled()


def test_repeats_within_one_file_are_left_for_staging_to_judge(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n1,A,2024-01-01,10\n1,A,2024-01-01,12\n")
    bench.load_orders()
    assert [amount for _, amount in bench.orders()] == ["10", "10", "12"]


def test_a_conflict_is_resolved_by_a_later_file_with_one_row(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n1,A,2024-01-01,12\n")
    bench.load_orders()
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    assert bench.load_orders().rows_replacing == 1
    assert bench.orders() == [("1", "10")]
    bench.assert_reconciled()


def test_rows_without_a_key_get_one_from_load_and_line(bench: Bench) -> None:
    bench.write(
        "sales.csv", "customer_id,ordered_at,gross_amount\nA,2024-01-01,1\nB,2024-01-02,2\n"
    )
    result = bench.load_orders("sales.csv")
    assert [key for key, _ in bench.orders()] == [f"{result.load_id}-1", f"{result.load_id}-2"]


def test_a_file_without_keys_that_grew_adds_only_its_new_rows(bench: Bench) -> None:
    header = "customer_id,ordered_at,gross_amount\n"
    bench.write("sales.csv", header + "A,2024-01-01,1\nA,2024-01-01,1\n")
    bench.load_orders("sales.csv")
    bench.write(
        "sales.csv", header + "A,2024-01-01,1\nA,2024-01-01,1\nA,2024-01-01,1\nB,2024-01-02,2\n"
    )
    result = bench.load_orders("sales.csv")
    assert (result.rows_new, result.rows_unchanged) == (2, 2)
    assert sorted(amount for _, amount in bench.orders()) == ["1", "1", "1", "2"]
    bench.assert_reconciled()


def test_equal_rows_without_keys_of_two_shops_are_both_kept_and_said(bench: Bench) -> None:
    header = "customer_id,ordered_at,gross_amount\n"
    bench.write("berlin.csv", header + ",2024-01-01,1\n")
    bench.write("paris.csv", header + ",2024-01-01,1\n\n")
    bench.load_orders("berlin.csv")
    result = bench.load_orders("paris.csv")
    assert result.rows_new == 1
    assert "equal rows of other files" in result.notes[0]


def test_order_lines_without_keys_are_known_by_their_order_whatever_the_file(bench: Bench) -> None:
    header = "order_id,product_id,quantity\n"
    bench.write("lines_may.csv", header + "1,P,1\n1,P,1\n1,Q,2\n")
    bench.write("lines_june.csv", header + "1,P,1\n1,P,1\n1,Q,2\n2,P,1\n")
    results = bench.load({"order_items": {"file": "lines_*.csv"}})
    assert sorted((result.rows_new, result.rows_unchanged) for result in results) == [
        (0, 3),
        (4, 0),
    ]


def test_rows_with_a_blank_key_stay_for_staging_to_reject(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + ",A,2024-01-01,1\n,B,2024-01-02,2\n")
    bench.load_orders()
    bench.write("orders.csv", ORDERS + ",A,2024-01-01,1\n,C,2024-01-03,3\n")
    assert bench.load_orders().rows_unchanged == 1
    assert len(bench.orders()) == 3
    bench.assert_reconciled()


def test_splitting_a_file_gives_the_same_rows(bench: Bench, tmp_path: Path) -> None:
    rows = [f"{i},C{i % 3},2024-01-{i % 28 + 1:02d},{i}\n" for i in range(40)]
    bench.write("all.csv", ORDERS + "".join(rows))
    bench.load_orders("all.csv")
    (tmp_path / "split").mkdir()
    split = Bench(tmp_path / "split")
    split.write("part_1.csv", ORDERS + "".join(rows[:25]))
    split.write("part_2.csv", ORDERS + "".join(rows[20:]))
    results = split.load({"orders": {"file": "part_*.csv"}})
    assert sum(result.rows_unchanged for result in results) == 5
    assert split.orders() == bench.orders()


def test_any_error_leaves_the_warehouse_as_it_was(bench: Bench) -> None:
    bench.write("customers.csv", "customer_id\nA\n")
    bench.write("orders.csv", "order_id,customer_id,ordered_at\n1,A,2024-01-01\n")
    tables = {"customers": {"file": "customers.csv"}, "orders": {"file": "orders.csv"}}
    assert "gross_amount" in bench.refusal(tables)
    assert bench.everything() == {}


def test_a_dry_run_reports_and_changes_nothing(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    assert bench.load_orders(dry_run=True).rows_new == 1
    assert bench.everything() == {}


def test_the_callers_connection_keeps_no_trace(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    bench.load_orders()
    assert bench.rows("select table_name from duckdb_tables() where temporary") == []
    with pytest.raises(duckdb.CatalogException):
        bench.rows("select number('1')")


def test_typed_columns_turn_to_text_when_text_arrives(bench: Bench) -> None:
    bench.rows(
        f"copy (select '1' as order_id, 'A' as customer_id, date '2024-01-01' as ordered_at,"
        f" 12.50::decimal(9,2) as gross_amount) to '{bench.folder}/orders.parquet'"
    )
    bench.load_orders("orders.parquet")
    assert bench.rows("select typeof(gross_amount), typeof(ordered_at) from raw.orders") == [
        ("DECIMAL(9,2)", "DATE")
    ]
    bench.write("orders.csv", ORDERS + "2,B,2024-01-02,abc\n1,A,2024-01-01,12.50\n")
    assert bench.load_orders().rows_unchanged == 1
    assert bench.orders("order_id, ordered_at, gross_amount") == [
        ("1", "2024-01-01", "12.50"),
        ("2", "2024-01-02", "abc"),
    ]


def test_ids_are_text_whatever_they_came_as(bench: Bench) -> None:
    bench.rows(
        "copy (select 7::bigint as order_id, 17850.0::double as customer_id, timestamptz"
        " '2024-01-01 00:00:00+08' as ordered_at, 1::hugeint as gross_amount)"
        f" to '{bench.folder}/orders.parquet'"
    )
    bench.load_orders("orders.parquet")
    assert bench.orders("order_id, customer_id, ordered_at") == [
        ("7", "17850", datetime(2023, 12, 31, 16))
    ]


def test_a_moment_with_its_offset_is_written_down_in_utc(bench: Bench) -> None:
    bench.write(
        "orders.csv",
        ORDERS + "1,A,2024-01-01T00:30:00+08:00,1\n2,A,2024-01-01 10:00:00 -0400,1\n"
        "3,A,2024-01-01T10:00:00Z,1\n4,A,2024-01-01 10:00:00,1\n5,A,2024-01-01,1\n"
        "6,A,at 10:00 + x,1\n",
    )
    bench.load_orders()
    assert [row[0] for row in bench.orders("ordered_at")] == [
        "2023-12-31 16:30:00",
        "2024-01-01 14:00:00",
        "2024-01-01 10:00:00",
        "2024-01-01 10:00:00",
        "2024-01-01",
        "at 10:00 + x",
    ]


def test_numbers_and_moments_are_read_as_the_mapping_says_and_kept_where_they_cannot(
    bench: Bench,
) -> None:
    bench.write(
        "orders.csv",
        "id;c;d;a\n1;A;31.12.2024 23:30;1.234,50\n2;A;30.02.2024 10:00;1.5\n3;A;2024-05-01;abc\n",
    )
    columns = {
        "order_id": "id",
        "customer_id": "c",
        "ordered_at": "moment(d, '%d.%m.%Y %H:%M', 'Europe/Berlin')",
        "gross_amount": "number(a, ',', '.')",
    }
    bench.load({"orders": {"file": "orders.csv", "columns": columns}})
    assert bench.orders("ordered_at, gross_amount") == [
        ("2024-12-31 22:30:00", "1234.5"),
        ("30.02.2024 10:00", "1.5"),
        ("2024-05-01", "abc"),
    ]


def test_a_date_without_a_time_stays_a_date(bench: Bench) -> None:
    bench.write("orders.csv", "id,c,d,a\n1,A,31/12/2024,1\n")
    columns = {
        "order_id": "id",
        "customer_id": "c",
        "ordered_at": "moment(d, '%d/%m/%Y', 'Asia/Shanghai')",
        "gross_amount": "a",
    }
    bench.load({"orders": {"file": "orders.csv", "columns": columns}})
    assert bench.orders("ordered_at") == [("2024-12-31",)]


LINES = {
    "orders": {
        "file": "lines.csv",
        "where": "number(qty) > 0",
        "group_by": "inv",
        "columns": {
            "order_id": "inv",
            "customer_id": "max(who)",
            "ordered_at": "min(day)",
            "gross_amount": "sum(number(qty) * number(price))",
        },
    }
}


def test_lines_become_orders_and_what_the_mapping_leaves_out_is_counted(bench: Bench) -> None:
    bench.write(
        "lines.csv",
        "inv,who,day,qty,price\n1,A,2024-01-01,2,3.50\n1,A,2024-01-01,1,1\n2,B,2024-01-02,-1,5\n",
    )
    [result] = bench.load(LINES)
    assert (result.rows_read, result.rows_left_out, result.rows_grouped) == (1, 1, 1)
    assert bench.orders() == [("1", "8")]
    assert bench.rows("select rows_left_out, rows_grouped from raw.loads") == [(1, 1)]
    bench.assert_reconciled()


def test_a_line_that_cannot_be_read_is_never_left_out_of_the_sum(bench: Bench) -> None:
    bench.write(
        "lines.csv",
        "inv,who,day,qty,price\n1,A,2024-01-01,2,3.50\n1,A,2024-01-01,two,1\n2,B,2024-01-02,1,1e\n",
    )
    bench.load(LINES)
    assert bench.orders() == [("1", "two"), ("2", "1e")]


def test_a_lookup_never_multiplies_rows(bench: Bench) -> None:
    bench.write("orders.csv", "id,who,day\n1,A,2024-01-01\n2,B,2024-01-02\n")
    bench.write("items.csv", "order,price\n1,2.50\n1,3\n1,3\n9,1\n")
    orders = {
        "file": "orders.csv",
        "lookups": [
            {
                "file": "items.csv",
                "match": {"id": "order"},
                "columns": {"goods": "sum(number(price))"},
            }
        ],
        "columns": {
            "order_id": "id",
            "customer_id": "who",
            "ordered_at": "day",
            "gross_amount": "coalesce(goods, '0')",
        },
    }
    bench.load({"orders": orders})
    assert bench.orders() == [("1", "8.5"), ("2", "0")]
    bench.write("items.csv", "order,price\n1,2.50\n2,4\n")
    [result] = bench.load({"orders": orders})
    assert (result.rows_replacing, result.rows_unchanged) == (2, 0), "late items reach their orders"


def test_one_raw_table_may_have_several_sources(bench: Bench) -> None:
    bench.write("people.csv", "customer_id,name\nA,Ann\n")
    bench.write("firms.csv", "id,firm\nF,Firm\n")
    bench.load(
        {
            "customers": [
                {"file": "people.csv"},
                {"file": "firms.csv", "columns": {"customer_id": "id", "name": "firm"}},
                {"file": "none*.csv", "optional": True},
            ]
        }
    )
    assert bench.rows("select customer_id, name from raw.customers order by 1") == [
        ("A", "Ann"),
        ("F", "Firm"),
    ]


def test_a_column_the_file_lacks_is_said_where_it_is_optional_and_refused_where_not(
    bench: Bench,
) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    entry = {"file": "orders.csv", "columns": {**COLUMNS, "channel": "Source"}}
    [result] = bench.load({"orders": entry})
    assert result.notes == ("orders.channel is left blank: orders.csv has no column 'Source'",)
    entry = {"file": "orders.csv", "columns": {**COLUMNS, "gross_amount": "Betrag"}}
    message = bench.refusal({"orders": entry})
    assert (
        "'Betrag'" in message and "orders.gross_amount" in message and "'gross_amount'" in message
    )


def test_a_share_of_unreadable_rows_refuses_the_file(bench: Bench) -> None:
    good = "".join(f"{i},A,2024-01-01,1\n" for i in range(95))
    bench.write("orders.csv", ORDERS + good + "x\n" * 5)
    assert bench.load_orders().rows_unreadable == 5
    bench.write("orders.csv", ORDERS + good + "x\n" * 6)
    assert "6 of 101 rows cannot be read" in bench.refusal({"orders": {"file": "orders.csv"}})


def test_positions_count_rejects_in_place(bench: Bench) -> None:
    rows = [
        "bad\n"
        if i % 40 in (7, 8)
        else f'{i},A,2024-01-01,"1\n\n2"\n'
        if i % 50 == 1
        else f"{i},A,2024-01-01,1\n"
        for i in range(1, 5001)
    ]
    bench.write("orders.csv", ORDERS + "".join(rows))
    bench.load_orders()
    assert bench.rows("select count(*) from raw.orders where order_id::int <> source_line") == [
        (0,)
    ]
    assert bench.rows(
        "select count(*) from raw.load_rejects where source_line % 40 not in (7, 8)"
    ) == [(0,)]


def test_a_workbook_is_read_cell_by_cell(bench: Bench) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Orders of May"])
    sheet.append([])
    sheet.append(["order_id", "customer_id", "ordered_at", "gross_amount"])
    sheet.append([1001, "007", datetime(2024, 5, 1, 10, 30), 12.5])
    sheet.append([])
    sheet.append([1002, 8.0, datetime(2024, 5, 2), "12,50 €\nsee note"])
    book.create_sheet("Notes")
    book.save(bench.folder / "orders.xlsx")
    bench.load({"orders": {"file": "orders.xlsx", "options": {"skip": 2}}})
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount") == [
        ("1001", "007", "2024-05-01 10:30:00", "12.5"),
        ("1002", "8", "2024-05-02 00:00:00", "12,50 €\nsee note"),
    ]


def test_a_workbook_with_several_sheets_must_say_which(bench: Bench) -> None:
    book = openpyxl.Workbook()
    for name in ("May", "June"):
        sheet = book.create_sheet(name)
        sheet.append(["order_id", "customer_id", "ordered_at", "gross_amount"])
        sheet.append([name, "A", "2024-05-01", 1])
    book.save(bench.folder / "orders.xlsx")
    assert "sheet: May" in bench.refusal({"orders": {"file": "orders.xlsx"}})
    assert "has no sheet 'July'" in bench.refusal(
        {"orders": {"file": "orders.xlsx", "sheet": "July"}}
    )
    bench.load({"orders": {"file": "orders.xlsx", "sheet": "June"}})
    assert bench.orders("order_id") == [("June",)]


def test_json_lines_keep_numbers_as_they_are_written(bench: Bench) -> None:
    bench.write(
        "orders.jsonl",
        '{"order_id": 12345678901234567890123, "customer_id": "A", "ordered_at": "2024-01-01",'
        ' "pay": {"sum": 1.50}}\n\nnot json\n'
        '{"order_id": "2", "customer_id": null, "ordered_at": "2024-01-02"}\n',
    )
    columns = {**COLUMNS, "gross_amount": "json_extract_string(pay, '$.sum')"}
    [result] = bench.load(
        {"orders": {"file": "orders.jsonl", "columns": columns}}, max_unreadable=0.5
    )
    assert (result.rows_read, result.rows_unreadable) == (3, 1)
    assert bench.orders("order_id, gross_amount, source_line") == [
        ("12345678901234567890123", "1.5", 1),
        ("2", None, 3),
    ]
    assert bench.rows("select source_line, reject_reasons, raw_row from raw.load_rejects") == [
        (2, "unreadable_row", "not json")
    ]


def test_a_table_of_a_sqlite_database_is_loaded(bench: Bench) -> None:
    with sqlite3.connect(bench.folder / "shop.db") as database:
        database.execute(
            "create table sales (order_id, customer_id, ordered_at, gross_amount real)"
        )
        database.execute("insert into sales values (1, 'Müller, \"M\"', '2024-01-01', 12.5)")
        database.execute("insert into sales values (2, null, '2024-01-02', 7.0)")
    database.close()
    bench.load({"orders": {"database": "shop.db", "table": "sales"}})
    assert bench.orders("order_id, customer_id, gross_amount") == [
        ("1", 'Müller, "M"', "12.5"),
        ("2", None, "7"),
    ]
    assert bench.rows("select source_name from raw.loads") == [("shop.db:sales",)]
    assert bench.load({"orders": {"database": "shop.db", "table": "sales"}})[0].already_loaded
    message = bench.refusal({"orders": {"database": "shop.db", "table": "orders"}})
    assert "no table orders" in message and "sales" in message


def test_a_table_of_a_duckdb_database_keeps_its_types_and_a_view_is_refused(bench: Bench) -> None:
    with duckdb.connect(str(bench.folder / "shop.duckdb")) as database:
        database.execute("create schema crm")
        database.execute(
            "create table crm.sales as select 1 as order_id, 'A' as customer_id, date '2024-01-01'"
            " as ordered_at, 1.25::decimal(5, 2) as gross_amount"
        )
        database.execute("create view passwords as select * from read_text('/etc/passwd')")
    bench.load({"orders": {"database": "shop.duckdb", "table": "crm.sales"}})
    assert bench.rows("select order_id, typeof(gross_amount) from raw.orders") == [
        ("1", "DECIMAL(5,2)")
    ]
    assert bench.load({"orders": {"database": "shop.duckdb", "table": "crm.sales"}})[
        0
    ].already_loaded
    assert "no table passwords" in bench.refusal(
        {"orders": {"database": "shop.duckdb", "table": "passwords"}}
    )


def test_postgresql_needs_psycopg_and_the_address_stays_secret(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("SHOP", "postgresql://me:secret@127.0.0.1/shop")
    message = bench.refusal({"orders": {"database": "$SHOP", "table": "orders"}})
    assert "pip install" in message and "secret" not in message
    assert "NO_SUCH" in bench.refusal({"orders": {"database": "$NO_SUCH", "table": "orders"}})


CELLS = st.text(st.sampled_from(",;'\"\n\t |\\#=é汉𠮷😀\u00a0\u2028\ufeffab1"), max_size=6)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_what_is_read(
    tmp_path: Path, cells: list[tuple[str, str]], line_end: str
) -> None:
    """Any text, in any column, comes back as it was; a blank comes back as nothing."""
    bench = Bench(tmp_path)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(["customer_id", "name", "email"])
    for number, (name, email) in enumerate(cells):
        writer.writerow([number, name, email])
    bench.write("customers.csv", out.getvalue())
    columns = {"customer_id": "customer_id", "name": "name", "email": "email"}
    try:
        bench.load({"customers": {"file": "customers.csv", "columns": columns}})
    except UserError as error:
        # The one text that may be refused is one that looks like swallowed rows.
        assert re.search("quotation mark", str(error)), error
        return
    read = bench.rows("select name, email from raw.customers order by source_line")
    assert read == [(name or None, email or None) for name, email in cells]


def test_the_command_reports_each_table_and_refuses_in_one_sentence(bench: Bench) -> None:
    warehouse = str(bench.folder / "state.duckdb")
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    mapping = str(bench.mapping({"orders": {"file": "orders.csv"}}))
    arguments = ["--mapping", mapping, "--warehouse", warehouse, "--loaded-on", "2024-06-01"]
    run = CliRunner().invoke(main, arguments)
    assert "orders ← orders.csv: 1 read, 1 new, 0 replaced, 0 unchanged, 0 unreadable" in run.output
    assert "already loaded" in CliRunner().invoke(main, arguments).output
    with duckdb.connect(warehouse) as connection:
        assert connection.execute("select loaded_on from raw.orders").fetchall() == [
            (date(2024, 6, 1),)
        ]
    assert isinstance(CliRunner().invoke(main, []).exception, UserError)
    assert "shopify.yml" in CliRunner().invoke(main, ["--list"]).output


def test_a_busy_warehouse_is_said_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise duckdb.IOException("IO Error: Could not set lock on file")

    monkeypatch.setattr("load_raw.connect", refuse)
    run = CliRunner().invoke(main, ["--mapping", str(bench.mapping({"orders": {"file": "x.csv"}}))])
    assert isinstance(run.exception, UserError) and run.exception.exit_code == BUSY


def test_the_day_of_the_load_is_today_unless_said(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10\n")
    mapping = bench.mapping({"orders": {"file": "orders.csv"}})
    load_mapping(bench.connection, mapping)
    assert bench.rows("select loaded_on from raw.orders") == [(date.today(),)]
